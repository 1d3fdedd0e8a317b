"""What a plan rests on: the documents that its notice cites."""

from django.db import models

from tasks.models.plan import Plan


class LegalBasis(models.Model):
    """制定依据: a document that the notice cites."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="legal_bases", verbose_name="行动计划")
    title = models.CharField("名称", max_length=300)
    document_number = models.CharField("文号", max_length=100)

    class Meta:
        verbose_name = verbose_name_plural = "制定依据"
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"《{self.title}》（{self.document_number}）"
