"""季度汇总: what was asked for, what was built of it, what was issued (印发). All are facts but progress and mails.

A package is its definition, fixed for good. Each time that its files come out different, because the briefing's wording
was changed, they are a new edition; an issue names the edition that went out, so that those files stay for ever.
"""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from agencies.models import TOP, User
from tasks.models import Blob, Plan
from tasks.models.fact import Fact
from tasks.rules.periods import period_name


class PackageQuerySet(models.QuerySet["Package"]):
    def issued(self) -> "PackageQuerySet":
        """Keeps the packages with an issue in force."""
        in_force = Issue.objects.filter(edition__package=models.OuterRef("pk"), withdrawal=None)
        return self.filter(models.Exists(in_force))

    def of(self, plan: Plan) -> "PackageQuerySet":
        """Keeps the packages of that plan alone."""
        others = Package.plans.through.objects.filter(package=models.OuterRef("pk")).exclude(plan=plan)
        return self.filter(~models.Exists(others), plans=plan)

    def of_several(self) -> "PackageQuerySet":
        counted = Package.objects.order_by().annotate(plan_count=models.Count("plans"))
        return self.filter(pk__in=counted.filter(plan_count__gt=1).values("pk"))

    def with_home(self) -> "PackageQuerySet":
        """Adds `home`, the path of the office whose plans it is of, and `is_issued`."""
        plans = Package.plans.through.objects.filter(package=models.OuterRef("pk"))
        home = Coalesce(
            models.Subquery(plans.values("plan__office")[:1], output_field=models.CharField()), models.Value(TOP)
        )
        in_force = Issue.objects.filter(edition__package=models.OuterRef("pk"), withdrawal=None)
        return self.annotate(home=home, is_issued=models.Exists(in_force))

    def with_all(self) -> "PackageQuerySet":
        """Reads each with its build, editions, files and issues, in as many queries however many there are."""
        return (
            self.with_home()
            .select_related("build", "recorded_by")
            .prefetch_related(
                models.Prefetch("plans", Plan.objects.defer("notice_text").order_by("issued_on", "pk")),
                models.Prefetch("editions__files", PackageFile.objects.select_related("blob")),
                models.Prefetch("editions__issues", Issue.objects.select_related("withdrawal", "recorded_by")),
            )
        )


class Package(Fact):
    """汇总: a package is the definition of what is to be built. Asking for the same again finds the same one.

    Its plans are of one office. `recorded_by` asked for it; nobody where the system did by itself.
    """

    plans = models.ManyToManyField(Plan, related_name="packages", verbose_name="行动计划")
    period = models.CharField("报告期", max_length=7)
    as_of = models.DateTimeField("截至时刻")
    definition = models.TextField("定义")
    definition_sha256 = models.CharField("生成条件校验码", max_length=64)
    key = models.CharField("申请标识", max_length=64, unique=True)

    if TYPE_CHECKING:  # added by `with_home`
        home: str
        is_issued: bool

    objects = PackageQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "汇总"
        ordering = ("-recorded_at", "-pk")

    def __str__(self) -> str:
        return f"{self.period_words}汇总"

    def get_absolute_url(self) -> str:
        return reverse("reports:package-detail", args=[self.pk])

    @property
    def day(self) -> date:
        """截至日期 is the day for which the package speaks."""
        return timezone.localdate(self.as_of)

    @property
    def edition(self) -> "Edition | None":
        """The newest edition, taken from what was read along where the editions were."""
        return next(iter(sorted(self.editions.all(), key=lambda edition: -edition.number)), None)

    @property
    def issue(self) -> "Issue | None":
        """The issue that is in force."""
        issues = [issue for edition in self.editions.all() for issue in edition.issues.all()]
        return next((issue for issue in issues if not issue.is_withdrawn), None)

    @property
    def period_words(self) -> str:
        """The period as officials say it: 「2016年三季度」, or 「2016年度」 for a whole year."""
        return period_name(self.period)


class Build(models.Model):
    """Says how far the building of a package is: the one row here that changes.

    Whoever builds holds a lease, proved by its token and prolonged for as long as the builder lives; when it has run
    out, the builder is taken for dead and another one may begin anew.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "排队中"
        BUILDING = "building", "正在生成"
        DONE = "done", "已生成"
        FAILED = "failed", "生成失败"
        CANCELLED = "cancelled", "已取消"

    package = models.OneToOneField(Package, models.CASCADE, primary_key=True, verbose_name="汇总")
    state = models.CharField("状态", max_length=10, choices=State, default=State.QUEUED)
    stage = models.CharField("步骤", max_length=50, blank=True)
    share = models.PositiveSmallIntegerField("完成（%）", default=0)
    reason = models.CharField("原因", max_length=500, blank=True)
    attempt = models.PositiveSmallIntegerField("第几次", default=0)
    token = models.UUIDField("占用标识", null=True)
    lease_until = models.DateTimeField("占用至", null=True)
    builds = models.PositiveIntegerField("生成次数", default=0)
    seconds = models.FloatField("历次生成用时（秒）", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "生成进度"
        indexes = (
            models.Index(fields=("package",), condition=models.Q(state__in=("queued", "building")), name="unbuilt"),
        )

    def __str__(self) -> str:
        return f"{self.package_id}：{self.get_state_display()}"

    @property
    def is_under_way(self) -> bool:
        return self.state in (self.State.QUEUED, self.State.BUILDING)


class Edition(Fact):
    """版次: an edition is a complete, verified set of a package's files. It comes into being whole, or not at all."""

    package = models.ForeignKey(Package, models.PROTECT, related_name="editions", verbose_name="汇总")
    number = models.PositiveSmallIntegerField("版次")
    facts_sha256 = models.CharField("数据校验码", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "汇总版次"
        ordering = ("package", "-number")
        constraints = (models.UniqueConstraint(fields=("package", "number"), name="edition_number_of_package"),)

    def __str__(self) -> str:
        return f"第{self.number}版"


class PackageFile(models.Model):
    """A file of an edition. Its content is a blob, known and checked by its SHA-256."""

    class Kind(models.TextChoices):
        XLSX = "xlsx", "Excel工作簿"
        DOCX = "docx", "通报（Word）"
        FACTS = "json", "数据（JSON）"

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="files", verbose_name="版次")
    kind = models.CharField("类型", max_length=4, choices=Kind)
    name = models.CharField("文件名", max_length=200)
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="package_files", verbose_name="文件内容")

    class Meta:
        verbose_name = verbose_name_plural = "汇总文件"
        ordering = ("edition", "-kind")
        constraints = (models.UniqueConstraint(fields=("edition", "kind"), name="one_file_of_a_kind"),)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("reports:package-file", args=[self.edition.package_id, self.pk])


class BriefingWording(Fact):
    """通报措辞: coordinators word a paragraph of the briefing so. The latest row holds; without one, as composed."""

    package = models.ForeignKey(Package, models.PROTECT, related_name="wordings", verbose_name="汇总")
    paragraph = models.CharField("段落", max_length=50)
    text = models.TextField("措辞")

    class Meta:
        verbose_name = verbose_name_plural = "通报措辞"
        indexes = (models.Index(fields=("package", "paragraph", "-recorded_at", "-id"), name="latest_wording"),)

    def __str__(self) -> str:
        return f"{self.paragraph}：{self.text}"


class Issue(Fact):
    """印发: an edition goes out under its number, which no other of the plan has in that year, withdrawn or not."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="issues", verbose_name="版次")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="issues", verbose_name="行动计划")
    year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveSmallIntegerField("期号")

    class Meta:
        verbose_name = verbose_name_plural = "印发"
        ordering = ("-recorded_at", "-pk")
        constraints = (models.UniqueConstraint(fields=("plan", "year", "number"), name="issue_number_in_year"),)

    def __str__(self) -> str:
        return f"{self.year}年第{self.number}期"

    @property
    def is_withdrawn(self) -> bool:
        return hasattr(self, "withdrawal")


class IssueWithdrawal(Fact):
    """撤回印发: an issue is taken back, with a reason. The files stay; that they were issued does too."""

    issue = models.OneToOneField(Issue, models.PROTECT, related_name="withdrawal", verbose_name="印发")
    reason = models.CharField("原因", max_length=500)

    class Meta:
        verbose_name = verbose_name_plural = "撤回印发"

    def __str__(self) -> str:
        return f"{self.issue}：{self.reason}"


class PackageMail(models.Model):
    """邮件通知: one person is told of a package, or of its issue. It is written with the announcement, claimed before.

    A mail that was claimed and never marked may have gone out, and isn't sent again: none is ever doubled. That of an
    issue brings the files along; `with_files` falls where they are too large for the setting or the mail server, and
    then it has links.
    """

    package = models.ForeignKey(Package, models.PROTECT, related_name="mails", verbose_name="汇总")
    issue = models.ForeignKey(Issue, models.PROTECT, related_name="mails", null=True, verbose_name="印发")
    recipient = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="收件人")
    address = models.EmailField("邮箱", blank=True)
    with_files = models.BooleanField("附文件", default=True)
    claimed_at = models.DateTimeField("开始发送", null=True)
    sent_at = models.DateTimeField("发出时间", null=True)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    error = models.CharField("原因", max_length=300, blank=True)

    MOST_ATTEMPTS = 5

    class Meta:
        verbose_name = verbose_name_plural = "汇总邮件通知"
        constraints = (
            models.UniqueConstraint(
                fields=("package", "recipient"), condition=Q(issue__isnull=True), name="one_mail_of_a_package"
            ),
            models.UniqueConstraint(fields=("issue", "recipient"), name="one_mail_of_an_issue"),
        )

    def __str__(self) -> str:
        return f"{self.package}：{self.recipient}"

    @property
    def is_given_up(self) -> bool:
        return self.sent_at is None and self.attempts >= self.MOST_ATTEMPTS


class LastLook(models.Model):
    """上次查看: the day on which a person last looked at a plan, and the one before. No fact: it moves on by itself."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name="用户")
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="+", verbose_name="行动计划")
    day = models.DateField("查看日期")
    before = models.DateField("上次查看日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "上次查看"
        constraints = (models.UniqueConstraint(fields=("user", "plan"), name="one_last_look_of_a_plan"),)

    def __str__(self) -> str:
        return f"{self.user}：{self.plan} {self.day}"
