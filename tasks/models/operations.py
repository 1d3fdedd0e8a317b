"""What keeps the product running: the day's snapshots for the curve, the calendar's corrections, the heartbeats."""

from datetime import date

from django.db import models

from tasks.models.plan import ActionItem, Plan
from tasks.rules.status import Light


class DailySnapshot(models.Model):
    """What the status rule said of a plan at the end of one day: a point of the curve, written once by the daily round.

    It repeats no rule: the figures come from the same as-of query as every page.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="snapshots", verbose_name="行动计划")
    day = models.DateField("日期")
    percent = models.FloatField("进度（%）")
    expected_percent = models.FloatField("序时进度（%）")

    class Meta:
        verbose_name = verbose_name_plural = "每日快照"
        constraints = (models.UniqueConstraint(fields=("plan", "day"), name="one_snapshot_per_day"),)

    def __str__(self) -> str:
        return f"{self.plan} {self.day}"


class LightChange(models.Model):
    """The day at whose end an item's light was first seen to differ from the day before, with the agency it was due to.

    Written once by the daily round from the same rule as every page, so that 「自何日起」, 「曾逾期」 and
    「近两周变化」 are looked up and need no second rule.
    """

    item = models.ForeignKey(ActionItem, models.CASCADE, related_name="light_changes", verbose_name="任务")
    day = models.DateField("日期")
    light = models.CharField("亮灯", max_length=10, choices=Light)
    previous = models.CharField("此前", max_length=10, choices=Light, blank=True)
    reason = models.CharField("说明", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "亮灯变化"
        ordering = ("-day", "item")
        constraints = (models.UniqueConstraint(fields=("item", "day"), name="one_light_change_per_day"),)

    def __str__(self) -> str:
        return f"{self.item} {self.day} {self.get_light_display()}"


class WorkdayOverrideQuerySet(models.QuerySet["WorkdayOverride"]):
    def as_overrides(self) -> dict[date, bool]:
        """The days as the working-day rules take them: whether each is a working day."""
        return dict(self.values_list("day", "is_workday"))


class WorkdayOverride(models.Model):
    """A day on which the office calendar differs from the built-in one, or which that one does not know yet."""

    day = models.DateField("日期", unique=True)
    is_workday = models.BooleanField("是工作日")
    name = models.CharField("说明", max_length=50)

    objects = WorkdayOverrideQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "工作日调整"
        ordering = ("-day",)

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class Heartbeat(models.Model):
    """When a background process was last seen alive. Real time, also in a demonstration."""

    process = models.CharField("进程", max_length=50, unique=True)
    seen_at = models.DateTimeField("最近一次")

    class Meta:
        verbose_name = verbose_name_plural = "后台心跳"

    def __str__(self) -> str:
        return f"{self.process} {self.seen_at}"
