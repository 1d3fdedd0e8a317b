"""`{% operation_number %}`: under which number the log tells of what was asked; for the pages that refuse or fail."""

from django.template import Library
from django.utils.html import format_html

from agencies.circumstances import request_id

register = Library()


@register.simple_tag
def operation_number() -> str:
    """A sentence with the number; "" outside a request. It needs no context: not every such page has one."""
    number = str(request_id.get() or "")[:8]
    return format_html("操作编号 <b>{}</b>，联系时请告知。", number) if number else ""
