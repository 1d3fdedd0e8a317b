"""Where words stand in a text, and which item stands where."""

from __future__ import annotations

import re

from ..model import Item, Notice


def locate(text: str, words: str, start: int, end: int) -> tuple[int, int] | None:
    """The first place of those words within start..end, blanks and line ends between their characters aside."""
    signs = [re.escape(sign) for sign in words if not sign.isspace()]
    found = re.compile(r"\s*".join(signs)).search(text, start, end) if signs else None
    return found.span() if found else None


def line_span(text: str, line: int) -> tuple[int, int]:
    """From where to where the 1-based line goes; the whole text for line 0."""
    if line < 1:
        return 0, len(text)
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
    end = text.find("\n", start)
    return start, len(text) if end < 0 else end


def item_on(notice: Notice, start: int, end: int) -> Item | None:
    """The first item of which some stands there."""
    return next((item for item in notice.items if item.start < end and start < item.end), None)
