"""The automatic numbers of a Word file, as Word prints them (ISO 29500-1, 17.9)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .formats import printer
from .styles import Styles, attribute, child, number_of, value_of

_LEVELS = 9


@dataclass(frozen=True)
class Level:
    kind: str
    custom: str
    pattern: str
    start: int
    restart: int | None  # restarts behind a level above this one; 0: never; None: behind any level above
    style: str
    is_plain: bool  # every number of the label in plain digits
    suffix: str


@dataclass
class Instance:
    """A w:num: which list it counts on, and what it does otherwise than that list."""

    abstract: str
    levels: dict[int, Level] = field(default_factory=dict)
    starts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """Counts paragraph by paragraph; `unknown` collects the formats that can't be printed."""

    def __init__(self, root: Any, styles: Styles) -> None:
        self._styles = styles
        self._levels: dict[str, dict[int, Level]] = {}
        self._links: dict[str, str] = {}
        self._instances: dict[str, Instance] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()
        self.unknown: dict[str, str] = {}
        for abstract in [] if root is None else root.iterfind("{*}abstractNum"):
            identity = attribute(abstract, "abstractNumId")
            self._levels[identity] = dict(_level(each) for each in abstract.iterfind("{*}lvl"))
            self._links[identity] = value_of(abstract, "numStyleLink")
        for number in [] if root is None else root.iterfind("{*}num"):
            self._instances[attribute(number, "numId")] = _instance(number)

    def label(self, properties: Any, words: str) -> str:
        """The number before the paragraph with these w:pPr; `words` are its own, to name it by."""
        chain = self._styles.chain(value_of(properties, "pStyle"))
        own_number, own_depth = number_of(properties)
        number = own_number or next((style.number for style in chain if style.number), "")
        if not number or number == "0" or number not in self._instances:
            return ""
        instance = self._instances[number]
        abstract = self._resolved(instance.abstract)
        levels = self._levels.get(abstract, {}) | instance.levels
        depth = own_depth if own_depth is not None else _linked(levels, chain)
        level = levels.get(depth)
        if level is None or level.kind == "bullet":
            return ""
        self._count(abstract, number, instance, levels, depth)
        return self._print(self._counts[abstract], levels, depth, words)

    def _resolved(self, abstract: str) -> str:
        """A list may stand for the one that a numbering style names."""
        for _ in range(_LEVELS):
            linked = self._links.get(abstract)
            number = next((each.number for each in self._styles.chain(linked) if each.number), "") if linked else ""
            if number not in self._instances or self._instances[number].abstract == abstract:
                break
            abstract = self._instances[number].abstract
        return abstract

    def _count(self, abstract: str, number: str, instance: Instance, levels: dict[int, Level], depth: int) -> None:
        counts = self._counts.setdefault(abstract, {})
        if depth in instance.starts and (number, depth) not in self._begun:
            counts[depth] = instance.starts[depth]
        else:
            counts[depth] = counts.get(depth, levels[depth].start - 1) + 1
        self._begun.add((number, depth))
        for deeper in [each for each in counts if each > depth]:
            restart = levels[deeper].restart if deeper in levels else None
            if restart is None or depth < restart:
                del counts[deeper]
                self._begun.discard((number, deeper))

    def _print(self, counts: dict[int, int], levels: dict[int, Level], depth: int, words: str) -> str:
        level = levels[depth]
        unknown = False

        def printed(match: re.Match[str]) -> str:
            nonlocal unknown
            place = int(match[1]) - 1
            shown = levels.get(place)
            number = counts.get(place, shown.start if shown else 1)
            form: Callable[[int], str] | None = str
            if shown and not (level.is_plain and shown.kind != "decimalZero"):
                form = printer(shown.kind, shown.custom)
            if form is None:
                self.unknown.setdefault(shown.custom or shown.kind if shown else "", words)
                unknown = True
                return ""
            return form(number)

        label = re.sub(r"%([1-9])", printed, level.pattern)
        if unknown:
            return ""
        return label + ("\t" if label[-1:].isalnum() and level.suffix != "nothing" else "")


def _linked(levels: dict[int, Level], chain: list[Any]) -> int:
    """The level to which the nearest style is linked, or that it names itself."""
    for style in chain:
        for depth, level in levels.items():
            if level.style == style.identity:
                return depth
        if style.depth is not None:
            return int(style.depth)
    return 0


def _instance(number: Any) -> Instance:
    instance = Instance(value_of(number, "abstractNumId"))
    for override in number.iterfind("{*}lvlOverride"):
        depth = _integer(attribute(override, "ilvl"), 0)
        level = child(override, "lvl")
        start = value_of(override, "startOverride")
        if level is not None:
            instance.levels[depth] = _level(level)[1]
        if start:
            instance.starts[depth] = _integer(start, 1)
    return instance


def _level(node: Any) -> tuple[int, Level]:
    form = child(node, "numFmt")
    if form is None:  # formats of newer versions stand beside one for older programs
        form = next(node.iterfind("{*}AlternateContent/{*}Choice/{*}numFmt"), None)
    restart = value_of(node, "lvlRestart")
    plain = child(node, "isLgl")
    suffix = value_of(node, "suff")
    return _integer(attribute(node, "ilvl"), 0), Level(
        kind="decimal" if form is None else attribute(form, "val"),
        custom="" if form is None else attribute(form, "format"),
        pattern=value_of(node, "lvlText"),
        start=_integer(value_of(node, "start"), 1) if child(node, "start") is not None else 0,
        restart=_integer(restart, 0) if restart else None,
        style=value_of(node, "pStyle"),
        is_plain=plain is not None and attribute(plain, "val") not in ("0", "false", "off"),
        suffix=suffix or "tab",
    )


def _integer(text: str, default: int) -> int:
    return int(text) if re.fullmatch(r"-?\d{1,6}", text) else default
