"""Lines of a printed page → paragraphs: breaks that are only layout are taken out."""

from __future__ import annotations

import re

BREAK = "\x0b"  # a line end that its author set by hand within a paragraph
_NEW_LINE = re.compile(
    r"[ \xa0\u2003\u3000]{2}|\s*(?:第?[一二三四五六七八九十百]+[、.．章节条部]|[（(][一二三四五六七八九十\d]+[）)]"
    r"|\d{1,3}[.．、]|[①-⑳㈠-㈩⒈-⒛⑴-⒇]|[^，。；：\n]{2,10}[：:]|附件|$)"
)
_UNFINISHED = re.compile(r"[。！？][^。！？；：）\x0b\n]*[^。！？；：）…”\s\x0b\n]$")


def without_layout_breaks(paragraph: str) -> str:
    """A break set by hand in the middle of a running sentence is nothing; every other one ends a line."""
    if BREAK not in paragraph:
        return paragraph
    first, *others = paragraph.split(BREAK)
    text = first
    for line in others:
        line_so_far = text.rpartition("\n")[2]
        goes_on = _UNFINISHED.search(line_so_far) and not _NEW_LINE.match(line)
        text += line if goes_on else f"\n{line}"
    return text


def begins_anew(line: str) -> bool:
    """It opens with a number or a label, as headings and lists of units do."""
    return bool(_NEW_LINE.match(line))
