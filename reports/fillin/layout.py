"""Which column of the fill-in workbook holds what: known to what writes it and to what reads it back."""

from typing import NamedTuple

TEMPLATE = "1"  # of the workbook; a file with another number is asked to be downloaded anew
FORM, READINGS, META, GUIDE = "填报", "指标读数", "_meta", "说明"
HEAD_ROW = 3
FIRST_ROW = HEAD_ROW + 1
OTHER_REASON = "其他原因"  # 本期无变化 for a reason that stands in 本期进展; a plain 是 means the same


class FillInColumn(NamedTuple):
    """`field` is the report form's where the agency writes in it; "" where it only reads."""

    key: str
    title: str
    width: float
    field: str = ""


FORM_COLUMNS = (
    FillInColumn("label", "序号", 9),
    FillInColumn("title", "任务", 26),
    FillInColumn("role", "角色", 7),
    FillInColumn("due_on", "完成时限", 12),
    FillInColumn("last_percent", "上次进度（%）", 9),
    FillInColumn("last_progress", "上次进展", 34),
    FillInColumn("percent", "本期进度（%）", 9, "percent"),
    FillInColumn("progress", "本期进展", 44, "progress"),
    FillInColumn("problems", "存在问题", 24, "problems"),
    FillInColumn("next_steps", "下一步打算", 24, "next_steps"),
    FillInColumn("delay_reason", "滞后原因", 24, "delay_reason"),
    FillInColumn("lower_reason", "进度回调原因", 22, "lower_reason"),
    FillInColumn("unchanged", "本期无变化", 16, "unchanged"),
    FillInColumn("result", "校验结果", 40),
    FillInColumn("assignment", "任务标识", 10),
    FillInColumn("version", "行版本", 14),
)
READING_COLUMNS = (
    FillInColumn("label", "序号", 9),
    FillInColumn("title", "任务", 34),
    FillInColumn("name", "指标", 30),
    FillInColumn("unit", "单位", 8),
    FillInColumn("target", "目标值", 12),
    FillInColumn("last", "上次累计", 12),
    FillInColumn("reading", "本期累计", 12, "reading"),
    FillInColumn("result", "校验结果", 40),
    FillInColumn("assignment", "任务标识", 10),
    FillInColumn("indicator", "指标标识", 10),
)
HIDDEN = ("assignment", "version", "indicator")
FIELDS = tuple(column.field for column in FORM_COLUMNS if column.field)
TITLES = {column.field: column.title for column in FORM_COLUMNS if column.field}


def letter_of(columns: tuple[FillInColumn, ...], key: str) -> str:
    """The letter of the column as the workbook is written."""
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[[column.key for column in columns].index(key)]
