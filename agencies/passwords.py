"""What a password must not be beyond Django's own rules, and for how long one holds."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils import timezone

from agencies.models import PasswordUsed, User

SHORTEST_NAME = 3  # letters: shorter ones stand in many words by chance
MUST_CHANGE = "密码已使用满{}天，请修改。"


def has_expired(user: User, now: datetime) -> bool:
    """Whether the settings let passwords end, and the person's has."""
    days = timedelta(days=settings.PASSWORD_DAYS)
    return bool(days) and (user.password_set_at or user.date_joined) + days <= now


class NoNames:
    """Refuses a password with the person's own names or those of the agency in it, forwards or backwards."""

    def validate(self, password: str, user: Any = None) -> None:
        said = password.lower()
        if any(name in said or name[::-1] in said for name in _names(user)):
            raise ValidationError("密码不能含有用户名、姓名或单位名称。", code="password_has_name")

    def get_help_text(self) -> str:
        return "密码不能含有用户名、姓名或单位名称。"


def _names(user: Any) -> list[str]:
    if not isinstance(user, User):
        return []
    names = [user.username, user.display_name]
    if user.agency is not None:
        names += [user.agency.name, *user.agency.aliases.values_list("name", flat=True)]
    known = {name.lower() for name in names if name}
    return [name for name in known if len(name) >= SHORTEST_NAME or not name.isascii()]


class NotUsedBefore:
    """Refuses the last few passwords of the person; Django tells it of each new one, whoever set it."""

    def validate(self, password: str, user: Any = None) -> None:
        count = settings.PASSWORD_HISTORY
        if not count or not isinstance(user, User) or user.pk is None:
            return
        used = PasswordUsed.objects.filter(user=user).values_list("password", flat=True)[:count]
        if any(check_password(password, each) for each in used):
            raise ValidationError(f"密码不能与最近{count}次用过的相同。", code="password_used")

    def password_changed(self, password: str, user: Any = None) -> None:
        if not isinstance(user, User):
            return
        User.objects.filter(pk=user.pk).update(password_set_at=timezone.now())
        if settings.PASSWORD_HISTORY:
            PasswordUsed.objects.create(user=user, password=user.password)
            kept = PasswordUsed.objects.filter(user=user).values_list("pk", flat=True)[: settings.PASSWORD_HISTORY]
            PasswordUsed.objects.filter(user=user).exclude(pk__in=list(kept)).delete()

    def get_help_text(self) -> str:
        return ""
