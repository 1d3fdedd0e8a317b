"""Who: agencies, the groups that a notice speaks of, and the people who sign in."""

from typing import Any, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models import Q


class AgencyQuerySet(models.QuerySet["Agency"]):
    def named(self, name: str) -> Self:
        """The agency that bears this name now or has it as an alias."""
        return self.filter(Q(name=name) | Q(aliases__name=name)).distinct()


class Agency(models.Model):
    """A unit that answers for something. Listed everywhere in the order in which the first notice named it."""

    name = models.CharField("单位名称", max_length=100, unique=True)
    ordinal = models.PositiveIntegerField("排序", default=0, help_text="各页面均按此顺序排列，与进度无关")
    is_collective = models.BooleanField("泛指单位", default=False, help_text="如“各市人民政府”，不设账号")

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


class AgencyGroup(models.Model):
    """A body whose members a notice addresses together, such as 省质量工作领导小组."""

    name = models.CharField("名称", max_length=100, unique=True)
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


class Role(models.TextChoices):
    COORDINATOR = "coordinator", "统筹人员"
    LIAISON = "liaison", "联络员"
    APPROVER = "approver", "单位负责人"
    LEADER = "leader", "领导"
    ADMINISTRATOR = "administrator", "系统管理员"


AGENCY_ROLES = (Role.LIAISON, Role.APPROVER)


class UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> models.QuerySet["User"]:
        """With the agency, which the frame of every page names."""
        return super().get_queryset().select_related("agency")

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> "User":
        """What `manage.py createsuperuser` makes: the first administrator of an installation."""
        return self.create_user(username, password, role=Role.ADMINISTRATOR, **fields)


class User(AbstractBaseUser):
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
    is_active = models.BooleanField("在用", default=True, help_text="停用后不能登录，历史记录保留")
    date_joined = models.DateTimeField("开通时间", auto_now_add=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["display_name"]
    objects = UserManager()

    class Meta:
        verbose_name = verbose_name_plural = "用户"
        constraints = (
            models.CheckConstraint(
                condition=Q(role__in=AGENCY_ROLES, agency__isnull=False)
                | (~Q(role__in=AGENCY_ROLES) & Q(agency__isnull=True)),
                name="agency_roles_have_an_agency",
                violation_error_message="联络员和单位负责人须选择所属单位，其他角色不选。",
            ),
        )

    def __str__(self) -> str:
        return self.display_name or self.username

    # What the Django admin asks. It holds master data only, and only administrators enter it.
    @property
    def is_staff(self) -> bool:
        return self.role == Role.ADMINISTRATOR

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_active and self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_staff
