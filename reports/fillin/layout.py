"""Which column of the fill-in workbook holds what: known to what writes it and to what reads it back."""

from typing import NamedTuple

TEMPLATE = "1"  # of the workbook; a file with another number is asked to be downloaded anew
FORM, READINGS, META, GUIDE = "填报", "指标读数", "_meta", "说明"
HEAD_ROW = 3
FIRST_ROW = HEAD_ROW + 1
OTHER_REASON = "其他原因"  # 本期无变化 for a reason that stands in 本期进展; a plain 是 means the same


class Column(NamedTuple):
    """`field` is the report form's where the agency writes in it; "" where it only reads."""

    key: str
    title: str
    width: float
    field: str = ""


FORM_COLUMNS = (
    Column("label", "序号", 9),
    Column("title", "任务", 26),
    Column("role", "角色", 7),
    Column("due_on", "完成时限", 12),
    Column("last_percent", "上次进度（%）", 9),
    Column("last_progress", "上次进展", 34),
    Column("percent", "本期进度（%）", 9, "percent"),
    Column("progress", "本期进展", 44, "progress"),
    Column("problems", "存在问题", 24, "problems"),
    Column("next_steps", "下一步打算", 24, "next_steps"),
    Column("delay_reason", "滞后原因", 24, "delay_reason"),
    Column("lower_reason", "进度回调原因", 22, "lower_reason"),
    Column("unchanged", "本期无变化", 16, "unchanged"),
    Column("result", "校验结果", 40),
    Column("assignment", "任务标识", 10),
    Column("version", "行版本", 14),
)
READING_COLUMNS = (
    Column("label", "序号", 9),
    Column("title", "任务", 34),
    Column("name", "指标", 30),
    Column("unit", "单位", 8),
    Column("target", "目标值", 12),
    Column("last", "上次累计", 12),
    Column("reading", "本期累计", 12, "reading"),
    Column("result", "校验结果", 40),
    Column("assignment", "任务标识", 10),
    Column("indicator", "指标标识", 10),
)
HIDDEN = ("assignment", "version", "indicator")
FIELDS = tuple(column.field for column in FORM_COLUMNS if column.field)
TITLES = {column.field: column.title for column in FORM_COLUMNS if column.field}


def letter_of(columns: tuple[Column, ...], key: str) -> str:
    """The letter of the column as the workbook is written."""
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[[column.key for column in columns].index(key)]
