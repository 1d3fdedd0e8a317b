"""What issuing a package would shut: which periods it locks, who is locked out unfiled, and what waits for review."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256

from reports.models import Package
from tasks.models import Assignment, Plan, ProgressReport, ReportDraft, ReportingPeriod
from tasks.models.obligation import Obligation
from tasks.standing.filing import UNFILED, VERDICTS, Filing, newest_lock

FILED = ("assignment", "verdict")
COLUMNS = ("pk", "item__label", "item__title", "agency__name", "obligation")


@dataclass(frozen=True, slots=True)
class Row:
    """One report that is owed in a period that would be locked, and is not settled."""

    period: ReportingPeriod
    assignment: int
    item: str
    agency: str
    state: Filing


class Consequences:
    """Of one package, as of a moment. It is read on first use and once; four queries for each period."""

    def __init__(self, package: Package, plan: Plan, periods: Iterable[ReportingPeriod], moment: datetime) -> None:
        self.package = package
        self.plan = plan
        self.moment = moment
        self.all_periods = list(periods)

    @cached_property
    def periods(self) -> list[ReportingPeriod]:
        """Those that would be locked; what is locked already stays as it is."""
        for period in self.all_periods:
            period.plan = self.plan
        locks = [(period, newest_lock(period)) for period in self.all_periods]
        return [period for period, lock in locks if lock is None or not lock.is_locked]

    @cached_property
    def rows(self) -> list[Row]:
        return [row for period in self.periods for row in self._rows(period)]

    def _rows(self, period: ReportingPeriod) -> Iterable[Row]:
        reports = ProgressReport.objects.as_of(self.moment).filter(period=period).values_list(*FILED)
        newest = {pk: VERDICTS[verdict] for pk, verdict in reversed(reports)}
        owing = Assignment.objects.reporting(period.terms_at(self.moment)).order_by("agency__ordinal", "item__place")
        for pk, label, title, agency, obligation in owing.values_list(*COLUMNS):
            state = newest.get(pk, Filing.MISSING)
            if obligation == Obligation.OWED and state != Filing.ACCEPTED:
                yield Row(period, pk, f"{label}{title}", agency, state)

    @property
    def locked_out(self) -> list[Row]:
        """Who could still file, and then can't: 未报送 and 退回待重报."""
        return [row for row in self.rows if row.state in UNFILED]

    @property
    def missing(self) -> list[Row]:
        return [row for row in self.rows if row.state == Filing.MISSING]

    @property
    def sent_back(self) -> list[Row]:
        return [row for row in self.rows if row.state == Filing.SENT_BACK]

    @property
    def waiting(self) -> list[Row]:
        """What can't be reviewed any more until somebody unlocks the period."""
        return [row for row in self.rows if row.state == Filing.WAITING]

    @property
    def agencies(self) -> list[tuple[str, list[Row]]]:
        """Who is locked out, each with what it has not filed."""
        by_agency: dict[str, list[Row]] = {}
        for row in self.locked_out:
            by_agency.setdefault(row.agency, []).append(row)
        return list(by_agency.items())

    @cached_property
    def draft_count(self) -> int:
        """What is written and would stay unfiled; whose it is remains the agency's own."""
        return ReportDraft.objects.filter(period__in=self.periods).count()

    @property
    def token(self) -> str:
        """Stands for what is shown: whoever confirms says that it was this, and not what has changed since."""
        edition = self.package.editions.order_by("-number").values_list("pk", flat=True).first()
        rows = [(row.period.code, row.assignment, str(row.state)) for row in self.rows]
        shown = (edition, [period.code for period in self.periods], rows)
        return sha256(repr(shown).encode()).hexdigest()
