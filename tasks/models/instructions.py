"""批示: a leader's written word on an item, what the agencies that it names answer, and that it was read. Facts."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from tasks.models.evidence import Evidence
from tasks.models.fact import Fact
from tasks.models.latest import Moment
from tasks.models.plan import ActionItem, Assignment


class Instruction(Fact):
    """批示 on one item. Entered on a leader's behalf, `document` names the paper that it stands on."""

    item = models.ForeignKey(ActionItem, models.PROTECT, related_name="instructions", verbose_name="任务")
    leader = models.CharField("批示领导", max_length=60)
    given_on = models.DateField("批示日期")
    document = models.CharField("批示件", max_length=200, blank=True)
    text = models.TextField("批示内容")
    answer_by = models.DateField("答复期限")

    class Meta:
        verbose_name = verbose_name_plural = "批示"
        ordering = ("-recorded_at", "-pk")

    def __str__(self) -> str:
        return f"{self.leader}{self.given_on.month}月{self.given_on.day}日批示"

    def get_absolute_url(self) -> str:
        return reverse("tasks:instruction-detail", args=[self.pk])


class InstructedQuerySet(models.QuerySet["InstructedAssignment"]):
    def unanswered(self, moment: Moment) -> Self:
        """Keeps what agencies had been asked by then and had not yet answered."""
        unanswered = Q(reply__isnull=True) | Q(reply__recorded_at__gt=moment)
        return self.filter(unanswered, instruction__recorded_at__lte=moment)


class InstructedAssignment(models.Model):
    """One agency that an instruction names, by its part in the item: it, or whoever follows it, answers."""

    instruction = models.ForeignKey(Instruction, models.PROTECT, related_name="parts", verbose_name="批示")
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="instructed", verbose_name="责任分工")

    objects = InstructedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "批示单位"
        constraints = (
            models.UniqueConstraint(fields=("instruction", "assignment"), name="assignment_once_per_instruction"),
        )

    def __str__(self) -> str:
        return f"{self.instruction}：{self.assignment}"


class InstructionEvidence(models.Model):
    """With which evidence an instruction was answered."""

    reply = models.ForeignKey("tasks.InstructionReply", models.PROTECT, related_name="+", verbose_name="批示答复")
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="+", verbose_name="佐证材料")

    class Meta:
        verbose_name = verbose_name_plural = "批示答复附件"
        constraints = (models.UniqueConstraint(fields=("reply", "evidence"), name="evidence_once_per_instruction"),)

    def __str__(self) -> str:
        return f"{self.reply}：{self.evidence}"


class InstructionReply(Fact):
    """答复 of one agency: what was done, and its proof. Once for each."""

    part = models.OneToOneField(InstructedAssignment, models.PROTECT, related_name="reply", verbose_name="批示单位")
    text = models.TextField("答复")
    evidence: "models.ManyToManyField[Evidence, InstructionEvidence]" = models.ManyToManyField(
        Evidence, through=InstructionEvidence, related_name="instruction_replies", verbose_name="佐证材料"
    )

    if TYPE_CHECKING:
        note: "InstructionNote"

    class Meta:
        verbose_name = verbose_name_plural = "批示答复"

    def __str__(self) -> str:
        return f"{self.part}：答复"


class InstructionNote(Fact):
    """阅知: the leader, or the office on the leader's behalf, has read an answer; what was said to it, if anything."""

    reply = models.OneToOneField(InstructionReply, models.PROTECT, related_name="note", verbose_name="批示答复")
    text = models.CharField("意见", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "批示阅知"

    def __str__(self) -> str:
        return f"{self.reply}：阅知"
