"""A notice that was read from a text without invisible signs → the same with the offsets and slices of the source."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, TypeVar

from .legible import Legible
from .model import Deadline, Duty, Group, Indicator, Item, Measure, Notice, Section

_OFFSETS = ("start", "end", "ending_start", "responsibility_start")
_Value = TypeVar("_Value", Section, Item, Measure, Duty, Deadline, Indicator, Group)


def restored(notice: Notice, page: Legible) -> Notice:
    """Every offset counts characters of the source, and every slice is cut from it."""
    if page.places is None and notice.text == page.source:
        return notice
    places = page.places or range(len(page.source) + 1)
    sections = tuple(_moved(section, page.source, places) for section in notice.sections)
    return dataclasses.replace(notice, text=page.source, sections=sections)


def _moved(value: _Value, text: str, places: Sequence[int]) -> _Value:
    changes: dict[str, Any] = {}
    for field in dataclasses.fields(value):
        held = getattr(value, field.name)
        if field.name in _OFFSETS and held is not None:
            changes[field.name] = _place(held, places, is_end=field.name == "end")
        elif isinstance(held, tuple):
            changes[field.name] = tuple(_moved(each, text, places) if _has_offsets(each) else each for each in held)
        elif _has_offsets(held):
            changes[field.name] = _moved(held, text, places)
    if "text" in {field.name for field in dataclasses.fields(value)}:
        changes["text"] = text[changes["start"] : changes["end"]]
    if isinstance(value, Duty):
        end = _place(value.ending_start + len(value.ending), places, is_end=True)
        changes["ending"] = text[changes["ending_start"] : end]
    return dataclasses.replace(value, **changes)


def _place(offset: int, places: Sequence[int], *, is_end: bool) -> int:
    """An end stands right behind the last character, not behind the invisible signs that follow it."""
    return places[offset - 1] + 1 if is_end and offset else places[offset]


def _has_offsets(value: object) -> bool:
    return isinstance(value, (Section, Item, Measure, Duty, Deadline, Indicator, Group))
