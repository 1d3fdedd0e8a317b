"""节点 as pages draw them: a mark of its own shape for each state, always with the word beside it or in its title."""

from collections.abc import Mapping, Sequence

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from tasks.rules.axis import Axis
from tasks.rules.milestones import MilestoneState

register = template.Library()

DISC = "M-7 0a7 7 0 1 0 14 0a7 7 0 1 0-14 0"
TICK = "M-3.2.3-.8 2.8 3.4-2.4"
DRAWN = {
    MilestoneState.LATE: '<path class="mk-late" d="M-6-6h12v12h-12Z"/>',
    MilestoneState.SOON: '<path class="mk-soon" d="M0-7.5 7.5 0 0 7.5-7.5 0Z"/>',
    MilestoneState.WAITING: f'<circle class="mk-due" r="6.5"/><path class="mk-tick wait" d="{TICK}"/>',
    MilestoneState.PLANNED: '<circle class="mk-due" r="5.5"/>',
    MilestoneState.CONFIRMED: f'<path class="mk-done" d="{DISC}"/><path class="mk-tick" d="{TICK}"/>',
    MilestoneState.WITHDRAWN: '<path class="mk-gone" d="M-5-5 5 5M5-5-5 5"/>',
}
MARKS = {state: SafeString(drawn) for state, drawn in DRAWN.items()}
SYMBOLS = {
    state: SafeString(f'<svg class="mkk" viewBox="-9 -9 18 18" aria-hidden="true">{drawn}</svg>')
    for state, drawn in DRAWN.items()
}


@register.filter
def mark(state: str) -> SafeString:
    """The shape itself, within a drawing."""
    return MARKS[MilestoneState(state)]


@register.simple_tag
def month_lines(axis: Axis) -> SafeString:
    """Where the months begin, behind a lane; the same for all lanes, so that it is drawn once."""
    line = '<line class="mo{}" x1="{}%" x2="{}%" y1="0" y2="100%"/>'
    months = ((" year" if each.first.month == 1 else "", each.x, each.x) for each in axis.months[1:])
    return format_html_join("", line, months)


@register.filter
def milestone_state(state: str) -> SafeString:
    """The shape with its word: 「■ 逾期未完成」."""
    shown = MilestoneState(state)
    return format_html('<span class="ms {}">{}{}</span>', shown.value, SYMBOLS[shown], shown.label)


@register.filter
def of(moves: Mapping[int, Sequence[str]], key: int) -> Sequence[str]:
    """What may be done with the milestone of that key."""
    return moves.get(key, ())
