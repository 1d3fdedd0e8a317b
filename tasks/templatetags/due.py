"""Due dates as pages draw them, with their source (时限出处): one mark for all pages.

The notice's words come from outside, so they go through `fill`, which escapes them.
"""

from datetime import date
from functools import lru_cache

from django import template
from django.utils.safestring import SafeString

from qa_plan.markup import fill
from tasks.models.duties import Deadline
from tasks.rules.due_dates import DueSource, Recurrence, source_words
from tasks.rules.status import Light
from tasks.rules.texts import shortened

register = template.Library()
register.filter("source_words", source_words)

SHOWN_WORDS = 24  # of the notice's, in a cell of a list; whole where one item is shown
MARK = " <small>{words}</small>"
QUOTED = '<span class="was words" title="{whole}">{words}</span>'
ORIGINAL = '<span class="was">原 {date} {source}</span>'
MARKS = {source: SafeString(MARK.format(words=source.label)) for source in DueSource}
NOWHERE = SafeString("")


@register.simple_tag
@lru_cache  # a plan has few different ones
def due_dates(
    due_on: date | None,
    light: str | None,
    source: str | None,
    words: str | None,
    first: date | None,
    first_source: str | None,
    extensions: int = 0,
) -> SafeString:
    """The due date in force with its source, and the original beside it where it was changed.

    The notice's words stand on a line of their own. Where extensions were granted, how many.
    """
    shown = f'<span class="late">{due_on}</span>' if light == Light.RED else str(due_on or "持续推进")
    original = NOWHERE
    if first != due_on:
        original = fill(ORIGINAL, date=first or "持续推进", source=source_words(first_source, None))
    extended = f'<span class="was">延期{extensions}次</span>' if extensions else ""
    return SafeString(f"{shown}{_source(source, words)}{original}{extended}")


def _source(source: str | None, words: str | None) -> SafeString:
    if not source:
        return NOWHERE
    if source == DueSource.WRITTEN and words:
        return fill(QUOTED, whole=words, words=source_words(source, shortened(words, SHOWN_WORDS)))
    return MARKS[DueSource(source)]


@register.simple_tag
def due_mark(source: str | None, words: str | None = None) -> SafeString:
    """Where the due date beside it comes from, with the notice's own words where it writes them."""
    return fill(MARK, words=source_words(source, words)) if source else NOWHERE


@register.simple_tag
def inferred_mark(source: str | None) -> SafeString:
    """推定, where space is short: there what is written needs no mark, and what was set has the old date by it."""
    return MARKS[DueSource.INFERRED] if source == DueSource.INFERRED else NOWHERE


@register.filter
def term(deadline: Deadline) -> str:
    """Until when a duty or measure is to be done: a day, how often, or 持续推进; "" where the notice doesn't say."""
    if not deadline.due_words:
        return ""
    if deadline.due_on:
        return f"{deadline.due_on}"
    return Recurrence(deadline.recurs).label if deadline.recurs else "持续推进"
