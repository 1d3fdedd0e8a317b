"""节点: a dated step of an item, planned, moved, done with proof, confirmed or withdrawn. Facts, all of them.

Where it is planned to is never edited: a move is another row, and the former place stays visible.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from agencies.models import Agency
from qa_plan.addresses import address_of
from tasks.models.duties import Duty, Measure
from tasks.models.evidence import Evidence
from tasks.models.fact import Fact
from tasks.models.latest import Latest, Moment
from tasks.models.plan import ActionItem, Assignment


class Milestone(Fact):
    """节点 of an item, or of one of its duties or measures; of one agency's part of it where `agency` is given.

    Whoever follows on that agency answers in its place; without one, or when it has no part in the item any more, the
    item's leads do.
    """

    item = models.ForeignKey(ActionItem, models.PROTECT, related_name="milestones", verbose_name="任务")
    duty = models.ForeignKey(Duty, models.PROTECT, related_name="milestones", null=True, verbose_name="责任句")
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="milestones", null=True, verbose_name="举措")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="milestones", null=True, verbose_name="责任单位")
    name = models.CharField("名称", max_length=60)

    class Meta:
        verbose_name = verbose_name_plural = "节点"
        ordering = ("item", "pk")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return address_of("tasks:milestone-detail", self.pk)


class MilestonePlan(Fact):
    """节点日期: the day to which a milestone is planned since then, and why it was moved there."""

    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="plans", db_index=False, verbose_name="节点")
    planned_on = models.DateField("计划日期")
    reason = models.CharField("原因", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "节点日期"
        indexes = (
            models.Index(
                fields=("milestone", "-recorded_at", "-id"), include=("planned_on",), name="latest_milestone_plan"
            ),
            models.Index(fields=("planned_on", "id"), name="milestones_by_day"),
        )

    def __str__(self) -> str:
        return f"{self.milestone}：{self.planned_on}"


class MilestoneEvidence(models.Model):
    """With which evidence a milestone was reported done."""

    done = models.ForeignKey("tasks.MilestoneDone", models.PROTECT, related_name="+", verbose_name="节点完成")
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="+", verbose_name="佐证材料")

    class Meta:
        verbose_name = verbose_name_plural = "节点附件"
        constraints = (models.UniqueConstraint(fields=("done", "evidence"), name="evidence_once_per_milestone"),)

    def __str__(self) -> str:
        return f"{self.done}：{self.evidence}"


class MilestoneDoneQuerySet(models.QuerySet["MilestoneDone"]):
    def as_of(self, moment: Moment) -> Self:
        """Keeps those reported by then, each with its verdict (`is_confirmed`) and `comment`: None while it waits."""
        return self.filter(recorded_at__lte=moment).annotate(
            is_confirmed=Latest("MilestoneReview", "is_confirmed", moment, done="pk"),
            comment=Latest("MilestoneReview", "comment", moment, done="pk"),
            reviewed_at=Latest("MilestoneReview", "recorded_at", moment, done="pk"),
        )


class MilestoneDone(Fact):
    """节点完成: an agency says that a milestone is done, since when, and by which proof."""

    milestone = models.ForeignKey(
        Milestone, models.PROTECT, related_name="reports", db_index=False, verbose_name="节点"
    )
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="milestones_done", verbose_name="责任分工")
    done_on = models.DateField("完成日期")
    words = models.TextField("完成情况")
    evidence: "models.ManyToManyField[Evidence, MilestoneEvidence]" = models.ManyToManyField(
        Evidence, through=MilestoneEvidence, related_name="milestones", verbose_name="佐证材料"
    )

    if TYPE_CHECKING:  # added by `as_of`
        is_confirmed: bool | None
        comment: str | None
        reviewed_at: datetime | None

    objects = MilestoneDoneQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "节点完成"
        indexes = (models.Index(fields=("milestone", "-recorded_at", "-id"), name="latest_milestone_done"),)

    def __str__(self) -> str:
        return f"{self.milestone}：{self.done_on}完成"


class MilestoneReview(Fact):
    """节点确认: a coordinator's verdict on a milestone reported done. The latest one holds."""

    done = models.ForeignKey(
        MilestoneDone, models.PROTECT, related_name="reviews", db_index=False, verbose_name="节点完成"
    )
    is_confirmed = models.BooleanField("确认")
    comment = models.CharField("意见", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "节点确认"
        constraints = (
            models.CheckConstraint(
                condition=Q(is_confirmed=True) | ~Q(comment=""), name="milestone_sent_back_says_why"
            ),
        )
        indexes = (models.Index(fields=("done", "-recorded_at", "-id"), name="latest_milestone_review"),)

    def __str__(self) -> str:
        return f"{self.done}：{'确认' if self.is_confirmed else '退回'}"


class MilestoneWithdrawal(Fact):
    """节点撤销: a milestone that is no longer asked for, and why."""

    milestone = models.OneToOneField(Milestone, models.PROTECT, related_name="withdrawal", verbose_name="节点")
    reason = models.CharField("原因", max_length=500)

    class Meta:
        verbose_name = verbose_name_plural = "节点撤销"

    def __str__(self) -> str:
        return f"{self.milestone}：撤销"
