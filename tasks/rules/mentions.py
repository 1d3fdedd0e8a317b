"""People are mentioned in a text as 「@姓名」. Pure."""

import re
from collections.abc import Iterable

WORD_ENDS = r"(?![A-Za-z0-9_])"


def named_in(text: str, names: Iterable[str]) -> set[str]:
    """The names that stand in the text behind an @, of half or full width; the longest that fits counts.

    Chinese goes on without a blank behind a name; a Latin name ends where its word does.
    """
    longest_first = sorted(filter(None, names), key=len, reverse=True)
    known = "|".join(
        re.escape(name) + (WORD_ENDS if re.match(r"\w", name[-1], re.ASCII) else "") for name in longest_first
    )
    return set(re.findall(f"[@＠]({known})", text)) if known else set()
