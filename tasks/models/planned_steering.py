"""待生效: a change of who answers that is decided now and holds from a later day on. Facts, all of them."""

from django.db import models
from django.db.models import Q

from agencies.models import Agency
from tasks.models.choices import AssignmentRole, SteeringKind
from tasks.models.fact import Fact
from tasks.models.latest import Moment
from tasks.models.plan import ActionItem, Assignment, Plan


class PlannedSteeringQuerySet(models.QuerySet["PlannedSteering"]):
    def waiting(self, moment: Moment) -> "PlannedSteeringQuerySet":
        """Keeps those that had been decided by then, and had neither taken effect nor been taken back."""
        open_still = Q(end__isnull=True) | Q(end__recorded_at__gt=moment)
        return self.filter(open_still, recorded_at__lte=moment).order_by("effective_on", "pk")


class PlannedSteering(Fact):
    """What was decided at once for that day, of one item or many, until it takes effect or is taken back."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="planned_steerings", verbose_name="行动计划")
    effective_on = models.DateField("生效日")
    reason = models.CharField("依据文件或原因", max_length=200)

    objects = PlannedSteeringQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "待生效的责任调整"
        ordering = ("effective_on", "pk")

    def __str__(self) -> str:
        return f"自{self.effective_on:%Y-%m-%d}起调整责任单位"


class PlannedStep(models.Model):
    """One change of it: `part` is the assignment that it concerns, `agency` who gets the task, in that `role`."""

    planned = models.ForeignKey(PlannedSteering, models.PROTECT, related_name="steps", verbose_name="责任调整")
    kind = models.CharField("调整", max_length=10, choices=SteeringKind)
    item = models.ForeignKey(ActionItem, models.PROTECT, related_name="planned_steps", verbose_name="任务")
    part = models.ForeignKey(Assignment, models.PROTECT, related_name="+", null=True, verbose_name="原责任分工")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", null=True, verbose_name="单位")
    role = models.CharField("角色", max_length=10, choices=AssignmentRole, blank=True)
    keeps_progress = models.BooleanField("沿用进度", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "待生效的调整项"
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.item}：{self.get_kind_display()}"


class PlannedSteeringEnd(Fact):
    """What became of it: it took effect, whole or as far as it still could, was taken back, or could not any more."""

    class Kind(models.TextChoices):
        DONE = "done", "已生效"
        TAKEN_BACK = "taken_back", "已撤回"
        VOID = "void", "未能生效"

    planned = models.OneToOneField(PlannedSteering, models.PROTECT, related_name="end", verbose_name="责任调整")
    kind = models.CharField("结果", max_length=10, choices=Kind)
    reason = models.CharField("说明", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "责任调整的结果"

    def __str__(self) -> str:
        return f"{self.planned}：{self.get_kind_display()}"
