"""Quarterly packages. All but the progress of a build and of a mail are facts, which the database keeps as they are."""

from django.conf import settings
from django.db import migrations, models
from django.db.migrations import CreateModel
from django.db.models import CASCADE, PROTECT, Q

from tasks.migrations._create import CreateModels
from tasks.migrations._guard import facts_stay

USER = settings.AUTH_USER_MODEL
ID = ("id", models.BigAutoField("ID", primary_key=True, auto_created=True, serialize=False))
FACT = (
    ID,
    ("recorded_at", models.DateTimeField("记录时间")),
    ("recorded_by", models.ForeignKey(USER, PROTECT, related_name="+", null=True, verbose_name="记录人")),
)
TABLES = (
    CreateModel(
        "Package",
        [
            *FACT,
            ("period", models.CharField("报告期", max_length=6)),
            ("as_of", models.DateTimeField("截至时刻")),
            ("definition", models.TextField("定义")),
            ("definition_sha256", models.CharField("定义 SHA-256", max_length=64)),
            ("key", models.CharField("申请标识", max_length=64, unique=True)),
            ("plans", models.ManyToManyField("tasks.Plan", related_name="packages", verbose_name="行动计划")),
        ],
        {"verbose_name": "季度汇总", "verbose_name_plural": "季度汇总", "ordering": ("-recorded_at", "-pk")},
    ),
    CreateModel(
        "Build",
        [
            (
                "package",
                models.OneToOneField(
                    "reports.Package", CASCADE, primary_key=True, serialize=False, verbose_name="季度汇总"
                ),
            ),
            (
                "state",
                models.CharField(
                    "状态",
                    max_length=10,
                    choices=[
                        ("queued", "排队中"),
                        ("building", "正在生成"),
                        ("done", "已生成"),
                        ("failed", "生成失败"),
                        ("cancelled", "已取消"),
                    ],
                    default="queued",
                ),
            ),
            ("stage", models.CharField("步骤", max_length=50, blank=True)),
            ("share", models.PositiveSmallIntegerField("完成（%）", default=0)),
            ("reason", models.CharField("原因", max_length=500, blank=True)),
            ("attempt", models.PositiveSmallIntegerField("第几次", default=0)),
            ("token", models.UUIDField("占用标识", null=True)),
            ("lease_until", models.DateTimeField("占用至", null=True)),
        ],
        {
            "verbose_name": "生成进度",
            "verbose_name_plural": "生成进度",
            "indexes": [
                models.Index(fields=("package",), condition=Q(state__in=("queued", "building")), name="unbuilt")
            ],
        },
    ),
    CreateModel(
        "Edition",
        [
            *FACT,
            ("package", models.ForeignKey("reports.Package", PROTECT, related_name="editions", verbose_name="季度汇总")),
            ("number", models.PositiveSmallIntegerField("版次")),
            ("facts_sha256", models.CharField("数据 SHA-256", max_length=64)),
        ],
        {
            "verbose_name": "汇总版次",
            "verbose_name_plural": "汇总版次",
            "ordering": ("package", "-number"),
            "constraints": [models.UniqueConstraint(fields=("package", "number"), name="edition_number_of_package")],
        },
    ),
    CreateModel(
        "PackageFile",
        [
            ID,
            ("edition", models.ForeignKey("reports.Edition", PROTECT, related_name="files", verbose_name="版次")),
            (
                "kind",
                models.CharField(
                    "类型",
                    max_length=4,
                    choices=[("xlsx", "Excel工作簿"), ("docx", "通报（Word）"), ("json", "数据（JSON）")],
                ),
            ),
            ("name", models.CharField("文件名", max_length=200)),
            ("blob", models.ForeignKey("tasks.Blob", PROTECT, related_name="package_files", verbose_name="文件内容")),
        ],
        {
            "verbose_name": "汇总文件",
            "verbose_name_plural": "汇总文件",
            "ordering": ("edition", "-kind"),
            "constraints": [models.UniqueConstraint(fields=("edition", "kind"), name="one_file_of_a_kind")],
        },
    ),
    CreateModel(
        "BriefingWording",
        [
            *FACT,
            ("package", models.ForeignKey("reports.Package", PROTECT, related_name="wordings", verbose_name="季度汇总")),
            ("paragraph", models.CharField("段落", max_length=50)),
            ("text", models.TextField("措辞")),
        ],
        {
            "verbose_name": "通报措辞",
            "verbose_name_plural": "通报措辞",
            "indexes": [models.Index(fields=("package", "paragraph", "-recorded_at", "-id"), name="latest_wording")],
        },
    ),
    CreateModel(
        "Issue",
        [
            *FACT,
            ("edition", models.ForeignKey("reports.Edition", PROTECT, related_name="issues", verbose_name="版次")),
            ("plan", models.ForeignKey("tasks.Plan", PROTECT, related_name="issues", verbose_name="行动计划")),
            ("year", models.PositiveSmallIntegerField("年度")),
            ("number", models.PositiveSmallIntegerField("期号")),
        ],
        {
            "verbose_name": "印发",
            "verbose_name_plural": "印发",
            "ordering": ("-recorded_at", "-pk"),
            "constraints": [models.UniqueConstraint(fields=("plan", "year", "number"), name="issue_number_in_year")],
        },
    ),
    CreateModel(
        "IssueWithdrawal",
        [
            *FACT,
            ("issue", models.OneToOneField("reports.Issue", PROTECT, related_name="withdrawal", verbose_name="印发")),
            ("reason", models.CharField("原因", max_length=500)),
        ],
        {"verbose_name": "撤回印发", "verbose_name_plural": "撤回印发"},
    ),
    CreateModel(
        "PackageMail",
        [
            ID,
            ("package", models.ForeignKey("reports.Package", PROTECT, related_name="mails", verbose_name="季度汇总")),
            ("recipient", models.ForeignKey(USER, PROTECT, related_name="+", verbose_name="收件人")),
            ("address", models.EmailField("邮箱", max_length=254, blank=True)),
            ("claimed_at", models.DateTimeField("开始发送", null=True)),
            ("sent_at", models.DateTimeField("发出时间", null=True)),
            ("attempts", models.PositiveSmallIntegerField("次数", default=0)),
            ("error", models.CharField("原因", max_length=300, blank=True)),
        ],
        {
            "verbose_name": "汇总邮件通知",
            "verbose_name_plural": "汇总邮件通知",
            "constraints": [models.UniqueConstraint(fields=("package", "recipient"), name="one_mail_of_a_package")],
        },
    ),
)


class Migration(migrations.Migration):
    initial = True
    dependencies = [("tasks", "0002_facts_stay")]

    operations = [
        CreateModels(*TABLES),
        facts_stay(
            "reports_package",
            "reports_package_plans",
            "reports_edition",
            "reports_packagefile",
            "reports_briefingwording",
            "reports_issue",
            "reports_issuewithdrawal",
        ),
    ]
