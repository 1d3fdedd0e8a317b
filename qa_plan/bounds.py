"""Settings that are refused where they say what can't be."""

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
