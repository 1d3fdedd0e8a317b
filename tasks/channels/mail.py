"""电子邮件 goes over the mail server of EMAIL_URL: HTML and text, under a Message-ID that stays the same."""

import re
import smtplib
from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.smtp import EmailBackend

from tasks.channels.base import NotSent, Outgoing, Sent, without

# These blame the recipient: there is no such mailbox, or it takes nothing (RFC 3463).
NO_MAILBOX = re.compile(r"5\.(?:1\.(?:[1-6]|10)|2\.[0-4])\b")
ENHANCED = re.compile(r"[245]\.\d+\.\d+\b")
NO_SUCH = (550, 551, 553)  # of servers that say no more
OURS = re.compile(r"sender|relay|client|helo|policy|blocked|from address", re.IGNORECASE)
TOO_LARGE = 552  # RFC 1870; some servers say it by the enhanced code alone
TOO_LARGE_WORDS = ("5.3.4", "5.2.3")


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
    """Says why, by the server's code and words if any.

    For good is only what blames the recipient, or the size of the message. A sender, a password, a server or a filter
    that somebody has to put right is for later: it would cost every message of a morning otherwise.
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
        return _refusal("收件人被拒绝", code, words, of_recipient=True)
    if isinstance(error, smtplib.SMTPResponseException):
        return _refusal("邮件服务器拒绝", error.smtp_code, error.smtp_error)
    if isinstance(error, TimeoutError):
        return NotSent("邮件服务器没有在规定时间内应答。")
    if isinstance(error, ConnectionRefusedError):
        return NotSent("邮件服务器拒绝连接。")
    return NotSent(f"与邮件服务器的连接失败（{type(error).__name__}）。")


def _refusal(what: str, code: int, words: bytes | str, *, of_recipient: bool = False) -> NotSent:
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    text = without((settings.EMAIL_HOST_PASSWORD,), text)
    is_too_large = code == TOO_LARGE or any(words in text for words in TOO_LARGE_WORDS)
    blamed = of_recipient and _blames_recipient(code, text)
    return NotSent(f"{what}，代码 {code}：{text}", permanent=is_too_large or blamed, is_too_large=is_too_large)


def _blames_recipient(code: int, text: str) -> bool:
    """Many servers refuse sender and relaying, too, only when they are told the recipient."""
    if ENHANCED.match(text):
        return NO_MAILBOX.match(text) is not None
    return code in NO_SUCH and not OURS.search(text)


def server_refuses_sender() -> str:
    """Why the mail server takes no mail from the sender, in Chinese; "" where it would. It is only asked."""
    connection = get_connection()
    if not isinstance(connection, EmailBackend):
        return ""
    try:
        connection.open()
        code, words = _asked(connection.connection, parseaddr(settings.DEFAULT_FROM_EMAIL)[1])
    except (OSError, smtplib.SMTPException) as error:
        return reason_of(error).reason
    finally:
        connection.close()
    blamed = code >= 400 and not _blames_recipient(code, words.decode(errors="replace"))
    return _refusal("发件地址被拒绝", code, words).reason if blamed else ""


def _asked(server: smtplib.SMTP | None, address: str) -> tuple[int, bytes]:
    """What it says to a mail from the address to itself; many servers look at the sender only then."""
    assert server  # it was opened
    server.ehlo_or_helo_if_needed()
    code, words = server.mail(address)
    return server.rcpt(address) if code < 400 else (code, words)
