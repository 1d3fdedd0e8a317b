"""更正: what was read wrongly of the notice, and as what it was read before."""

from django.db import models

from tasks.models.fact import Fact
from tasks.models.plan import ActionItem


class ItemCorrection(Fact):
    """更正: an item's title, text span, measures or indicators were read wrongly, and are since then as `after` says.

    `before` and `after` hold `title`, `text`, `start`, `end`, and the `measures` and `indicators`. The item's own
    columns are those of the last correction; a day before it is shown by `before` of the first one after that day.
    """

    item = models.ForeignKey(
        ActionItem, models.PROTECT, related_name="corrections", db_index=False, verbose_name="任务"
    )
    title_before = models.CharField("更正前标题", max_length=300)
    before = models.JSONField("更正前")
    after = models.JSONField("更正后")
    reason = models.CharField("原因", max_length=500)

    class Meta:
        verbose_name = verbose_name_plural = "任务更正"
        ordering = ("recorded_at", "pk")
        indexes = (models.Index(fields=("item", "recorded_at", "id"), name="first_correction"),)

    def __str__(self) -> str:
        return f"{self.item}：更正"
