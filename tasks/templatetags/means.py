"""Means, which read 尚无 while nobody has reported: never 0% (docs/rules.md 2)."""

from django import template
from django.utils.safestring import SafeString

from tasks.rules.rounding import TENTH, percent_text
from tasks.standing.rollup import Total
from tasks.templatetags.figures import NOT_REPORTED_BRIEFLY

register = template.Library()


@register.simple_tag
def mean(total: Total, places: int = TENTH) -> SafeString:
    """What the parts of a section, plan or agency come to; 尚无 where no report of any was ever accepted."""
    if total.unreported == total.counted:
        return NOT_REPORTED_BRIEFLY
    return SafeString(percent_text(total.percent, places))


@register.simple_tag
def percent_or_nothing(percent: float, has_accepted: bool, places: int) -> SafeString:
    """The same of a figure that is kept with whether anything was accepted."""
    return SafeString(percent_text(percent, places)) if has_accepted else NOT_REPORTED_BRIEFLY
