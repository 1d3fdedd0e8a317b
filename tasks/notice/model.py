"""What a notice says, as plain values. Offsets always count characters of `Notice.text`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Problem:
    """What is unsure: the 1-based line (0 when the whole text is meant) and why, in Chinese.

    `words` are the notice's own that are meant, `choices` what they may mean, if there are some to choose from. `kind`
    names those that can be answered by something else than reading again: "head:…", "title", "lead", "group", "name".
    """

    line: int
    reason: str
    words: str = ""
    choices: tuple[str, ...] = ()
    kind: str = field(default="", compare=False)

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
    """One name of an ending. `is_open` marks the name after which the list says 等.

    `name` is as printed, with the level word of its list where the print leaves that out (「市发改委、商务局」 names
    市商务局); `printed` is what stands in the text. A name that may be none is kept in its place, `is_doubtful`.
    """

    name: str
    is_collective: bool = False
    is_open: bool = False
    printed: str = ""
    is_doubtful: bool = False

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class AssistRule:
    """「…领导小组其他成员单位协助」: the members of `group` who don't lead; "" when no group is named."""

    group: str
    text: str


@dataclass(frozen=True)
class Deadline:
    """A term as written (「6月底前完成」), with offsets: until a day, or recurring, or (neither) without an end."""

    text: str
    start: int
    end: int
    on: date | None = None
    recurs: str | None = None  # "week", "month", "quarter", "half-year" or "year"


@dataclass(frozen=True)
class Duty:
    """The span that one ending answers for, the ending's words last.

    An ending of a heading above that an item inherits lies before the item; then `start` and `end` are the ending's.
    """

    start: int
    end: int
    ending: str
    ending_start: int
    leads: tuple[Responsible, ...]
    assists: tuple[Responsible, ...]
    assist_rule: AssistRule | None = None
    deadline: Deadline | None = None


@dataclass(frozen=True)
class Measure:
    """One sentence; `duty` is the place in the item's duties of the one in which it lies."""

    number: int
    text: str
    start: int
    end: int
    duty: int | None = None
    deadline: Deadline | None = None


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
    duties: tuple[Duty, ...] = ()
    deadline: Deadline | None = None
    group: Group | None = None


@dataclass(frozen=True)
class Group:
    """A heading between section and items; `duties` are the endings that are its own (「（牵头单位：A）」)."""

    label: str
    title: str
    start: int
    end: int
    duties: tuple[Duty, ...] = ()


@dataclass(frozen=True)
class Section:
    number: int
    title: str
    start: int
    end: int
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Notice:
    """What one notice says. A number or an issuer that it doesn't say is "", a date None: each has its problem."""

    document_number: str
    title: str
    issuer: str
    issued_on: date | None
    legal_bases: tuple[LegalBasis, ...]
    sections: tuple[Section, ...]
    problems: tuple[Problem, ...]
    text: str
    aliases: Mapping[str, str] = field(default_factory=dict)  # another form of an agency's name → the name used here

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for section in self.sections for item in section.items)

    @property
    def missing(self) -> tuple[str, ...]:
        """What the head lacks, by the names of the fields: questions to whoever imports the notice."""
        return tuple(name for name in ("document_number", "issuer", "issued_on") if not getattr(self, name))

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready; the keys are a fixed point that other people's scripts rely on."""
        return {
            "document_number": self.document_number or None,
            "title": self.title,
            "issuer": self.issuer or None,
            "issued_on": self.issued_on.isoformat() if self.issued_on else None,
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
            "problems": [_problem_as_dict(problem) for problem in self.problems],
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
        "deadline": _deadline_as_dict(item.deadline),
        "duties": [_duty_as_dict(duty) for duty in item.duties],
        "measures": [
            {"number": measure.number, "text": measure.text, "start": measure.start, "end": measure.end}
            for measure in item.measures
        ],
        "indicators": [
            {"name": indicator.name, "target": _json_number(indicator.target), "unit": indicator.unit}
            for indicator in item.indicators
        ],
    }


def _duty_as_dict(duty: Duty) -> dict[str, Any]:
    return {
        "start": duty.start,
        "end": duty.end,
        "ending": duty.ending,
        "leads": [unit.name for unit in duty.leads],
        "assists": [unit.name for unit in duty.assists],
        "assist_rule": duty.assist_rule.text if duty.assist_rule else None,
        "deadline": _deadline_as_dict(duty.deadline),
    }


def _deadline_as_dict(deadline: Deadline | None) -> dict[str, Any] | None:
    if deadline is None:
        return None
    on = deadline.on.isoformat() if deadline.on else None
    return {"text": deadline.text, "on": on, "recurs": deadline.recurs}


def _problem_as_dict(problem: Problem) -> dict[str, Any]:
    return {
        "line": problem.line,
        "reason": problem.reason,
        "words": problem.words,
        "choices": list(problem.choices),
    }


def _json_number(value: int | Decimal) -> int | float:
    return value if isinstance(value, int) else float(value)
