"""Whose plan it is, and whose agency, as templates ask it: `{% if user|steers:plan %}`."""

from django import template

from tasks.access import moves_people_of, sets_up, steers

register = template.Library()
register.filter("steers", steers)
register.filter("moves_people_of", moves_people_of)
register.filter("sets_up", sets_up)
