"""What Django's own checks don't know to be wrong with this product's settings; every start asks."""

from email.utils import parseaddr
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

NOWHERE = ("localhost", "example.com", "example.org", "example.net", "invalid")
STAYS = "django.core.mail.backends."  # mail that is printed, kept or written to files; ours leaves the machine


def sender_refusal() -> str:
    """Why no mail server would take the sender, in Chinese; "" where one may, or where no mail leaves this machine."""
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    host = address.rpartition("@")[2].strip("[]").lower()
    leads_nowhere = "." not in host or _is_number(host) or any(f".{host}".endswith(f".{name}") for name in NOWHERE)
    if "email" not in settings.CHANNELS or settings.EMAIL_BACKEND.startswith(STAYS) or not leads_nowhere:
        return ""
    return f"发件地址 {address} 不属于任何邮件域，邮件会被拒收，请设 EMAIL_FROM（或 SITE_URL）。"


def check_sender(**kwargs: Any) -> list[CheckMessage]:
    """The same as a check of Django's, so that a start says it."""
    return [Error(refusal, id="qa_plan.E001")] if (refusal := sender_refusal()) else []


def _is_number(host: str) -> bool:
    try:
        return bool(ip_address(host))
    except ValueError:
        return False
