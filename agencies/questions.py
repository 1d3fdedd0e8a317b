"""What the sign-in page and commands ask of accounts."""

from django.core.management.base import CommandError
from django.db.models import Count, QuerySet

from agencies.models import User


def is_empty() -> bool:
    """Whether nobody has an account yet: the installation has not been set up."""
    return not User.objects.exists()


def with_the_common_password() -> QuerySet[User]:
    """The accounts that still are as the demonstration made them.

    Each got the same hash, salt and all, which nobody gets afterwards: whoever changed the password, or took an account
    over, has another.
    """
    common = User.objects.values("password").alias(count=Count("pk")).filter(count__gt=1).values("password")
    accounts = User.objects.filter(is_active=True, password__in=common).order_by("pk")
    return accounts.select_related("agency").only("username", "role", "agency__name")


def account_named(username: str) -> User:
    """Of a command that names it; raises CommandError where there is none."""
    user = User.objects.filter(username=User.normalize_username(username)).first()
    if user is None:
        raise CommandError(f"没有用户名为{username}的账号。")
    return user
