"""Which texts of a parent plan a local text is like, and by which words. Pure.

Two texts are compared by the pairs of signs that they share. A pair weighs the more the fewer of the parent's texts
have it: 「品牌」 says little where every other task speaks of it. What stands in a title weighs more than what stands
in the text. Endings that name who answers, labels and numbers are left out: they make strangers alike.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from tasks.rules.texts import Piece

MOST = 3  # proposals of one local text
THRESHOLD = 0.1  # of 1, which is the text itself: below it no text is proposed
BESIDE_BEST = 0.4  # what a second proposal has to reach of the first's likeness
TITLE_WEIGHT = 3.0
TELLING = 0.25  # of the greatest rarity: words that are less rare agree everywhere, and are not shown

_RUNS = re.compile(r"[\u4e00-\u9fffA-Za-z0-9]+")
_ENDINGS = re.compile(
    r"[（(][^（）()]*(?:负责|牵头|配合|协助|落实|实施)[^（）()]*[）)]"
    r"|(?:牵头|责任|配合|主管|协助)(?:单位|部门)[：:][^。\n]*[。\n]?"
    r"|(?:完成|整改|办理)时限[：:][^。\n]*[。\n]?"
)
_LABEL = re.compile(r"^\s*(?:[（(][一二三四五六七八九十百\d]+[）)]|\d+[.．、]|[一二三四五六七八九十百]+、)\s*")


class Wording(NamedTuple):
    """A task's title and text, and by what it is known."""

    key: int
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Likeness:
    """A parent's text that is like the local one: how much, of 1, and the pairs of signs that say so."""

    key: int
    degree: float
    pairs: frozenset[str]


class Parents:
    """The texts of a parent plan, weighed once, so that many local ones can be held against them."""

    def __init__(self, wordings: Iterable[Wording]) -> None:
        counts = {each.key: _counts(each) for each in wordings}
        known: Counter[str] = Counter()
        for pairs in counts.values():
            known.update(pairs.keys())
        self._greatest = math.log(len(counts) + 1)
        self._rarity = {pair: math.log((len(counts) + 1) / times) for pair, times in known.items()}
        self._vectors = {key: self._vector(pairs) for key, pairs in counts.items()}

    def like(self, wording: Wording) -> list[Likeness]:
        """At most three of the parent's texts, the likest first; none where none is like it."""
        mine = self._vector(_counts(wording))
        found = [
            Likeness(key, _product(mine, theirs), frozenset(self._telling(mine.keys() & theirs.keys())))
            for key, theirs in self._vectors.items()
        ]
        found.sort(key=lambda each: -each.degree)
        least = max(THRESHOLD, found[0].degree * BESIDE_BEST) if found else 1
        return [each for each in found[:MOST] if each.degree >= least]

    def _vector(self, counts: Counter[str]) -> dict[str, float]:
        """Of length 1. A pair that no parent's text has is as rare as can be: it says what is the local text's own."""
        weighed = {pair: math.sqrt(times) * self._rarity.get(pair, self._greatest) for pair, times in counts.items()}
        length = math.sqrt(sum(weight * weight for weight in weighed.values()))
        return {pair: weight / length for pair, weight in weighed.items()} if length else {}

    def _telling(self, pairs: Iterable[str]) -> list[str]:
        return [pair for pair in pairs if self._rarity[pair] >= TELLING * self._greatest]


def agreeing(text: str, pairs: frozenset[str]) -> list[Piece]:
    """The text in pieces, with those apart that agree: runs of the pairs, two signs or more."""
    hit = [False] * len(text)
    for place in range(len(text) - 1):
        if text[place : place + 2] in pairs:
            hit[place] = hit[place + 1] = True
    pieces: list[Piece] = []
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or hit[place] != hit[start]:
            pieces.append(Piece(text[start:place], hit[start]))
            start = place
    return pieces if text else []


def _counts(wording: Wording) -> Counter[str]:
    """How often each pair of signs stands in the text, and the title's as often again as a title weighs more."""
    found: Counter[str] = Counter(_pairs(_ENDINGS.sub("", _LABEL.sub("", wording.text))))
    title = set(_pairs(_LABEL.sub("", wording.title)))
    for pair in title:
        found[pair] = max(found[pair], 1)
        found[pair] += int(TITLE_WEIGHT)
    return found


def _pairs(text: str) -> Iterable[str]:
    for run in _RUNS.findall(text):
        yield from (run[place : place + 2] for place in range(len(run) - 1))


def _product(mine: dict[str, float], theirs: dict[str, float]) -> float:
    small, large = sorted((mine, theirs), key=len)
    return sum(weight * large[pair] for pair, weight in small.items() if pair in large)
