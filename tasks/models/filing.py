"""Filing: the periods in which agencies report, and the drafts they write: the only editable records."""

from datetime import datetime

from django.db import models
from django.db.models import F

from agencies.models import User
from qa_plan.addresses import address_of
from qa_plan.clock import end_of
from tasks.models.evidence import Evidence
from tasks.models.obligation import PeriodTerms
from tasks.models.plan import Assignment, Plan
from tasks.rules.periods import name_in_year


class ReportingPeriod(models.Model):
    """报告期: a quarter of a plan, or a month, two or six. `code` is 2016Q3; it opens and falls due on working days."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="periods", verbose_name="行动计划")
    code = models.CharField("报告期", max_length=7)
    starts_on = models.DateField("起")
    ends_on = models.DateField("止")
    opens_on = models.DateField("开放填报")
    due_on = models.DateField("报送截止")

    class Meta:
        verbose_name = verbose_name_plural = "报告期"
        ordering = ("plan", "starts_on")
        constraints = (
            models.UniqueConstraint(fields=("plan", "code"), name="one_period_per_quarter"),
            models.CheckConstraint(condition=models.Q(opens_on__lt=F("due_on")), name="period_opens_before_due"),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return address_of("reports:period-detail", self.plan.slug, self.code)

    @property
    def closes_at(self) -> datetime:
        """The last instant of the period's due date. What is owed then stays owed."""
        return end_of(self.due_on)

    def is_late(self, first_filed_at: datetime) -> bool:
        """Whether an assignment is 迟报: its first report came after the close. Filing again makes none late."""
        return first_filed_at > self.closes_at

    def terms_at(self, moment: datetime) -> PeriodTerms:
        """Who owes in the period, by the plan's settings when it closed, or at the moment while it is open."""
        closing = min(moment, self.closes_at)
        return PeriodTerms(self.pk, self.plan_id, closing, self.plan.at(closing).assists_owe_reports)

    @property
    def name(self) -> str:
        """The period as people say it: 「三季度」."""
        return name_in_year(self.code)


class ReportDraft(models.Model):
    """草稿: what an agency has written and not yet filed; nobody else sees it.

    Where the agency's head consents first (审签), it lies with the head from `handed_in_at` until filed or returned.
    """

    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="drafts", verbose_name="责任分工")
    period = models.ForeignKey(ReportingPeriod, models.CASCADE, related_name="drafts", verbose_name="报告期")
    percent = models.PositiveSmallIntegerField("进度（%）", null=True, blank=True)
    progress = models.TextField("进展情况", blank=True)
    problems = models.TextField("存在问题", blank=True)
    next_steps = models.TextField("下一步打算", blank=True)
    delay_reason = models.TextField("滞后原因", blank=True)
    is_unchanged = models.BooleanField("本期无变化", default=False)
    lower_reason = models.TextField("进度回调原因", blank=True)
    readings = models.JSONField("指标读数", default=dict, blank=True)
    evidence = models.ManyToManyField(Evidence, related_name="drafts", blank=True, verbose_name="佐证材料")
    saved_at = models.DateTimeField("保存时间")
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="保存人")
    version = models.PositiveIntegerField("版本", default=1, help_text="每次保存加一，用于发现两人同时修改")
    handed_in_at = models.DateTimeField("送审签时间", null=True, blank=True)
    handed_in_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="送审签人"
    )
    returned_comment = models.TextField("审签退回意见", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "草稿"
        constraints = (models.UniqueConstraint(fields=("assignment", "period"), name="one_draft_per_report"),)

    def __str__(self) -> str:
        return f"{self.assignment} · {self.period} · 草稿"
