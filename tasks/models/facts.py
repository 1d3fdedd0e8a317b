"""Facts: what happened, when, and by whom. Inserted and never edited; triggers refuse UPDATE and DELETE.

The indexes named `latest_…` serve `as_of`: one look-up finds the newest fact of a kind, so the key needs no index of
its own. `recorded_at` is when the system learned it, and what `as_of` goes by. The latest fact is the one with the
greatest (`recorded_at`, `pk`): two facts of one instant are ordered by their key.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from agencies.models import User
from tasks.models.choices import ClosureKind
from tasks.models.duties import Indicator
from tasks.models.evidence import Evidence
from tasks.models.fact import Fact
from tasks.models.filing import ReportingPeriod
from tasks.models.plan import ActionItem, Assignment
from tasks.models.querysets import ProgressReportQuerySet
from tasks.rules.due_dates import SOURCE_OF_ROW, DueSource


class ItemRevision(Fact):
    """调整: the item's due date, and its wording where a later document changed it. The first comes with the import.

    `due_on` empty means 持续推进: no end, so the item never turns red for time alone. `due_words` are the notice's,
    where the date is what it writes; `due_source` (时限出处) follows from them and from nothing else.
    """

    item = models.ForeignKey(ActionItem, models.PROTECT, related_name="revisions", db_index=False, verbose_name="任务")
    due_on = models.DateField("完成时限", null=True, blank=True)
    is_inferred = models.BooleanField("推定", default=False)
    due_words = models.TextField("时限原文", blank=True)
    due_source = models.GeneratedField(
        expression=SOURCE_OF_ROW,
        output_field=models.CharField("时限出处", max_length=10, choices=DueSource),
        db_persist=True,
    )
    wording = models.TextField("调整后的表述", blank=True)
    reason = models.CharField("原因", max_length=500)

    class Meta:
        verbose_name = verbose_name_plural = "任务调整"
        indexes = (
            models.Index(fields=("item", "-recorded_at", "-id"), name="latest_revision"),
            models.Index(fields=("due_on", "id"), name="revisions_by_due_day"),
        )

    def __str__(self) -> str:
        return f"{self.item}：{self.due_on or '持续推进'}"


class WeightRevision(Fact):
    """权重调整: what an assignment weighs in its item's mean since then; until the first, what it was given with."""

    assignment = models.ForeignKey(
        Assignment, models.PROTECT, related_name="weight_revisions", db_index=False, verbose_name="责任分工"
    )
    weight = models.PositiveSmallIntegerField("权重")
    reason = models.CharField("原因", max_length=500)

    class Meta:
        verbose_name = verbose_name_plural = "权重调整"
        constraints = (models.CheckConstraint(condition=Q(weight__gte=1), name="revised_weight_counts"),)
        indexes = (
            models.Index(fields=("assignment", "-recorded_at", "-id"), include=("weight",), name="latest_weight"),
        )

    def __str__(self) -> str:
        return f"{self.assignment}：权重{self.weight}"


class ProgressReport(Fact):
    """进展报告: one agency on one item in one period. Filing again is a new row.

    `recorded_by` filed it; where an agency's head consents first (审签), `prepared_by` is the liaison who wrote it.

    A fact with a single write-once column: `settled_at` goes from NULL to the instant at which the report stopped
    waiting, because it was first reviewed, a newer one took its place, or its agency took it back.
    """

    assignment = models.ForeignKey(
        Assignment, models.PROTECT, related_name="reports", db_index=False, verbose_name="责任分工"
    )
    period = models.ForeignKey(
        ReportingPeriod, models.PROTECT, related_name="reports", db_index=False, verbose_name="报告期"
    )
    percent = models.PositiveSmallIntegerField("进度（%）")
    progress = models.TextField("进展情况")
    problems = models.TextField("存在问题", blank=True)
    next_steps = models.TextField("下一步打算", blank=True)
    delay_reason = models.TextField("滞后原因", blank=True)
    lower_reason = models.TextField("进度回调原因", blank=True)
    is_unchanged = models.BooleanField("本期无变化", default=False)
    prepared_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, verbose_name="填报人")
    evidence: "models.ManyToManyField[Evidence, ReportEvidence]" = models.ManyToManyField(
        Evidence, through="ReportEvidence", related_name="reports", verbose_name="佐证材料"
    )
    settled_at = models.DateTimeField("不再待审", null=True, blank=True)

    if TYPE_CHECKING:  # added by `as_of`
        verdict: str | None
        comment: str | None
        reviewed_at: datetime | None
        taken_back_at: datetime | None  # by `with_withdrawal`
        first_filed_at: datetime  # by `with_first_filing`
        version: str  # of the record of changes, where it is read for its review
        goes_on: bool  # by `with_origin`
        is_carried: bool  # by `own_reports`

    objects = ProgressReportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "进展报告"
        constraints = (models.CheckConstraint(condition=Q(percent__lte=100), name="percent_up_to_100"),)
        indexes = (
            models.Index(fields=("assignment", "-recorded_at", "-id"), include=("percent",), name="latest_report"),
            # What waits is looked for by assignment: without it each of its reports ever is looked at.
            models.Index(fields=("assignment",), condition=Q(settled_at=None), name="waiting_of_assignment"),
            models.Index(fields=("period", "assignment"), name="report_of_period"),
            models.Index(fields=("settled_at",), name="waiting_report"),
            models.Index(fields=("period", "settled_at"), name="waiting_in_period"),
        )

    def __str__(self) -> str:
        return f"{self.assignment} · {self.period}"

    @property
    def texts(self) -> list[str]:
        """Everything that was written in it."""
        return [self.progress, self.problems, self.next_steps, self.delay_reason, self.lower_reason]

    @property
    def is_late(self) -> bool:
        """Whether the report is 迟报. It was read with `with_first_filing`."""
        return self.period.is_late(self.first_filed_at)


class ReportEvidence(models.Model):
    """Which evidence a report was filed with."""

    report = models.ForeignKey(ProgressReport, models.PROTECT, related_name="+", verbose_name="进展报告")
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="+", verbose_name="佐证材料")

    class Meta:
        verbose_name = verbose_name_plural = "报告附件"
        constraints = (models.UniqueConstraint(fields=("report", "evidence"), name="evidence_once_per_report"),)

    def __str__(self) -> str:
        return f"{self.report}：{self.evidence}"


class ReportOrigin(models.Model):
    """机构调整: the reports of its predecessors that an agency's report goes on with, and theirs before them.

    They stay as they were filed, under the old names; the review is of the one that goes on, and holds for those of
    them that waited.
    """

    report = models.ForeignKey(ProgressReport, models.PROTECT, related_name="origins", verbose_name="进展报告")
    origin = models.ForeignKey(ProgressReport, models.PROTECT, related_name="continuations", verbose_name="原报告")

    class Meta:
        verbose_name = verbose_name_plural = "承接的报告"
        constraints = (models.UniqueConstraint(fields=("report", "origin"), name="origin_once_per_report"),)

    def __str__(self) -> str:
        return f"{self.report}：承接{self.origin}"


class ReportWithdrawal(Fact):
    """撤回: from this instant on the report was never filed, for every question; what it said stays on record.

    An agency takes back what no coordinator has reviewed, everything that it filed in the period since the last review.
    """

    report = models.OneToOneField(ProgressReport, models.PROTECT, related_name="withdrawal", verbose_name="进展报告")
    reason = models.CharField("撤回原因", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "报告撤回"

    def __str__(self) -> str:
        return f"{self.report}：撤回"


class IndicatorReading(models.Model):
    """A cumulative reading, part of its report: it counts when the report does."""

    report = models.ForeignKey(ProgressReport, models.PROTECT, related_name="readings", verbose_name="进展报告")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="readings", verbose_name="量化指标")
    value = models.DecimalField("累计值", max_digits=14, decimal_places=2)

    class Meta:
        verbose_name = verbose_name_plural = "指标读数"
        constraints = (models.UniqueConstraint(fields=("report", "indicator"), name="one_reading_per_report"),)

    def __str__(self) -> str:
        return f"{self.indicator}：{self.value}"


class Review(Fact):
    """审核. The latest review of a report is its verdict; a report without one waits."""

    class Verdict(models.TextChoices):
        ACCEPTED = "accepted", "通过"
        SENT_BACK = "sent_back", "退回"

    report = models.ForeignKey(
        ProgressReport, models.PROTECT, related_name="reviews", db_index=False, verbose_name="进展报告"
    )
    verdict = models.CharField("结论", max_length=10, choices=Verdict)
    comment = models.TextField("审核意见", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "审核"
        constraints = (
            models.CheckConstraint(condition=Q(verdict="accepted") | ~Q(comment=""), name="sent_back_says_why"),
        )
        indexes = (models.Index(fields=("report", "-recorded_at", "-id"), include=("verdict",), name="latest_review"),)

    def __str__(self) -> str:
        return f"{self.report}：{self.get_verdict_display()}"


class AcceptedProgress(Fact):
    """生效进度: the progress that counts from this instant on, and the report it comes from.

    Written with every review that accepts a report or takes an acceptance back. It repeats what reports and reviews
    say, so that the standing of a whole plan on any day is one look-up for each assignment. `report` is None, and
    `percent` 0, when the only accepted report was sent back after all.
    """

    assignment = models.ForeignKey(
        Assignment, models.PROTECT, related_name="accepted_progress", db_index=False, verbose_name="责任分工"
    )
    report = models.ForeignKey(
        ProgressReport, models.PROTECT, related_name="+", null=True, db_index=False, verbose_name="进展报告"
    )
    percent = models.PositiveSmallIntegerField("进度（%）")

    class Meta:
        verbose_name = verbose_name_plural = "生效进度"
        indexes = (
            models.Index(
                fields=("assignment", "-recorded_at", "-id"), include=("percent", "report"), name="latest_progress"
            ),
        )

    def __str__(self) -> str:
        return f"{self.assignment}：{self.percent}%"


class Receipt(Fact):
    """签收: the agency confirms that it has the task."""

    assignment = models.OneToOneField(Assignment, models.PROTECT, related_name="receipt", verbose_name="责任分工")

    class Meta:
        verbose_name = verbose_name_plural = "签收"

    def __str__(self) -> str:
        return f"{self.assignment}：签收"


class Closure(Fact):
    """办结与中止: the latest row says whether the assignment still runs."""

    Kind = ClosureKind

    assignment = models.ForeignKey(
        Assignment, models.PROTECT, related_name="closures", db_index=False, verbose_name="责任分工"
    )
    kind = models.CharField("类型", max_length=10, choices=ClosureKind)
    reason = models.CharField("依据", max_length=500)

    class Meta:
        verbose_name = verbose_name_plural = "办结与中止"
        indexes = (models.Index(fields=("assignment", "-recorded_at", "-id"), name="latest_closure"),)

    def __str__(self) -> str:
        return f"{self.assignment}：{self.get_kind_display()}"
