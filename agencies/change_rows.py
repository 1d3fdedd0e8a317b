"""变更记录: its rows, and the lock that chains them."""

from django.db import models


class ChangeChain(models.Model):
    """The one row that whoever appends to the record of changes locks, so that rows are chained one after another.

    It knows how many rows there are and the last one's hash: rows removed from the end are missed too.
    """

    count = models.PositiveBigIntegerField("行数", default=0)
    head = models.CharField("最后一行校验码", max_length=64, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "变更记录锁"

    def __str__(self) -> str:
        return "变更记录"


class Change(models.Model):
    """变更记录: one row for every deed and every change of master data, appended and never edited.

    `hash` covers the row and the hash of the row before it, so that a row that was altered, removed or slipped in
    breaks the chain. `old` and `new` hold what changed by field; `request_id` is shared by all that one request did.
    """

    recorded_at = models.DateTimeField("时间")
    by = models.ForeignKey("agencies.User", models.PROTECT, related_name="+", null=True, verbose_name="操作人")
    by_name = models.CharField("操作人姓名", max_length=100, blank=True)
    action = models.CharField("操作", max_length=50)
    subject_type = models.CharField("对象类型", max_length=50)
    subject_id = models.CharField("对象编号", max_length=50)
    subject = models.CharField("对象", max_length=300)
    agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+", null=True, verbose_name="单位")
    old = models.JSONField("原值", default=dict)
    new = models.JSONField("新值", default=dict)
    reason = models.TextField("原因", blank=True)
    request_id = models.UUIDField("操作编号")
    previous_hash = models.CharField("前一行校验码", max_length=64)
    hash = models.CharField("校验码", max_length=64, unique=True)

    class Meta:
        verbose_name = verbose_name_plural = "变更记录"
        ordering = ("-pk",)
        indexes = (
            models.Index(fields=("subject_type", "subject_id"), name="changes_of_subject"),
            models.Index(fields=("recorded_at",), name="changes_by_time"),
        )

    def __str__(self) -> str:
        return f"{self.action}：{self.subject}"
