"""佐证材料: files that people attach, each content stored once."""

from django.db import models

from qa_plan.addresses import address_of
from tasks.evidence.inspecting import WORDS
from tasks.models.fact import Fact
from tasks.models.plan import Assignment
from tasks.rules.secrecy import within

# Of an attachment: marked within, or by its name (`tasks.rules.secrecy`).
MARKED = models.Q(evidence__marks__isnull=False) | models.Q(evidence__name__regex="绝密|机密|★|(^|[^业])秘密")
SHOWN = ("application/pdf", "image/jpeg", "image/png", "image/bmp")


class Blob(models.Model):
    """A content, named by its SHA-256: the same file attached twice is stored once. Never changed, never removed."""

    sha256 = models.CharField("校验码", max_length=64, unique=True)
    size = models.PositiveIntegerField("大小（字节）")
    media_type = models.CharField("类型", max_length=100)
    file = models.FileField("文件", upload_to="evidence/", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "文件内容"

    def __str__(self) -> str:
        return self.sha256[:12]


class Evidence(Fact):
    """An upload: this content, under this name, for this assignment."""

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="evidence", verbose_name="责任分工")
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="uploads", verbose_name="文件内容")
    name = models.CharField("文件名", max_length=200)
    marks = models.JSONField("标密字样", null=True)  # 秘密 … in what the file says; null where none was found

    class Meta:
        verbose_name = verbose_name_plural = "佐证材料"

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return address_of("tasks:evidence", self.pk)

    @property
    def secrecy(self) -> str:
        """「内含“秘密”字样」; "" where nothing was found in it."""
        return within(self.marks) if self.marks else ""

    @property
    def can_be_shown(self) -> bool:
        """Whether a browser shows it in a page: pictures and PDF."""
        return self.blob.media_type in SHOWN

    @property
    def facts(self) -> str:
        """What pages say beside the name: 「PDF · 1.2 MB · 9f86d081884c」, the last from its SHA-256."""
        size = self.blob.size
        shown = f"{size / 1024**2:.1f} MB" if size >= 1024**2 else f"{max(size / 1024, 0.1):.1f} KB"
        return f"{WORDS.get(self.blob.media_type, '文件')} · {shown} · {self.blob.sha256[:12]}"
