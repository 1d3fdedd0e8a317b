"""Who is told of a package: in-app messages in the deed's own transaction, and mails that a job sends afterwards."""

from datetime import datetime

from django.urls import reverse

from agencies.models import AGENCY_ROLES, Role, User
from reports.models import Issue, IssueWithdrawal, Package, PackageMail
from tasks.models import Message
from tasks.workflow.messages import tell


def leaders() -> "list[User]":
    return list(User.objects.filter(role=Role.LEADER, is_active=True))


def announce(package: Package, *, at: datetime) -> None:
    """The system built it by itself: leadership and coordinators learn where it is."""
    told = [*leaders(), *User.objects.coordinators()]
    text = f"{package}已生成，截至{package.day:%Y-%m-%d}，可下载。"
    tell(told, Message.Kind.OTHER, text, link=package.get_absolute_url(), at=at)
    _queue_mails(package, told)


def tell_issued(issue: Issue, *, by: User, at: datetime) -> None:
    """印发 is for everybody whom the plan concerns: those who steer, those who read, and the agencies."""
    package = issue.edition.package
    text = f"{package}已印发（{issue}），截至{package.day:%Y-%m-%d}，可下载。"
    tell(_concerned(issue), Message.Kind.OTHER, text, link=package.get_absolute_url(), at=at, by=by)


def tell_withdrawn(withdrawal: IssueWithdrawal, *, by: User, at: datetime) -> None:
    """Whoever was told of the issue may hold its file. The link is the list: agencies see the package no more."""
    issue = withdrawal.issue
    text = f"{issue.edition.package}（{issue}）已撤回，此前下载的文件请勿再使用。原因：{withdrawal.reason}"
    link = reverse("reports:package-list", args=[issue.plan.slug])
    tell(_concerned(issue), Message.Kind.OTHER, text, link=link, at=at, by=by)


def _concerned(issue: Issue) -> list[User]:
    agencies = User.objects.filter(
        role__in=AGENCY_ROLES, is_active=True, agency__assignments__item__plan=issue.plan
    ).distinct()
    return [*leaders(), *User.objects.coordinators(), *agencies]


def _queue_mails(package: Package, people: list[User]) -> None:
    """One to each who has given an address; a second announcement queues none twice."""
    reachable = User.objects.filter(pk__in=[person.pk for person in people]).exclude(reminder_preference__email="")
    addresses = reachable.exclude(reminder_preference=None).values_list("pk", "reminder_preference__email")
    PackageMail.objects.bulk_create(
        [PackageMail(package=package, recipient_id=pk, address=address) for pk, address in addresses],
        ignore_conflicts=True,
    )
