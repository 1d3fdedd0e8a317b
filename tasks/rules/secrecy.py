"""非涉密: words that a text or a file's name should not bear in this system. Pure."""

import re
from collections.abc import Iterable

MARKED = re.compile(r"(?<!商业)(?:秘密|机密|绝密)|★")
SPACED = re.compile(r"\s+")


def secrecy_marks(texts: Iterable[str]) -> list[str]:
    """The marks that stand in any of the texts, each once, in the order in which they occur. 商业秘密 is none."""
    found = (MARKED.findall(SPACED.sub("", text)) for text in texts)
    return list(dict.fromkeys(mark for marks in found for mark in marks))


def secrecy_warning(texts: Iterable[str]) -> str:
    """What to say of them; "" where nothing is marked."""
    marks = secrecy_marks(texts)
    return f"含有“{'”“'.join(marks)}”字样。本系统为非涉密系统，请核对，涉密的不得录入。" if marks else ""
