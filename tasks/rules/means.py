"""Of which parts a mean is taken, and how (docs/rules.md 2). Pure."""

from collections.abc import Sequence
from typing import Protocol, TypeVar


class Part(Protocol):
    """What a mean may be taken of."""

    @property
    def counts(self) -> bool: ...
    @property
    def expected(self) -> float | None: ...


AnyPart = TypeVar("AnyPart", bound=Part)


def averaged(parts: Sequence[AnyPart]) -> list[AnyPart]:
    """The parts that a mean is taken of: what counts and is ever due, so that progress and expected compare.

    Where nothing is ever due (持续推进), all that counts. Assisting assignments by themselves are taken as they are.
    """
    counted = [part for part in parts if part.counts] or list(parts)
    return [part for part in counted if part.expected is not None] or counted


def mean(values: Sequence[float]) -> float:
    """The plain mean; 0 of nothing."""
    return sum(values) / len(values) if values else 0.0
