"""What an installation is: the office that runs it, the offices below it, and the key to its first account.

The key is printed where the product is started and leads to the page that makes the first account. The database knows
only its hash; there is one at a time, it ends by itself, and it opens nothing once anybody has an account.
"""

import hashlib
import re
import secrets
from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

KEY_HOURS = 24
TOP = ""  # the path of the office that runs the installation


SIGN = re.compile(r"(?P<province>自治区|省)|(?P<city>市(?!场)|自治州|州|盟)|(?P<county>自治县|县|区|旗)")


class Level(models.TextChoices):
    PROVINCE = "province", "省"
    CITY = "city", "市"
    COUNTY = "county", "县（市、区）"

    @property
    def own(self) -> str:
        """What is of an office of that level itself: 省级, 市级, 县级."""
        return f"{self.label[0]}级"

    @property
    def signs(self) -> tuple[str, ...]:
        """With what the names of its units begin: 省商务厅, 市商务局, 县商务局."""
        return {Level.PROVINCE: ("省", "自治区"), Level.CITY: ("市", "州", "盟")}.get(self, ("县", "区", "旗"))

    @property
    def below(self) -> "list[Level]":
        """Of which levels the offices below can be; a county's are called as it is."""
        levels = list(Level)
        return levels[levels.index(self) + 1 :] or [Level.COUNTY]

    @classmethod
    def of_name(cls, name: str) -> "Level":
        """That of which an office speaks in its name, 省 where it speaks of none: 合肥市质量发展办公室 is a city's."""
        found = SIGN.search(name)
        return cls(found.lastgroup) if found and found.lastgroup else cls.PROVINCE


class OfficeQuerySet(models.QuerySet["Office"]):
    def local(self) -> Self:
        """Those of cities and counties: all but the one that runs the installation."""
        return self.exclude(path=TOP)

    def below(self, path: str) -> Self:
        """All the offices under that one, however deep, without itself."""
        return self.local().filter(path__startswith=path).exclude(path=path)

    def directly_below(self, path: str) -> Self:
        return self.local().filter(parent=path or None)


class Office(models.Model):
    """统筹机构: who coordinates plans, as it calls itself; the top one until it has said so as the settings call it.

    Offices are a tree. `path` says where each stands: the codes of those above it and its own (`340100/340121/`), empty
    for the top one, that runs the installation. It never changes, and whatever belongs to an office refers to it by
    its path, so that who is above whom is seen without asking: one path begins with the other. A reference that is
    empty means the top office, which has no row before it has named itself.
    """

    name = models.CharField("办公室名称", max_length=50)
    urge_prefix = models.CharField("催办编号代字", max_length=20)
    level = models.CharField("层级", max_length=10, choices=Level, default=Level.PROVINCE)
    area = models.CharField("所在地区", max_length=30, blank=True, default="", help_text="如“合肥市”“肥东县”")
    code = models.CharField(
        "行政区划代码", max_length=12, blank=True, default="", validators=[RegexValidator(r"^\d{6,12}$")]
    )
    path = models.CharField("位置", max_length=100, unique=True, default=TOP, editable=False)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        to_field="path",
        related_name="children",
        null=True,
        blank=True,
        verbose_name="上级机构",
        help_text="空着的由最上级统筹机构直接下设",
    )
    ordinal = models.PositiveIntegerField("排序", default=0, help_text="按公文列名次序")
    government = models.OneToOneField(
        "agencies.Agency",
        models.PROTECT,
        related_name="local_office",
        null=True,
        blank=True,
        verbose_name="本级政府",
        help_text="对上级承担“印发本地区工作方案”的单位",
    )

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "统筹机构"
        ordering = ("ordinal", "pk")
        constraints = (
            models.UniqueConstraint(fields=("code",), condition=~Q(code=""), name="one_office_per_code"),
            models.CheckConstraint(
                condition=Q(path="", code="", parent=None) | (~Q(path="") & ~Q(code="") & ~Q(area="")),
                name="local_offices_have_a_code_and_an_area",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A new one gets its path, which nothing changes afterwards."""
        if self._state.adding and self.code and not self.path:
            self.path = f"{self.parent_id or TOP}{self.code}/"
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """Refuses a tree that can't be: a government that answers to another office than the one above, and loops."""
        if self.government and (self.government.office_id or TOP) != (self.parent_id or TOP):
            above = (self.parent or Office.current()).place
            raise ValidationError({"government": f"本级政府对上级承担任务，应是{above}的单位，请先在“单位”中登记。"})

    @classmethod
    def current(cls) -> "Office":
        """The top one, that runs the installation."""
        return cls.objects.filter(path=TOP).first() or cls.of_settings()

    @classmethod
    def at(cls, path: str | None) -> "Office":
        """The office of that path; the top one for an empty path."""
        return cls.objects.get(path=path) if path else cls.current()

    @property
    def line(self) -> "list[Office]":
        """The office and those above it but for the top one, from the own one upward."""
        if self.path == TOP:
            return []
        return [self, *(self.parent.line if self.parent else [])]

    @property
    def areas(self) -> list[str]:
        """The areas of that line, in which the names of a notice of the office are to be understood."""
        return [office.area for office in self.line]

    @property
    def place(self) -> str:
        """Whose it is, in a word: the area; of the office that runs the installation its level (省级, 市级)."""
        return self.area if self.path != TOP else Level(self.level).own

    @property
    def short_area(self) -> str:
        """What a narrow column calls it: 合肥 for 合肥市, 歙县 as it is."""
        return self.area[:-1] if len(self.area) > 2 else self.area

    @classmethod
    def of_settings(cls) -> "Office":
        name = settings.COORDINATING_OFFICE
        return cls(name=name, urge_prefix=settings.URGE_PREFIX, level=Level.of_name(name))

    @property
    def copy_to(self) -> str:
        """Who gets a copy of what the office sends: what it is the office of, unless the settings say otherwise."""
        return settings.URGE_COPY_TO or self.name.removesuffix("办公室")


def office_column(related_name: str) -> "models.ForeignKey[Office | None, Office | None]":
    """The column of what belongs to an office, by its path; empty where it is the top one's."""
    return models.ForeignKey(
        Office,
        models.PROTECT,
        to_field="path",
        related_name=related_name,
        null=True,
        blank=True,
        verbose_name="统筹机构",
        help_text="空着为最上级统筹机构",
    )


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
