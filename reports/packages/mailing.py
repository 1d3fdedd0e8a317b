"""Sends the mails that an announcement wrote down: each claimed first, so that no run ever doubles one."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.db.models import F
from django.template.loader import render_to_string

from agencies.models import Office
from agencies.security import Kind, record
from reports.models import PackageFile, PackageMail
from reports.packages.keeping import StorageError, read
from reports.packages.seeing import visible_files
from reports.quarter.period_words import day
from tasks.channels.base import Attachment, NotSent, Outgoing, Sender
from tasks.channels.mail import Mail

MOST_ATTEMPTS = PackageMail.MOST_ATTEMPTS
READ = (PackageFile.Kind.XLSX, PackageFile.Kind.DOCX)  # the others are for machines
WITHDRAWN = "印发已撤回，未发送。"


def send_mails(*, tick: Callable[[], datetime], channel: Sender | None = None) -> int:
    """Sends what waits, and says how many went out. One refused for now is tried again, at most five times in all."""
    sent = 0
    waiting = PackageMail.objects.filter(claimed_at=None, sent_at=None, attempts__lt=MOST_ATTEMPTS)
    for mail in waiting.select_related("package", "issue__edition", "issue__withdrawal", "recipient").order_by("pk"):
        mine = PackageMail.objects.filter(pk=mail.pk, claimed_at=None, sent_at=None)
        if mine.update(claimed_at=tick(), attempts=F("attempts") + 1):
            sent += _send(mail, channel or Mail(), tick())
    return sent


def _send(mail: PackageMail, channel: Sender, now: datetime) -> bool:
    """Sends one mail. A refusal frees it for another try; what never said how it ended stays claimed.

    Files that the server finds too large stay behind: the next try has links.
    """
    row = PackageMail.objects.filter(pk=mail.pk)
    if mail.issue and mail.issue.is_withdrawn:
        row.update(claimed_at=None, error=WITHDRAWN, attempts=MOST_ATTEMPTS)
        return False
    files = _files(mail)
    attached = attachments(files) if mail.with_files else ()
    try:
        channel.send(_composed(mail, files, attached, now))
    except NotSent as refusal:
        if refusal.is_too_large and attached:
            row.update(claimed_at=None, error=refusal.reason, with_files=False)
            return False
        spent = {"attempts": MOST_ATTEMPTS} if refusal.permanent else {}
        row.update(claimed_at=None, error=refusal.reason, **spent)
        return False
    row.update(sent_at=now, error="", with_files=bool(attached))
    if attached:
        names = "、".join(file.name for file in attached)
        record(Kind.DOWNLOADED, by=None, at=now, detail=f"{names}（随邮件发给{mail.recipient}，{mail.address}）")
    return True


def _files(mail: PackageMail) -> list[PackageFile]:
    """The files of the issue that the recipient may have; none where a package is only announced."""
    if mail.issue is None:
        return []
    allowed = visible_files(mail.recipient).filter(edition=mail.issue.edition, kind__in=READ)
    return list(allowed.select_related("blob").order_by("-kind"))


def attachments(files: Sequence[PackageFile]) -> tuple[Attachment, ...]:
    """The files as they were built, all of them or none: above the setting, or where one is lost, a link says more."""
    size = sum(file.blob.size for file in files)
    if not files or size > settings.MAIL_ATTACHMENT_MB * 1024**2:
        return ()
    try:
        return tuple(Attachment(file.name, read(file.blob), file.blob.media_type) for file in files)
    except StorageError:
        return ()


def _composed(
    mail: PackageMail, files: Sequence[PackageFile], attached: Sequence[Attachment], now: datetime
) -> Outgoing:
    package = mail.package
    link = f"{settings.SITE_URL}{package.get_absolute_url()}"
    done = f"已印发（{mail.issue}）" if mail.issue else "已生成"
    subject = f"{package}{done}，截至{day(package.day)}" if mail.issue else f"{package}{done}（截至{day(package.day)}）"
    context = {
        "package": package,
        "issue": mail.issue,
        "files": [(file.name, f"{settings.SITE_URL}{file.get_absolute_url()}") for file in files],
        "is_attached": bool(attached),
        "link": link,
        "product": settings.PRODUCT_NAME,
        "office": Office.at(package.plans.all()[0].office_id).name,
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
        attachments=tuple(attached),
    )
