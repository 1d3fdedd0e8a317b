"""What an installation is: the office that runs it, and the key to its first account.

The key is printed where the product is started and leads to the page that makes the first account. The database knows
only its hash; there is one at a time, it ends by itself, and it opens nothing once anybody has an account.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models

KEY_HOURS = 24


class Office(models.Model):
    """The office that coordinates, as it calls itself; until it has said so, as the settings call it."""

    name = models.CharField("办公室名称", max_length=50)
    urge_prefix = models.CharField("催办编号代字", max_length=20)

    class Meta:
        verbose_name = verbose_name_plural = "统筹机构"

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> "Office":
        return cls.objects.order_by("pk").first() or cls.of_settings()

    @classmethod
    def of_settings(cls) -> "Office":
        return cls(name=settings.COORDINATING_OFFICE, urge_prefix=settings.URGE_PREFIX)

    @property
    def copy_to(self) -> str:
        """Who gets a copy of what the office sends: what it is the office of, unless the settings say otherwise."""
        return settings.URGE_COPY_TO or self.name.removesuffix("办公室")


class SetupKey(models.Model):
    """The one row that lets somebody make the first account."""

    digest = models.CharField("密钥校验码", max_length=64)
    expires_at = models.DateTimeField("失效时间")

    class Meta:
        verbose_name = verbose_name_plural = "首个账号密钥"

    def __str__(self) -> str:
        return "首个账号密钥"


def new_key(now: datetime) -> str:
    """Makes the key, in the place of any before it. What it is is known to the caller alone."""
    key = secrets.token_urlsafe(24)
    until = now + timedelta(hours=KEY_HOURS)
    SetupKey.objects.update_or_create(pk=1, defaults={"digest": digest_of(key), "expires_at": until})
    return key


def digest_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def keys_that_open(key: str, now: datetime) -> models.QuerySet[SetupKey]:
    """The row of that key while it holds; none for any other."""
    return SetupKey.objects.filter(digest=digest_of(key), expires_at__gt=now)
