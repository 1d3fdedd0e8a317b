"""安全日志: what happens at the doors, one row each, appended, chained, and given up by age alone."""

from django.db import models

from agencies.chain import ChainedRow, ChainOfRows


class SecurityChain(ChainOfRows):
    """The lock of the security log, with its count and its end, and with what came before its first row.

    When old rows are given up, the last of them leaves its hashes here, and the chain goes on from there.
    """

    given_up = models.PositiveBigIntegerField("已清理行数", default=0)
    start = models.CharField("最后清理的一行校验码", max_length=64, blank=True)
    sm3_start = models.CharField("最后清理的SM3校验码", max_length=64, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "安全日志锁"

    def __str__(self) -> str:
        return "安全日志"


class SecurityEvent(ChainedRow):
    """安全日志: who came in or was refused, what left as a file, and whose rights changed; from where.

    `hash` covers all but `times`, which grows while the same is refused again within the minute. `username` is that of
    a known account: what somebody typed for one may be a password.
    """

    class Kind(models.TextChoices):
        SIGNED_IN = "signed_in", "登录"
        REFUSED = "refused", "登录失败"
        LOCKED = "locked", "登录受限"
        SIGNED_OUT = "signed_out", "退出"
        ENDED = "ended", "会话终止"
        PASSWORD = "password", "密码变更"
        ACCOUNT = "account", "账号和权限变更"
        FACTOR = "factor", "二次验证变更"
        DOWNLOADED = "downloaded", "下载文件"
        SETTINGS = "settings", "安全设置"

    recorded_at = models.DateTimeField("时间")
    kind = models.CharField("类型", max_length=10, choices=Kind)
    by = models.ForeignKey("agencies.User", models.PROTECT, related_name="+", null=True, verbose_name="操作人")
    by_name = models.CharField("操作人姓名", max_length=100, blank=True)
    username = models.CharField("账号", max_length=150, blank=True)
    address = models.CharField("来源地址", max_length=45, blank=True)
    detail = models.TextField("内容", blank=True)
    request_id = models.UUIDField("操作编号")
    times = models.PositiveIntegerField("次数", default=1)

    class Meta:
        verbose_name = verbose_name_plural = "安全日志"
        ordering = ("-pk",)
        indexes = (models.Index(fields=("recorded_at",), name="security_by_time"),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.username or self.by_name}"
