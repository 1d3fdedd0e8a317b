"""Texts are shortened to one line where a page only points at them, and show the words that were sought."""

import re
from collections.abc import Sequence
from typing import NamedTuple

AROUND = 40  # signs before the first word that is shown
EXCERPT = 160
BEGINNING = 60  # of what somebody wrote: enough to recognise it, the rest is on the page


def shortened(text: str, limit: int = BEGINNING) -> str:
    """The text on one line, cut with an ellipsis where it is longer."""
    text = " ".join(text.split())
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


class Piece(NamedTuple):
    """A run of a text, and whether it is one of the words that were sought."""

    text: str
    is_hit: bool = False


def marked(text: str, words: Sequence[str]) -> list[Piece]:
    """The whole text in pieces, the words apart wherever they stand, A to Z in either case."""
    longest_first = sorted(words, key=len, reverse=True)
    parts = re.split(f"({'|'.join(map(re.escape, longest_first))})", text, flags=re.IGNORECASE | re.ASCII)
    return [Piece(part, is_hit=place % 2 == 1) for place, part in enumerate(parts) if part]


def excerpt(text: str, words: Sequence[str]) -> list[Piece]:
    """The line or two around the first word that stands in the text; none where no word does."""
    text = " ".join(text.split())
    found = re.search("|".join(map(re.escape, words)), text, flags=re.IGNORECASE | re.ASCII)
    if not found:
        return []
    start = max(found.start() - AROUND, 0)
    cut = text[start : start + EXCERPT]
    return marked(f"{'…' if start else ''}{cut}{'…' if start + EXCERPT < len(text) else ''}", words)
