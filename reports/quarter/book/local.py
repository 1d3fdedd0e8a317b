"""市县落实 and 市县明细: the offices below, and what each does for every item; only where there are such offices."""

from collections.abc import Sequence
from dataclasses import dataclass

from reports.quarter.book.ledger import PLAN
from reports.quarter.book.tables import (
    DAY,
    NO_REPORT,
    NOTHING,
    ONGOING,
    PERCENT,
    TENTH_POINTS,
    TENTHS,
    UNREPORTED,
    WHOLE,
    BookColumn,
    BookTable,
    RowCells,
    light_text,
    percent,
    rows_of,
)
from reports.quarter.facts import PlanFacts, Snapshot
from reports.quarter.local_facts import LocalItemRow, LocalOfficeRow
from reports.xlsx.sheets import Value
from tasks.rules.rounding import TENTH
from tasks.rules.status import Light

OFFICES, DETAILS = "市县落实", "市县明细"
UNISSUED, NONE_BELOW = "未印发", "不设"
YES, NO = "是", "否"
EXACT = "0.0000%"
SUMMED = (  # columns whose sums stand below the offices
    *("asked", "covered", "lacking", "unsettled", "items", "dated", "stepped", "came_due", "kept"),
    *("owed", "filed", "counties", "issued_counties"),
)


@dataclass(frozen=True, slots=True)
class OfficeLine:
    plan: PlanFacts
    fact: LocalOfficeRow

    def counted(self, key: str) -> int | None:
        """A figure of its plan; nothing where there is none."""
        if key == "lacking":
            return len(self.fact.lacking) if self.fact.is_issued else None
        return int(getattr(self.fact, key)) if self.fact.is_issued else None


@dataclass(frozen=True, slots=True)
class DetailLine:
    plan: PlanFacts
    office: LocalOfficeRow
    fact: LocalItemRow

    @property
    def percent(self) -> Value:
        if not self.fact.local:
            return None
        if not self.fact.has_accepted:
            return NO_REPORT
        return percent(self.fact.percent)


@dataclass(frozen=True, slots=True)
class LocalTables:
    """Both tables with their lines."""

    offices: BookTable
    details: BookTable
    office_lines: Sequence[OfficeLine]
    detail_lines: Sequence[DetailLine]


def is_local(snapshot: Snapshot) -> bool:
    """Whether offices lie below any of the plans."""
    return any(plan.local for plan in snapshot.plans)


def build_local(snapshot: Snapshot, note: str) -> LocalTables | None:
    """None where no office lies below any of the plans."""
    if not is_local(snapshot):
        return None
    offices = [OfficeLine(plan, fact) for plan in snapshot.plans for fact in plan.local]
    by_code = {(line.plan.slug, line.fact.code): line.fact for line in offices}
    details = [
        DetailLine(plan, by_code[plan.slug, fact.code], fact) for plan in snapshot.plans for fact in plan.local_items
    ]
    return LocalTables(_offices(snapshot, note, offices), _details(snapshot, note, details), offices, details)


def _counts(key: str, title: str, width: float = 7.5) -> BookColumn[OfficeLine]:
    return BookColumn(key, title, width, WHOLE, True, value=lambda line: line.counted(key))


def _offices(snapshot: Snapshot, note: str, lines: Sequence[OfficeLine]) -> BookTable:
    lights = [light for light in Light if light in USUAL or any(line.counted(light.value) for line in lines)]
    columns: tuple[BookColumn[OfficeLine], ...] = (
        *((PLAN,) if len(snapshot.plans) > 1 else ()),
        BookColumn("area", "市县", 14, value=lambda line: line.fact.area),
        BookColumn("level", "层级", 13.5, is_centred=True, value=lambda line: line.fact.level_word),
        BookColumn("document", "发文字号", 22, value=lambda line: line.fact.document or UNISSUED),
        BookColumn("issued", "印发日期", 12, DAY, True, value=lambda line: line.fact.issued_on),
        *(_counts("asked", "应覆盖"), _counts("covered", "覆盖"), _counts("lacking", "空缺")),
        *(_counts("unsettled", "待确认"), _counts("items", "本地任务")),
        *(_counts("dated", "写明时限"), _counts("stepped", "设有节点")),
        *(_counts("came_due", "到期节点"), _counts("kept", "按期完成")),
        BookColumn("percent", "进度", 9, TENTHS, True, value=_percent),
        BookColumn("expected", "序时", 9, TENTHS, True, value=lambda line: _shown(line.fact.expected, line)),
        BookColumn("gap", "较序时", 9, TENTH_POINTS, True, value=lambda line: line.fact.gap),
        *(_counts(light.value, light.words) for light in lights),
        *(_counts("owed", "应报"), _counts("filed", "已报")),
        *(COUNTIES if any(line.fact.counties for line in lines) else ()),
        BookColumn("gaps", "空缺的任务", 44, value=_gaps),
    )
    shown = {column.key for column in columns}
    total: RowCells = {
        "area": "合计",
        **{key: sum(_sum(line, key) for line in lines) for key in (*SUMMED, *Light) if key in shown},
    }
    return BookTable(
        name=OFFICES,
        title=f"{snapshot.definition.period_name}市县落实情况",
        note=f"{note}。本地的数字按本地方案自己的时限和规则，不计入本级；待确认指本地任务的对应关系尚未确认",
        columns=columns,
        rows=rows_of(columns, lines),
        total=total,
        frozen="level",
        is_one_wide=True,
        alarms={"document": (UNISSUED,)},
    )


USUAL = (Light.RED, Light.YELLOW, Light.BLUE, Light.GREEN, Light.GREY)


def _shown(value: float | None, line: OfficeLine) -> Value:
    if not line.fact.is_issued:
        return None
    return NOTHING if value is None else percent(value, TENTH)


def _percent(line: OfficeLine) -> Value:
    return UNREPORTED if line.fact.is_unreported else _shown(line.fact.percent, line)


def _issued_counties(line: OfficeLine) -> int | None:
    return line.fact.issued_counties if line.fact.counties else None


COUNTIES: tuple[BookColumn[OfficeLine], ...] = (
    BookColumn("counties", "县区", 7.5, WHOLE, True, value=lambda line: line.fact.counties or NONE_BELOW),
    BookColumn("issued_counties", "县区已印发", 8, WHOLE, True, value=_issued_counties),
)


def _sum(line: OfficeLine, key: str) -> int:
    return int(getattr(line.fact, key)) if key in ("counties", "issued_counties") else line.counted(key) or 0


def _gaps(line: OfficeLine) -> str:
    return "、".join(f"{line.plan.label(number)}{line.plan.item(number).title}" for number in line.fact.lacking)


def _details(snapshot: Snapshot, note: str, lines: Sequence[DetailLine]) -> BookTable:
    columns: tuple[BookColumn[DetailLine], ...] = (
        *((PLAN,) if len(snapshot.plans) > 1 else ()),
        BookColumn("area", "市县", 14, value=lambda line: line.office.area),
        BookColumn("number", "序号", 6, WHOLE, True, value=lambda line: line.fact.item),
        BookColumn("item", "任务", 36, value=_item),
        BookColumn("state", "情况", 14, is_centred=True, value=lambda line: line.fact.state_word),
        BookColumn("local", "本地任务", 36, value=lambda line: line.fact.local),
        BookColumn("light", "亮灯", 12, is_centred=True, value=_light),
        BookColumn("percent", "进度", 14, PERCENT, True, value=lambda line: line.percent),
        BookColumn("expected", "序时", 8, PERCENT, True, value=lambda line: percent(line.fact.expected)),
        BookColumn("due", "完成时限", 12, DAY, True, value=_due),
        BookColumn("words", "最近进展", 48, value=lambda line: line.fact.words),
        BookColumn("by", "报送单位", 24, value=lambda line: line.fact.words_by),
        BookColumn("on", "报送日期", 12, DAY, True, value=lambda line: line.fact.words_on),
        BookColumn("dated", "写明时限", 9, is_centred=True, value=lambda line: _yes(line, line.fact.is_dated)),
        BookColumn("stepped", "设有节点", 9, is_centred=True, value=lambda line: _yes(line, line.fact.is_stepped)),
        BookColumn("came_due", "到期节点", 9, WHOLE, True, value=lambda line: _of_local(line, line.fact.came_due)),
        BookColumn("kept", "按期完成", 9, WHOLE, True, value=lambda line: _of_local(line, line.fact.kept)),
        BookColumn("asked", "要求落实", 9, is_centred=True, value=lambda line: YES if line.fact.is_asked else ""),
        BookColumn("first", "首行", 6, WHOLE, True, value=lambda line: int(line.fact.is_first)),
        BookColumn("counts", "计入进度", 9, is_centred=True, value=lambda line: YES if line.fact.counts else ""),
        BookColumn("exact", "计算用进度", 12, EXACT, True, value=lambda line: _exact(line, line.fact.percent)),
        BookColumn("basis", "计算用序时", 12, EXACT, True, value=lambda line: _exact(line, line.fact.basis)),
    )
    return BookTable(
        name=DETAILS,
        title=f"{snapshot.definition.period_name}市县明细",
        note=f"{note}。每项任务对应几项本地任务的列几行，未印发方案的市县列一行；首行为1的各行合起来是其全部本地任务",
        columns=columns,
        rows=rows_of(columns, lines),
        frozen="item",
        lights=("light",),
        printed="on",
        alarms={"state": ("方案未列", UNISSUED)},
    )


def _item(line: DetailLine) -> str:
    number = line.fact.item
    return "" if number is None else f"{line.plan.label(number)}{line.plan.item(number).title}"


def _light(line: DetailLine) -> str:
    return light_text(line.fact.light, line.fact.light_word) if line.fact.light else ""


def _due(line: DetailLine) -> Value:
    return (line.fact.due_on or ONGOING) if line.fact.local else None


def _yes(line: DetailLine, value: object) -> str:
    return (YES if value else NO) if line.fact.local else ""


def _of_local(line: DetailLine, count: int) -> int | None:
    return count if line.fact.local else None


def _exact(line: DetailLine, value: float) -> float | None:
    return value / 100 if line.fact.counts else None
