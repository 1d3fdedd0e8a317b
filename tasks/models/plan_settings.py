"""What a plan's lights and periods are decided by."""

from typing import Any

from django.db import models

from tasks.rules.periods import Frequency


class PlanSettings(models.Model):
    """What coordinators set for a plan: by what its lights are decided, who reports, and until when."""

    behind_margin = models.PositiveSmallIntegerField(
        "黄灯差额（百分点）", default=10, help_text="进度低于序时进度超过此数为滞后"
    )
    ahead_margin = models.PositiveSmallIntegerField(
        "超进度差额（百分点）", default=3, help_text="进度高于序时进度超过此数为超进度"
    )
    soon_days = models.PositiveSmallIntegerField("临期天数（天）", default=15, help_text="距完成时限不超过此天数为临期")
    filing_day = models.PositiveSmallIntegerField(
        "季报截止日（日）", default=15, help_text="季后首月几日，逢休息日提前至最近的工作日"
    )
    frequency = models.CharField("报告频次", max_length=10, choices=Frequency, default=Frequency.QUARTER)
    first_period = models.CharField("首个报告期", max_length=7, blank=True, default="")
    last_period = models.CharField("末个报告期", max_length=7, blank=True, default="")
    assists_owe_reports = models.BooleanField("协助单位应报", default=False)
    receipt_days = models.PositiveSmallIntegerField("签收期限（工作日）", default=5, help_text="交办后几个工作日内签收")

    class Meta:
        abstract = True

    @classmethod
    def names(cls) -> list[str]:
        return [field.name for field in PlanSettings._meta.local_fields]

    @property
    def settings(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.names()}
