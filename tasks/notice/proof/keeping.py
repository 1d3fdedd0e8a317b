"""A notice as JSON and back. What is a slice of the text is kept by its offsets, and cut from the text again."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from ..model import (
    AssistRule,
    Deadline,
    Duty,
    Group,
    Indicator,
    Item,
    LegalBasis,
    Measure,
    Notice,
    Problem,
    Responsible,
    Section,
)

_SLICES = {(Notice, "text"), (Item, "text"), (Measure, "text")}


def kept(notice: Notice) -> dict[str, Any]:
    """Everything but the text, for JSON: `from_kept(kept(notice), notice.text)` is the notice again."""
    return dict(_plain(notice))


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        names = [each.name for each in dataclasses.fields(value) if (type(value), each.name) not in _SLICES]
        return {name: _plain(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def from_kept(data: Mapping[str, Any], text: str) -> Notice:
    return Notice(
        document_number=data["document_number"],
        title=data["title"],
        issuer=data["issuer"],
        issued_on=_day(data["issued_on"]),
        legal_bases=tuple(LegalBasis(**each) for each in data["legal_bases"]),
        sections=tuple(
            Section(**{**each, "items": tuple(_item(one, text) for one in each["items"])}) for each in data["sections"]
        ),
        problems=tuple(Problem(**{**each, "choices": tuple(each["choices"])}) for each in data["problems"]),
        text=text,
        aliases=dict(data["aliases"]),
    )


def _item(data: Mapping[str, Any], text: str) -> Item:
    group = data["group"]
    return Item(
        **{
            **data,
            "text": text[data["start"] : data["end"]],
            "leads": _units(data["leads"]),
            "assists": _units(data["assists"]),
            "assist_rule": _rule(data["assist_rule"]),
            "measures": tuple(_measure(each, text) for each in data["measures"]),
            "indicators": tuple(
                Indicator(**{**each, "target": _number(each["target"])}) for each in data["indicators"]
            ),
            "duties": tuple(_duty(each) for each in data["duties"]),
            "deadline": _deadline(data["deadline"]),
            "group": Group(**{**group, "duties": tuple(_duty(each) for each in group["duties"])}) if group else None,
        }
    )


def _duty(data: Mapping[str, Any]) -> Duty:
    units = {role: _units(data[role]) for role in ("leads", "assists")}
    rule, deadline = _rule(data["assist_rule"]), _deadline(data["deadline"])
    return Duty(**{**data, **units, "assist_rule": rule, "deadline": deadline})


def _measure(data: Mapping[str, Any], text: str) -> Measure:
    return Measure(**{**data, "text": text[data["start"] : data["end"]], "deadline": _deadline(data["deadline"])})


def _units(data: list[dict[str, Any]]) -> tuple[Responsible, ...]:
    return tuple(Responsible(**each) for each in data)


def _rule(data: dict[str, Any] | None) -> AssistRule | None:
    return AssistRule(**data) if data else None


def _deadline(data: dict[str, Any] | None) -> Deadline | None:
    return Deadline(**{**data, "on": _day(data["on"])}) if data else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _number(value: int | str) -> int | Decimal:
    return Decimal(value) if isinstance(value, str) else value
