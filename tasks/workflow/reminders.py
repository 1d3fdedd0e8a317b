"""Coordinators change the rules of who is told when (提醒规则), people where. What was told stays as it was."""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from agencies.changes import note
from agencies.models import Change, User
from tasks.models import Delivery, ReminderPreference, ReminderRule
from tasks.reminders.sending import plan_again
from tasks.reminders.subjects import ReminderKind
from tasks.workflow.current import WorkflowError, deed

FARTHEST = 250  # working days: about a year
# The first offset that means anything: nobody knows beforehand when a report will be sent back.
EARLIEST = {
    ReminderKind.OPENS: 0,
    ReminderKind.SENT_BACK: 1,
    ReminderKind.REVIEW: 1,
    ReminderKind.REQUEST: 1,
    ReminderKind.URGED: 1,
    ReminderKind.INSTRUCTED: 1,
}


@dataclass(frozen=True, slots=True)
class RuleContent:
    """All of a reminder rule that can be changed."""

    name: str
    offset: int
    repeats: bool
    audience: str
    is_active: bool = True


@deed
def change_rule(*, rule: ReminderRule, content: RuleContent, reason: str, by: User, at: datetime) -> ReminderRule:
    """Changes a rule from the next sweep on. Its kind stays: with another date to count from it is another rule."""
    if not reason.strip():
        raise WorkflowError("请写明调整原因。", "reason")
    rules = _locked()
    rule = rules.pop(rule.pk)
    if asdict(content) == {name: getattr(rule, name) for name in asdict(content)}:
        last = Change.objects.filter(subject_type=rule._meta.label_lower, subject_id=str(rule.pk)).first()
        if last is not None and (last.reason, last.by) == (reason.strip(), by):
            return rule  # the same form sent again
    new = _checked(rule.kind, content, rules)
    old = {name: getattr(rule, name) for name in new}
    changed = [name for name in new if new[name] != old[name]]
    if not changed:
        raise WorkflowError("没有作任何调整。")
    for name in changed:
        setattr(rule, name, new[name])
    rule.save()
    before, after = ({name: values[name] for name in changed} for values in (old, new))
    note("调整提醒规则", rule, by=by, at=at, old=before, new=after, reason=reason.strip())
    return rule


@deed
def add_rule(*, kind: str, content: RuleContent, reason: str, by: User, at: datetime) -> ReminderRule:
    """Adds a rule of the coordinators' own, listed after those that count from the same date."""
    if kind not in ReminderKind:
        raise WorkflowError("请选择起算日期。", "kind")
    if not reason.strip():
        raise WorkflowError("请写明新增原因。", "reason")
    rules = _locked()
    for rule in rules.values():
        if (rule.kind, asdict(content)) == (kind, {name: getattr(rule, name) for name in asdict(content)}):
            made = Change.objects.filter(subject_type=rule._meta.label_lower, subject_id=str(rule.pk)).last()
            if made is not None and (made.reason, made.by) == (reason.strip(), by):
                return rule  # the same form sent again
    new = _checked(kind, content, rules)
    last = max((rule.ordinal for rule in rules.values() if rule.kind == kind), default=0)
    rule = ReminderRule.objects.create(kind=kind, code=f"own-{len(rules) + 1}", ordinal=last + 1, **new)
    note("新增提醒规则", rule, by=by, at=at, new={"kind": kind, **new}, reason=reason.strip())
    return rule


def _locked() -> dict[int, ReminderRule]:
    """Locks all rules, so that they are changed one after another."""
    return {rule.pk: rule for rule in ReminderRule.objects.select_for_update(of=("self",)).order_by("pk")}


def _checked(kind: str, content: RuleContent, others: dict[int, ReminderRule]) -> dict[str, Any]:
    """Gives the content as it is stored; refused where it means nothing, or what another rule says already."""
    earliest = EARLIEST.get(ReminderKind(kind), -FARTHEST)
    if not content.name.strip():
        raise WorkflowError("请填写名称。", "name")
    if content.audience not in ReminderRule.Audience:
        raise WorkflowError("请选择提醒对象。", "audience")
    if not earliest <= content.offset <= FARTHEST:
        raise WorkflowError(f"“{ReminderKind(kind).label}”的工作日数须在{earliest}至{FARTHEST}之间。", "offset")
    if content.repeats and (content.offset < 0 or kind == ReminderKind.OPENS):
        raise WorkflowError("只有期限过后的提醒可以每个工作日重复。", "repeats")
    same = (kind, content.offset, content.audience)
    for rule in others.values():
        if (rule.kind, rule.offset, rule.audience) == same:
            raise WorkflowError(f"与规则“{rule}”重复。", "offset")
    return {**asdict(content), "name": content.name.strip()}


@deed
def send_again(*, delivery: Delivery, by: User, at: datetime, now: datetime) -> None:
    """重新发送 of what was given up or skipped: tried from `now`, real time, on; `at` is when it was asked for."""
    if not plan_again(delivery, at=now):
        raise WorkflowError("这条提醒没有失败，无须重新发送。")
    digest = delivery.digest
    note(
        "重新发送提醒",
        delivery,
        by=by,
        at=at,
        new={"channel": delivery.channel, "day": digest.day, "recipient": str(digest.recipient)},
        agency=digest.recipient.agency,
    )


@dataclass(frozen=True, slots=True)
class Wishes:
    """提醒设置 of a person, all that can be chosen."""

    channels: tuple[str, ...]
    digest_hour: int
    email: str = ""
    mobile: str = ""
    wecom_id: str = ""
    feishu_id: str = ""


@deed
def choose_wishes(*, user: User, wishes: Wishes, at: datetime) -> ReminderPreference:
    """Changes a person's wishes from the next digest on. What is overdue is sent whatever was chosen."""
    preference, _ = ReminderPreference.objects.select_for_update().get_or_create(user=user)
    new = {**asdict(wishes), "channels": list(wishes.channels)}
    old = {name: getattr(preference, name) for name in new}
    changed = [name for name in new if new[name] != old[name]]
    if changed:
        ReminderPreference.objects.filter(pk=preference.pk).update(**{name: new[name] for name in changed})
        before, after = ({name: values[name] for name in changed} for values in (old, new))
        note("调整提醒设置", preference, by=user, at=at, old=before, new=after, agency=user.agency)
    return preference


@deed
def renew_calendar(*, user: User, at: datetime) -> str:
    """Gives the person's calendar a new secret address; the one before is no longer there."""
    preference, _ = ReminderPreference.objects.select_for_update().get_or_create(user=user)
    token = secrets.token_urlsafe(32)
    held = {"calendar_token": token, "calendar_series": user.session_series}
    ReminderPreference.objects.filter(pk=preference.pk).update(**held)
    note("更换日历订阅地址", preference, by=user, at=at, agency=user.agency)
    return token


@deed
def revoke_calendar(*, user: User, at: datetime) -> None:
    """Takes the calendar's address away: it leads nowhere from now on. Where there was none, nothing is done."""
    if ReminderPreference.objects.filter(user=user, calendar_token__isnull=False).update(calendar_token=None):
        preference = ReminderPreference.objects.get(user=user)
        note("停用日历订阅", preference, by=user, at=at, agency=user.agency)
