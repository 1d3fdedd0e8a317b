"""Of which parts a mean is taken, and how (docs/rules.md 2). Pure."""

from collections.abc import Sequence
from typing import Protocol, TypeVar


class Part(Protocol):
    """What a mean may be taken of."""

    @property
    def counts(self) -> bool: ...
    @property
    def percent(self) -> float: ...
    @property
    def expected(self) -> float | None: ...


AnyPart = TypeVar("AnyPart", bound=Part)


def averaged(parts: Sequence[AnyPart]) -> list[AnyPart]:
    """The parts that a mean is taken of: leads, and items of which a lead counts; nothing where nobody answers."""
    return [part for part in parts if part.counts]


def expected_or_own(part: Part) -> float:
    """What is expected of a part of a mean; of 持续推进 what it has, so that it pulls neither way."""
    return part.percent if part.expected is None else part.expected


def mean(values: Sequence[float]) -> float:
    """The plain mean; 0 of nothing."""
    return sum(values) / len(values) if values else 0.0
