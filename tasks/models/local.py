"""市县落实: to which items of the parent's plan those of a local one correspond, and the duty to make a local plan."""

from django.db import models

from tasks.models.fact import Fact
from tasks.models.plan import ActionItem, Plan


class CorrespondingItem(models.Model):
    """One item of the parent's plan that a local one carries out, by that decision."""

    correspondence = models.ForeignKey(
        "tasks.Correspondence", models.PROTECT, related_name="targets", verbose_name="对应关系"
    )
    parent_item = models.ForeignKey(ActionItem, models.PROTECT, related_name="carried_out_by", verbose_name="上级任务")

    class Meta:
        verbose_name = verbose_name_plural = "对应的上级任务"
        constraints = (
            models.UniqueConstraint(fields=("correspondence", "parent_item"), name="parent_item_once_per_decision"),
        )

    def __str__(self) -> str:
        return f"{self.correspondence}：{self.parent_item}"


class Correspondence(Fact):
    """对应关系: which items of the parent's plan a local item carries out, as somebody confirmed it. The latest holds.

    Without any the item is 本地增加: asked for by nobody above. An item on which nobody has decided has no such row.
    """

    item = models.ForeignKey(
        ActionItem, models.PROTECT, related_name="correspondences", db_index=False, verbose_name="本地任务"
    )
    parent_items: "models.ManyToManyField[ActionItem, CorrespondingItem]" = models.ManyToManyField(
        ActionItem, through=CorrespondingItem, related_name="+", verbose_name="上级任务"
    )

    class Meta:
        verbose_name = verbose_name_plural = "对应关系"
        indexes = (models.Index(fields=("item", "-recorded_at", "-id"), name="latest_correspondence"),)

    def __str__(self) -> str:
        return f"{self.item}：对应关系"


class LocalDuty(Fact):
    """印发本地区工作方案: that the offices below make plans of their own is a task like any other.

    It is the one item of a plan of its own, `plan`, beside the `parent` that asks for it: its assignments are those of
    the governments concerned, with deadline, receipts, reports, urges and closing; and the parent's own numbers don't
    know it. `items` are the parent's items that a local plan has to cover; without any, all of them.
    """

    parent = models.OneToOneField(Plan, models.PROTECT, related_name="local_duty", verbose_name="行动计划")
    plan = models.OneToOneField(Plan, models.PROTECT, related_name="duty_of", verbose_name="印发任务")
    items: "models.ManyToManyField[ActionItem, models.Model]" = models.ManyToManyField(
        ActionItem, related_name="+", blank=True, verbose_name="须覆盖的任务"
    )

    class Meta:
        verbose_name = verbose_name_plural = "印发本地区工作方案"

    def __str__(self) -> str:
        return f"{self.parent}：印发本地区工作方案"
