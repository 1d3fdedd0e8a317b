"""Sends the mails that an announcement wrote down: each claimed first, so that no run ever doubles one."""

from collections.abc import Callable
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.db.models import F
from django.template.loader import render_to_string

from agencies.models import Office
from reports.models import PackageMail
from reports.quarter.period_words import day
from tasks.channels.base import NotSent, Outgoing, Sender
from tasks.channels.mail import Mail

MOST_ATTEMPTS = 5


def send_mails(*, tick: Callable[[], datetime], channel: Sender | None = None) -> int:
    """Sends what waits, and says how many went out. One refused for now is tried again, at most five times in all."""
    sent = 0
    waiting = PackageMail.objects.filter(claimed_at=None, sent_at=None, attempts__lt=MOST_ATTEMPTS)
    for mail in waiting.select_related("package").order_by("pk"):
        mine = PackageMail.objects.filter(pk=mail.pk, claimed_at=None, sent_at=None)
        if mine.update(claimed_at=tick(), attempts=F("attempts") + 1):
            sent += _send(mail, channel or Mail(), tick())
    return sent


def _send(mail: PackageMail, channel: Sender, now: datetime) -> bool:
    """Sends one mail. A refusal frees it for another try; what never said how it ended stays claimed."""
    row = PackageMail.objects.filter(pk=mail.pk)
    try:
        channel.send(_composed(mail, now))
    except NotSent as refusal:
        spent = {"attempts": MOST_ATTEMPTS} if refusal.permanent else {}
        row.update(claimed_at=None, error=refusal.reason, **spent)
        return False
    row.update(sent_at=now, error="")
    return True


def _composed(mail: PackageMail, now: datetime) -> Outgoing:
    package = mail.package
    link = f"{settings.SITE_URL}{package.get_absolute_url()}"
    subject = f"{package}已生成（截至{day(package.day)}）"
    context = {
        "package": package,
        "link": link,
        "product": settings.PRODUCT_NAME,
        "office": Office.current().name,
    }
    return Outgoing(
        message_id=f"{uuid5(NAMESPACE_URL, f'package-mail/{mail.pk}/{package.key}')}@qa-plan",
        recipient_id=mail.recipient_id,
        address=mail.address,
        subject=subject,
        text=render_to_string("reports/package_mail.txt", context),
        html=render_to_string("reports/package_mail.html", context),
        lines=(),
        brief=subject,
        link=link,
        at=now,
    )
