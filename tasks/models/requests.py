"""What agencies ask for and coordinators decide: 非本单位职责, 延期, 办结, 节点. Facts, all of them."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from agencies.models import Agency
from tasks.models.duties import Duty, Measure
from tasks.models.evidence import Evidence
from tasks.models.fact import Fact
from tasks.models.filing import ReportingPeriod
from tasks.models.milestones import Milestone
from tasks.models.plan import Assignment
from tasks.models.querysets import AgencyRequestQuerySet


class RequestEvidence(models.Model):
    """Which evidence a request was made with."""

    request = models.ForeignKey("tasks.AgencyRequest", models.PROTECT, related_name="+", verbose_name="申请")
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="+", verbose_name="佐证材料")

    class Meta:
        verbose_name = verbose_name_plural = "申请附件"
        constraints = (models.UniqueConstraint(fields=("request", "evidence"), name="evidence_once_per_request"),)

    def __str__(self) -> str:
        return f"{self.request}：{self.evidence}"


class AgencyRequest(Fact):
    """申请 of an agency for one of its assignments; open until a coordinator decides."""

    class Kind(models.TextChoices):
        DECLINE = "decline", "申请退回（非本单位职责）"
        EXTENSION = "extension", "延期申请"
        COMPLETION = "completion", "申请办结"
        MILESTONE = "milestone", "节点建议"

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="requests", verbose_name="责任分工")
    kind = models.CharField("类型", max_length=10, choices=Kind)
    reason = models.TextField("理由")
    due_on = models.DateField("申请延至", null=True, blank=True)
    old_due_on = models.DateField("申请时的时限", null=True, blank=True)
    evidence: "models.ManyToManyField[Evidence, RequestEvidence]" = models.ManyToManyField(
        Evidence, through=RequestEvidence, related_name="requests", verbose_name="佐证材料"
    )

    if TYPE_CHECKING:
        asked_at: datetime  # added by `waiting`
        is_carried: bool  # by `own_requests`

    objects = AgencyRequestQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "申请"
        constraints = (
            models.CheckConstraint(
                condition=Q(kind="extension", due_on__isnull=False) | (~Q(kind="extension") & Q(due_on__isnull=True)),
                name="extension_names_a_date",
            ),
        )

    def __str__(self) -> str:
        return f"{self.assignment}：{self.get_kind_display()}"


class AskedMilestone(models.Model):
    """节点建议: which milestone an agency asks for; of itself where `agency` is given, else of all who lead."""

    request = models.OneToOneField(AgencyRequest, models.PROTECT, related_name="asked_milestone", verbose_name="申请")
    name = models.CharField("名称", max_length=60)
    planned_on = models.DateField("计划日期")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", null=True, verbose_name="责任单位")
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="+", null=True, verbose_name="举措")
    duty = models.ForeignKey(Duty, models.PROTECT, related_name="+", null=True, verbose_name="责任句")

    class Meta:
        verbose_name = verbose_name_plural = "建议的节点"

    def __str__(self) -> str:
        return self.name


class RequestOrigin(models.Model):
    """机构调整: the requests of its predecessors that an agency's request goes on with, and theirs before them.

    They stay as they were made, under the old names, and wait no more; the decision is on the one that goes on.
    """

    request = models.ForeignKey(AgencyRequest, models.PROTECT, related_name="origins", verbose_name="申请")
    origin = models.ForeignKey(AgencyRequest, models.PROTECT, related_name="continuations", verbose_name="原申请")

    class Meta:
        verbose_name = verbose_name_plural = "承接的申请"
        constraints = (models.UniqueConstraint(fields=("request", "origin"), name="origin_once_per_request"),)

    def __str__(self) -> str:
        return f"{self.request}：承接{self.origin}"


class RequestWithdrawal(Fact):
    """撤回: the agency takes back a request that no coordinator has decided; it waits no more."""

    request = models.OneToOneField(AgencyRequest, models.PROTECT, related_name="withdrawal", verbose_name="申请")
    reason = models.CharField("撤回原因", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "申请撤回"

    def __str__(self) -> str:
        return f"{self.request}：撤回"


class Decision(Fact):
    """What a coordinator decided on a request; a refusal says why.

    `due_on` is the day until which an extension was granted; decisions from before it was kept granted what was asked.
    """

    request = models.OneToOneField(AgencyRequest, models.PROTECT, related_name="decision", verbose_name="申请")
    is_granted = models.BooleanField("同意")
    comment = models.TextField("意见", blank=True)
    due_on = models.DateField("同意延至", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "申请的决定"
        constraints = (models.CheckConstraint(condition=Q(is_granted=True) | ~Q(comment=""), name="refusal_says_why"),)

    def __str__(self) -> str:
        return f"{self.request}：{self.words}"

    @property
    def is_other_day(self) -> bool:
        """Whether an extension was granted until another day than the one that was asked for."""
        return self.due_on is not None and self.due_on != self.request.due_on

    @property
    def words(self) -> str:
        """「同意」、「不同意」; 「同意延至2017-02-28」 where that isn't the day that was asked for."""
        if not self.is_granted:
            return "不同意"
        return f"同意延至{self.due_on:%Y-%m-%d}" if self.is_other_day else "同意"


class GrantedMilestone(models.Model):
    """Which milestone was planned by the decision on a proposal."""

    decision = models.OneToOneField(
        Decision, models.PROTECT, related_name="granted_milestone", verbose_name="申请的决定"
    )
    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="proposed_by", verbose_name="节点")

    class Meta:
        verbose_name = verbose_name_plural = "采纳的节点"

    def __str__(self) -> str:
        return f"{self.decision}：{self.milestone}"


class PeriodLock(Fact):
    """Whether a reporting period is locked, since when and why; the latest row says it. No row: open."""

    period = models.ForeignKey(ReportingPeriod, models.PROTECT, related_name="locks", verbose_name="报告期")
    is_locked = models.BooleanField("锁定")
    reason = models.CharField("原因", max_length=500)

    class Meta:
        verbose_name = verbose_name_plural = "报告期锁定"

    def __str__(self) -> str:
        return f"{self.period}：{'锁定' if self.is_locked else '解锁'}"


class Waiver(Fact):
    """免报: whether an assignment is excused from a period's report; the latest row says it. No row: it owes."""

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="waivers", verbose_name="责任分工")
    period = models.ForeignKey(ReportingPeriod, models.PROTECT, related_name="waivers", verbose_name="报告期")
    is_waived = models.BooleanField("免报")
    reason = models.CharField("原因", max_length=500)

    class Meta:
        verbose_name = verbose_name_plural = "免报"
        indexes = (models.Index(fields=("assignment", "period", "-recorded_at", "-id"), name="latest_waiver"),)

    def __str__(self) -> str:
        return f"{self.assignment} · {self.period}：{'免报' if self.is_waived else '恢复应报'}"
