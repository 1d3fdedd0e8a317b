"""The sender of every mail, as a setting gives it: one address that servers take, else the start is refused."""

import re
from email.utils import getaddresses

from django.core.exceptions import ImproperlyConfigured

ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")


def sender(text: str) -> str:
    """Gives the sender back. Raises ImproperlyConfigured for what is no single address: every mail would fail by it."""
    found = getaddresses([text])
    if len(found) != 1 or not ADDRESS.fullmatch(found[0][1]) or "\n" in text or "\r" in text:
        raise ImproperlyConfigured(
            f"EMAIL_FROM={text} 不是一个发件地址。应只写一个；名称中有逗号的，用英文引号括起，"
            '如 "平台,办公室" <noreply@example.gov.cn>。'
        )
    return text
