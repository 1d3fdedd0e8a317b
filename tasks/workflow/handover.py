"""账号移交: an agency's account goes to a new person."""

import secrets
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from agencies.changes import note
from agencies.models import User
from agencies.sessions import end_all_for_good
from tasks.access import can_file_reports
from tasks.models import Message, ReportDraft
from tasks.workflow.current import WorkflowError, deed

# Without what is easily mistaken for another when read from paper or told over the telephone.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def initial_password() -> str:
    """Makes up a password of three groups of four, at least one of them with letters: `k7mp-w3xh-9dte`."""
    while True:
        word = "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3))
        if any(letter.isalpha() for letter in word):
            return word


@deed
def hand_over(
    *, old: User, new_name: str, new_username: str, password: str, reason: str, by: User, at: datetime
) -> User:
    """A new person in the same agency and role takes the place of the old one, who can't sign in any more.

    Drafts belong to assignments and are found by the new person; what the old one has not read goes to the new one.
    What happened so far keeps the old name.
    """
    locked = User.objects.select_related(None).select_for_update().filter(pk=old.pk).first()
    if locked is None or not locked.is_active:
        raise WorkflowError(f"{old}的账号已停用，不能移交。")
    if not can_file_reports(old):
        raise WorkflowError("只有联络员和单位负责人的账号可以移交。")
    if not reason.strip():
        raise WorkflowError("请写明移交原因。", "reason")
    try:
        with transaction.atomic():
            new = User.objects.create(
                username=User.normalize_username(new_username),
                display_name=new_name.strip(),
                role=old.role,
                agency=old.agency,
                password=make_password(password),
                must_change_password=True,
            )
    except IntegrityError as error:
        raise WorkflowError("该用户名已被使用。", "username") from error
    User.objects.filter(pk=old.pk).update(is_active=False)
    end_all_for_good(old)
    messages = Message.objects.filter(recipient=old, read_at__isnull=True).update(recipient=new)
    drafts = ReportDraft.objects.filter(assignment__agency=old.agency, assignment__ended_at__isnull=True).count()
    note(
        "移交账号",
        old,
        by=by,
        at=at,
        old={"person": str(old), "username": old.username},
        new={"person": str(new), "username": new.username, "drafts": drafts, "messages": messages},
        reason=reason.strip(),
        agency=old.agency,
    )
    old.is_active = False
    return new
