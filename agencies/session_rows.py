"""What is kept of how a person signs in: sessions, addresses, former passwords, and as whom other servers know them."""

from django.conf import settings
from django.db import models


class SignedIn(models.Model):
    """会话: where one session of a person began. What is in it Django keeps; without that row it has ended."""

    user = models.ForeignKey("agencies.User", models.CASCADE, related_name="sign_ins", verbose_name="账号")
    session_key = models.CharField("会话", max_length=40, unique=True)
    address = models.CharField("来源地址", max_length=45, blank=True)
    browser = models.CharField("浏览器", max_length=200, blank=True)
    began_at = models.DateTimeField("登录时间")
    # Hashes of what the server calls its session and its person, where one signed on; by them it ends the session.
    session_there = models.CharField("对方会话", max_length=64, blank=True, db_index=True, default="")
    person_there = models.CharField("对方用户", max_length=64, blank=True, db_index=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "会话"

    def __str__(self) -> str:
        return f"{self.user}：{self.address}"


class KnownAddress(models.Model):
    """An address from which the person has signed in: what others guess elsewhere doesn't shut it."""

    user = models.ForeignKey("agencies.User", models.CASCADE, related_name="known_addresses", verbose_name="账号")
    address = models.CharField("来源地址", max_length=45)
    last_at = models.DateTimeField("最近登录时间")

    class Meta:
        verbose_name = verbose_name_plural = "用过的地址"
        constraints = (models.UniqueConstraint(fields=("user", "address"), name="one_row_for_an_address"),)

    def __str__(self) -> str:
        return f"{self.user}：{self.address}"


class PasswordUsed(models.Model):
    """The hash of a password that the person had, so that it is not taken again."""

    user = models.ForeignKey("agencies.User", models.CASCADE, related_name="passwords_used", verbose_name="账号")
    password = models.CharField("口令校验值", max_length=128)

    class Meta:
        verbose_name = verbose_name_plural = "用过的口令"
        ordering = ("-pk",)

    def __str__(self) -> str:
        return str(self.user)


def ways_in() -> list[tuple[str, str]]:
    """The ways from outside that the settings have, with what they are called."""
    return list(settings.EXTERNAL_WAYS.items())


class ExternalIdentity(models.Model):
    """外部身份: as whom a server that signs people on knows the person, by the id that it never gives anybody else.

    Made by who keeps accounts, never by a sign-in; the server's other words about a person are not kept.
    """

    user = models.ForeignKey("agencies.User", models.CASCADE, related_name="identities", verbose_name="账号")
    way = models.CharField("登录方式", max_length=20, choices=ways_in)
    subject = models.CharField("唯一标识", max_length=191)
    linked_at = models.DateTimeField("登记时间", editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "外部身份"
        ordering = ("way", "subject")
        constraints = (models.UniqueConstraint(fields=("way", "subject"), name="one_account_for_an_identity"),)

    def __str__(self) -> str:
        return f"{self.get_way_display()} {self.subject}"
