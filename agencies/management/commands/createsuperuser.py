"""`manage.py createsuperuser`: the first administrator of an installation, on the record."""

from typing import Any

from django.contrib.auth.management.commands import createsuperuser

from agencies.changes import note, recording
from agencies.models import User


class Command(createsuperuser.Command):
    """Django's own command. Its questions are answered outside of a transaction, so the record follows the account."""

    def handle(self, *args: Any, **options: Any) -> None:
        known = set(User.objects.values_list("pk", flat=True))
        super().handle(*args, **options)
        with recording():
            for user in User.objects.exclude(pk__in=known):
                new = {"username": user.username, "display_name": user.display_name, "role": user.role}
                note("新增用户", user, by=None, at=user.date_joined, new=new)
