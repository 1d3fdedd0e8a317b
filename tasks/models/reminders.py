"""提醒: the rules as data, the ledger of what each person was to be told on each day, and how it was sent.

Three things apart: `tasks.reminders` asks the facts what is due; a sweep writes the answer here, once for each
recipient, rule, subject and day; sending claims the rows of `Delivery` one by one.
"""

from urllib.parse import urlencode

from django.db import models
from django.db.models import Q
from django.urls import reverse

from agencies.models import Agency, User
from tasks.models.filing import ReportingPeriod
from tasks.models.plan import Assignment
from tasks.models.talk import Message

FIRST_HOUR, LAST_HOUR = 8, 18  # of a digest; 免打扰 for everything that leaves is a setting


class ReminderRule(models.Model):
    """提醒规则: who is told how many working days before or after which date.

    `kind` names the subjects and the date that offsets count from; it and `code` never change. A rule that was changed
    leaves what it caused before as it was: every reminder keeps the rule's words of its day in `Reminder.reason`.
    """

    class Kind(models.TextChoices):
        DUE = "due", "任务完成时限"
        OPENS = "opens", "报告期开放填报"
        FILING = "filing", "报告报送截止"
        RECEIPT = "receipt", "签收期限"
        SENT_BACK = "sent_back", "报告退回之日"
        REVIEW = "review", "报告报送之日"
        REQUEST = "request", "申请提出之日"
        URGED = "urged", "催办发出之日"
        URGE = "urge", "催办答复期限"
        MILESTONE = "milestone", "节点计划日期"
        INSTRUCTED = "instructed", "批示下达之日"
        INSTRUCTION = "instruct", "批示答复期限"

    class Audience(models.TextChoices):
        LIAISON = "liaison", "联络员"
        APPROVER = "approver", "单位负责人"
        COORDINATORS = "coordinators", "统筹人员"
        LEADERSHIP = "leadership", "领导"

    code = models.SlugField("规则标识", max_length=30, unique=True)
    name = models.CharField("名称", max_length=50)
    kind = models.CharField("起算日期", max_length=10, choices=Kind)
    offset = models.SmallIntegerField("工作日", help_text="负数为此前几个工作日，0为当日，正数为此后几个工作日")
    repeats = models.BooleanField("此后每个工作日", default=False, help_text="不勾选则每一事项只提醒一次")
    audience = models.CharField("提醒对象", max_length=12, choices=Audience)
    is_active = models.BooleanField("启用", default=True)
    ordinal = models.PositiveSmallIntegerField("排序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "提醒规则"
        ordering = ("ordinal", "pk")
        constraints = (
            models.CheckConstraint(condition=Q(repeats=False) | Q(offset__gte=0), name="only_afterwards_repeats"),
            models.CheckConstraint(condition=Q(offset__range=(-250, 250)), name="offset_within_a_year"),
        )

    def __str__(self) -> str:
        return self.name


class Sweep(models.Model):
    """A working day whose reminders are in the ledger. Inserted together with them, never edited.

    A working day after the first sweep that has no row was missed. The next sweep makes it good and writes its row as
    well, with `made_good_on`, the day on which that happened.
    """

    day = models.DateField("日期", unique=True)
    made_good_on = models.DateField("补发日期", null=True, blank=True)
    started_at = models.DateTimeField("开始")
    finished_at = models.DateTimeField("完成")
    counts = models.JSONField("数量", default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "每日提醒任务"
        ordering = ("-day",)

    def __str__(self) -> str:
        return f"{self.day}"


class Digest(models.Model):
    """每日提醒: all that one person is told on one day, in one message.

    Its text is made from its reminders when it is sent. `missed_since` is the first missed day that it makes good.
    """

    recipient = models.ForeignKey(User, models.PROTECT, related_name="digests", db_index=False, verbose_name="收件人")
    day = models.DateField("日期")
    missed_since = models.DateField("补发自", null=True, blank=True)
    has_overdue = models.BooleanField("含逾期事项", default=False)
    planned_at = models.DateTimeField("计划发送时间")

    class Meta:
        verbose_name = verbose_name_plural = "每日提醒"
        ordering = ("-day", "-pk")
        constraints = (models.UniqueConstraint(fields=("recipient", "day"), name="one_digest_per_day"),)
        indexes = (models.Index(fields=("day",), name="digests_of_day"),)

    def __str__(self) -> str:
        return f"{self.recipient} {self.day}"

    def get_absolute_url(self) -> str:
        """Its reminders in the ledger, each with its reason."""
        query = urlencode({"person": self.recipient_id, "after": self.day, "before": self.day})
        return f"{reverse('tasks:reminder-list')}?{query}"


class Reminder(models.Model):
    """提醒: one person was to be told one thing on one day. A fact, written before anything is sent.

    `kind` is the rule's, and `key` that of the row that such a kind is about: an assignment, report, request or urge.
    Where reports are to be filed it is the plan's, and `period_code` names the period, which the daily round may not
    have recorded yet. `subject` is all that in one stable text (`assignment:7`, `report:9`, `request:2`, `urge:4`,
    `period:3-2016Q3/agency:5`); assignment, period and agency are there to find it by. `stage` is the rule's kind and
    offset (`due-7`, `due+3`). `reason` holds all that the rule went by. `is_settled`: when a missed day was made good
    it was already done, so it is told as done and nothing is asked.
    """

    digest = models.ForeignKey(Digest, models.PROTECT, related_name="reminders", verbose_name="每日提醒")
    recipient = models.ForeignKey(User, models.PROTECT, related_name="reminders", db_index=False, verbose_name="收件人")
    rule = models.ForeignKey(ReminderRule, models.PROTECT, related_name="reminders", verbose_name="规则")
    stage = models.CharField("阶段", max_length=20)
    subject = models.CharField("事项标识", max_length=60)
    kind = models.CharField("类型", max_length=10, choices=ReminderRule.Kind)
    key = models.BigIntegerField("事项主键")
    period_code = models.CharField("报告期代码", max_length=7, blank=True)
    assignment = models.ForeignKey(
        Assignment, models.PROTECT, related_name="reminders", null=True, verbose_name="责任分工"
    )
    period = models.ForeignKey(
        ReportingPeriod, models.PROTECT, related_name="reminders", null=True, verbose_name="报告期"
    )
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="reminders", null=True, verbose_name="单位")
    day = models.DateField("应提醒日期")
    anchor = models.DateField("起算日期")
    is_settled = models.BooleanField("补发时已办", default=False)
    reason = models.JSONField("依据", default=dict)
    planned_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "提醒"
        ordering = ("-day", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("recipient", "rule", "subject", "day"), name="one_reminder_per_day"),
        )
        indexes = (models.Index(fields=("day", "recipient"), name="reminders_of_day"),)

    def __str__(self) -> str:
        return f"{self.recipient} {self.day} {self.stage} {self.subject}"


class Channel(models.TextChoices):
    IN_APP = "in_app", "站内消息"
    EMAIL = "email", "电子邮件"
    WECOM_APP = "wecom_app", "企业微信应用消息"
    WECOM_ROBOT = "wecom_robot", "企业微信群机器人"
    DINGTALK = "dingtalk", "钉钉群机器人"
    FEISHU = "feishu", "飞书群机器人"
    SMS = "sms", "短信"
    WEBHOOK = "webhook", "通用推送接口"


class Delivery(models.Model):
    """发送: one digest by one channel. The only row of the ledger that changes, and only from state to state.

    Claimed by a conditional update from `planned` (or from `claimed`, when whoever claimed it has fallen silent);
    `next_try_at` is when it may be claimed next. `error` and `reply` never hold a secret.
    """

    class State(models.TextChoices):
        PLANNED = "planned", "待发送"
        CLAIMED = "claimed", "发送中"
        SENT = "sent", "已发送"
        FAILED = "failed", "发送失败"
        SKIPPED = "skipped", "未发送"

    digest = models.ForeignKey(Digest, models.PROTECT, related_name="deliveries", db_index=False, verbose_name="提醒")
    channel = models.CharField("渠道", max_length=12, choices=Channel)
    state = models.CharField("状态", max_length=8, choices=State, default=State.PLANNED)
    attempts = models.PositiveSmallIntegerField("尝试次数", default=0)
    next_try_at = models.DateTimeField("下次发送时间", null=True, blank=True)
    claimed_at = models.DateTimeField("领取时间", null=True, blank=True)
    sent_at = models.DateTimeField("发送时间", null=True, blank=True)
    message_id = models.CharField("消息标识", max_length=200, blank=True)
    error = models.CharField("失败原因", max_length=500, blank=True)
    reply = models.CharField("对方应答", max_length=500, blank=True)
    inbox_message = models.OneToOneField(
        Message, models.SET_NULL, related_name="delivery", null=True, blank=True, verbose_name="站内消息"
    )

    class Meta:
        verbose_name = verbose_name_plural = "发送"
        ordering = ("digest", "channel")
        constraints = (
            models.UniqueConstraint(fields=("digest", "channel"), name="one_delivery_per_channel"),
            models.CheckConstraint(condition=~Q(state="sent") | Q(sent_at__isnull=False), name="sent_says_when"),
        )
        indexes = (
            models.Index(
                fields=("next_try_at",), condition=Q(state__in=("planned", "claimed")), name="deliveries_to_try"
            ),
            models.Index(fields=("state",), name="deliveries_by_state"),
        )

    def __str__(self) -> str:
        return f"{self.digest} {self.get_channel_display()}"


class ReminderPreference(models.Model):
    """Where and when a person wants the daily digest. Who never chose has no row, and the defaults.

    In-app messages can't be switched off. What is overdue goes out by one more channel, if the person can be reached
    by any, whatever `channels` says.
    """

    user = models.OneToOneField(User, models.CASCADE, related_name="reminder_preference", verbose_name="用户")
    channels = models.JSONField("接收渠道", default=list, blank=True, help_text="站内消息之外的渠道")
    digest_hour = models.PositiveSmallIntegerField("每日提醒时间", default=FIRST_HOUR)
    email = models.EmailField("电子邮箱", blank=True)
    mobile = models.CharField("手机号码", max_length=20, blank=True)
    wecom_id = models.CharField("企业微信账号", max_length=64, blank=True)
    feishu_id = models.CharField("飞书账号", max_length=64, blank=True)
    calendar_token = models.CharField("日历订阅密钥", max_length=64, unique=True, null=True, blank=True)
    calendar_series = models.PositiveIntegerField("日历订阅批次", default=0, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "提醒设置"
        constraints = (
            models.CheckConstraint(
                condition=Q(digest_hour__range=(FIRST_HOUR, LAST_HOUR - 1)), name="digest_hour_in_office_hours"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user}：提醒设置"

    @property
    def calendar_in_force(self) -> str:
        """The secret of the calendar's address; "" before there is one, and once it ended with all sessions."""
        holds = self.calendar_series == self.user.session_series
        return self.calendar_token or "" if holds else ""
