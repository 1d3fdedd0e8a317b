"""What coordinators change of a plan's periods before they open."""

from django.db import models
from django.db.models import F, Q

from tasks.models.fact import Fact
from tasks.models.plan import Plan
from tasks.rules.periods import period_name


class PeriodRevision(Fact):
    """报告期调整: other days for a period that has not opened, one more by hand, or none; a code's latest row counts.

    The period itself is written when it opens, and isn't changed any more.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="period_revisions", verbose_name="行动计划")
    code = models.CharField("报告期", max_length=7)
    opens_on = models.DateField("开放填报")
    due_on = models.DateField("报送截止")
    is_held = models.BooleanField("设此期", default=True)
    reason = models.CharField("原因", max_length=500)

    class Meta:
        verbose_name = verbose_name_plural = "报告期调整"
        constraints = (models.CheckConstraint(condition=Q(opens_on__lt=F("due_on")), name="revised_opens_before_due"),)

    def __str__(self) -> str:
        return f"{self.plan}：{period_name(self.code)}"

    @property
    def kept(self) -> dict[str, object]:
        """As the plan repeats it."""
        days = {"opens_on": self.opens_on.isoformat(), "due_on": self.due_on.isoformat()}
        return {"at": self.recorded_at.isoformat(), "code": self.code, "is_held": self.is_held, **days}
