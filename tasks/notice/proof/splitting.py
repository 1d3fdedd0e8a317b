"""Items at another level: one joined to the item before it, one split at one of its duties."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable

from ..deadlines import last_of
from ..duties import united
from ..model import Duty, Item, Measure, Notice, Section

_LONGEST_TITLE = 40


class Lapsed(Exception):
    """What a correction is about is no longer read so."""


def found_item(notice: Notice, start: int) -> Item:
    """The item that starts there; raises Lapsed where none does."""
    item = next((item for item in notice.items if item.start == start), None)
    if item is None:
        raise Lapsed
    return item


def changed_item(notice: Notice, start: int, change: Callable[[Item], Item]) -> Notice:
    return _with_items(notice, start, lambda items, at: (*items[:at], change(items[at]), *items[at + 1 :]))


def dropped(notice: Notice, start: int) -> Notice:
    """What was read as an item is none; its text stays in the notice."""
    return _with_items(notice, start, lambda items, at: (*items[:at], *items[at + 1 :]))


def joined(notice: Notice, start: int) -> Notice:
    """The item becomes part of the one before it in its section, under that one's title."""

    def change(items: tuple[Item, ...], at: int) -> tuple[Item, ...]:
        if not at:
            raise Lapsed
        return (*items[: at - 1], _together(notice, items[at - 1], items[at]), *items[at + 1 :])

    return _with_items(notice, start, change)


def split(notice: Notice, start: int, place: int) -> Notice:
    """From the duty that starts at that place on, the item is one of its own."""

    def change(items: tuple[Item, ...], at: int) -> tuple[Item, ...]:
        return (*items[:at], *_apart(notice, items[at], place), *items[at + 1 :])

    return _with_items(notice, start, change)


def _with_items(notice: Notice, start: int, change: Callable[[tuple[Item, ...], int], tuple[Item, ...]]) -> Notice:
    found_item(notice, start)

    def of(section: Section) -> Section:
        at = next((at for at, item in enumerate(section.items) if item.start == start), None)
        return section if at is None else dataclasses.replace(section, items=change(section.items, at))

    return dataclasses.replace(notice, sections=tuple(of(section) for section in notice.sections))


def _together(notice: Notice, first: Item, second: Item) -> Item:
    duties = (*first.duties, *second.duties)
    leads = united([*first.leads, *second.leads])
    start, end = min(first.start, second.start), max(first.end, second.end)
    return dataclasses.replace(
        first,
        text=notice.text[start:end],
        start=start,
        end=end,
        responsibility_start=second.responsibility_start or first.responsibility_start,
        leads=leads,
        assists=united([*first.assists, *second.assists], without=leads),
        assist_rule=second.assist_rule or first.assist_rule,
        measures=_numbered((*first.measures, *second.measures), duties),
        indicators=(*first.indicators, *second.indicators),
        duties=duties,
        deadline=last_of([each for each in (first.deadline, second.deadline) if each]),
    )


def _apart(notice: Notice, item: Item, place: int) -> tuple[Item, Item]:
    own = [duty for duty in item.duties if duty.start >= item.start]
    cuts = [duty.start for duty in own[1:]]
    if place not in cuts:
        raise Lapsed
    end = max(duty.end for duty in own if duty.start < place)
    return (
        _piece(notice, item, item.start, max(end, item.start + 1), (item.label, item.title)),
        _piece(notice, item, place, item.end, (_next_label(item.label), _title_at(notice.text, place, item.end))),
    )


def _piece(notice: Notice, item: Item, start: int, end: int, name: tuple[str, str]) -> Item:
    """What of the item lies there; a duty that it inherits is everybody's."""
    duties = tuple(duty for duty in item.duties if duty.start < item.start or start <= duty.start < end)
    leads = united([unit for duty in duties for unit in duty.leads])
    endings = [duty.ending_start for duty in duties if duty.start >= item.start]
    return dataclasses.replace(
        item,
        label=name[0],
        title=name[1],
        text=notice.text[start:end],
        start=start,
        end=end,
        responsibility_start=endings[-1] if endings else None,
        leads=leads,
        assists=united([unit for duty in duties for unit in duty.assists], without=leads),
        assist_rule=next((duty.assist_rule for duty in reversed(duties) if duty.assist_rule), None),
        measures=_numbered(tuple(each for each in item.measures if start <= each.start < end), duties),
        indicators=tuple(each for each in item.indicators if start <= each.start < end),
        duties=duties,
        deadline=last_of([duty.deadline for duty in duties if duty.deadline]),
    )


def _numbered(measures: tuple[Measure, ...], duties: tuple[Duty, ...]) -> tuple[Measure, ...]:
    def within(measure: Measure) -> int | None:
        return next((at for at, duty in enumerate(duties) if duty.start <= measure.start < duty.end), None)

    return tuple(
        dataclasses.replace(each, number=number, duty=within(each)) for number, each in enumerate(measures, start=1)
    )


def _next_label(label: str) -> str:
    """（三） → （三）-2 → （三）-3: no number is printed there."""
    stem, _, count = label.partition("-")
    return f"{stem}-{int(count or 1) + 1}"


def _title_at(text: str, start: int, end: int) -> str:
    first = re.split("[。；，：\n]", text[start:end].strip())[0]
    return "".join(first.split())[:_LONGEST_TITLE] or "未命名任务"
