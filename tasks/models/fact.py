"""The columns that every fact has: when it was recorded, and by whom."""

from django.db import models

from agencies.models import User


class Fact(models.Model):
    recorded_at = models.DateTimeField("记录时间")
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, verbose_name="记录人")

    class Meta:
        abstract = True
