"""Names in a local notice, in full: 市质监局 of 合肥市's notice is 合肥市质监局, 县教育局 of 肥东县's 肥东县教育局.

A city's notice says 市发展改革委 and means its own. Beyond its own walls that name belongs to every city, so that a
name is kept with the area before it. What names a place itself (肥东县人民政府, 合肥海关) or another level stays.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from .model import AssistRule, Duty, Group, Item, Notice, Responsible
from .offices import is_bare, level_of

_EACH = "各"
_UNDER = "直管"  # 省直管县 is no unit of the province
_NAMED = {"lead", "group", "name"}  # problems whose choices are names


def full_name(name: str, areas: Sequence[str]) -> str:
    """The name with the area that it means: the first of `areas`, from the own one upward, of the level it speaks of.

    A department's name without a level (教育局), and whatever stands for many (各县人民政府), are of the own area.
    """
    if not areas or any(name.startswith(area) for area in areas):
        return name
    if is_bare(name) or name.startswith(_EACH):
        return f"{areas[0]}{name}"
    level = level_of(name)
    area = next((area for area in areas if level and area.endswith(level)), None)
    return f"{area}{name.removeprefix(level)}" if area else name


def own_counterpart(name: str, above: Sequence[str], area: str) -> str:
    """The local bureau that answers to one of the office above: 市商务局 where 省商务厅 leads; else the name itself.

    `above` is with what the names of that office's own units begin, the longer before the shorter.
    """
    sign = level_of(name)
    prefix = next((each for each in above if each and (each == sign or (len(each) > 1 and name.startswith(each)))), "")
    if not prefix:
        return name
    own = f"{area[-1:]}{name.removeprefix(prefix)}"
    return f"{own[:-1]}局" if own.endswith("厅") and not own.endswith("办公厅") else own


def is_of_above(name: str, signs: Sequence[str], area: str = "") -> bool:
    """Whether the name says that it is of the office that runs the installation, whoever names it.

    It does by the sign of that office's level (`signs`: 省质监局), or by the `area` in which that office is.
    """
    says_so = level_of(name) in signs or bool(area and name.startswith(area))
    return says_so and not name.removeprefix(level_of(name)).startswith(_UNDER)


def in_full(notice: Notice, areas: Sequence[str]) -> Notice:
    """The notice with all its names in full; as it is where there are no areas. What was printed is kept beside."""
    if not areas:
        return notice

    def units(named: Sequence[Responsible]) -> tuple[Responsible, ...]:
        full = {full_name(unit.name, areas): unit for unit in reversed(named)}
        return tuple(
            dataclasses.replace(unit, name=name, printed=unit.printed or unit.name)
            for name, unit in reversed(full.items())
        )

    def rule(said: AssistRule | None) -> AssistRule | None:
        return dataclasses.replace(said, group=full_name(said.group, areas)) if said and said.group else said

    def duty(one: Duty) -> Duty:
        leads, assists = units(one.leads), units(one.assists)
        return dataclasses.replace(one, leads=leads, assists=assists, assist_rule=rule(one.assist_rule))

    def group(one: Group | None) -> Group | None:
        return dataclasses.replace(one, duties=tuple(map(duty, one.duties))) if one else None

    def item(one: Item) -> Item:
        return dataclasses.replace(
            one,
            leads=units(one.leads),
            assists=units(one.assists),
            assist_rule=rule(one.assist_rule),
            duties=tuple(map(duty, one.duties)),
            group=group(one.group),
        )

    sections = tuple(dataclasses.replace(each, items=tuple(map(item, each.items))) for each in notice.sections)
    aliases = {full_name(form, areas): full_name(used, areas) for form, used in notice.aliases.items()}
    problems = tuple(
        dataclasses.replace(each, choices=tuple(full_name(choice, areas) for choice in each.choices))
        if each.kind in _NAMED
        else each
        for each in notice.problems
    )
    return dataclasses.replace(notice, sections=sections, aliases=aliases, problems=problems)
