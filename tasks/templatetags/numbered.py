"""What the pages that refuse or fail say without a context: the product's name, and the number in the log.

`{% operation_number %}` is under which number the log tells of what was asked.
"""

from django.conf import settings
from django.template import Library
from django.utils.html import format_html

from agencies.circumstances import request_id

register = Library()


@register.simple_tag
def operation_number() -> str:
    """A sentence with the number; "" outside a request. It needs no context: not every such page has one."""
    number = str(request_id.get() or "")[:8]
    return format_html("操作编号 <b>{}</b>，联系时请告知。", number) if number else ""


@register.simple_tag
def product_name() -> str:
    """How the installation calls the product."""
    return str(settings.PRODUCT_NAME)
