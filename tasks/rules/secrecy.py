"""非涉密: words that a text, a file's name or its content should not bear in this system. Pure."""

import re
from collections.abc import Iterable, Mapping

# 商业秘密 is none of the state's. In files a star by itself rates hotels and conditions.
MARKED = re.compile(r"(?<!商业)(?:秘密|机密|绝密)|★")
MARKED_WITHIN = re.compile(r"(?<!商业)(?:秘密|机密|绝密)")
SPACED = re.compile(r"\s+")
SPACED_IN_LINE = re.compile(r"[^\S\n\r]+")
ORDER = ("绝密", "机密", "秘密", "★")
PLEA = "本系统为非涉密系统，请核对，涉密的不得录入。"


def secrecy_marks(texts: Iterable[str]) -> list[str]:
    """The marks that stand in any of the texts, each once, the gravest first. 商业秘密 is none."""
    found = {mark for text in texts for mark in MARKED.findall(SPACED.sub("", text))}
    return [mark for mark in ORDER if mark in found]


def marks_within(text: str) -> list[str]:
    """The same of what a file says; two lines don't make a word together."""
    found = set(MARKED_WITHIN.findall(SPACED_IN_LINE.sub("", text)))
    return [mark for mark in ORDER if mark in found]


def secrecy_warning(texts: Iterable[str], files: Mapping[str, Iterable[str]] | None = None) -> str:
    """What to say of texts, and of the marks inside files by their names; "" where nothing is marked."""
    said = [f"含有“{'”“'.join(marks)}”字样"] if (marks := secrecy_marks(texts)) else []
    said += [f"“{name}”{within(marks)}" for name, marks in sorted((files or {}).items()) if marks]
    return f"{'；'.join(said)}。{PLEA}" if said else ""


def within(marks: Iterable[str]) -> str:
    """「内含“秘密”字样」, of a file."""
    return f"内含“{'”“'.join(marks)}”字样"
