"""What a notice says, as plain values. Offsets always count characters of `Notice.text`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Problem:
    """What could not be read: the 1-based line (0 when the whole text is meant) and why, in Chinese."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"第{self.line}行：{self.reason}" if self.line else self.reason


class NoticeError(ValueError):
    """The input is no notice of this family; `problems` says in Chinese what is missing or wrong."""

    def __init__(self, problems: list[Problem] | tuple[Problem, ...] | str) -> None:
        self.problems: tuple[Problem, ...] = (Problem(0, problems),) if isinstance(problems, str) else tuple(problems)
        super().__init__("；".join(str(problem) for problem in self.problems))


@dataclass(frozen=True)
class LegalBasis:
    title: str
    document_number: str


@dataclass(frozen=True)
class Responsible:
    """One name in a closing, as printed. `is_open` marks the name after which the list says 等."""

    name: str
    is_collective: bool = False
    is_open: bool = False

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class AssistRule:
    """「…领导小组其他成员单位协助」: the members of `group` who don't lead; "" when no group is named."""

    group: str
    text: str


@dataclass(frozen=True)
class Measure:
    number: int
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Indicator:
    name: str
    target: int | Decimal
    unit: str
    start: int
    end: int


@dataclass(frozen=True)
class Item:
    """One task. `text` runs from its printed label to the end of its closing, `number` is as printed."""

    number: int
    label: str
    title: str
    text: str
    start: int
    end: int
    responsibility_start: int | None
    leads: tuple[Responsible, ...]
    assists: tuple[Responsible, ...]
    assist_rule: AssistRule | None
    measures: tuple[Measure, ...]
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True)
class Section:
    number: int
    title: str
    start: int
    end: int
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Notice:
    document_number: str
    title: str
    issuer: str
    issued_on: date
    legal_bases: tuple[LegalBasis, ...]
    sections: tuple[Section, ...]
    problems: tuple[Problem, ...]
    text: str

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for section in self.sections for item in section.items)

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready; the keys are a fixed point that other people's scripts rely on."""
        return {
            "document_number": self.document_number,
            "title": self.title,
            "issuer": self.issuer,
            "issued_on": self.issued_on.isoformat(),
            "legal_bases": [
                {"title": basis.title, "document_number": basis.document_number} for basis in self.legal_bases
            ],
            "sections": [
                {
                    "number": section.number,
                    "title": section.title,
                    "items": [_item_as_dict(item) for item in section.items],
                }
                for section in self.sections
            ],
            "problems": [{"line": problem.line, "reason": problem.reason} for problem in self.problems],
        }


def _item_as_dict(item: Item) -> dict[str, Any]:
    return {
        "number": item.number,
        "title": item.title,
        "text": item.text,
        "start": item.start,
        "end": item.end,
        "leads": [unit.name for unit in item.leads],
        "assists": [unit.name for unit in item.assists],
        "assist_rule": item.assist_rule.text if item.assist_rule else None,
        "measures": [
            {"number": measure.number, "text": measure.text, "start": measure.start, "end": measure.end}
            for measure in item.measures
        ],
        "indicators": [
            {"name": indicator.name, "target": _json_number(indicator.target), "unit": indicator.unit}
            for indicator in item.indicators
        ],
    }


def _json_number(value: int | Decimal) -> int | float:
    return value if isinstance(value, int) else float(value)
