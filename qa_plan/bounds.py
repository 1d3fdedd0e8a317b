"""Settings that are refused where they say less than must be."""

from django.core.exceptions import ImproperlyConfigured


def at_least(least: int, value: int, name: str) -> int:
    """Gives the value back; the start is refused where it is smaller."""
    if value < least:
        raise ImproperlyConfigured(f"{name}={value} 过小，不得小于{least}。")
    return value
