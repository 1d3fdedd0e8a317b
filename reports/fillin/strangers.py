"""Rows of a workbook that are no task: what offices write below a table is left out, what lost its place is refused."""

import re

from reports.fillin.cell_values import text_of
from reports.fillin.headed import HeadedSheet
from reports.fillin.identity import Identity, squeezed

BELOW = (
    "填表|填报|制表|编制|经办|联系|审核|复核|审批|签发|签字|签名|盖章|负责|分管|主管"
    "|单位|部门|电话|手机|传真|邮箱|日期|时间|备注|说明|注"
)
# 填表人：张三; 合计. What stands so below a table is no report that lost its place.
FOOTER = re.compile(rf"(?:{BELOW})[^:：]{{0,8}}[:：]|(?:合计|总计|平均)")


def key_in(text: str) -> int:
    """A hidden id as it stands in a cell; 0 for what is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def is_footer(table: HeadedSheet, number: int, identity: Identity, written: tuple[str, ...]) -> bool:
    """Whether a row without an id is what offices write below a table, and surely no task and no report."""
    if any(key_in(table.text(below, "assignment")) for below in range(number + 1, len(table.rows))):
        return False
    title = squeezed(table.text(number, "title"))
    if title and any(title == row.seen.get("title") for row in identity.rows.values()):
        return False
    first = next((text for cell in table.rows[number] if (text := text_of(cell.value))), "")
    return bool(FOOTER.match(first)) or not any(table.text(number, key) for key in written)
