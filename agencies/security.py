"""安全日志 is written here: who came in or was refused, what left as a file, whose password or rights changed.

It is a chain of its own beside the record of changes: its rows change no plan, and are given up after some months.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.module_loading import import_string

from agencies.chain import START, Heads, Verdict, as_of_now, chained, held_against, walked
from agencies.circumstances import address, request_id
from agencies.models import Change, User
from agencies.security_events import SecurityChain, SecurityEvent

Kind = SecurityEvent.Kind
REFUSALS = (Kind.REFUSED, Kind.LOCKED)
MOST_REFUSALS = 20  # rows of a minute; what comes beyond them is one more
BEYOND = "其他账号或地址，本分钟内不再逐一记录"
FACTORS_TAKEN = "取消二次验证"  # the deed, as the record of changes has it
MONTH = timedelta(days=31)
HASHED = ["recorded_at", "kind", "by_id", "by_name", "username", "address", "detail", "request_id", "previous_hash"]
# By the name in the settings, what they are called where people read that one was changed.
WATCHED = {
    "HTTPS": "仅用 HTTPS",
    "DEBUG": "调试模式",
    "BEHIND_PROXY": "前有代理",
    "CLIENT_ADDRESS_HEADER": "来源地址取自",
    "SECURITY_LOG_MONTHS": "安全日志保存月数",
    "SESSION_IDLE_MINUTES": "无操作退出分钟数",
    "SESSIONS_AT_ONCE": "同时在线会话数（0为不限）",
    "CONFIRM_MINUTES": "不可撤回的操作前再次确认身份的分钟数（0为不要求）",
    "ADMINISTRATORS_JOINED": "系统、安全、审计管理员合一",
    "SECOND_FACTOR_ROLES": "须二次验证的角色",
    "EXTERNAL_SERVERS": "外部登录方式",
    "SECOND_FACTOR_LEFT_TO": "二次验证由外部负责的登录方式",
    "PASSWORD_HISTORY": "不得重复的历史密码数",
    "PASSWORD_DAYS": "密码有效天数（0为不限）",
    "RECORD_SM3": "加算SM3校验码",
}


def record(kind: str, *, by: User | None, at: datetime, detail: str = "") -> None:
    """Appends one row about that person, from where the request comes."""
    username = by.username if by else ""
    _append([_event(kind, at=at, by=by, by_name=str(by) if by else "系统", username=username, detail=detail)])


def record_refusal(kind: str, username: str, *, at: datetime, detail: str = "") -> None:
    """Counts a sign-in that was refused: a row for each minute, address, account and detail, and few in any minute.

    An account that nobody has is not named, since what was typed may be somebody's password.
    """
    known = User.objects.filter(username=User.normalize_username(username)).values_list("username", flat=True).first()
    minute = at.replace(second=0, microsecond=0)
    with transaction.atomic():
        _locked_chain()
        these = SecurityEvent.objects.filter(recorded_at__gte=minute, kind__in=REFUSALS)
        told = detail or ("" if known else "无此账号")
        same = these.filter(kind=kind, username=known or "", address=address.get(), detail=told)
        if _counted(same):
            return
        if these.count() < MOST_REFUSALS:
            _append([_event(kind, at=at, username=known or "", detail=told)])
        elif not _counted(these.filter(detail=BEYOND)):
            _append([_event(kind, at=at, detail=BEYOND, address="")])


def _counted(events: QuerySet[SecurityEvent]) -> bool:
    newest = events.values_list("pk", flat=True).first()
    return bool(newest and SecurityEvent.objects.filter(pk=newest).update(times=F("times") + 1))


def record_changes_of_accounts(changes: Iterable[Change]) -> None:
    """Repeats what the record of changes has about accounts, with the address, and tells whose they are."""
    told = [change for change in changes if change.subject_type == User._meta.label_lower]
    if not told:
        return
    names = dict(User.objects.filter(pk__in=[int(change.subject_id) for change in told]).values_list("pk", "username"))
    _append(
        [
            _event(
                _kind_of(change),
                at=change.recorded_at,
                by=change.by,
                by_name=change.by_name,
                username=names.get(int(change.subject_id), ""),
                detail=f"{change.action}：{change.subject}",
                request_id=change.request_id,
            )
            for change in told
        ]
    )
    tell = import_string(settings.ACCOUNT_CHANGES_TOLD_BY)
    for change in told:
        tell(change)


def _kind_of(change: Change) -> str:
    if change.action == FACTORS_TAKEN:
        return Kind.FACTOR
    return Kind.PASSWORD if "password" in change.new else Kind.ACCOUNT


def record_settings(*, at: datetime) -> bool:
    """Says how the settings that matter for security stand, once they are others than the last row about them says."""
    told = "；".join(f"{words}：{_told(getattr(settings, name))}" for name, words in WATCHED.items())
    last = SecurityEvent.objects.filter(kind=Kind.SETTINGS).values_list("detail", flat=True).first()
    if last != told:
        record(Kind.SETTINGS, by=None, at=at, detail=told)
    return last != told


def _told(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dict):
        value = [f"{name} {said}" for name, said in value.items()]
    if isinstance(value, (list, tuple)):
        return "、".join(map(str, value)) or "无"
    return str(value)


def _event(kind: str, *, at: datetime, **fields: object) -> SecurityEvent:
    known = {"address": address.get(), "request_id": request_id.get() or uuid4()}
    return SecurityEvent(kind=kind, recorded_at=at, **{**known, **fields})


def _locked_chain() -> SecurityChain:
    chain = SecurityChain.objects.select_for_update().filter(pk=1).first()
    return chain or SecurityChain.objects.select_for_update().get_or_create(pk=1)[0]


@transaction.atomic
def _append(events: Sequence[SecurityEvent]) -> None:
    """Chains them to the last row; whoever takes the lock of the record of changes too has taken it before."""
    chain = _locked_chain()
    heads = chained(events, Heads(chain.head or START, chain.sm3_head), HASHED)
    SecurityEvent.objects.bulk_create(events)
    known = {"count": chain.count + len(events), "head": heads.sha256, "sm3_head": heads.sm3}
    SecurityChain.objects.filter(pk=1).update(**known)


def verify() -> Verdict:
    """Reckons every row anew that the chain has now, from the hash that the last given-up one left.

    What is appended meanwhile waits for nothing, and is left for the next time.
    """
    chain, rows = as_of_now(SecurityChain, SecurityEvent)
    found = held_against(walked(rows, Heads(chain.start or START, chain.sm3_start), HASHED), chain)
    if found.problem and SecurityChain.objects.filter(pk=1).exclude(start=chain.start).exists():
        return verify()  # old rows were given up meanwhile
    return replace(found, before=chain.given_up)


@transaction.atomic
def give_up_old(*, at: datetime) -> int:
    """Deletes the rows that are older than the settings keep them, from the oldest on without a gap; how many."""
    chain = _locked_chain()
    until = at - settings.SECURITY_LOG_MONTHS * MONTH
    first_kept = (
        SecurityEvent.objects.filter(recorded_at__gte=until).order_by("pk").values_list("pk", flat=True).first()
    )
    old = SecurityEvent.objects.filter(pk__lt=first_kept) if first_kept else SecurityEvent.objects.all()
    last = old.order_by("pk").last()
    if last is None:
        return 0
    sm3 = old.exclude(sm3=None).values_list("sm3", flat=True).order_by("-pk").first() or chain.sm3_start
    gone, _ = old.delete()
    known = {"count": chain.count - gone, "given_up": chain.given_up + gone, "start": last.hash, "sm3_start": sm3}
    SecurityChain.objects.filter(pk=1).update(**known)
    return gone
