"""The notice's words as a page quotes them: cut at measures and targets, and joined again the very same text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

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
    for at, end in item.segments:
        for measure in measures:
            if not at <= measure.start < end:
                continue
            if measure.start > at:
                pieces.append(Piece(cut(item, at, measure.start), is_title=not pieces))
            pieces.append(Piece(measure.text, measure.number, parts=_parts(item, measure, indicators)))
            at = measure.end
        if at < end:
            pieces.append(Piece(cut(item, at, end), is_title=not pieces))
    return pieces


def _parts(item: ActionItem, measure: Measure, indicators: Sequence[Indicator]) -> tuple[tuple[str, bool], ...]:
    parts: list[tuple[str, bool]] = []
    at = measure.start
    for indicator in sorted(indicators, key=lambda indicator: indicator.start):
        if measure.start <= indicator.start >= at and indicator.end <= measure.end:
            parts += [(cut(item, at, indicator.start), False), (cut(item, indicator.start, indicator.end), True)]
            at = indicator.end
    return tuple(part for part in [*parts, (cut(item, at, measure.end), False)] if part[0])


def cut(item: ActionItem, start: int, end: int) -> str:
    """The item's words between two places of the notice. Where its text has several runs, a line parts them."""
    words, before = [], 0
    for first, last in item.segments:
        begins, ends = max(first, start), min(last, end)
        if begins < ends:
            words.append(item.text[before + begins - first : before + ends - first])
        before += last - first + 1
    return "\n".join(words)


def notice_pieces(plan: Plan, moment: datetime) -> list[tuple[str, ActionItem | None, bool]]:
    """The whole notice cut at the items of the moment: texts, each with the item whose text it is.

    None for what stands between. Last, whether it is where the item's text begins: one that was merged may have several
    runs. A run that lies within another's, as no two items' should, is left to the one that begins first.
    """
    pieces: list[tuple[str, ActionItem | None, bool]] = []
    at = 0
    items = plan.items.existing(moment).only("plan", "number", "label", "start", "end", "spans")
    runs = sorted((start, end, number, item) for number, item in enumerate(items) for start, end in item.segments)
    for start, end, _, item in runs:
        if start >= at:
            begins = start == item.segments[0][0]
            pieces += [(plan.notice_text[at:start], None, False), (plan.notice_text[start:end], item, begins)]
            at = end
    return [*pieces, (plan.notice_text[at:], None, False)]
