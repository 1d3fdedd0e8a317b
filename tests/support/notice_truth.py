"""What a careful reader found in a notice, held against what the parser finds: F1 over (ending, agency, role)."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

Triple = tuple[str, str, str]


def triples(told: dict[str, Any], *, by_ending: bool) -> Counter[Triple]:
    """Who answers where, and how: by the words of each ending, or by each task's title where the reader kept none."""
    return Counter(
        (_plain(key), _plain(name), role)
        for section in told["sections"]
        for item in section["items"]
        for key, answer in _answers(item, by_ending=by_ending)
        for role in ("leads", "assists")
        for name in answer[role]
    )


def _answers(item: dict[str, Any], *, by_ending: bool) -> list[tuple[str, dict[str, Any]]]:
    if by_ending:
        return [(duty["ending"], duty) for duty in item["duties"]]
    return [(item.get("title") or item["text_start"], item)]


def has_duties(truth: dict[str, Any]) -> bool:
    return any("duties" in item for section in truth["sections"] for item in section["items"])


def difference(told: dict[str, Any], truth: dict[str, Any]) -> tuple[Counter[Triple], Counter[Triple]]:
    """(what the parser missed, what it made up)."""
    by_ending = has_duties(truth)
    expected, found = triples(truth, by_ending=by_ending), triples(told, by_ending=by_ending)
    return expected - found, found - expected


def f1(told: dict[str, Any], truth: dict[str, Any]) -> float:
    """The harmonic mean of precision and recall over (ending, agency, role)."""
    by_ending = has_duties(truth)
    expected, found = triples(truth, by_ending=by_ending), triples(told, by_ending=by_ending)
    hits = (expected & found).total()
    return 2 * hits / (expected.total() + found.total())


def deadlines(told: dict[str, Any]) -> Counter[tuple[str, str | None]]:
    """The words of each ending with the words of the deadline that it names."""
    return Counter(
        (_plain(duty["ending"]), _words(duty.get("deadline")))
        for section in told["sections"]
        for item in section["items"]
        for duty in item["duties"]
    )


def _words(deadline: dict[str, Any] | str | None) -> str | None:
    return deadline["text"] if isinstance(deadline, dict) else deadline


def _plain(words: str) -> str:
    """Without blanks, the ending's own brackets and its last full stop."""
    words = re.sub(r"\s", "", words).rstrip("。")
    whole = re.fullmatch(r"[（(\[【〔](.*)[）)\]】〕]", words, re.S)
    return whole[1] if whole else words
