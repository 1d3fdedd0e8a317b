"""The paragraphs in which a notice asks those below to make plans of their own."""

from __future__ import annotations

import re

_BELOW = re.compile(r"各(?:地|市|县|区|州|盟|旗|设区|乡镇)")
_ASKED = re.compile(r"方案|细化|计划|措施|落实|部署")
_SHORTEST = 12
MOST = 5


def asking_paragraphs(text: str) -> list[str]:
    """Those that speak of the places below and of what they are to work out; the last of the notice first.

    A line that is addressed (各市人民政府：) or that names who answers says nothing of it.
    """
    found = [line.strip() for line in text.splitlines()]
    asking = [
        line
        for line in found
        if len(line) >= _SHORTEST and line.endswith("。") and _BELOW.search(line) and _ASKED.search(line)
    ]
    return list(dict.fromkeys(reversed(asking)))[:MOST]
