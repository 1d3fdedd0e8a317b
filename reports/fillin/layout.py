"""Which column of the fill-in workbook holds what is known here to what writes it and to what reads it back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from reports.xlsx.sheets import Value, letter

if TYPE_CHECKING:
    from reports.fillin.lines import FormLine, ReadingLine

TEMPLATE = "2"  # of the workbook; a file with another number is asked to be downloaded anew
FORM, READINGS, META, GUIDE = "填报", "指标读数", "_meta", "说明"
HEAD_ROW = 3
FIRST_ROW = HEAD_ROW + 1
OTHER_REASON = "其他原因"  # 本期无变化 for a reason that stands in 本期进展; a plain 是 means the same
RESULT = "result"  # the key of the column that says what came of a row
RETURNED = "returned"  # of the one that says why it was sent back; workbooks from before lack it

AnyLine = TypeVar("AnyLine")


@dataclass(frozen=True, slots=True)
class FillInColumn(Generic[AnyLine]):
    """A column either shows the `value` that the system has of a line, or is written into by the agency: a `field`.

    校验结果 (`RESULT`) is neither.
    """

    key: str
    title: str
    width: float
    number_format: str = "General"
    is_centred: bool = False
    value: Callable[[AnyLine], Value] | None = None
    field: str = ""


FORM_COLUMNS: "tuple[FillInColumn[FormLine], ...]" = (
    FillInColumn("label", "序号", 9, value=lambda line: line.item.label),
    FillInColumn("title", "任务", 26, value=lambda line: line.item.title),
    FillInColumn("role", "角色", 7, is_centred=True, value=lambda line: line.assignment.get_role_display()),
    FillInColumn("due_on", "完成时限", 12, "yyyy-mm-dd", True, lambda line: line.assignment.due_on or "持续推进"),
    FillInColumn("due_source", "时限出处", 20, value=lambda line: line.due_source),
    FillInColumn("last_percent", "上次进度（%）", 9, "0", True, lambda line: line.assignment.percent),
    FillInColumn("last_progress", "上次进展", 34, value=lambda line: line.last_progress),
    FillInColumn("percent", "本期进度（%）", 9, "0", True, field="percent"),
    FillInColumn("progress", "本期进展", 44, "@", field="progress"),
    FillInColumn("problems", "存在问题", 24, "@", field="problems"),
    FillInColumn("next_steps", "下一步打算", 24, "@", field="next_steps"),
    FillInColumn("delay_reason", "滞后原因", 24, "@", field="delay_reason"),
    FillInColumn("lower_reason", "进度回调原因", 22, "@", field="lower_reason"),
    FillInColumn("unchanged", "本期无变化", 16, is_centred=True, field="unchanged"),
    FillInColumn(RESULT, "校验结果", 40),
    FillInColumn(RETURNED, "退回意见", 30, value=lambda line: line.returned),
    FillInColumn("assignment", "任务标识", 10, value=lambda line: str(line.assignment.pk)),
    FillInColumn("version", "行版本", 14, value=lambda line: line.version),
)
READING_COLUMNS: "tuple[FillInColumn[ReadingLine], ...]" = (
    FillInColumn("label", "序号", 9, value=lambda line: line.item.label),
    FillInColumn("title", "任务", 34, value=lambda line: line.item.title),
    FillInColumn("name", "指标", 30, value=lambda line: line.indicator.name),
    FillInColumn("unit", "单位", 8, is_centred=True, value=lambda line: line.indicator.unit),
    FillInColumn("target", "目标值", 12, value=lambda line: line.indicator.target),
    FillInColumn("last", "上次累计", 12, value=lambda line: line.last_reading),
    FillInColumn("reading", "本期累计", 12, field="reading"),
    FillInColumn(RESULT, "校验结果", 40),
    FillInColumn("assignment", "任务标识", 10, value=lambda line: str(line.assignment.pk)),
    FillInColumn("indicator", "指标标识", 10, value=lambda line: str(line.indicator.pk)),
)
SEEN = ("label", "title", "role")  # by these people know a row; they must agree with its hidden identity
HIDDEN = ("assignment", "version", "indicator")
FIELDS = tuple(column.field for column in FORM_COLUMNS if column.field)
TITLES = {column.field: column.title for column in FORM_COLUMNS if column.field}


def letter_of(columns: tuple[FillInColumn[AnyLine], ...], key: str) -> str:
    """Gives the letter of the column as the workbook is written."""
    return letter([column.key for column in columns].index(key))
