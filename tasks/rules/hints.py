"""Soft hints on what an agency wrote: said after it is saved or filed, never a reason to refuse it. Pure."""

import re
from difflib import SequenceMatcher

ALIKE = 0.8  # share of the text that is last period's, from which on it counts as repeated
# Chinese numerals are figures only before a unit: 「进一步」 and 「统一」 count nothing.
FIGURE = re.compile(
    r"[0-9０-９]|[〇一二两三四五六七八九十百千万亿]+(?:[个家次项批期人件场条种处起份户名类倍成元]|亿元|百分)|百分之"
)


def hints(text: str, last: str = "") -> list[str]:
    """What to say about a text: that it has no figure, or is nearly last period's. Nothing about an empty one."""
    text = text.strip()
    if not text:
        return []
    remarks = []
    if not FIGURE.search(text):
        remarks.append("进展中没有数据，建议写明数量或比例。")
    if last and is_alike(text, last):
        remarks.append("与上次通过的内容八成以上相同，请核对是否为本期进展。")
    return remarks


def is_alike(text: str, last: str) -> bool:
    """Whether two texts are at least 80 % equal, spaces and line ends aside."""
    matcher = SequenceMatcher(None, "".join(text.split()), "".join(last.split()), autojunk=False)
    return matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE
