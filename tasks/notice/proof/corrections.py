"""A notice as it was read, and what people corrected of it → the notice as it is to be understood.

An item is known by the offset at which it starts, its parts by their offsets too: those stay what they are however many
corrections come before.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from ..duties import united
from ..model import Deadline, Duty, Group, Indicator, Item, Measure, Notice, Responsible
from .splitting import Lapsed, changed_item, dropped, found_item, joined, split

Correction = Mapping[str, Any]  # for JSON; `kind` is one of KINDS
Named = TypeVar("Named", bound=Item | Duty)
SETTLED = "settle"  # a question was answered, and nothing is to be read otherwise


@dataclasses.dataclass(frozen=True)
class Corrected:
    """`lapsed` are the places in the list of those that found no longer what they were about."""

    notice: Notice
    lapsed: frozenset[int]


def corrected(notice: Notice, corrections: Sequence[Correction]) -> Corrected:
    """Applies them one after the other. Guaranteed: the text, and where each slice stands in it, stay as they are."""
    lapsed = set()
    for place, correction in enumerate(corrections):
        try:
            notice = KINDS[correction["kind"]](notice, correction)
        except Lapsed:
            lapsed.add(place)
    return Corrected(notice, frozenset(lapsed))


def _head(notice: Notice, correction: Correction) -> Notice:
    name, value = correction["field"], correction["value"]
    change: dict[str, Any] = {name: date.fromisoformat(value) if name == "issued_on" else value}
    return dataclasses.replace(notice, **change)


def _title(notice: Notice, correction: Correction) -> Notice:
    def change(item: Item) -> Item:
        start, end = correction["start"], correction["end"]
        if not item.start <= start < end <= item.end:
            raise Lapsed
        return dataclasses.replace(item, title="".join(notice.text[start:end].split()))

    return changed_item(notice, correction["item"], change)


def _agency(notice: Notice, correction: Correction) -> Notice:
    """Leads, assists, or (no role) has no part in the item: in each duty that names it, in all where none does."""
    name, role = correction["name"], correction["role"]

    def change(item: Item) -> Item:
        known = next((unit for unit in (*item.leads, *item.assists) if unit.name == name), None)
        unit = known or Responsible(name, printed=name if name in item.text else "")
        naming = [duty for duty in item.duties if any(each.name == name for each in (*duty.leads, *duty.assists))]
        meant = naming or (item.duties if role else ())
        duties = tuple(_in_role(duty, unit, role) if duty in meant else duty for duty in item.duties)
        return dataclasses.replace(_in_role(item, unit, role), duties=duties)

    return changed_item(notice, correction["item"], change)


def _in_role(named: Named, unit: Responsible, role: str) -> Named:
    leads = [each for each in named.leads if each.name != unit.name or role == "lead"]
    assists = [each for each in named.assists if each.name != unit.name or role == "assist"]
    return dataclasses.replace(
        named,
        leads=united([*leads, *([unit] if role == "lead" else [])]),
        assists=united([*assists, *([unit] if role == "assist" else [])]),
    )


def _unit(notice: Notice, correction: Correction) -> Notice:
    """A name that means another office, or several, is another form of its name, an office as it stands, or none."""
    name, means = correction["name"], correction["means"]
    if correction["as"] == "alias":
        main = notice.aliases.get(means, means)
        others = {form: main if used == name else used for form, used in notice.aliases.items() if form != main}
        return dataclasses.replace(notice, aliases={**others, name: main})
    if correction["as"] == "new":
        return dataclasses.replace(
            notice, aliases={form: used for form, used in notice.aliases.items() if form != name}
        )

    def renamed(units: Sequence[Responsible]) -> tuple[Responsible, ...]:
        if correction["as"] == "members":
            return united([each for unit in units for each in _members(unit, name, means)])
        kept = [unit for unit in units if correction["as"] == "other" or unit.name != name]
        new = [
            dataclasses.replace(unit, name=means, is_collective=False) if unit.name == name else unit for unit in kept
        ]
        return united([dataclasses.replace(unit, is_doubtful=False) if unit.name == means else unit for unit in new])

    def change(item: Item) -> Item:
        duties = tuple(_with_units(duty, renamed) for duty in item.duties)
        group = item.group
        if group:
            group = dataclasses.replace(group, duties=tuple(_with_units(duty, renamed) for duty in group.duties))
        return dataclasses.replace(_with_units(item, renamed), duties=duties, group=group)

    return _everywhere(notice, change)


def _members(unit: Responsible, name: str, means: Sequence[str]) -> list[Responsible]:
    """The offices that a collective name stands for, in its place."""
    if unit.name != name:
        return [unit]
    return [dataclasses.replace(unit, name=each, is_collective=False) for each in means]


def _with_units(named: Named, change: Callable[[Sequence[Responsible]], tuple[Responsible, ...]]) -> Named:
    leads = change(named.leads)
    return dataclasses.replace(named, leads=leads, assists=united([*change(named.assists)], without=leads))


def _everywhere(notice: Notice, change: Callable[[Item], Item]) -> Notice:
    sections = tuple(
        dataclasses.replace(section, items=tuple(change(item) for item in section.items)) for section in notice.sections
    )
    return dataclasses.replace(notice, sections=sections)


def _group(notice: Notice, correction: Correction) -> Notice:
    """Those whom a heading names answer for each of the items below it."""

    def change(item: Item) -> Item:
        group = item.group
        if group is None or group.start != correction["group"]:
            return item
        for unit in units_of(group):
            if not any(each.name == unit.name for each in (*item.leads, *item.assists)):
                item = _in_role(item, unit, correction["role"])
                item = dataclasses.replace(
                    item, duties=tuple(_in_role(duty, unit, correction["role"]) for duty in item.duties)
                )
        return item

    return _everywhere(notice, change)


def units_of(group: Group) -> tuple[Responsible, ...]:
    return united([unit for duty in group.duties for unit in (*duty.leads, *duty.assists)])


def _deadline(notice: Notice, correction: Correction) -> Notice:
    """A day, no end, or (`as` "inferred") none that is written; in the words at start..end, or in none."""
    start, end = correction["start"], correction["end"]
    words = notice.text[start:end]
    day = date.fromisoformat(correction["on"]) if correction["as"] == "on" else None
    deadline = None if correction["as"] == "inferred" else Deadline(words, start, end, day)
    return changed_item(notice, correction["item"], lambda item: dataclasses.replace(item, deadline=deadline))


def _measure(notice: Notice, correction: Correction) -> Notice:
    def change(item: Item) -> Item:
        was = correction["was"]
        old = next((each for each in item.measures if [each.start, each.end] == was), None)
        if was and old is None:
            raise Lapsed
        measures = [each for each in item.measures if each is not old]
        if now := correction["now"]:
            duty = next(
                (at for at, each in enumerate(item.duties) if each.start <= now[0] and now[1] <= each.end), None
            )
            deadline = old.deadline if old and old.deadline and now[0] <= old.deadline.start < now[1] else None
            measures.append(Measure(0, notice.text[now[0] : now[1]], now[0], now[1], duty, deadline))
        measures.sort(key=lambda each: each.start)
        numbered = tuple(dataclasses.replace(each, number=number) for number, each in enumerate(measures, start=1))
        return dataclasses.replace(item, measures=numbered)

    return changed_item(notice, correction["item"], change)


def _indicator(notice: Notice, correction: Correction) -> Notice:
    def change(item: Item) -> Item:
        was, now = correction["was"], correction["now"]
        rest = [each for each in item.indicators if [each.start, each.end] != was]
        if was and len(rest) == len(item.indicators):
            raise Lapsed
        if now:
            target = Decimal(correction["target"])
            number = int(target) if target == target.to_integral_value() else target
            rest.append(Indicator(correction["name"], number, correction["unit"], now[0], now[1]))
        rest.sort(key=lambda each: each.start)
        return dataclasses.replace(item, indicators=tuple(rest))

    return changed_item(notice, correction["item"], change)


def _settle(notice: Notice, correction: Correction) -> Notice:
    return notice


KINDS: dict[str, Callable[[Notice, Correction], Notice]] = {
    "head": _head,
    "title": _title,
    "agency": _agency,
    "unit": _unit,
    "group": _group,
    "deadline": _deadline,
    "measure": _measure,
    "indicator": _indicator,
    "drop": lambda notice, correction: dropped(notice, correction["item"]),
    "join": lambda notice, correction: joined(notice, correction["item"]),
    "split": lambda notice, correction: split(notice, correction["item"], correction["at"]),
    SETTLED: _settle,
}
__all__ = ["KINDS", "SETTLED", "Corrected", "Correction", "Lapsed", "corrected", "found_item", "units_of"]
