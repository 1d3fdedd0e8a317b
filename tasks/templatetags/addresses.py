"""`address` is Django's `url` for lists: the same addresses stand on every row and every page, and are kept."""

from django import template

from qa_plan.addresses import address_of

register = template.Library()
register.simple_tag(address_of, name="address")
