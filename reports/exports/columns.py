"""The columns of the ledgers to take away carry the values that they show: another one costs one line.

A percentage is a share, rounded as it is shown (docs/rules.md 10); where no report was accepted yet, words stand there.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

from agencies.models import Agency
from reports.xlsx.sheets import Column, Value
from tasks.models import Plan
from tasks.pages.contacts.page import directory
from tasks.pages.ledger.page import Line
from tasks.rules.due_dates import source_words
from tasks.rules.numerals import chinese_numeral
from tasks.rules.rounding import half_up, percent_text
from tasks.standing.rollup import ItemStanding

AnyLine = TypeVar("AnyLine")
PERCENT, POINTS, DATE, WHOLE = "0%", "+0;-0;0", "yyyy-mm-dd", "0"
NO_REPORT, ONGOING = "尚无通过的报告", "持续推进"


@dataclass(frozen=True, slots=True)
class LedgerColumn(Column, Generic[AnyLine]):
    """A column of a ledger, which knows what it shows of a line."""

    value: Callable[[AnyLine], Value] = field(kw_only=True)

    def text(self, line: AnyLine) -> Value:
        """What a plain text file says of it: a percentage with its sign."""
        value = self.value(line)
        if self.number_format == PERCENT and isinstance(value, float):
            return percent_text(100 * value)
        return value


def item_columns(plan: Plan, agency_names: dict[int, str]) -> tuple[LedgerColumn[ItemStanding], ...]:
    """Gives the columns of the ledger of the plan's items, in their order."""

    def section(line: ItemStanding) -> str:
        return f"{chinese_numeral(line.item.section.number)}、{line.item.section.title}"

    def leads(line: ItemStanding) -> str:
        return "、".join(agency_names[lead.agency_id] for lead in line.leads)

    def provenance(line: ItemStanding) -> str:
        return f"{plan.document_number}第{chinese_numeral(line.item.section.number)}部分{line.item.label}"

    return (
        LedgerColumn("序号", 8, value=lambda line: line.item.label),
        LedgerColumn("部分", 26, is_wrapped=True, value=section),
        LedgerColumn("任务", 34, is_wrapped=True, value=lambda line: line.item.title),
        LedgerColumn("亮灯", 9, value=lambda line: line.light_word),
        LedgerColumn("进度", 15, PERCENT, value=_item_percent),
        LedgerColumn("序时", 9, PERCENT, value=lambda line: _share(line.expected)),
        LedgerColumn("差（百分点）", 12, POINTS, value=lambda line: line.gap if _is_reported(line) else None),
        LedgerColumn("进度类别", 10, value=lambda line: line.pace.label if line.pace else ""),
        LedgerColumn("负责单位", 40, is_wrapped=True, value=leads),
        LedgerColumn("协助单位数", 11, WHOLE, value=lambda line: len(line.assists)),
        LedgerColumn("原定时限", 12, DATE, value=lambda line: line.item.first_due_on or ONGOING),
        LedgerColumn("现时限", 12, DATE, value=lambda line: line.due_on or ONGOING),
        LedgerColumn("时限出处", 10, value=lambda line: source_words(line.item.due_source, None)),
        LedgerColumn("公文时限原文", 24, is_wrapped=True, value=lambda line: line.item.due_words),
        LedgerColumn("出处", 30, is_wrapped=True, value=provenance),
    )


ASSIGNMENT_COLUMNS: tuple[LedgerColumn[Line], ...] = (
    LedgerColumn("序号", 8, value=lambda line: line.assignment.label),
    LedgerColumn("任务", 34, is_wrapped=True, value=lambda line: line.assignment.title),
    LedgerColumn("单位", 20, is_wrapped=True, value=lambda line: line.assignment.agency),
    LedgerColumn("角色", 8, value=lambda line: line.assignment.role_label),
    LedgerColumn("亮灯", 9, value=lambda line: line.standing.light.label if line.standing.light else ""),
    LedgerColumn("进度", 15, PERCENT, value=lambda line: _lead_percent(line)),
    LedgerColumn("序时", 9, PERCENT, value=lambda line: _share(line.standing.expected)),
    LedgerColumn("差（百分点）", 12, POINTS, value=lambda line: line.standing.gap if _has_accepted(line) else None),
    LedgerColumn("原定时限", 12, DATE, value=lambda line: line.assignment.first_due_on or ONGOING),
    LedgerColumn("现时限", 12, DATE, value=lambda line: line.standing.due_on or ONGOING),
    LedgerColumn("时限出处", 10, value=lambda line: source_words(line.assignment.due_source, None)),
    LedgerColumn("公文时限原文", 24, is_wrapped=True, value=lambda line: line.assignment.due_words),
    LedgerColumn("延期次数", 9, WHOLE, value=lambda line: line.assignment.extension_count),
    LedgerColumn("状态", 10, value=lambda line: line.assignment.state.label),
    LedgerColumn("本期报告", 10, value=lambda line: line.filing.label if line.filing else ""),
    LedgerColumn("最近进展", 60, is_wrapped=True, value=lambda line: line.text),
)


def _share(percent: float | None) -> float | None:
    """The share as it is shown; None where there is no end to be measured by."""
    return None if percent is None else float(half_up(percent).scaleb(-2))


def _has_accepted(line: Line) -> bool:
    """Whether a report is accepted: not where the only one that was has been sent back after all."""
    return line.standing.has_accepted and line.assignment.standing_report is not None


def _lead_percent(line: Line) -> Value:
    return _share(line.standing.percent) if _has_accepted(line) else NO_REPORT


def _is_reported(line: ItemStanding) -> bool:
    return line.counts and any(lead.has_accepted for lead in line.leads if lead.counts)


def _item_percent(line: ItemStanding) -> Value:
    """The item's progress; words where none is on record, nothing where nobody's counts."""
    if not line.counts:
        return None
    return _share(line.percent) if _is_reported(line) else NO_REPORT


class DirectoryLine(NamedTuple):
    group: str
    agency: Agency


def directory_lines(office: str) -> Iterator[DirectoryLine]:
    """Each agency of that office below each of its groups, as the page lists them."""
    return (DirectoryLine(listed.title, agency) for listed in directory(office) for agency in listed.agencies)


DIRECTORY_COLUMNS: tuple[LedgerColumn[DirectoryLine], ...] = (
    LedgerColumn("名单", 26, is_wrapped=True, value=lambda line: line.group),
    LedgerColumn("单位", 26, is_wrapped=True, value=lambda line: line.agency.name),
    LedgerColumn("联络员", 12, value=lambda line: line.agency.liaison_name),
    LedgerColumn("处室", 20, is_wrapped=True, value=lambda line: line.agency.liaison_office),
    LedgerColumn("电话", 18, value=lambda line: line.agency.liaison_telephone),
    LedgerColumn("负责人", 12, value=lambda line: line.agency.head_name),
    LedgerColumn("职务或处室", 20, is_wrapped=True, value=lambda line: line.agency.head_office),
    LedgerColumn("电话", 18, value=lambda line: line.agency.head_telephone),
)
