"""Ledgers as coordinators look at them again and again: kept by name, each person's own or for all of the office."""

from django.db import models
from django.db.models import Q

from agencies.models import User


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def seen_by(self, user: User) -> "SavedViewQuerySet":
        """The person's own, and those that are for everybody of their office; by name."""
        seen = self.filter(Q(owner=user) | Q(is_shared=True, owner__office=user.office_id))
        return seen.select_related("owner").order_by("is_shared", "name", "pk")


class SavedView(models.Model):
    """常用视图: which rows of a ledger, in which order, with which columns. It is of no plan and holds for each.

    `query` is the address's, of nothing but the ledger's own fields (`tasks.pages.ledger`).
    """

    class Ledger(models.TextChoices):
        ITEM = "item", "按任务"
        ASSIGNMENT = "assignment", "按责任分工"

    owner = models.ForeignKey(User, models.CASCADE, related_name="saved_views", verbose_name="保存人")
    ledger = models.CharField("台账", max_length=10, choices=Ledger)
    name = models.CharField("名称", max_length=30)
    query = models.CharField("条件", max_length=1000, blank=True)
    is_shared = models.BooleanField("统筹人员共用", default=False)
    saved_at = models.DateTimeField("保存时间")

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "常用视图"
        constraints = (models.UniqueConstraint(fields=("owner", "name"), name="one_view_of_a_name"),)

    def __str__(self) -> str:
        return self.name
