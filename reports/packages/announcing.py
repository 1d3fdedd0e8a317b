"""Tells people of a package: by messages in the deed's own transaction, and by mails that a job sends afterwards."""

from datetime import datetime

from django.urls import reverse

from agencies.models import User
from reports.models import Issue, IssueWithdrawal, Package, PackageMail
from reports.quarter.period_words import day
from tasks.models import Message, Plan
from tasks.workflow.messages import tell


def announce(package: Package, *, at: datetime) -> None:
    """Tells leadership and coordinators where the package is that the system built by itself."""
    people = _of_office(package.plans.all()[0])
    text = f"{package}已生成，截至{day(package.day)}，可下载。"
    tell(people, Message.Kind.OTHER, text, link=package.get_absolute_url(), at=at)
    _queue_mails(package, people)


def tell_issued(issue: Issue, *, by: User, at: datetime) -> None:
    """Tells everybody whom the plan concerns of 印发: those who steer, those who read, and the agencies."""
    package = issue.edition.package
    text = f"{package}已印发（{issue}），截至{day(package.day)}，可下载。"
    people = _concerned(issue)
    tell(people, Message.Kind.OTHER, text, link=package.get_absolute_url(), at=at, by=by)
    _queue_mails(package, people, issue)


def tell_withdrawn(withdrawal: IssueWithdrawal, *, by: User, at: datetime) -> None:
    """Tells whoever was told of the issue, and may hold its file. The link is the list: agencies lose the package."""
    issue = withdrawal.issue
    text = f"{issue.edition.package}（{issue}）已撤回，此前下载的文件请勿再使用。原因：{withdrawal.reason}"
    link = reverse("reports:package-list", args=[issue.plan.slug])
    tell(_concerned(issue), Message.Kind.OTHER, text, link=link, at=at, by=by)


def _concerned(issue: Issue) -> list[User]:
    """Finds those who read, those who steer, and the people of every agency that ever had a part in the plan."""
    agencies = User.objects.filter(agency__assignments__item__plan=issue.plan, is_active=True).distinct()
    return [*_of_office(issue.plan), *agencies]


def _of_office(plan: Plan) -> list[User]:
    """Finds those who lead and those who steer in the plan's office."""
    people = User.objects.of_office(plan.office_id)
    return [*people.leaders(), *people.coordinators()]


def _queue_mails(package: Package, people: list[User], issue: Issue | None = None) -> None:
    """Queues a mail to each who has given an address; a second announcement queues none twice."""
    reachable = User.objects.filter(pk__in=[person.pk for person in people]).exclude(reminder_preference__email="")
    addresses = reachable.exclude(reminder_preference=None).values_list("pk", "reminder_preference__email")
    PackageMail.objects.bulk_create(
        [PackageMail(package=package, issue=issue, recipient_id=pk, address=address) for pk, address in addresses],
        ignore_conflicts=True,
    )
