"""变更记录: its rows, and the lock that chains them."""

from django.db import models

from agencies.chain import ChainedRow, ChainOfRows


class ChangeChain(ChainOfRows):
    """The lock of the record of changes, with its count and its end."""

    class Meta:
        verbose_name = verbose_name_plural = "变更记录锁"

    def __str__(self) -> str:
        return "变更记录"


class Change(ChainedRow):
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

    class Meta:
        verbose_name = verbose_name_plural = "变更记录"
        ordering = ("-pk",)
        indexes = (
            models.Index(fields=("subject_type", "subject_id"), name="changes_of_subject"),
            models.Index(fields=("recorded_at",), name="changes_by_time"),
        )

    def __str__(self) -> str:
        return f"{self.action}：{self.subject}"
