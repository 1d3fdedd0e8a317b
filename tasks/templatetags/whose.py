"""Whose plan it is, whose agency, and who lies below its office, as templates ask it: `{% if user|steers:plan %}`."""

from django import template

from tasks.access import moves_people_of, sets_up, steers
from tasks.http.frame import Badges
from tasks.models import Plan
from tasks.rules.units import CITY, COUNTY, places_word

register = template.Library()
register.filter("steers", steers)
register.filter("moves_people_of", moves_people_of)
register.filter("sets_up", sets_up)


@register.filter
def places(plan: Plan, badges: Badges) -> str:
    """What the offices below that plan's are called in headings; the frame knows them without a query."""
    return places_word({CITY} if plan.home in badges.of_cities else {COUNTY})
