"""催办 by hand: a numbered notice to one agency about one or more of its tasks, and the agency's answer. Facts."""

from django.conf import settings
from django.db import models

from agencies.models import Agency, Office
from tasks.models.evidence import Evidence
from tasks.models.fact import Fact
from tasks.models.filing import ReportingPeriod
from tasks.models.plan import Assignment
from tasks.models.querysets import UrgeQuerySet


class UrgedAssignment(models.Model):
    """Which assignments an urge is about."""

    urge = models.ForeignKey("tasks.Urge", models.PROTECT, related_name="subjects", verbose_name="催办")
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="责任分工")

    class Meta:
        verbose_name = verbose_name_plural = "催办事项"
        constraints = (models.UniqueConstraint(fields=("urge", "assignment"), name="assignment_once_per_urge"),)

    def __str__(self) -> str:
        return f"{self.urge}：{self.assignment}"


class Urge(Fact):
    """催办 of one agency, numbered through the year over all plans of an office, as it numbers its letters."""

    office = models.ForeignKey(
        Office, models.PROTECT, to_field="path", related_name="+", null=True, verbose_name="统筹机构"
    )
    year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveIntegerField("编号")
    prefix = models.CharField("代字", max_length=20, blank=True)  # "" before the office's own was kept
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="urges", verbose_name="单位")
    text = models.TextField("催办内容")
    reply_by = models.DateField("答复期限")
    period = models.ForeignKey(
        ReportingPeriod, models.PROTECT, related_name="+", null=True, db_index=False, verbose_name="催报的报告期"
    )  # whose reports it asks for (催报): whoever files them all has answered it
    assignments: "models.ManyToManyField[Assignment, UrgedAssignment]" = models.ManyToManyField(
        Assignment, through=UrgedAssignment, related_name="urges", verbose_name="责任分工"
    )

    objects = UrgeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "催办"
        ordering = ("-year", "-number")
        constraints = (
            models.UniqueConstraint(
                fields=("year", "number"), condition=models.Q(office=None), name="urge_number_once_per_year"
            ),
            models.UniqueConstraint(fields=("office", "year", "number"), name="urge_number_once_per_office"),
        )
        indexes = (
            models.Index(fields=("agency", "-recorded_at"), name="urges_of_agency"),
            models.Index(fields=("period",), condition=models.Q(period__isnull=False), name="urges_for_reports"),
        )

    @property
    def label(self) -> str:
        """Its number under the office's own prefix, on screen as on paper."""
        return f"{self.prefix or settings.URGE_PREFIX}〔{self.year}〕{self.number}号"

    def __str__(self) -> str:
        return self.label


class UrgeReply(Fact):
    """答复 of the agency: what was done, and by when the rest will be."""

    urge = models.OneToOneField(Urge, models.PROTECT, related_name="reply", verbose_name="催办")
    text = models.TextField("答复")
    evidence: "models.ManyToManyField[Evidence, UrgeReplyEvidence]" = models.ManyToManyField(
        Evidence, through="UrgeReplyEvidence", related_name="urge_replies", verbose_name="佐证材料"
    )

    class Meta:
        verbose_name = verbose_name_plural = "催办答复"

    def __str__(self) -> str:
        return f"{self.urge}：答复"


class UrgeReplyPart(models.Model):
    """What the answer says of one of the urged tasks."""

    reply = models.ForeignKey(UrgeReply, models.PROTECT, related_name="parts", verbose_name="答复")
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="责任分工")
    text = models.TextField("分项答复")

    class Meta:
        verbose_name = verbose_name_plural = "分项答复"
        constraints = (models.UniqueConstraint(fields=("reply", "assignment"), name="part_once_per_reply"),)

    def __str__(self) -> str:
        return f"{self.reply}：{self.assignment}"


class UrgeReplyEvidence(models.Model):
    """Which evidence an urge was answered with."""

    reply = models.ForeignKey(UrgeReply, models.PROTECT, related_name="+", verbose_name="答复")
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="+", verbose_name="佐证材料")

    class Meta:
        verbose_name = verbose_name_plural = "答复附件"
        constraints = (models.UniqueConstraint(fields=("reply", "evidence"), name="evidence_once_per_reply"),)

    def __str__(self) -> str:
        return f"{self.reply}：{self.evidence}"
