"""Finds what a fill-in workbook would change, row by row: against what it was issued with and what the web holds.

Syntax is the report form's to judge and sense the deed's; here is only said where in the file it went wrong.
"""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import TextChoices
from django.utils import timezone

from agencies.models import Agency
from reports.fillin.known import FillIn, KnownRow, Texts, as_texts
from reports.fillin.layout import OTHER_REASON, TITLES
from reports.fillin.reading import FileRow, FilledWorkbook
from reports.xlsx import WorkbookRefused
from tasks.http.fields import READING
from tasks.models import ReportingPeriod
from tasks.pages.filing.cards import initial_of
from tasks.pages.filing.forms import OTHER, ReportForm
from tasks.workflow import ReportContent, WorkflowError, check_content, floor_of


class RowState(TextChoices):
    """What became of a row when it was compared."""

    READY = "ready", "可导入"
    SAME = "same", "与网上一致"
    BLANK = "blank", "未填写"
    CONFLICT = "conflict", "冲突"
    WRONG = "wrong", "有误"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs: what the workbook was issued with, what the web holds now, what the file says."""

    title: str
    base: str
    web: str
    file: str

    @property
    def moved(self) -> bool:
        return self.web != self.base


@dataclass(slots=True)
class CheckedRow:
    """A row after the check. `wrong` keeps it out altogether; `gaps` keep it from being filed, not from being saved."""

    file: FileRow
    row: KnownRow | None
    base: Texts
    state: RowState = RowState.BLANK
    form: ReportForm | None = None
    content: ReportContent | None = None
    wrong: dict[str, str] = field(default_factory=dict)
    gaps: dict[str, str] = field(default_factory=dict)

    @property
    def pk(self) -> int:
        return self.file.assignment

    @property
    def label(self) -> str:
        return str(self.row.assignment.item) if self.row else f"任务{self.pk}"

    @property
    def token(self) -> str:
        """Names the row and the version that the preview showed."""
        return f"{self.pk}@{self.row.basis}" if self.row else ""

    @property
    def can_choose(self) -> bool:
        has_draft = self.row is not None and self.row.draft is not None
        return self.state in (RowState.READY, RowState.CONFLICT) or (self.state == RowState.SAME and has_draft)

    @property
    def is_filed(self) -> bool:
        """Says whether the newest report says the same already; 本期无变化 says more than its cells."""
        if self.row is None or self.row.newest is None or self.row.draft or self.content is None:
            return False
        return as_texts(initial_of(self.content, self.content.readings)) == self.row.known

    @property
    def differences(self) -> list[Difference]:
        web = self.row.known if self.row else {}
        names = [*TITLES, *sorted({name for name in (*web, *self.file.texts) if name.startswith(READING)})]
        contents = [(name, web.get(name, ""), self.file.texts.get(name, "")) for name in names]
        return [Difference(self.title_of(name), self.base.get(name, ""), a, b) for name, a, b in contents if a != b]

    def title_of(self, name: str) -> str:
        if self.row and name.startswith(READING):
            names = {f"{READING}{indicator.pk}": indicator.name for indicator in self.row.indicators}
            return names.get(name, "指标读数")
        return TITLES.get(name, "")

    @property
    def messages(self) -> list[str]:
        """Each message names its cell: 填报!G7：进度应为0到100之间的整数。"""
        return [f"{self.file.cells.get(name, self.file.place)}：{message}" for name, message in self._problems.items()]

    @property
    def _problems(self) -> dict[str, str]:
        return self.wrong or (self.gaps if self.state in (RowState.READY, RowState.CONFLICT) else {})

    @property
    def marks(self) -> dict[str, str]:
        """What the workbook that goes back says: by field what is wrong, or under "" what came of the row."""
        if self._problems:
            return self._problems
        if self.state == RowState.CONFLICT:
            changed = "、".join(difference.title for difference in self.differences if difference.moved)
            return {"conflict": f"冲突：下载后网上已有改动（{changed}），请在网上比较后选定。"}
        return {"": self.state.label}


@dataclass(slots=True)
class CheckedFile:
    """The whole file after it was compared with the present."""

    filled: FilledWorkbook
    fill_in: FillIn
    rows: list[CheckedRow]

    def of(self, state: RowState) -> list[CheckedRow]:
        return [row for row in self.rows if row.state == state]

    @property
    def counts(self) -> list[tuple[str, int]]:
        return [(state.label, len(self.of(state))) for state in RowState if self.of(state)]

    @property
    def shown(self) -> list[CheckedRow]:
        """The rows that have something to say, the troublesome first."""
        order = (RowState.WRONG, RowState.CONFLICT, RowState.READY, RowState.SAME)
        return [row for state in order for row in self.of(state) if state != RowState.SAME or row.can_choose]

    @property
    def texts(self) -> dict[int, Texts]:
        return {row.pk: row.file.texts for row in self.rows}

    @property
    def marks(self) -> dict[int, dict[str, str]]:
        return {row.pk: row.marks for row in self.rows}


def require_agency(filled: FilledWorkbook, agency: Agency) -> None:
    """Refuses another agency's file; says whose it is where that is known."""
    if filled.identity.agency != agency.pk:
        owner = Agency.objects.filter(pk=filled.identity.agency).first()
        raise WorkbookRefused(f"这是{owner or '其他单位'}的填报表，不能由{agency}上传。")


def require_period(filled: FilledWorkbook, period: ReportingPeriod) -> None:
    """Refuses a file of another plan or period."""
    identity = filled.identity
    if identity.plan != period.plan.slug:
        raise WorkbookRefused(
            f"这是另一行动计划（{identity.plan}）的填报表，此处应上传{period.plan.document_number}的。"
        )
    if identity.period != period.code:
        raise WorkbookRefused(f"这是{identity.period}报告期的填报表，此处应上传{period.code}的。")


def check(filled: FilledWorkbook, fill_in: FillIn) -> CheckedFile:
    """Compares every row; asks the database nothing."""
    rows = {row.assignment.pk: row for row in fill_in.rows}
    day = timezone.localdate(fill_in.issued_at)
    return CheckedFile(
        filled, fill_in, [_checked(file, rows.get(file.assignment), filled, fill_in, day) for file in filled.rows]
    )


def _checked(file: FileRow, row: KnownRow | None, filled: FilledWorkbook, fill_in: FillIn, day: date) -> CheckedRow:
    issued = filled.identity.rows[file.assignment]
    checked = CheckedRow(file, row, issued.base, wrong=dict(file.wrong))
    if row is None:
        checked.wrong = {"": "该任务已办结、中止或不再由本单位承担，不能填报。"}
        checked.state = RowState.WRONG if file.texts != issued.base else RowState.BLANK
        return checked
    _check_due(checked, row, filled)
    _check_readings(checked, row)
    _check_form(checked, row, fill_in.period, day)
    checked.state = _state(checked, row)
    return checked


def _state(checked: CheckedRow, row: KnownRow) -> RowState:
    if checked.wrong:
        return RowState.WRONG
    texts, known = checked.file.texts, row.known
    if texts in (known, checked.base) or checked.is_filed:
        return RowState.SAME if row.draft or row.newest else RowState.BLANK
    return RowState.CONFLICT if known != checked.base else RowState.READY


def _check_due(checked: CheckedRow, row: KnownRow, filled: FilledWorkbook) -> None:
    written = checked.file.due_on
    present = row.assignment.due_on
    if written in ("", "持续推进") or (present and written == str(present)):
        return
    if checked.file.texts == checked.base and not checked.wrong:
        return
    checked.wrong["due_on"] = f"完成时限为{present or '持续推进'}，不能在填报表中修改；确需延期的，请在任务页提出申请。"


def _check_readings(checked: CheckedRow, row: KnownRow) -> None:
    own = {f"{READING}{indicator.pk}" for indicator in row.indicators}
    for name in [*checked.file.texts, *checked.file.wrong]:
        if name.startswith(READING) and name not in own:
            checked.wrong[name] = "指标标识已被改动，不是该任务的指标。请重新下载填报表。"


def _check_form(checked: CheckedRow, row: KnownRow, period: ReportingPeriod, day: date) -> None:
    """Applies the form's own limits, and the deed's own check of what a report says."""
    data = {name: text for name, text in checked.file.texts.items() if name not in checked.wrong}
    if data.get("unchanged") == OTHER_REASON:
        data["unchanged"] = OTHER
    form = checked.form = ReportForm(data, indicators=row.indicators)
    if not form.is_valid():
        for name, errors in form.errors.as_data().items():
            for error in errors:
                faults = checked.gaps if error.code == "required" else checked.wrong
                faults.setdefault(name, "".join(error.messages))
    if checked.wrong:
        return
    if form.is_valid():
        content = checked.content = form.content_after(row.last)
        accepted = floor_of(period, row.last.period.starts_on if row.last else None, row.assignment.percent)
        try:
            check_content(content, due_on=row.assignment.due_on, period=period, day=day, accepted=accepted)
        except WorkflowError as error:
            checked.gaps[error.field or ""] = error.message
