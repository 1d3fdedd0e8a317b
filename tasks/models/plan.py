"""Identities: the plan attached to a notice, its sections and items, and who answers for each item.

Every text here is the notice's own, with its offsets into `Plan.notice_text`; nothing is ever rewritten.
"""

from copy import copy
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from agencies.models import TOP, Agency, AgencyGroup, Office, User
from qa_plan.addresses import address_of
from tasks.models.choices import AssignmentRole
from tasks.models.existence import PLACE
from tasks.models.fact import Fact
from tasks.models.plan_querysets import PlanQuerySet
from tasks.models.plan_settings import PlanSettings
from tasks.models.querysets import ActionItemQuerySet, AssignmentQuerySet
from tasks.rules.periods import Frequency, Series, change_read


class Plan(PlanSettings):
    """行动计划: one notice, whole, with the settings that hold at present; `parent` is what a local one carries out.

    `former` repeats `PlanRevision`, `period_changes` `PeriodRevision`: a plan that was read knows what held on any day.
    """

    document_number = models.CharField("发文字号", max_length=100, unique=True)
    slug = models.SlugField("网址标识", max_length=50, unique=True)
    title = models.CharField("公文标题", max_length=300)
    issuer = models.CharField("发文机关", max_length=100)
    issued_on = models.DateField("印发日期")
    due_on = models.DateField("推定完成时限", help_text="公文未写时限时，按计划年度年末推定")
    notice_text = models.TextField("公文全文")
    notice_sha256 = models.CharField("公文校验码", max_length=64)
    imported_at = models.DateTimeField("导入时间")
    office = models.ForeignKey(Office, models.PROTECT, to_field="path", null=True, verbose_name="统筹机构")
    parent = models.ForeignKey("self", models.PROTECT, related_name="local_plans", null=True, verbose_name="上级计划")
    former = models.JSONField("原设置", default=list, editable=False)  # oldest first, each with `until`
    period_changes = models.JSONField("报告期调整", default=list, editable=False)  # oldest first, each with `at`

    if TYPE_CHECKING:  # added by `with_counts`
        item_count: int
        version: str  # by `with_version`
        is_listed: bool  # by `with_listing`

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "行动计划"
        ordering = ("-issued_on", "-pk")
        constraints = (
            models.CheckConstraint(condition=Q(filing_day__range=(1, 28)), name="filing_day_in_every_month"),
            models.CheckConstraint(
                condition=Q(parent=None) | Q(office__isnull=False), name="local_plans_have_an_office"
            ),
            models.UniqueConstraint(
                fields=("office", "parent"), condition=Q(parent__isnull=False), name="one_local_plan_per_office"
            ),
        )

    def __str__(self) -> str:
        return self.document_number

    def get_absolute_url(self) -> str:
        return address_of("reports:dashboard", self.slug)

    @property
    def home(self) -> str:
        """The path of the office whose plan it is."""
        return self.office_id or TOP

    @property
    def office_code(self) -> str:
        """That office's 行政区划代码; "" of the top one."""
        return self.home.rstrip("/").rpartition("/")[2]

    @property
    def begins_on(self) -> date:
        """The day from which the system knows the plan; before it there is nothing to show and nothing was owed."""
        return timezone.localdate(self.imported_at)

    def at(self, moment: datetime) -> Self:
        """The plan with the settings that held at that moment; all else about it never changes."""
        for place, settings in enumerate(self.former):
            if moment < datetime.fromisoformat(settings["until"]):
                then = copy(self)
                then.former = self.former[:place]
                complete = type(self)().settings | settings  # one that was added later had its default
                for name in self.names():
                    setattr(then, name, complete[name])
                return then
        return self

    def series(self, moment: datetime) -> Series:
        """On which periods it reports, by what held at that moment."""
        then = self.at(moment)
        known = [change for change in self.period_changes if datetime.fromisoformat(change["at"]) <= moment]
        changes = {change["code"]: change_read(change) for change in known}
        return Series(Frequency(then.frequency), then.filing_day, then.first_period, then.last_period, changes)

    @property
    def name(self) -> str:
        """The plan's own name: the notice's title without 「…关于印发」 and 「的通知」."""
        return self.title.split("关于印发", 1)[-1].removesuffix("的通知")

    @property
    def summary_word(self) -> str:
        """What its packages are called: 「季度汇总」, where it reports monthly 「月度汇总」."""
        return f"{Frequency(self.frequency).span_word}汇总"


class PlanRevision(Fact, PlanSettings):
    """设置调整: what has held for the plan since then. Until the first one, what it was imported with."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="revisions", verbose_name="行动计划")
    reason = models.CharField("原因", max_length=500)

    class Meta:
        verbose_name = verbose_name_plural = "设置调整"

    def __str__(self) -> str:
        return f"{self.plan}：设置调整"


class Section(models.Model):
    """部分: one of the parts into which the notice divides its items."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="sections", verbose_name="行动计划")
    number = models.PositiveSmallIntegerField("序号")
    title = models.CharField("标题", max_length=300)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()

    class Meta:
        verbose_name = verbose_name_plural = "部分"
        ordering = ("plan", "number")
        constraints = (models.UniqueConstraint(fields=("plan", "number"), name="section_number_in_plan"),)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return address_of("reports:section-detail", self.plan.slug, self.number)


class ActionItem(models.Model):
    """任务: a numbered task of the notice. `number` counts through the plan and stands in addresses.

    `label` is how the notice prints its number. One that comes of others (`Reshaping`) exists from `began_at` on, what
    it came of until `ended_at`; a trigger keeps both. It has the plan's next number, and a `place` beside the old one.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="items", verbose_name="行动计划")
    section = models.ForeignKey(Section, models.CASCADE, related_name="items", verbose_name="部分")
    number = models.PositiveIntegerField("序号")
    label = models.CharField("公文序号", max_length=20)
    title = models.CharField("标题", max_length=300)
    text = models.TextField("公文原文")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    assist_rule = models.CharField("协助规则", max_length=200, blank=True)
    assist_group = models.ForeignKey(
        AgencyGroup, models.PROTECT, related_name="items", null=True, blank=True, verbose_name="协助成员名单"
    )
    began_at = models.DateTimeField("拆并产生", null=True, blank=True)
    ended_at = models.DateTimeField("拆并终止", null=True, blank=True)
    spans = models.JSONField("原文各段", null=True, blank=True)  # where its text is not one run of the notice's
    placed = models.FloatField("排列", null=True, blank=True)
    place = models.GeneratedField(expression=PLACE, output_field=models.FloatField(), db_persist=True)

    if TYPE_CHECKING:  # added by `as_of` and `with_recorded_lights`
        due_on: date | None
        due_source: str
        due_words: str
        wording: str
        first_due_on: date | None
        first_due_source: str
        recorded_light: str | None
        former: dict[str, Any] | None  # these by `as_read`
        title_then: str
        is_listed: bool  # these by `tasks.access.questions.items_by_number`
        all_decisions: list[str] | None
        is_carried_on: bool

    objects = ActionItemQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "任务"
        ordering = ("plan", "place")
        constraints = (models.UniqueConstraint(fields=("plan", "number"), name="item_number_in_plan"),)
        indexes = (models.Index(fields=("plan", "place"), name="item_place_in_plan"),)

    def __str__(self) -> str:
        return f"{self.label}{self.title}"

    def get_absolute_url(self) -> str:
        return address_of("tasks:item-detail", self.plan.slug, self.number)

    @property
    def segments(self) -> list[tuple[int, int]]:
        """The runs of the notice's text that its own consists of; nearly always one."""
        return [(start, end) for start, end in self.spans] if self.spans else [(self.start, self.end)]

    def as_read_then(self) -> Self:
        """The item with title and text as they were read at the moment of `as_read`; not to be saved."""
        if self.former:
            for name in ("title", "text", "start", "end"):
                setattr(self, name, self.former[name])
        return self


class Assignment(models.Model):
    """One agency answers for one item, as lead or assisting, from `recorded_at` until `ended_at`.

    A fact with a single write-once column: `ended_at` goes from NULL to an instant; a trigger refuses anything else.
    """

    Role = AssignmentRole

    item = models.ForeignKey(ActionItem, models.PROTECT, related_name="assignments", verbose_name="任务")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="assignments", verbose_name="单位")
    role = models.CharField("角色", max_length=10, choices=AssignmentRole)
    weight = models.PositiveSmallIntegerField("权重", default=1)
    is_inferred = models.BooleanField("推定", default=False, help_text="由“其他成员单位协助”推定")
    recorded_at = models.DateTimeField("交办时间")
    answers_from = models.DateField(
        "责任起算日", null=True, blank=True, help_text="承接的从原单位起算；空着的从行动计划开始起算"
    )
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, verbose_name="交办人")
    ended_at = models.DateTimeField("撤回时间", null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, verbose_name="撤回人")
    end_reason = models.CharField("撤回原因", max_length=200, blank=True)

    if TYPE_CHECKING:  # added by `as_of`; the first due date by the ledger
        weight_now: int
        percent: int
        accepted_percent: int | None
        first_owed_on: date | None
        standing_report: int | None
        due_on: date | None
        closure: str
        obligation: str
        first_due_on: date | None
        due_source: str
        due_words: str
        first_due_source: str
        extension_count: int
        has_receipt: bool  # these by `with_state`
        open_decline: int | None
        open_completion: int | None
        open_extension: int | None  # these by `with_course`
        open_milestone: int | None
        was_red: bool  # by `with_once_red`

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "责任分工"
        ordering = ("item", "agency")
        constraints = (
            models.UniqueConstraint(
                fields=("item", "agency"), condition=Q(ended_at__isnull=True), name="one_open_assignment"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("recorded_at")), name="ends_after_start"
            ),
            models.CheckConstraint(condition=Q(weight__gte=1), name="weight_counts"),
        )

    def __str__(self) -> str:
        return f"{self.item} · {self.agency}"

    def get_absolute_url(self) -> str:
        """The address of the assignment's row on the item's page."""
        return f"{self.item.get_absolute_url()}#a{self.pk}"
