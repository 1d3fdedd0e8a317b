"""Django's tables of related rows, so that each of their columns has a heading."""

from django import template
from django.utils.safestring import SafeString

register = template.Library()

EMPTY = '<th class="original"></th>'


@register.filter
def with_all_headings(table: SafeString) -> SafeString:
    """The table as Django draws it; above the rows' own names it leaves the heading empty, here it says 已有."""
    return SafeString(table.replace(EMPTY, EMPTY.replace("></", '><span class="sr">已有</span></')))
