"""排序 of the offices below: first by coverage, then by 差, then in the order of the notice; no score is given."""

from collections.abc import Sequence
from dataclasses import dataclass

from tasks.standing.local.offices import OfficeStanding


@dataclass(frozen=True, slots=True)
class Ranked:
    """An office in its place; those with the same figures share one. `place` is None without a plan."""

    place: int | None
    standing: OfficeStanding


def ranked(offices: Sequence[OfficeStanding]) -> list[Ranked]:
    """Those that have issued a plan, the best first, and behind them those that haven't; the offices come in order."""

    def figures(each: OfficeStanding) -> tuple[float, float]:
        return -len(each.covered), -float(each.gap) if each.total.counted else float("inf")

    issued = sorted((each for each in offices if each.is_issued), key=figures)
    rows: list[Ranked] = []
    for number, each in enumerate(issued, 1):
        before = rows[-1] if rows else None
        same = before is not None and figures(before.standing) == figures(each)
        rows.append(Ranked(before.place if before and same else number, each))
    return [*rows, *(Ranked(None, each) for each in offices if not each.is_issued)]
