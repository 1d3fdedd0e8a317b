"""The notice's text with everything that was read of it marked in place; joined, the pieces are the text."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from itertools import pairwise

from ..model import Duty, Item, Notice, Section
from .places import locate
from .questions import Question


@dataclasses.dataclass(frozen=True)
class Mark:
    """`kind` is how it is drawn; `label` and `number` stand before it, since no line says alone what it means.

    `key` is the same for words of the notice and for what was read of them, so that each can lead to the other.
    """

    start: int
    end: int
    kind: str
    label: str = ""
    number: int = 0
    question: int = 0
    key: str = ""


@dataclasses.dataclass(frozen=True)
class Piece:
    """A run of the text under the same marks, and what begins with it."""

    text: str
    kinds: tuple[str, ...]
    begins: tuple[Mark, ...]

    @property
    def classes(self) -> str:
        return " ".join(f"m-{kind}" for kind in self.kinds)

    @property
    def keys(self) -> tuple[str, ...]:
        """Of what begins here."""
        return tuple(dict.fromkeys(mark.key for mark in self.begins if mark.key))

    @property
    def doubt(self) -> int:
        """The number of the question that begins here."""
        return next((mark.question for mark in self.begins if mark.kind == "doubt"), 0)


def marks_of(notice: Notice, asked: Iterable[tuple[int, Question]] = ()) -> list[Mark]:
    """All that was read, in the order of the text; and the open questions with their numbers."""
    marks = [*_head(notice), *(mark for section in notice.sections for mark in _section(notice.text, section))]
    marks += [
        Mark(question.start, question.end, "doubt", f"核对{number}", question=number)
        for number, question in asked
        if question.start is not None and question.end is not None
    ]
    return sorted((mark for mark in marks if mark.start < mark.end), key=lambda mark: (mark.start, -mark.end))


def pieces(text: str, start: int, end: int, marks: Iterable[Mark]) -> list[Piece]:
    """start..end of the text, cut wherever a mark begins or ends."""
    marks = list(marks)
    cuts = sorted({start, end, *(at for mark in marks for at in (mark.start, mark.end) if start < at < end)})
    found = []
    for first, last in pairwise(cuts):
        over = [mark for mark in marks if mark.start <= first and last <= mark.end]
        begins = [mark for mark in over if mark.start == first or (first == start and mark.start < start)]
        found.append(Piece(text[first:last], tuple(dict.fromkeys(mark.kind for mark in over)), tuple(begins)))
    return found


def _head(notice: Notice) -> Iterator[Mark]:
    """Where the notice says its number, title, issuer and bases, before its tasks begin."""
    limit = min((section.start for section in notice.sections), default=len(notice.text))
    day = notice.issued_on
    said = [(notice.document_number, "字号"), (notice.title, "标题"), (notice.issuer, "机关")]
    said += [(f"{day.year}年{day.month}月{day.day}日", "日期")] if day else []
    for words, label in said:
        place = locate(notice.text, words, 0, limit) if words else None
        if place:
            yield Mark(*place, "head", label)
    for basis in notice.legal_bases:
        place = locate(notice.text, basis.document_number or basis.title, 0, limit)
        if place:
            yield Mark(*place, "base", "依据")


def _section(text: str, section: Section) -> Iterator[Mark]:
    first = min((item.start for item in section.items), default=section.end)
    place = locate(text, section.title, section.start, max(first, section.start))
    if place:
        yield Mark(section.start, place[1], "sec", "部分")
    for item in section.items:
        yield from _item(text, item)


def _item(text: str, item: Item) -> Iterator[Mark]:
    title = locate(text, item.title, item.start, item.end)
    yield Mark(item.start, title[1] if title else item.start + max(len(item.label), 1), "item", key=f"t{item.start}")
    for measure in item.measures:
        yield Mark(measure.start, measure.end, "duty", number=measure.number)
    for indicator in item.indicators:
        yield Mark(indicator.start, indicator.end, "ind", "指标", key=f"n{indicator.start}")
    deadlines = [item.deadline, *(each.deadline for each in item.duties), *(each.deadline for each in item.measures)]
    for start, end in sorted({(each.start, each.end) for each in deadlines if each and each.text}):
        is_items = item.deadline is not None and (item.deadline.start, item.deadline.end) == (start, end)
        yield Mark(start, end, "due", "时限", key=f"d{item.start}" if is_items else "")
    names = unit_keys(item)
    for duty in item.duties:
        yield Mark(duty.ending_start, duty.ending_start + len(duty.ending), "end", "责任")
        for mark, name in _units(text, duty):
            yield dataclasses.replace(mark, key=names.pop(name, ""))


def unit_keys(item: Item) -> dict[str, str]:
    """By name of each office in the item, the key of its first mark."""
    return {unit.name: f"u{item.start}-{place}" for place, unit in enumerate((*item.leads, *item.assists))}


def _units(text: str, duty: Duty) -> Iterator[tuple[Mark, str]]:
    end = duty.ending_start + len(duty.ending)
    for role, units in (("lead", duty.leads), ("assist", duty.assists)):
        at = duty.ending_start
        for unit in units:
            place = locate(text, unit.printed or unit.name, at, end)
            if place:
                yield Mark(*place, role), unit.name
                at = place[1]
