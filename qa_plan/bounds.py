"""Settings that are refused where they say what can't be."""

import hashlib

from django.core.exceptions import ImproperlyConfigured


def at_least(least: int, value: int, name: str) -> int:
    """Gives the value back; the start is refused where it is smaller."""
    if value < least:
        raise ImproperlyConfigured(f"{name}={value} 过小，不得小于{least}。")
    return value


ROLES = ("coordinator", "liaison", "approver", "leader", "administrator", "security", "auditor")


def roles(named: list[str], name: str) -> list[str]:
    """Gives the roles back; the start is refused where one is none, or nobody would notice that it protects nothing."""
    if strange := [each for each in named if each not in ROLES]:
        raise ImproperlyConfigured(f"{name} 中的 {'、'.join(strange)} 不是角色，可填 {','.join(ROLES)}。")
    return named


def digest_at_hand(wanted: bool) -> bool:
    """Gives it back; the start is refused where SM3 is wanted and this Python's OpenSSL hasn't got it."""
    try:
        if wanted:
            hashlib.new("sm3")
    except ValueError as absent:
        raise ImproperlyConfigured(
            "RECORD_SM3=1：本机 Python 所用的 OpenSSL 不提供 SM3，请换用带 SM3 的 OpenSSL，或不设该项。"
        ) from absent
    return wanted
