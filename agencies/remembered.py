"""What all web processes of an installation have to know for some seconds: which one-time codes were used.

Django's cache, kept in the database, with JSON for values: one that pickles would let whoever writes to the database
run code in the web processes.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import models
from django.db.models import Q
from django.utils import timezone


class RememberedQuerySet(models.QuerySet["Remembered"]):
    def in_force(self) -> "RememberedQuerySet":
        return self.filter(Q(until=None) | Q(until__gt=timezone.now()))


class Remembered(models.Model):
    """One value by its key, until it ends."""

    key = models.CharField("键", max_length=300, unique=True)
    value = models.JSONField("值")
    until = models.DateTimeField("失效时间", null=True, db_index=True)

    objects = RememberedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "暂存值"

    def __str__(self) -> str:
        return self.key


class SharedCache(BaseCache):
    """One cache for all processes. Of two that add the same at once, one is told that it did."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def add(
        self, key: str, value: Any, timeout: float | object | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        Remembered.objects.filter(until__lte=timezone.now()).delete()
        known = {"value": value, "until": self._end(timeout)}
        _, is_new = Remembered.objects.get_or_create(key=self.make_and_validate_key(key, version), defaults=known)
        return is_new

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        rows = Remembered.objects.in_force().filter(key=self.make_and_validate_key(key, version))
        found = rows.values_list("value", flat=True)[:1]
        return found[0] if found else default

    def set(
        self, key: str, value: Any, timeout: float | object | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        known = {"value": value, "until": self._end(timeout)}
        Remembered.objects.update_or_create(key=self.make_and_validate_key(key, version), defaults=known)

    def touch(self, key: str, timeout: float | object | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        rows = Remembered.objects.in_force().filter(key=self.make_and_validate_key(key, version))
        return bool(rows.update(until=self._end(timeout)))

    def delete(self, key: str, version: int | None = None) -> bool:
        gone, _ = Remembered.objects.filter(key=self.make_and_validate_key(key, version)).delete()
        return bool(gone)

    def clear(self) -> None:
        Remembered.objects.all().delete()

    def _end(self, timeout: Any) -> datetime | None:
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        return None if seconds is None else datetime.now(UTC) + timedelta(seconds=seconds)
