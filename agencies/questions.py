"""What the sign-in page and commands ask of accounts."""

from typing import Any

from django.core.management.base import CommandError
from django.db.models import Count, Q, QuerySet

from agencies.models import User


def is_empty() -> bool:
    """Whether nobody has an account yet: the installation has not been set up."""
    return not User.objects.exists()


def with_the_common_password() -> QuerySet[User, Any]:
    """The accounts that still are as the demonstration made them: name, role, agency and area of the office.

    Each got the same hash, salt and all, which nobody gets afterwards: whoever changed the password, or took an account
    over, has another. `is_local` are those of cities and counties.
    """
    common = User.objects.values("password").alias(count=Count("pk")).filter(count__gt=1).values("password")
    accounts = User.objects.filter(is_active=True, password__in=common).order_by("pk")
    is_local = Q(office__isnull=False) | Q(agency__office__isnull=False) | Q(agency__local_office__isnull=False)
    columns = ("username", "role", "agency__name", "office__area", "is_local")
    return accounts.annotate(is_local=is_local).values_list(*columns, named=True)


def account_named(username: str) -> User:
    """Of a command that names it; raises CommandError where there is none."""
    user = User.objects.filter(username=User.normalize_username(username)).first()
    if user is None:
        raise CommandError(f"没有用户名为{username}的账号。")
    return user
