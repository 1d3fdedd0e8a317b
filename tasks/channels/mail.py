"""电子邮件 goes over the mail server of EMAIL_URL: HTML and text, under a Message-ID that stays the same."""

import smtplib
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from tasks.channels.base import NotSent, Outgoing, Sent, without

PERMANENT = range(500, 600)
TOO_LARGE = 552  # RFC 1870; some servers say it by the enhanced code alone
TOO_LARGE_WORDS = ("5.3.4", "5.2.3")
CREDENTIALS = (530, 534, 535, 538)  # the server wants another sign-in, not another message


@dataclass(frozen=True)
class Mail:
    def send(self, message: Outgoing) -> Sent:
        if "@" not in message.address:
            raise NotSent("收件人没有电子邮箱。", permanent=True)
        refusal: NotSent | None = None
        try:
            count = self._composed(message).send()
            refusal = None if count else NotSent("邮件服务器没有收下邮件。")
        except (OSError, smtplib.SMTPException) as error:
            refusal = reason_of(error)
        except (ValueError, UnicodeError):  # a line break in an address, a name that is no host
            refusal = NotSent("邮箱地址或邮件标题不合规定。", permanent=True)
        if refusal is not None:
            raise refusal
        return Sent(message.message_id)

    def _composed(self, message: Outgoing) -> EmailMultiAlternatives:
        mail = EmailMultiAlternatives(
            subject=message.subject,
            body=message.text,
            to=[message.address],
            connection=get_connection(),
            headers={
                "Message-ID": f"<{message.message_id}>",
                # No absence notice may answer it.
                "Auto-Submitted": "auto-generated",
                "X-Auto-Response-Suppress": "All",
            },
        )
        mail.attach_alternative(message.html, "text/html")
        for file in message.attachments:
            mail.attach(file.name, file.content, file.media_type)
        return mail


def reason_of(error: Exception) -> NotSent:
    """Says why, by the server's code and words if any; 4xx is for later, 5xx for good, a credential never is."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
        return _refusal("收件人被拒绝", code, words)
    if isinstance(error, smtplib.SMTPResponseException):
        return _refusal("邮件服务器拒绝", error.smtp_code, error.smtp_error)
    if isinstance(error, TimeoutError):
        return NotSent("邮件服务器没有在规定时间内应答。")
    if isinstance(error, ConnectionRefusedError):
        return NotSent("邮件服务器拒绝连接。")
    return NotSent(f"与邮件服务器的连接失败（{type(error).__name__}）。")


def _refusal(what: str, code: int, words: bytes | str) -> NotSent:
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    text = without((settings.EMAIL_HOST_PASSWORD,), text)
    return NotSent(
        f"{what}，代码 {code}：{text}",
        permanent=code in PERMANENT and code not in CREDENTIALS,
        is_too_large=code == TOO_LARGE or any(words in text for words in TOO_LARGE_WORDS),
    )
