"""The notice's words as a page quotes them: cut at measures and targets, and joined again the very same text."""

from collections.abc import Sequence
from dataclasses import dataclass

from tasks.models import ActionItem, Indicator, Measure, Plan


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of the item's text: a numbered measure, its title, or what closes it."""

    text: str
    measure: int | None = None
    is_title: bool = False
    parts: tuple[tuple[str, bool], ...] = ()  # of a measure: text, and whether it states a target


def item_pieces(item: ActionItem, measures: Sequence[Measure], indicators: Sequence[Indicator]) -> list[Piece]:
    """The item's text from first to last character, in order."""
    pieces: list[Piece] = []
    at = item.start
    for measure in measures:
        if measure.start > at:
            pieces.append(Piece(_cut(item, at, measure.start), is_title=not pieces))
        pieces.append(Piece(measure.text, measure.number, parts=_parts(item, measure, indicators)))
        at = measure.end
    if at < item.end:
        pieces.append(Piece(_cut(item, at, item.end), is_title=not pieces))
    return pieces


def _parts(item: ActionItem, measure: Measure, indicators: Sequence[Indicator]) -> tuple[tuple[str, bool], ...]:
    parts: list[tuple[str, bool]] = []
    at = measure.start
    for indicator in sorted(indicators, key=lambda indicator: indicator.start):
        if measure.start <= indicator.start >= at and indicator.end <= measure.end:
            parts += [(_cut(item, at, indicator.start), False), (_cut(item, indicator.start, indicator.end), True)]
            at = indicator.end
    return tuple(part for part in [*parts, (_cut(item, at, measure.end), False)] if part[0])


def _cut(item: ActionItem, start: int, end: int) -> str:
    return item.text[start - item.start : end - item.start]


def notice_pieces(plan: Plan) -> list[tuple[str, ActionItem | None]]:
    """The whole notice cut at its items: texts, each with the item whose text it is, None for what stands between."""
    pieces: list[tuple[str, ActionItem | None]] = []
    at = 0
    for item in plan.items.only("plan", "number", "label", "start", "end"):
        pieces += [(plan.notice_text[at : item.start], None), (plan.notice_text[item.start : item.end], item)]
        at = item.end
    return [*pieces, (plan.notice_text[at:], None)]
