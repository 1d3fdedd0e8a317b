"""The pages of packages show what is put together here."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from agencies.models import User
from reports.models import Build, Edition, Issue, Package, PackageFile, PackageMail
from reports.packages.consequences import Consequences
from reports.packages.issuing import next_number, periods_of
from reports.packages.seeing import files_of, shown_edition
from tasks.access import can_steer, oversees
from tasks.models import Plan, ReportingPeriod

MOST_MAILS = 200  # that the page lists, the newest


@dataclass(frozen=True)
class PackagePage:
    """A package as the person may see it; a row of the list, too. It uses what `with_all` read."""

    package: Package
    user: User

    @property
    def build(self) -> Build:
        return self.package.build

    @cached_property
    def edition(self) -> Edition | None:
        return shown_edition(self.user, self.package)

    @cached_property
    def files(self) -> list[PackageFile]:
        return files_of(self.user, self.package, self.edition)

    @cached_property
    def issue(self) -> Issue | None:
        return self.package.issue

    @property
    def issues(self) -> list[Issue]:
        """All issues, withdrawn ones too, newest first; for those who oversee."""
        issues = [issue for edition in self.package.editions.all() for issue in edition.issues.all()]
        return sorted(issues, key=lambda issue: (issue.recorded_at, issue.pk), reverse=True)

    @property
    def older(self) -> list[tuple[Edition, list[PackageFile]]]:
        """The editions before the one that is shown; each keeps its files."""
        if not self.oversees:
            return []
        editions = [edition for edition in self.package.editions.all() if edition != self.edition]
        return [(edition, files_of(self.user, self.package, edition)) for edition in editions]

    @cached_property
    def mails(self) -> list[PackageMail]:
        """To whom mails went, or why not; for those who oversee."""
        if not self.oversees:
            return []
        mails = PackageMail.objects.filter(package=self.package).select_related("recipient", "issue")
        return list(mails.order_by("-pk")[:MOST_MAILS])

    @property
    def is_single(self) -> bool:
        return len(self.package.plans.all()) == 1

    @property
    def oversees(self) -> bool:
        return oversees(self.user, self.package.home)

    @property
    def can_steer(self) -> bool:
        return self.oversees and can_steer(self.user)

    @property
    def can_issue(self) -> bool:
        return self.can_steer and self.is_single and self.build.state == Build.State.DONE and not self.issue

    @property
    def can_reword(self) -> bool:
        return self.can_issue

    @property
    def can_withdraw(self) -> bool:
        return self.can_steer and self.issue is not None

    @property
    def can_build_again(self) -> bool:
        return self.oversees and self.build.state in (Build.State.FAILED, Build.State.CANCELLED)

    @property
    def can_cancel(self) -> bool:
        return self.oversees and self.build.is_under_way

    def next_number(self, year: int) -> int:
        return next_number(self._plan, year)

    def cut_short(self, today: date) -> list[ReportingPeriod]:
        """The periods that issuing would lock while agencies still have time to file."""
        return list(periods_of(self.package, self._plan).filter(due_on__gte=today))

    def consequences(self, moment: datetime) -> Consequences:
        """What issuing it would shut."""
        return Consequences(self.package, self._plan, periods_of(self.package, self._plan), moment)

    @property
    def _plan(self) -> Plan:
        return self.package.plans.all()[0]
