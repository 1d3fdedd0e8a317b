from django.conf import settings
from django.db import migrations, models
from django.db.migrations import CreateModel
from django.db.models import CASCADE, PROTECT, SET_NULL, F, Q

from tasks.migrations._create import CreateModels
from tasks.migrations._rules import begin_with_rules

USER = settings.AUTH_USER_MODEL
ID = ("id", models.BigAutoField("ID", primary_key=True, auto_created=True, serialize=False))
FACT = (
    ID,
    ("recorded_at", models.DateTimeField("记录时间")),
    ("recorded_by", models.ForeignKey(USER, PROTECT, related_name="+", null=True, verbose_name="记录人")),
)
SETTINGS = (
    ("behind_margin", models.PositiveSmallIntegerField("黄灯差额（百分点）", default=10, help_text="进度低于序时进度超过此数为欠进度")),
    ("ahead_margin", models.PositiveSmallIntegerField("超进度差额（百分点）", default=3, help_text="进度高于序时进度超过此数为超进度")),
    ("soon_days", models.PositiveSmallIntegerField("临期天数（天）", default=15, help_text="距完成时限不超过此天数为临期")),
    ("filing_day", models.PositiveSmallIntegerField("季报截止日（日）", default=15, help_text="季后首月几日，逢休息日提前至最近的工作日")),
    ("assists_owe_reports", models.BooleanField("协助单位应报", default=False)),
    ("receipt_days", models.PositiveSmallIntegerField("签收期限（工作日）", default=5, help_text="交办后几个工作日内签收")),
)
TABLES = (
    CreateModel(
        "Plan",
        [
            ID,
            *SETTINGS,
            ("document_number", models.CharField("发文字号", max_length=100, unique=True)),
            ("slug", models.SlugField("网址标识", unique=True)),
            ("title", models.CharField("公文标题", max_length=300)),
            ("issuer", models.CharField("发文机关", max_length=100)),
            ("issued_on", models.DateField("印发日期")),
            ("due_on", models.DateField("推定完成时限", help_text="公文未写时限时，按计划年度年末推定")),
            ("notice_text", models.TextField("公文全文")),
            ("notice_sha256", models.CharField("公文 SHA-256", max_length=64)),
            ("imported_at", models.DateTimeField("导入时间")),
            ("former", models.JSONField("原设置", default=list, editable=False)),
        ],
        {
            "verbose_name": "行动计划",
            "verbose_name_plural": "行动计划",
            "ordering": ("-issued_on", "-pk"),
            "constraints": [
                models.CheckConstraint(condition=Q(filing_day__range=(1, 28)), name="filing_day_in_every_month")
            ],
        },
    ),
    CreateModel(
        "PlanRevision",
        [
            *FACT,
            *SETTINGS,
            ("plan", models.ForeignKey("tasks.Plan", PROTECT, related_name="revisions", verbose_name="行动计划")),
            ("reason", models.CharField("原因", max_length=500)),
        ],
        {"verbose_name": "设置调整", "verbose_name_plural": "设置调整"},
    ),
    CreateModel(
        "LegalBasis",
        [
            ID,
            ("plan", models.ForeignKey("tasks.Plan", CASCADE, related_name="legal_bases", verbose_name="行动计划")),
            ("title", models.CharField("名称", max_length=300)),
            ("document_number", models.CharField("文号", max_length=100)),
        ],
        {"verbose_name": "制定依据", "verbose_name_plural": "制定依据", "ordering": ("pk",)},
    ),
    CreateModel(
        "Section",
        [
            ID,
            ("plan", models.ForeignKey("tasks.Plan", CASCADE, related_name="sections", verbose_name="行动计划")),
            ("number", models.PositiveSmallIntegerField("序号")),
            ("title", models.CharField("标题", max_length=300)),
            ("start", models.PositiveIntegerField()),
            ("end", models.PositiveIntegerField()),
        ],
        {
            "verbose_name": "部分",
            "verbose_name_plural": "部分",
            "ordering": ("plan", "number"),
            "constraints": [models.UniqueConstraint(fields=("plan", "number"), name="section_number_in_plan")],
        },
    ),
    CreateModel(
        "ActionItem",
        [
            ID,
            ("plan", models.ForeignKey("tasks.Plan", CASCADE, related_name="items", verbose_name="行动计划")),
            ("section", models.ForeignKey("tasks.Section", CASCADE, related_name="items", verbose_name="部分")),
            ("number", models.PositiveIntegerField("序号")),
            ("label", models.CharField("公文序号", max_length=20)),
            ("title", models.CharField("标题", max_length=300)),
            ("text", models.TextField("公文原文")),
            ("start", models.PositiveIntegerField()),
            ("end", models.PositiveIntegerField()),
            ("assist_rule", models.CharField("协助规则", max_length=200, blank=True)),
            (
                "assist_group",
                models.ForeignKey(
                    "agencies.AgencyGroup",
                    PROTECT,
                    related_name="items",
                    null=True,
                    blank=True,
                    verbose_name="协助成员名单",
                ),
            ),
        ],
        {
            "verbose_name": "任务",
            "verbose_name_plural": "任务",
            "ordering": ("plan", "number"),
            "constraints": [models.UniqueConstraint(fields=("plan", "number"), name="item_number_in_plan")],
        },
    ),
    CreateModel(
        "Measure",
        [
            ID,
            ("item", models.ForeignKey("tasks.ActionItem", CASCADE, related_name="measures", verbose_name="任务")),
            ("number", models.PositiveSmallIntegerField("序号")),
            ("text", models.TextField("原文")),
            ("start", models.PositiveIntegerField()),
            ("end", models.PositiveIntegerField()),
        ],
        {
            "verbose_name": "举措",
            "verbose_name_plural": "举措",
            "ordering": ("item", "number"),
            "constraints": [models.UniqueConstraint(fields=("item", "number"), name="measure_number_in_item")],
        },
    ),
    CreateModel(
        "Indicator",
        [
            ID,
            ("item", models.ForeignKey("tasks.ActionItem", CASCADE, related_name="indicators", verbose_name="任务")),
            ("name", models.CharField("名称", max_length=200)),
            ("target", models.DecimalField("目标值", max_digits=14, decimal_places=2)),
            ("unit", models.CharField("单位", max_length=20)),
            ("start", models.PositiveIntegerField()),
            ("end", models.PositiveIntegerField()),
        ],
        {
            "verbose_name": "量化指标",
            "verbose_name_plural": "量化指标",
            "ordering": ("item", "start"),
            "constraints": [models.UniqueConstraint(fields=("item", "name"), name="indicator_name_in_item")],
        },
    ),
    CreateModel(
        "Assignment",
        [
            ID,
            ("item", models.ForeignKey("tasks.ActionItem", PROTECT, related_name="assignments", verbose_name="任务")),
            ("agency", models.ForeignKey("agencies.Agency", PROTECT, related_name="assignments", verbose_name="单位")),
            ("role", models.CharField("角色", max_length=10, choices=[("lead", "负责"), ("assist", "协助")])),
            ("weight", models.PositiveSmallIntegerField("权重", default=1)),
            ("is_inferred", models.BooleanField("推定", default=False, help_text="由“其他成员单位协助”推定")),
            ("recorded_at", models.DateTimeField("交办时间")),
            ("recorded_by", models.ForeignKey(USER, PROTECT, related_name="+", null=True, verbose_name="交办人")),
            ("ended_at", models.DateTimeField("撤回时间", null=True, blank=True)),
            ("ended_by", models.ForeignKey(USER, PROTECT, related_name="+", null=True, verbose_name="撤回人")),
            ("end_reason", models.CharField("撤回原因", max_length=200, blank=True)),
        ],
        {
            "verbose_name": "责任分工",
            "verbose_name_plural": "责任分工",
            "ordering": ("item", "agency"),
            "constraints": [
                models.UniqueConstraint(
                    fields=("item", "agency"), condition=Q(ended_at__isnull=True), name="one_open_assignment"
                ),
                models.CheckConstraint(
                    condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("recorded_at")), name="ends_after_start"
                ),
                models.CheckConstraint(condition=Q(weight__gte=1), name="weight_counts"),
            ],
        },
    ),
    CreateModel(
        "ReportingPeriod",
        [
            ID,
            ("plan", models.ForeignKey("tasks.Plan", CASCADE, related_name="periods", verbose_name="行动计划")),
            ("code", models.CharField("报告期", max_length=6)),
            ("starts_on", models.DateField("起")),
            ("ends_on", models.DateField("止")),
            ("opens_on", models.DateField("开放填报")),
            ("due_on", models.DateField("报送截止")),
        ],
        {
            "verbose_name": "报告期",
            "verbose_name_plural": "报告期",
            "ordering": ("plan", "starts_on"),
            "constraints": [
                models.UniqueConstraint(fields=("plan", "code"), name="one_period_per_quarter"),
                models.CheckConstraint(condition=Q(opens_on__lt=F("due_on")), name="period_opens_before_due"),
            ],
        },
    ),
    CreateModel(
        "ReportDraft",
        [
            ID,
            ("assignment", models.ForeignKey("tasks.Assignment", CASCADE, related_name="drafts", verbose_name="责任分工")),
            ("period", models.ForeignKey("tasks.ReportingPeriod", CASCADE, related_name="drafts", verbose_name="报告期")),
            ("percent", models.PositiveSmallIntegerField("进度（%）", null=True, blank=True)),
            ("progress", models.TextField("进展情况", blank=True)),
            ("problems", models.TextField("存在问题", blank=True)),
            ("next_steps", models.TextField("下一步打算", blank=True)),
            ("delay_reason", models.TextField("滞后原因", blank=True)),
            ("is_unchanged", models.BooleanField("本期无变化", default=False)),
            ("lower_reason", models.TextField("进度回调原因", blank=True)),
            ("readings", models.JSONField("指标读数", blank=True, default=dict)),
            ("saved_at", models.DateTimeField("保存时间")),
            ("saved_by", models.ForeignKey(USER, PROTECT, related_name="+", verbose_name="保存人")),
            ("version", models.PositiveIntegerField("版本", default=1, help_text="每次保存加一，用于发现两人同时修改")),
            ("handed_in_at", models.DateTimeField("送审签时间", null=True, blank=True)),
            (
                "handed_in_by",
                models.ForeignKey(USER, PROTECT, related_name="+", null=True, blank=True, verbose_name="送审签人"),
            ),
            ("returned_comment", models.TextField("审签退回意见", blank=True)),
            (
                "evidence",
                models.ManyToManyField("tasks.Evidence", related_name="drafts", blank=True, verbose_name="佐证材料"),
            ),
        ],
        {
            "verbose_name": "草稿",
            "verbose_name_plural": "草稿",
            "constraints": [models.UniqueConstraint(fields=("assignment", "period"), name="one_draft_per_report")],
        },
    ),
    CreateModel(
        "Blob",
        [
            ID,
            ("sha256", models.CharField("SHA-256", max_length=64, unique=True)),
            ("size", models.PositiveIntegerField("大小（字节）")),
            ("media_type", models.CharField("类型", max_length=100)),
            ("file", models.FileField("文件", max_length=200, upload_to="evidence/")),
        ],
        {"verbose_name": "文件内容", "verbose_name_plural": "文件内容"},
    ),
    CreateModel(
        "Evidence",
        [
            *FACT,
            (
                "assignment",
                models.ForeignKey("tasks.Assignment", PROTECT, related_name="evidence", verbose_name="责任分工"),
            ),
            ("blob", models.ForeignKey("tasks.Blob", PROTECT, related_name="uploads", verbose_name="文件内容")),
            ("name", models.CharField("文件名", max_length=200)),
        ],
        {"verbose_name": "佐证材料", "verbose_name_plural": "佐证材料"},
    ),
    CreateModel(
        "ItemRevision",
        [
            *FACT,
            (
                "item",
                models.ForeignKey(
                    "tasks.ActionItem", PROTECT, related_name="revisions", db_index=False, verbose_name="任务"
                ),
            ),
            ("due_on", models.DateField("完成时限", null=True, blank=True)),
            ("is_inferred", models.BooleanField("推定", default=False)),
            ("wording", models.TextField("调整后的表述", blank=True)),
            ("reason", models.CharField("原因", max_length=500)),
        ],
        {
            "verbose_name": "任务调整",
            "verbose_name_plural": "任务调整",
            "indexes": [models.Index(fields=("item", "-recorded_at", "-id"), name="latest_revision")],
        },
    ),
    CreateModel(
        "WeightRevision",
        [
            *FACT,
            (
                "assignment",
                models.ForeignKey(
                    "tasks.Assignment",
                    PROTECT,
                    related_name="weight_revisions",
                    db_index=False,
                    verbose_name="责任分工",
                ),
            ),
            ("weight", models.PositiveSmallIntegerField("权重")),
            ("reason", models.CharField("原因", max_length=500)),
        ],
        {
            "verbose_name": "权重调整",
            "verbose_name_plural": "权重调整",
            "indexes": [
                models.Index(fields=("assignment", "-recorded_at", "-id"), include=("weight",), name="latest_weight")
            ],
            "constraints": [models.CheckConstraint(condition=Q(weight__gte=1), name="revised_weight_counts")],
        },
    ),
    CreateModel(
        "ProgressReport",
        [
            *FACT,
            (
                "assignment",
                models.ForeignKey(
                    "tasks.Assignment", PROTECT, related_name="reports", db_index=False, verbose_name="责任分工"
                ),
            ),
            (
                "period",
                models.ForeignKey(
                    "tasks.ReportingPeriod", PROTECT, related_name="reports", db_index=False, verbose_name="报告期"
                ),
            ),
            ("percent", models.PositiveSmallIntegerField("进度（%）")),
            ("progress", models.TextField("进展情况")),
            ("problems", models.TextField("存在问题", blank=True)),
            ("next_steps", models.TextField("下一步打算", blank=True)),
            ("delay_reason", models.TextField("滞后原因", blank=True)),
            ("lower_reason", models.TextField("进度回调原因", blank=True)),
            ("is_unchanged", models.BooleanField("本期无变化", default=False)),
            ("prepared_by", models.ForeignKey(USER, PROTECT, related_name="+", null=True, verbose_name="填报人")),
            ("settled_at", models.DateTimeField("不再待审", null=True, blank=True)),
            (
                "evidence",
                models.ManyToManyField(
                    "tasks.Evidence", through="tasks.ReportEvidence", related_name="reports", verbose_name="佐证材料"
                ),
            ),
        ],
        {
            "verbose_name": "进展报告",
            "verbose_name_plural": "进展报告",
            "indexes": [
                models.Index(fields=("assignment", "-recorded_at", "-id"), include=("percent",), name="latest_report"),
                models.Index(fields=("period", "assignment"), name="report_of_period"),
                models.Index(fields=("settled_at",), name="waiting_report"),
                models.Index(fields=("period", "settled_at"), name="waiting_in_period"),
            ],
            "constraints": [models.CheckConstraint(condition=Q(percent__lte=100), name="percent_up_to_100")],
        },
    ),
    CreateModel(
        "ReportEvidence",
        [
            ID,
            ("report", models.ForeignKey("tasks.ProgressReport", PROTECT, related_name="+", verbose_name="进展报告")),
            ("evidence", models.ForeignKey("tasks.Evidence", PROTECT, related_name="+", verbose_name="佐证材料")),
        ],
        {
            "verbose_name": "报告附件",
            "verbose_name_plural": "报告附件",
            "constraints": [models.UniqueConstraint(fields=("report", "evidence"), name="evidence_once_per_report")],
        },
    ),
    CreateModel(
        "IndicatorReading",
        [
            ID,
            (
                "report",
                models.ForeignKey("tasks.ProgressReport", PROTECT, related_name="readings", verbose_name="进展报告"),
            ),
            ("indicator", models.ForeignKey("tasks.Indicator", PROTECT, related_name="readings", verbose_name="量化指标")),
            ("value", models.DecimalField("累计值", max_digits=14, decimal_places=2)),
        ],
        {
            "verbose_name": "指标读数",
            "verbose_name_plural": "指标读数",
            "constraints": [models.UniqueConstraint(fields=("report", "indicator"), name="one_reading_per_report")],
        },
    ),
    CreateModel(
        "Review",
        [
            *FACT,
            (
                "report",
                models.ForeignKey(
                    "tasks.ProgressReport", PROTECT, related_name="reviews", db_index=False, verbose_name="进展报告"
                ),
            ),
            ("verdict", models.CharField("结论", max_length=10, choices=[("accepted", "通过"), ("sent_back", "退回")])),
            ("comment", models.TextField("审核意见", blank=True)),
        ],
        {
            "verbose_name": "审核",
            "verbose_name_plural": "审核",
            "indexes": [
                models.Index(fields=("report", "-recorded_at", "-id"), include=("verdict",), name="latest_review")
            ],
            "constraints": [
                models.CheckConstraint(condition=Q(verdict="accepted") | ~Q(comment=""), name="sent_back_says_why")
            ],
        },
    ),
    CreateModel(
        "AcceptedProgress",
        [
            *FACT,
            (
                "assignment",
                models.ForeignKey(
                    "tasks.Assignment",
                    PROTECT,
                    related_name="accepted_progress",
                    db_index=False,
                    verbose_name="责任分工",
                ),
            ),
            (
                "report",
                models.ForeignKey(
                    "tasks.ProgressReport",
                    PROTECT,
                    related_name="+",
                    db_index=False,
                    null=True,
                    verbose_name="进展报告",
                ),
            ),
            ("percent", models.PositiveSmallIntegerField("进度（%）")),
        ],
        {
            "verbose_name": "生效进度",
            "verbose_name_plural": "生效进度",
            "indexes": [
                models.Index(
                    fields=("assignment", "-recorded_at", "-id"), include=("percent", "report"), name="latest_progress"
                )
            ],
        },
    ),
    CreateModel(
        "Receipt",
        [
            *FACT,
            (
                "assignment",
                models.OneToOneField("tasks.Assignment", PROTECT, related_name="receipt", verbose_name="责任分工"),
            ),
        ],
        {"verbose_name": "签收", "verbose_name_plural": "签收"},
    ),
    CreateModel(
        "Closure",
        [
            *FACT,
            (
                "assignment",
                models.ForeignKey(
                    "tasks.Assignment", PROTECT, related_name="closures", db_index=False, verbose_name="责任分工"
                ),
            ),
            (
                "kind",
                models.CharField(
                    "类型",
                    max_length=10,
                    choices=[("closed", "办结销号"), ("suspended", "中止"), ("cancelled", "撤销"), ("reopened", "恢复办理")],
                ),
            ),
            ("reason", models.CharField("依据", max_length=500)),
        ],
        {
            "verbose_name": "办结与中止",
            "verbose_name_plural": "办结与中止",
            "indexes": [models.Index(fields=("assignment", "-recorded_at", "-id"), name="latest_closure")],
        },
    ),
    CreateModel(
        "AgencyRequest",
        [
            *FACT,
            (
                "assignment",
                models.ForeignKey("tasks.Assignment", PROTECT, related_name="requests", verbose_name="责任分工"),
            ),
            (
                "kind",
                models.CharField(
                    "类型",
                    max_length=10,
                    choices=[("decline", "非本单位职责"), ("extension", "延期申请"), ("completion", "申请办结")],
                ),
            ),
            ("reason", models.TextField("理由")),
            ("due_on", models.DateField("申请延至", null=True, blank=True)),
            ("old_due_on", models.DateField("申请时的时限", null=True, blank=True)),
            (
                "evidence",
                models.ManyToManyField(
                    "tasks.Evidence", through="tasks.RequestEvidence", related_name="requests", verbose_name="佐证材料"
                ),
            ),
        ],
        {
            "verbose_name": "申请",
            "verbose_name_plural": "申请",
            "constraints": [
                models.CheckConstraint(
                    condition=Q(due_on__isnull=False, kind="extension")
                    | (~Q(kind="extension") & Q(due_on__isnull=True)),
                    name="extension_names_a_date",
                )
            ],
        },
    ),
    CreateModel(
        "RequestEvidence",
        [
            ID,
            ("request", models.ForeignKey("tasks.AgencyRequest", PROTECT, related_name="+", verbose_name="申请")),
            ("evidence", models.ForeignKey("tasks.Evidence", PROTECT, related_name="+", verbose_name="佐证材料")),
        ],
        {
            "verbose_name": "申请附件",
            "verbose_name_plural": "申请附件",
            "constraints": [models.UniqueConstraint(fields=("request", "evidence"), name="evidence_once_per_request")],
        },
    ),
    CreateModel(
        "RequestOrigin",
        [
            ID,
            ("request", models.ForeignKey("tasks.AgencyRequest", PROTECT, related_name="origins", verbose_name="申请")),
            (
                "origin",
                models.ForeignKey("tasks.AgencyRequest", PROTECT, related_name="continuations", verbose_name="原申请"),
            ),
        ],
        {
            "verbose_name": "承接的申请",
            "verbose_name_plural": "承接的申请",
            "constraints": [models.UniqueConstraint(fields=("request", "origin"), name="origin_once_per_request")],
        },
    ),
    CreateModel(
        "Decision",
        [
            *FACT,
            (
                "request",
                models.OneToOneField("tasks.AgencyRequest", PROTECT, related_name="decision", verbose_name="申请"),
            ),
            ("is_granted", models.BooleanField("同意")),
            ("comment", models.TextField("意见", blank=True)),
        ],
        {
            "verbose_name": "申请的决定",
            "verbose_name_plural": "申请的决定",
            "constraints": [
                models.CheckConstraint(condition=Q(is_granted=True) | ~Q(comment=""), name="refusal_says_why")
            ],
        },
    ),
    CreateModel(
        "PeriodLock",
        [
            *FACT,
            ("period", models.ForeignKey("tasks.ReportingPeriod", PROTECT, related_name="locks", verbose_name="报告期")),
            ("is_locked", models.BooleanField("锁定")),
            ("reason", models.CharField("原因", max_length=500)),
        ],
        {"verbose_name": "报告期锁定", "verbose_name_plural": "报告期锁定"},
    ),
    CreateModel(
        "Waiver",
        [
            *FACT,
            ("assignment", models.ForeignKey("tasks.Assignment", PROTECT, related_name="waivers", verbose_name="责任分工")),
            ("period", models.ForeignKey("tasks.ReportingPeriod", PROTECT, related_name="waivers", verbose_name="报告期")),
            ("is_waived", models.BooleanField("免报")),
            ("reason", models.CharField("原因", max_length=500)),
        ],
        {
            "verbose_name": "免报",
            "verbose_name_plural": "免报",
            "indexes": [models.Index(fields=("assignment", "period", "-recorded_at", "-id"), name="latest_waiver")],
        },
    ),
    CreateModel(
        "Urge",
        [
            *FACT,
            ("year", models.PositiveSmallIntegerField("年度")),
            ("number", models.PositiveIntegerField("编号")),
            ("agency", models.ForeignKey("agencies.Agency", PROTECT, related_name="urges", verbose_name="单位")),
            ("text", models.TextField("催办内容")),
            ("reply_by", models.DateField("答复期限")),
            (
                "assignments",
                models.ManyToManyField(
                    "tasks.Assignment", through="tasks.UrgedAssignment", related_name="urges", verbose_name="责任分工"
                ),
            ),
        ],
        {
            "verbose_name": "催办",
            "verbose_name_plural": "催办",
            "ordering": ("-year", "-number"),
            "indexes": [models.Index(fields=("agency", "-recorded_at"), name="urges_of_agency")],
            "constraints": [models.UniqueConstraint(fields=("year", "number"), name="urge_number_once_per_year")],
        },
    ),
    CreateModel(
        "UrgedAssignment",
        [
            ID,
            ("urge", models.ForeignKey("tasks.Urge", PROTECT, related_name="subjects", verbose_name="催办")),
            ("assignment", models.ForeignKey("tasks.Assignment", PROTECT, related_name="+", verbose_name="责任分工")),
        ],
        {
            "verbose_name": "催办事项",
            "verbose_name_plural": "催办事项",
            "constraints": [models.UniqueConstraint(fields=("urge", "assignment"), name="assignment_once_per_urge")],
        },
    ),
    CreateModel(
        "UrgeReply",
        [
            *FACT,
            ("urge", models.OneToOneField("tasks.Urge", PROTECT, related_name="reply", verbose_name="催办")),
            ("text", models.TextField("答复")),
        ],
        {"verbose_name": "催办答复", "verbose_name_plural": "催办答复"},
    ),
    CreateModel(
        "Comment",
        [
            *FACT,
            (
                "report",
                models.ForeignKey("tasks.ProgressReport", PROTECT, related_name="comments", verbose_name="进展报告"),
            ),
            ("text", models.TextField("批注")),
            ("mentions", models.ManyToManyField(USER, related_name="mentions", blank=True, verbose_name="提到")),
        ],
        {"verbose_name": "内部批注", "verbose_name_plural": "内部批注"},
    ),
    CreateModel(
        "Message",
        [
            ID,
            ("recipient", models.ForeignKey(USER, CASCADE, related_name="messages", verbose_name="收件人")),
            (
                "kind",
                models.CharField(
                    "类型",
                    max_length=10,
                    choices=[
                        ("sent_back", "退回"),
                        ("accepted", "通过"),
                        ("decided", "申请答复"),
                        ("requested", "申请"),
                        ("urged", "催办"),
                        ("mentioned", "提到"),
                        ("assigned", "交办"),
                        ("withdrawn", "撤回"),
                        ("consent", "审签"),
                        ("reminded", "提醒"),
                        ("other", "通知"),
                    ],
                ),
            ),
            ("text", models.CharField("内容", max_length=500)),
            ("link", models.CharField("链接", max_length=200, blank=True)),
            (
                "assignment",
                models.ForeignKey("tasks.Assignment", CASCADE, related_name="messages", null=True, verbose_name="责任分工"),
            ),
            ("sent_at", models.DateTimeField("时间")),
            ("read_at", models.DateTimeField("已读时间", null=True, blank=True)),
        ],
        {
            "verbose_name": "站内消息",
            "verbose_name_plural": "站内消息",
            "ordering": ("-sent_at", "-pk"),
            "indexes": [
                models.Index(fields=("recipient", "-sent_at"), name="messages_of_person"),
                models.Index(fields=("recipient",), condition=Q(read_at__isnull=True), name="unread_messages"),
            ],
        },
    ),
    CreateModel(
        "ReminderRule",
        [
            ID,
            ("code", models.SlugField("规则标识", max_length=30, unique=True)),
            ("name", models.CharField("名称", max_length=50)),
            (
                "kind",
                models.CharField(
                    "起算日期",
                    max_length=10,
                    choices=[
                        ("due", "任务完成时限"),
                        ("opens", "报告期开放填报"),
                        ("filing", "报告报送截止"),
                        ("receipt", "签收期限"),
                        ("sent_back", "报告退回之日"),
                        ("review", "报告报送之日"),
                        ("request", "申请提出之日"),
                        ("urged", "催办发出之日"),
                        ("urge", "催办答复期限"),
                    ],
                ),
            ),
            ("offset", models.SmallIntegerField("工作日", help_text="负数为此前几个工作日，0为当日，正数为此后几个工作日")),
            ("repeats", models.BooleanField("此后每个工作日", default=False, help_text="不勾选则每一事项只提醒一次")),
            (
                "audience",
                models.CharField(
                    "提醒对象",
                    max_length=12,
                    choices=[("liaison", "联络员"), ("approver", "单位负责人"), ("coordinators", "统筹人员"), ("leadership", "领导")],
                ),
            ),
            ("is_active", models.BooleanField("启用", default=True)),
            ("ordinal", models.PositiveSmallIntegerField("排序", default=0)),
        ],
        {
            "verbose_name": "提醒规则",
            "verbose_name_plural": "提醒规则",
            "ordering": ("ordinal", "pk"),
            "constraints": [
                models.CheckConstraint(condition=Q(repeats=False) | Q(offset__gte=0), name="only_afterwards_repeats"),
                models.CheckConstraint(condition=Q(offset__range=(-250, 250)), name="offset_within_a_year"),
            ],
        },
    ),
    CreateModel(
        "Sweep",
        [
            ID,
            ("day", models.DateField("日期", unique=True)),
            ("made_good_on", models.DateField("补发日期", null=True, blank=True)),
            ("started_at", models.DateTimeField("开始")),
            ("finished_at", models.DateTimeField("完成")),
            ("counts", models.JSONField("数量", default=dict)),
        ],
        {"verbose_name": "每日提醒任务", "verbose_name_plural": "每日提醒任务", "ordering": ("-day",)},
    ),
    CreateModel(
        "Digest",
        [
            ID,
            ("recipient", models.ForeignKey(USER, PROTECT, related_name="digests", db_index=False, verbose_name="收件人")),
            ("day", models.DateField("日期")),
            ("missed_since", models.DateField("补发自", null=True, blank=True)),
            ("has_overdue", models.BooleanField("含逾期事项", default=False)),
            ("planned_at", models.DateTimeField("计划发送时间")),
        ],
        {
            "verbose_name": "每日提醒",
            "verbose_name_plural": "每日提醒",
            "ordering": ("-day", "-pk"),
            "indexes": [models.Index(fields=("day",), name="digests_of_day")],
            "constraints": [models.UniqueConstraint(fields=("recipient", "day"), name="one_digest_per_day")],
        },
    ),
    CreateModel(
        "Reminder",
        [
            ID,
            ("digest", models.ForeignKey("tasks.Digest", PROTECT, related_name="reminders", verbose_name="每日提醒")),
            (
                "recipient",
                models.ForeignKey(USER, PROTECT, related_name="reminders", db_index=False, verbose_name="收件人"),
            ),
            ("rule", models.ForeignKey("tasks.ReminderRule", PROTECT, related_name="reminders", verbose_name="规则")),
            ("stage", models.CharField("阶段", max_length=20)),
            ("subject", models.CharField("事项标识", max_length=60)),
            (
                "assignment",
                models.ForeignKey(
                    "tasks.Assignment", PROTECT, related_name="reminders", null=True, verbose_name="责任分工"
                ),
            ),
            (
                "period",
                models.ForeignKey(
                    "tasks.ReportingPeriod", PROTECT, related_name="reminders", null=True, verbose_name="报告期"
                ),
            ),
            (
                "agency",
                models.ForeignKey("agencies.Agency", PROTECT, related_name="reminders", null=True, verbose_name="单位"),
            ),
            ("day", models.DateField("应提醒日期")),
            ("anchor", models.DateField("起算日期")),
            ("is_settled", models.BooleanField("补发时已办", default=False)),
            ("reason", models.JSONField("依据", default=dict)),
            ("planned_at", models.DateTimeField("记录时间")),
        ],
        {
            "verbose_name": "提醒",
            "verbose_name_plural": "提醒",
            "ordering": ("-day", "-pk"),
            "indexes": [models.Index(fields=("day", "recipient"), name="reminders_of_day")],
            "constraints": [
                models.UniqueConstraint(fields=("recipient", "rule", "subject", "day"), name="one_reminder_per_day")
            ],
        },
    ),
    CreateModel(
        "Delivery",
        [
            ID,
            (
                "digest",
                models.ForeignKey(
                    "tasks.Digest", PROTECT, related_name="deliveries", db_index=False, verbose_name="提醒"
                ),
            ),
            (
                "channel",
                models.CharField(
                    "渠道",
                    max_length=12,
                    choices=[
                        ("in_app", "站内消息"),
                        ("email", "电子邮件"),
                        ("wecom_app", "企业微信应用消息"),
                        ("wecom_robot", "企业微信群机器人"),
                        ("dingtalk", "钉钉群机器人"),
                        ("feishu", "飞书群机器人"),
                        ("sms", "短信"),
                        ("webhook", "通用推送接口"),
                    ],
                ),
            ),
            (
                "state",
                models.CharField(
                    "状态",
                    max_length=8,
                    choices=[
                        ("planned", "待发送"),
                        ("claimed", "发送中"),
                        ("sent", "已发送"),
                        ("failed", "发送失败"),
                        ("skipped", "未发送"),
                    ],
                    default="planned",
                ),
            ),
            ("attempts", models.PositiveSmallIntegerField("尝试次数", default=0)),
            ("next_try_at", models.DateTimeField("下次发送时间", null=True, blank=True)),
            ("claimed_at", models.DateTimeField("领取时间", null=True, blank=True)),
            ("sent_at", models.DateTimeField("发送时间", null=True, blank=True)),
            ("message_id", models.CharField("消息标识", max_length=200, blank=True)),
            ("error", models.CharField("失败原因", max_length=500, blank=True)),
            ("reply", models.CharField("对方应答", max_length=500, blank=True)),
            (
                "inbox_message",
                models.OneToOneField(
                    "tasks.Message", SET_NULL, related_name="delivery", null=True, blank=True, verbose_name="站内消息"
                ),
            ),
        ],
        {
            "verbose_name": "发送",
            "verbose_name_plural": "发送",
            "ordering": ("digest", "channel"),
            "indexes": [
                models.Index(
                    fields=("next_try_at",), condition=Q(state__in=("planned", "claimed")), name="deliveries_to_try"
                ),
                models.Index(fields=("state",), name="deliveries_by_state"),
            ],
            "constraints": [
                models.UniqueConstraint(fields=("digest", "channel"), name="one_delivery_per_channel"),
                models.CheckConstraint(condition=~Q(state="sent") | Q(sent_at__isnull=False), name="sent_says_when"),
            ],
        },
    ),
    CreateModel(
        "ReminderPreference",
        [
            ID,
            ("user", models.OneToOneField(USER, CASCADE, related_name="reminder_preference", verbose_name="用户")),
            ("channels", models.JSONField("接收渠道", blank=True, default=list, help_text="站内消息之外的渠道")),
            ("digest_hour", models.PositiveSmallIntegerField("每日提醒时间", default=8)),
            ("email", models.EmailField("电子邮箱", max_length=254, blank=True)),
            ("mobile", models.CharField("手机号码", max_length=20, blank=True)),
            ("wecom_id", models.CharField("企业微信账号", max_length=64, blank=True)),
            ("feishu_id", models.CharField("飞书账号", max_length=64, blank=True)),
            ("calendar_token", models.CharField("日历订阅密钥", max_length=64, unique=True, null=True, blank=True)),
        ],
        {
            "verbose_name": "提醒设置",
            "verbose_name_plural": "提醒设置",
            "constraints": [
                models.CheckConstraint(condition=Q(digest_hour__range=(8, 17)), name="digest_hour_in_office_hours")
            ],
        },
    ),
    CreateModel(
        "DailySnapshot",
        [
            ID,
            ("plan", models.ForeignKey("tasks.Plan", CASCADE, related_name="snapshots", verbose_name="行动计划")),
            ("day", models.DateField("日期")),
            ("percent", models.FloatField("进度（%）")),
            ("expected_percent", models.FloatField("序时进度（%）")),
        ],
        {
            "verbose_name": "每日快照",
            "verbose_name_plural": "每日快照",
            "constraints": [models.UniqueConstraint(fields=("plan", "day"), name="one_snapshot_per_day")],
        },
    ),
    CreateModel(
        "LightChange",
        [
            ID,
            ("item", models.ForeignKey("tasks.ActionItem", CASCADE, related_name="light_changes", verbose_name="任务")),
            ("day", models.DateField("日期")),
            (
                "light",
                models.CharField(
                    "亮灯",
                    max_length=6,
                    choices=[("red", "逾期"), ("yellow", "欠进度"), ("blue", "临期"), ("green", "正常"), ("grey", "已办结")],
                ),
            ),
            (
                "previous",
                models.CharField(
                    "此前",
                    max_length=6,
                    choices=[("red", "逾期"), ("yellow", "欠进度"), ("blue", "临期"), ("green", "正常"), ("grey", "已办结")],
                    blank=True,
                ),
            ),
            ("reason", models.CharField("说明", max_length=200)),
        ],
        {
            "verbose_name": "亮灯变化",
            "verbose_name_plural": "亮灯变化",
            "ordering": ("-day", "item"),
            "constraints": [models.UniqueConstraint(fields=("item", "day"), name="one_light_change_per_day")],
        },
    ),
    CreateModel(
        "WorkdayOverride",
        [
            ID,
            ("day", models.DateField("日期", unique=True)),
            ("is_workday", models.BooleanField("是工作日")),
            ("name", models.CharField("说明", max_length=50)),
        ],
        {"verbose_name": "工作日调整", "verbose_name_plural": "工作日调整", "ordering": ("-day",)},
    ),
    CreateModel(
        "Heartbeat",
        [
            ID,
            ("process", models.CharField("进程", max_length=50, unique=True)),
            ("seen_at", models.DateTimeField("最近一次")),
        ],
        {"verbose_name": "后台心跳", "verbose_name_plural": "后台心跳"},
    ),
)


class Migration(migrations.Migration):
    initial = True
    dependencies = [("agencies", "0001_initial")]

    operations = [
        CreateModels(*TABLES),
        migrations.RunPython(begin_with_rules, migrations.RunPython.noop),
    ]
