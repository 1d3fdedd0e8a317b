"""What an item of the notice is made of: its measures, its duties with the agencies that answer by each, its targets.

Identities, like the item: every text is the notice's own, with its offsets into `Plan.notice_text`.
"""

from django.db import models
from django.db.models import Q

from agencies.models import Agency
from tasks.models.choices import AssignmentRole
from tasks.models.plan import ActionItem
from tasks.rules.due_dates import Recurrence


class Deadline(models.Model):
    """Until when, in the notice's words: a day, or how often, or neither for no end; no words where none are written.

    `due_start` is where the words begin in the notice's text.
    """

    due_words = models.TextField("时限原文", blank=True)
    due_start = models.PositiveIntegerField(null=True, blank=True)
    due_on = models.DateField("完成时限", null=True, blank=True)
    recurs = models.CharField("周期", max_length=10, choices=Recurrence, blank=True)

    class Meta:
        abstract = True


class Measure(Deadline):
    """举措: one sentence of an item that can be done or not done."""

    item = models.ForeignKey(ActionItem, models.CASCADE, related_name="measures", verbose_name="任务")
    number = models.PositiveSmallIntegerField("序号")
    text = models.TextField("原文")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()

    class Meta:
        verbose_name = verbose_name_plural = "举措"
        ordering = ("item", "number")
        constraints = (models.UniqueConstraint(fields=("item", "number"), name="measure_number_in_item"),)

    def __str__(self) -> str:
        return self.text


class Duty(Deadline):
    """责任句: the span of an item's text that one ending answers for, the ending's words last.

    Of an ending of a heading above, which the item inherits, `start` and `end` are the ending's, outside of the item.
    """

    item = models.ForeignKey(ActionItem, models.CASCADE, related_name="duties", verbose_name="任务")
    number = models.PositiveSmallIntegerField("序号")
    ending = models.TextField("责任表述")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    assist_rule = models.CharField("协助规则", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "责任句"
        ordering = ("item", "number")
        constraints = (models.UniqueConstraint(fields=("item", "number"), name="duty_number_in_item"),)

    def __str__(self) -> str:
        return self.ending


class DutyAgency(models.Model):
    """责任句单位: an agency that the duty's ending names, as lead or assisting, in the order of the print."""

    duty = models.ForeignKey(Duty, models.CASCADE, related_name="named", verbose_name="责任句")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name="单位")
    role = models.CharField("角色", max_length=10, choices=AssignmentRole)

    class Meta:
        verbose_name = verbose_name_plural = "责任句单位"
        ordering = ("duty", "pk")
        constraints = (
            models.UniqueConstraint(fields=("duty", "agency"), name="agency_once_in_duty"),
            models.CheckConstraint(condition=Q(role__in=AssignmentRole.values), name="role_in_duty"),
        )

    def __str__(self) -> str:
        return f"{self.duty} · {self.agency}"


class Indicator(models.Model):
    """量化指标, such as 安徽名牌 新增 170 个. Readings are cumulative and come with reports."""

    item = models.ForeignKey(ActionItem, models.CASCADE, related_name="indicators", verbose_name="任务")
    name = models.CharField("名称", max_length=200)
    target = models.DecimalField("目标值", max_digits=14, decimal_places=2)
    unit = models.CharField("单位", max_length=20)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()

    class Meta:
        verbose_name = verbose_name_plural = "量化指标"
        ordering = ("item", "start")
        constraints = (models.UniqueConstraint(fields=("item", "name"), name="indicator_name_in_item"),)

    def __str__(self) -> str:
        return self.name
