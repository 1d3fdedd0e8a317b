"""Addresses: their parts, read so that no database meets what it can't hold, and whole ones."""

from functools import lru_cache
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

MOST = 2**63 - 1  # of the keys of every database
LONGEST = len(str(MOST))


def key_in(text: str) -> int | None:
    """The key that a form or address names; None for what no row can have."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST and int(text) <= MOST else None


class Key:
    """A key or number in an address: `<key:pk>`. One that no row can have is an address of nothing, 404."""

    regex = "[0-9]{1,19}"

    def to_python(self, text: str) -> int:
        number = int(text)
        if number > MOST:
            raise ValueError(text)
        return number

    def to_url(self, value: Any) -> str:
        return str(value)


class AreaCode:
    """A 行政区划代码 in an address: `<area:code>`."""

    regex = "[0-9]{6,12}"

    def to_python(self, text: str) -> str:
        return text

    def to_url(self, value: str) -> str:
        return value


def public_site(otherwise: str) -> str:
    """Where people reach the product from their own machines, as it is configured; else that address."""
    return otherwise if is_loopback(settings.SITE_URL) else settings.SITE_URL.rstrip("/")


def is_loopback(address: str) -> bool:
    """Whether the address leads everybody to the own machine."""
    host = urlsplit(address).hostname or ""
    try:
        return ip_address(host).is_loopback or ip_address(host).is_unspecified
    except ValueError:
        return host in ("", "localhost") or host.endswith(".localhost")


@lru_cache(8192)
def address_of(view: str, *parts: Any) -> str:
    """The address of a view, put together once: a list names the same tasks on every row and every page."""
    return reverse(view, args=parts)
