"""Soft hints on what an agency wrote: said after it is saved or filed, never a reason to refuse it. Pure."""

import re
from difflib import SequenceMatcher

ALIKE = 0.8  # share of the text that is last period's, from which on it counts as repeated
# Chinese numerals are figures only before a unit: 「进一步」 and 「统一」 count nothing.
FIGURE = re.compile(
    r"[0-9０-９]|[〇一二两三四五六七八九十百千万亿]+(?:[个家次项批期人件场条种处起份户名类倍成元]|亿元|百分)|百分之"
)


def hints(text: str, last: str = "") -> list[str]:
    """About a text that was really written: one without a figure, one that is nearly last period's."""
    text = text.strip()
    if not text:
        return []
    found = []
    if not FIGURE.search(text):
        found.append("进展中没有数据，建议写明数量或比例。")
    if last and is_alike(text, last):
        found.append("与上次通过的内容八成以上相同，请核对是否为本期进展。")
    return found


def is_alike(text: str, last: str) -> bool:
    """At least 80 % equal, spaces and line ends aside."""
    one, other = ("".join(each.split()) for each in (text, last))
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE
