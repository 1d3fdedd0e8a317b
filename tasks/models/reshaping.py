"""拆分与合并: which items became which others, when and why. Facts: the old item stays on every earlier day."""

from django.db import models
from django.db.models import Q

from tasks.models.fact import Fact
from tasks.models.plan import ActionItem, Plan


class Reshaping(Fact):
    """拆分 of one item into several, or 合并 of several into one; from `recorded_at` on the new ones count."""

    class Kind(models.TextChoices):
        SPLIT = "split", "拆分"
        MERGE = "merge", "合并"

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="reshapings", verbose_name="行动计划")
    kind = models.CharField("类型", max_length=10, choices=Kind)
    reason = models.CharField("依据文件或原因", max_length=500)

    class Meta:
        verbose_name = verbose_name_plural = "拆分合并"

    def __str__(self) -> str:
        return f"{self.plan}：{self.get_kind_display()}"


class Lineage(models.Model):
    """Which item became which."""

    reshaping = models.ForeignKey(Reshaping, models.PROTECT, related_name="lines", verbose_name="拆分合并")
    former = models.ForeignKey(ActionItem, models.PROTECT, related_name="became", verbose_name="原任务")
    successor = models.ForeignKey(ActionItem, models.PROTECT, related_name="came_from", verbose_name="新任务")

    class Meta:
        verbose_name = verbose_name_plural = "任务沿革"
        constraints = (
            models.UniqueConstraint(fields=("former", "successor"), name="successor_once"),
            models.CheckConstraint(condition=~Q(former=models.F("successor")), name="becomes_another"),
        )

    def __str__(self) -> str:
        return f"{self.former}→{self.successor}"
