"""核对稿: a notice as it was read, and being proofread in the browser, before it becomes a plan."""

from django.db import models
from django.urls import reverse

from agencies.models import Office, User
from tasks.models.fact import Fact
from tasks.models.plan import Plan


class ImportDraft(models.Model):
    """核对稿: several coordinators leave it and resume it, until it becomes a plan or is given up.

    A large file waits as `source` for the job that reads it; `refusal` says why one can't be read. The plan will be the
    `office`'s, and carry out `parent` where one is given.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "等候读取"
        READING = "reading", "正在读取"
        REFUSED = "refused", "无法读取"
        OPEN = "open", "核对中"
        CONFIRMED = "confirmed", "已交办"
        DISCARDED = "discarded", "已放弃"

    file_name = models.CharField("文件名", max_length=200)
    upload_sha256 = models.CharField("上传内容校验码", max_length=64)
    source = models.BinaryField("待读取的文件", null=True)
    state = models.CharField("状态", max_length=10, choices=State)
    refusal = models.TextField("无法读取的原因", blank=True)
    started_at = models.DateTimeField("上传时间")
    started_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="上传人")
    plan = models.OneToOneField(Plan, models.PROTECT, related_name="import_draft", null=True, verbose_name="行动计划")
    office = models.ForeignKey(
        Office, models.PROTECT, to_field="path", related_name="+", null=True, verbose_name="统筹机构"
    )
    parent = models.ForeignKey(Plan, models.PROTECT, related_name="+", null=True, verbose_name="上级行动计划")
    drawn_from = models.JSONField("取自上级任务", default=list)  # by place of the item, numbers of the parent's items
    ended_at = models.DateTimeField("结束时间", null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, verbose_name="结束人")

    class Meta:
        verbose_name = verbose_name_plural = "核对稿"
        ordering = ("-started_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("upload_sha256",),
                condition=models.Q(state__in=("waiting", "reading", "open"), office=None),
                name="one_open_draft_per_upload",
            ),
            models.UniqueConstraint(
                fields=("upload_sha256", "office"),
                condition=models.Q(state__in=("waiting", "reading", "open"), office__isnull=False),
                name="one_open_draft_per_upload_and_office",
            ),
        )

    def __str__(self) -> str:
        return f"核对稿：{self.file_name}"

    def get_absolute_url(self) -> str:
        return reverse("tasks:import-draft", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def is_under_way(self) -> bool:
        return self.state in (self.State.WAITING, self.State.READING)


class ImportFinding(Fact):
    """读取结果: the notice's text, and what the reader found in it. Never changed, whatever is corrected."""

    draft = models.OneToOneField(ImportDraft, models.PROTECT, related_name="finding", verbose_name="核对稿")
    text = models.TextField("公文全文")
    sha256 = models.CharField("全文校验码", max_length=64)
    found = models.JSONField("读取结果")

    class Meta:
        verbose_name = verbose_name_plural = "读取结果"

    def __str__(self) -> str:
        return f"{self.draft} · 读取结果"


class ImportRevision(Fact):
    """更正: one answer or correction, with what had been read; `undoes` is the number of the one that it takes back."""

    draft = models.ForeignKey(ImportDraft, models.PROTECT, related_name="revisions", verbose_name="核对稿")
    number = models.PositiveIntegerField("序号")
    question = models.CharField("所答问题", max_length=200, blank=True)
    corrections = models.JSONField("更正内容", default=list)
    about = models.TextField("更正对象")
    was = models.TextField("原读为")
    now = models.TextField("改为")
    undoes = models.PositiveIntegerField("撤销的更正", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "更正"
        ordering = ("draft", "number")
        constraints = (models.UniqueConstraint(fields=("draft", "number"), name="one_revision_per_number"),)

    def __str__(self) -> str:
        return f"{self.draft} · 更正{self.number}"
