"""What a request is asked under: its number and where it comes from, for the records that whatever it does leaves."""

import re
from contextvars import ContextVar
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest

from qa_plan.logs import request_id as request_id

WITH_PORT = re.compile(r"([0-9.]+):[0-9]+|\[([^\]%]*)[^\]]*\](?::[0-9]+)?")

# Shared, as is `request_id`, by all that one request, command or job does; the middleware sets both.
address: ContextVar[str] = ContextVar("address", default="")


def client_address(request: HttpRequest) -> str:
    """The address from which somebody asks, as lock-out counts it and the records have it; "" where nobody knows.

    Behind a proxy it is the last one of the header that the settings trust, else the proxy's own.
    """
    header = f"HTTP_{settings.CLIENT_ADDRESS_HEADER.upper().replace('-', '_')}"
    forwarded = request.META.get(header, "") if settings.BEHIND_PROXY else ""
    return _address(forwarded.rpartition(",")[2]) or _address(request.META.get("REMOTE_ADDR", ""))


def _address(text: str) -> str:
    """The address alone: some proxies add a port, and some write `unknown`, which is none."""
    text = text.strip().strip('"')
    match = WITH_PORT.fullmatch(text)
    try:
        return str(ip_address(match[1] or match[2] if match else text.partition("%")[0]))
    except ValueError:
        return ""
