"""后台办理: what takes too long for a page is done by the worker, and lies ready for whoever asked for it."""

from datetime import datetime, timedelta

from django.db import models
from django.urls import reverse

from agencies.models import User

KEPT = timedelta(days=7)


class LargeFile(models.Model):
    """后台办理: one export or check, and how far it is. No fact: a week later it is gone, with its file.

    `asked` is all that the worker needs. Whoever works holds a lease, proved by its token; when it has run out, the
    worker is taken for dead and another one begins anew.
    """

    class Kind(models.TextChoices):
        ITEMS = "items", "任务台账"
        ASSIGNMENTS = "assignments", "责任分工台账"
        CHANGES = "changes", "变更记录"
        SECURITY = "security", "安全日志"
        CHECK = "check", "核验文件"

    class State(models.TextChoices):
        WAITING = "waiting", "排队等候"
        WORKING = "working", "正在办理"
        DONE = "done", "已完成"
        FAILED = "failed", "未能完成"

    kind = models.CharField("类型", max_length=11, choices=Kind)
    asked = models.JSONField("条件")
    key = models.CharField("条件校验码", max_length=64)
    name = models.CharField("文件名", max_length=200)
    recorded_at = models.DateTimeField("申请时间")
    recorded_by = models.ForeignKey(User, models.CASCADE, related_name="large_files", verbose_name="申请人")
    state = models.CharField("状态", max_length=7, choices=State, default=State.WAITING)
    stage = models.CharField("步骤", max_length=50, blank=True)
    done = models.PositiveIntegerField("已完成", default=0)
    total = models.PositiveIntegerField("共", default=0)
    reason = models.CharField("原因", max_length=500, blank=True)
    attempt = models.PositiveSmallIntegerField("第几次", default=0)
    token = models.UUIDField("占用标识", null=True)
    lease_until = models.DateTimeField("占用至", null=True)
    source = models.CharField("上传的文件", max_length=200, blank=True)
    content = models.CharField("生成的文件", max_length=200, blank=True)
    size = models.PositiveBigIntegerField("大小", default=0)
    result = models.TextField("结果", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "后台办理"
        ordering = ("-recorded_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("recorded_by", "key"),
                condition=models.Q(state__in=("waiting", "working")),
                name="one_large_file_at_a_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.name}"

    def get_absolute_url(self) -> str:
        return reverse("reports:large-file", args=[self.pk])

    @property
    def is_under_way(self) -> bool:
        return self.state in (self.State.WAITING, self.State.WORKING)

    @property
    def share(self) -> int:
        """How much of it is done, in percent."""
        return min(100 * self.done // self.total, 99) if self.total else 0

    @property
    def kept_until(self) -> datetime:
        return self.recorded_at + KEPT
