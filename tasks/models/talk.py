"""What people say beside the facts: internal comments of coordinators, and in-app messages."""

from django.db import models

from agencies.models import User
from tasks.models.fact import Fact
from tasks.models.facts import ProgressReport
from tasks.models.plan import Assignment


class Comment(Fact):
    """内部批注 on a report, among coordinators; agencies never see it. Whom it mentions gets a message."""

    report = models.ForeignKey(ProgressReport, models.PROTECT, related_name="comments", verbose_name="进展报告")
    text = models.TextField("批注")
    mentions = models.ManyToManyField(User, related_name="mentions", blank=True, verbose_name="提到")

    class Meta:
        verbose_name = verbose_name_plural = "内部批注"

    def __str__(self) -> str:
        return self.text


class Message(models.Model):
    """站内消息 to one person, with the page that it speaks of."""

    class Kind(models.TextChoices):
        SENT_BACK = "sent_back", "退回"
        ACCEPTED = "accepted", "通过"
        DECIDED = "decided", "申请答复"
        REQUESTED = "requested", "申请"
        URGED = "urged", "催办"
        INSTRUCTED = "instructed", "批示"
        MENTIONED = "mentioned", "提到"
        ASSIGNED = "assigned", "交办"
        WITHDRAWN = "withdrawn", "撤回"
        RESHAPED = "reshaped", "拆分合并"
        CONSENT = "consent", "审签"
        REMINDED = "reminded", "提醒"
        OTHER = "other", "通知"

    recipient = models.ForeignKey(User, models.CASCADE, related_name="messages", verbose_name="收件人")
    kind = models.CharField("类型", max_length=10, choices=Kind)
    text = models.CharField("内容", max_length=500)
    link = models.CharField("链接", max_length=200, blank=True)
    assignment = models.ForeignKey(
        Assignment, models.CASCADE, related_name="messages", null=True, verbose_name="责任分工"
    )
    sent_at = models.DateTimeField("时间")
    read_at = models.DateTimeField("已读时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "站内消息"
        ordering = ("-sent_at", "-pk")
        indexes = (
            models.Index(fields=("recipient", "-sent_at"), name="messages_of_person"),
            models.Index(fields=("recipient",), condition=models.Q(read_at__isnull=True), name="unread_messages"),
        )

    def __str__(self) -> str:
        return self.text
