"""Who: agencies, the groups that a notice speaks of, and the people who sign in."""

from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac

from agencies.change_rows import Change as Change
from agencies.change_rows import ChangeChain as ChangeChain
from agencies.contacts import WithContacts
from agencies.installation import TOP as TOP
from agencies.installation import Level as Level
from agencies.installation import Office as Office
from agencies.installation import SetupKey as SetupKey
from agencies.installation import office_column
from agencies.powers import ADMINISTRATIVE_ROLES as ADMINISTRATIVE_ROLES
from agencies.powers import AGENCY_ROLES as AGENCY_ROLES
from agencies.powers import Role as Role
from agencies.powers import WithPowers
from agencies.remembered import Remembered as Remembered
from agencies.security_events import SecurityChain as SecurityChain
from agencies.security_events import SecurityEvent as SecurityEvent
from agencies.session_rows import ExternalIdentity as ExternalIdentity
from agencies.session_rows import KnownAddress as KnownAddress
from agencies.session_rows import PasswordUsed as PasswordUsed
from agencies.session_rows import SignedIn as SignedIn

OFFICE_ROLES = (Role.COORDINATOR, Role.LEADER)  # who may belong to an office of a city or county
GENERATIONS = 3  # of agencies that followed one another


class AgencyQuerySet(models.QuerySet["Agency"]):
    def named(self, name: str) -> Self:
        """The agency that bears this name now or has it as an alias."""
        return self.filter(Q(name=name) | Q(aliases__name=name)).distinct()

    def of_office(self, path: str | None) -> Self:
        """Those that work for the plans of that office."""
        return self.filter(office=path or None)

    def followed_by(self, pk: int | models.Expression | None) -> Self:
        """The agency and its predecessors, through several successions; for asking whether something is among them.

        One recorded in advance counts from its day on. Joined, not nested: SQLite reads few questions in each other.
        """
        link, ended, followers = "", Q(), Q(pk=pk)
        for _ in range(GENERATIONS):
            ended &= Q(**{f"{link}ended_on__isnull": False})
            link += "successions__successor__"
            followers |= ended & Q(**{link.removesuffix("__"): pk})
        return self.none() if pk is None else self.order_by().filter(followers)


class Agency(WithContacts, models.Model):
    """A unit that answers for something. Listed everywhere in the order in which the first notice named it.

    `office` is whose plans it works for; it is the top one's where there is none. A city's government, that answers to
    the province, is the top office's unit; the city's bureaus are the city's.
    """

    name = models.CharField("单位名称", max_length=100, unique=True)
    ordinal = models.PositiveIntegerField("排序", default=0, help_text="各页面均按此顺序排列，与进度无关")
    office = office_column("agencies")
    is_collective = models.BooleanField("泛指单位", default=False, help_text="如“各市人民政府”，不设账号")
    requires_consent = models.BooleanField(
        "须单位负责人审签", default=False, help_text="联络员填写后，经本单位负责人同意才报送"
    )
    ended_on = models.DateField("撤并日期", null=True, blank=True, editable=False)
    liaison_name = models.CharField("联络员姓名", max_length=50, blank=True, default="", editable=False)
    liaison_office = models.CharField("联络员处室", max_length=60, blank=True, default="", editable=False)
    liaison_telephone = models.CharField("联络员电话", max_length=40, blank=True, default="", editable=False)
    head_name = models.CharField("负责人姓名", max_length=50, blank=True, default="", editable=False)
    head_office = models.CharField("负责人职务或处室", max_length=60, blank=True, default="", editable=False)
    head_telephone = models.CharField("负责人电话", max_length=40, blank=True, default="", editable=False)

    objects = AgencyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "单位"
        ordering = ("ordinal", "pk")

    def __str__(self) -> str:
        return self.name


class AgencyAlias(models.Model):
    agency = models.ForeignKey(Agency, models.CASCADE, related_name="aliases", verbose_name="单位")
    name = models.CharField("别称", max_length=100, unique=True)

    class Meta:
        verbose_name = verbose_name_plural = "单位别称"

    def __str__(self) -> str:
        return self.name


class Succession(models.Model):
    """更名、合并、拆分、撤销: from `effective_on` the successor answers for what the predecessor did.

    A fact. The predecessor keeps its name and its history; a renamed agency is a new one, so that every past day shows
    the name of its time. Several rows with one successor are a merger, several with one predecessor a split.
    """

    class Kind(models.TextChoices):
        RENAMED = "renamed", "更名"
        MERGED = "merged", "合并"
        SPLIT = "split", "拆分"
        ABOLISHED = "abolished", "撤销"

    predecessor = models.ForeignKey(Agency, models.PROTECT, related_name="successions", verbose_name="原单位")
    successor = models.ForeignKey(
        Agency, models.PROTECT, related_name="inheritances", null=True, verbose_name="承接单位"
    )
    kind = models.CharField("类型", max_length=10, choices=Kind)
    effective_on = models.DateField("生效日期")
    document = models.CharField("依据文件", max_length=200)
    recorded_at = models.DateTimeField("记录时间")
    recorded_by = models.ForeignKey("agencies.User", models.PROTECT, related_name="+", verbose_name="记录人")

    class Meta:
        verbose_name = verbose_name_plural = "机构调整"
        ordering = ("-effective_on", "-pk")

    def __str__(self) -> str:
        return f"{self.predecessor}：{self.get_kind_display()}"


class AgencyGroup(models.Model):
    """A body whose members a notice addresses together, such as 省质量工作领导小组."""

    name = models.CharField("名称", max_length=100, unique=True)
    office = office_column("groups")
    members: "models.ManyToManyField[Agency, GroupMembership]" = models.ManyToManyField(
        Agency, through="GroupMembership", related_name="agency_groups", verbose_name="成员单位"
    )

    class Meta:
        verbose_name = verbose_name_plural = "成员单位名单"

    def __str__(self) -> str:
        return self.name


class GroupMembership(models.Model):
    group = models.ForeignKey(AgencyGroup, models.CASCADE, related_name="memberships", verbose_name="名单")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="memberships", verbose_name="单位")
    is_inferred = models.BooleanField("推定", default=False, help_text="公文未列成员名单，由系统按点名单位推定")

    class Meta:
        verbose_name = verbose_name_plural = "成员单位"
        ordering = ("agency__ordinal",)
        constraints = (models.UniqueConstraint(fields=("group", "agency"), name="one_membership_per_agency"),)

    def __str__(self) -> str:
        return f"{self.group}：{self.agency}"


class UserQuerySet(models.QuerySet["User"]):
    """People by what they are, for whoever has to tell them something; who may do what, `tasks.access` decides."""

    def coordinators(self) -> Self:
        return self.filter(role=Role.COORDINATOR, is_active=True)

    def leaders(self) -> Self:
        return self.filter(role=Role.LEADER, is_active=True)

    def liaisons(self) -> Self:
        return self.filter(role=Role.LIAISON, is_active=True)

    def administrators(self) -> Self:
        """Those who keep accounts and master data, also beside the coordinators' work where the powers are joined."""
        return self._with_power(Role.ADMINISTRATOR)

    def keepers_of_rights(self) -> Self:
        return self._with_power(Role.SECURITY)

    def auditors(self) -> Self:
        return self._with_power(Role.AUDITOR)

    def _with_power(self, role: Role) -> Self:
        joined = Q(role=Role.ADMINISTRATOR) | Q(also_administers=True)
        return self.filter(Q(role=role) | (joined if settings.ADMINISTRATORS_JOINED else Q()), is_active=True)

    def of_office(self, path: str | None) -> Self:
        """Those of the office itself, without the people of its agencies."""
        return self.filter(office=path or None, agency=None)

    def approvers(self) -> Self:
        return self.filter(role=Role.APPROVER, is_active=True)

    def of_agency(self, agency: Agency | models.OuterRef) -> Self:
        """Those who sign in for the agency: its active liaisons and approvers."""
        return self.filter(agency=agency, is_active=True)


class UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> models.QuerySet["User"]:
        """People are read with their agency, which the frame of every page names."""
        return super().get_queryset().select_related("agency")

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(WithPowers, AbstractBaseUser):
    """A person with one role; liaisons and approvers, and only they, belong to an agency."""

    username = models.CharField(
        "用户名",
        max_length=50,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        error_messages={"unique": "该用户名已被使用。"},
    )
    display_name = models.CharField("姓名", max_length=50)
    role = models.CharField("角色", max_length=20, choices=Role)
    agency = models.ForeignKey(
        Agency, models.PROTECT, related_name="users", null=True, blank=True, verbose_name="所属单位"
    )
    office = office_column("people")
    is_active = models.BooleanField("在用", default=True, help_text="停用后不能登录，历史记录保留")
    also_administers = models.BooleanField(
        "兼系统管理员", default=False, help_text="统筹人员在小型办公室兼管账号和主数据"
    )
    must_change_password = models.BooleanField("须修改初始口令", default=False, editable=False)
    date_joined = models.DateTimeField("开通时间", auto_now_add=True)
    password_set_at = models.DateTimeField("口令设定时间", null=True, editable=False)
    session_series = models.PositiveIntegerField("会话批次", default=0, editable=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["display_name"]
    objects = UserManager.from_queryset(UserQuerySet)()

    class Meta:
        verbose_name = verbose_name_plural = "用户"
        constraints = (
            models.CheckConstraint(
                condition=Q(role__in=AGENCY_ROLES, agency__isnull=False)
                | (~Q(role__in=AGENCY_ROLES) & Q(agency__isnull=True)),
                name="agency_roles_have_an_agency",
                violation_error_message="联络员和单位负责人须选择所属单位，其他角色不选。",
            ),
            models.CheckConstraint(
                condition=Q(also_administers=False) | Q(role=Role.COORDINATOR),
                name="coordinators_may_also_administer",
                violation_error_message="只有统筹人员可以兼系统管理员。",
            ),
            models.CheckConstraint(
                condition=Q(office=None) | Q(role__in=OFFICE_ROLES, also_administers=False),
                name="people_of_offices_coordinate_or_lead",
                violation_error_message="只有统筹人员和领导属于某个统筹机构，且不兼系统管理员；其他人员随所属单位。",
            ),
        )

    def __str__(self) -> str:
        return self.display_name or self.username

    @property
    def scope(self) -> str:
        """The path of the office to which the person belongs, by the own agency or directly."""
        return (self.agency.office_id if self.agency else self.office_id) or TOP

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django's, and of another series another one: sessions that were ended for good never hold again."""
        series = f" {self.session_series}" if self.session_series else ""
        salt = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
        return salted_hmac(salt, f"{self.password}{series}", secret=secret, algorithm="sha256").hexdigest()
