"""Sessions of people: what begins one, what ends it, and which a person has. Django keeps what is in them."""

import time
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from typing import NamedTuple

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import transaction
from django.db.models import F, Q
from django.http import HttpRequest

from agencies.circumstances import address
from agencies.models import KnownAddress, SignedIn, User
from agencies.security import Kind, record

BEGAN, SEEN = "began", "seen"  # in the session, in seconds
FACTOR = "factor"  # in the session: that the person has a second factor is known
WAY, SUBJECT = "way", "subject"  # in the session: by which way from outside the person came, as whom; else not there
TOKEN = "token"  # in the session: what the server that signed the person on is shown when they leave
LONGEST_BROWSER = 200
WORD_HOLDS = 15 * 60  # seconds: longer than the word of a server is new
ALL, LONGEST_KEY = "others", 18  # digits that any database holds


class Arrival(NamedTuple):
    """How somebody came in: by which way from outside, as whom, and what the server calls its session and person."""

    way: str = ""  # "": by the password of this product
    subject: str = ""
    session: str = ""
    person: str = ""
    token: str = ""

    def hash_of(self, name: str) -> str:
        """What the row of the session has in place of the server's words; "" where the server said nothing."""
        return sha256(f"{self.way} {name}".encode(errors="replace")).hexdigest() if name else ""


BY_PASSWORD = Arrival()


class EndedThere(NamedTuple):
    """The word of a server that a session of its own has ended, as it names it, or that all of a person have."""

    came: Arrival
    number: str = ""  # by which it is taken once


def mark(request: HttpRequest, *, now: datetime) -> None:
    """From now on the session counts as used; once marked, it ends when it is idle or old."""
    seconds = int(now.timestamp())
    request.session[SEEN] = seconds
    request.session.setdefault(BEGAN, seconds)


def why_ended(request: HttpRequest, *, now: datetime) -> str:
    """Says why the session has ended by itself: unused for too long, or a working day old; "" while it holds."""
    seconds, idle = now.timestamp(), settings.SESSION_IDLE_MINUTES
    if idle and seconds - request.session.get(SEEN, seconds) >= idle * 60:
        return f"{idle}分钟无操作"
    if seconds - request.session.get(BEGAN, seconds) >= settings.SESSION_COOKIE_AGE:
        return f"登录已满{settings.SESSION_COOKIE_AGE // 3600}小时"
    return ""


def begin(request: HttpRequest, user: User, *, at: datetime, now: datetime, came: Arrival = BY_PASSWORD) -> None:
    """Puts a sign-in on record, and ends the oldest sessions where the person now has more than the settings allow."""
    is_second = any(step["method"] == "mfa" for step in get_authentication_records(request, user))
    first = settings.EXTERNAL_WAYS.get(came.way, came.way)
    record(Kind.SIGNED_IN, by=user, at=at, detail=f"{first or '密码'}和二次验证" if is_second else first)
    for name in (BEGAN, WAY, SUBJECT, TOKEN):
        request.session.pop(name, None)
    if came.way:
        request.session[WAY], request.session[SUBJECT], request.session[TOKEN] = came.way, came.subject, came.token
    mark(request, now=now)
    if not request.session.session_key:
        request.session.save()
    browser = request.headers.get("User-Agent", "")[:LONGEST_BROWSER]
    SignedIn.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "user": user,
            "address": address.get(),
            "browser": browser,
            "began_at": now,
            "session_there": came.hash_of(came.session),
            "person_there": came.hash_of(came.person),
        },
    )
    if address.get():
        KnownAddress.objects.update_or_create(user=user, address=address.get(), defaults={"last_at": now})
    user.sign_ins.exclude(session_key__in=Session.objects.values("session_key")).delete()
    if settings.SESSIONS_AT_ONCE:
        surplus = SignedIn.objects.filter(user=user).order_by("-began_at", "-pk")[settings.SESSIONS_AT_ONCE :]
        end(surplus, reason="在别处登录", by=user, at=at)


def end(sessions: Iterable[SignedIn], *, reason: str, by: User | None, at: datetime) -> int:
    """Ends those sessions; how many."""
    keys = [session.session_key for session in sessions]
    if keys:
        Session.objects.filter(session_key__in=keys).delete()
        SignedIn.objects.filter(session_key__in=keys).delete()
        record(Kind.ENDED, by=by, at=at, detail=f"{reason}，{len(keys)}个会话")
    return len(keys)


def go_on(request: HttpRequest, user: User, before: str | None, *, at: datetime) -> None:
    """After a new password: the session in hand has another key, and all others of the person have ended."""
    key = request.session.session_key
    if SignedIn.objects.filter(session_key=before).exists():
        SignedIn.objects.filter(session_key=before).update(session_key=key)
    end(user.sign_ins.exclude(session_key=key), reason="密码已修改", by=user, at=at)


def sign_out(request: HttpRequest, user: User, *, at: datetime) -> None:
    record(Kind.SIGNED_OUT, by=user, at=at)
    SignedIn.objects.filter(session_key=request.session.session_key).delete()


def end_others(user: User, this: str | None, chosen: str, *, at: datetime) -> int:
    """Ends the chosen one of the person's sessions, or all of them; never the one in hand. How many."""
    others = user.sign_ins.exclude(session_key=this)
    if chosen != ALL:
        others = others.filter(pk=chosen if chosen.isdecimal() and len(chosen) <= LONGEST_KEY else 0)
    return end(others, reason="本人终止", by=user, at=at)


@transaction.atomic
def end_by_server(ended: EndedThere, *, at: datetime) -> int:
    """Ends what the server says has ended there: that session, or without one all that its person began; how many.

    A session of the person of which the server gave no name ends with any of theirs. A word is taken once.
    """
    came = ended.came
    if ended.number and not cache.add(f"ended-{came.hash_of(ended.number)}", 1, WORD_HOLDS):
        return 0
    for word in _words_of(came):
        cache.set(word, time.time(), WORD_HOLDS)
    session, person = came.hash_of(came.session), came.hash_of(came.person)
    of_person = Q(person_there=person) if person else Q(pk=None)
    these = Q(session_there=session) | (of_person & Q(session_there="")) if session else of_person
    sessions = list(SignedIn.objects.filter(these).select_related("user"))
    by = sessions[0].user if sessions else None
    return end(sessions, reason=f"{settings.EXTERNAL_WAYS[came.way]}已退出", by=by, at=at)


def _words_of(came: Arrival) -> list[str]:
    """Under which names the word of a sign-out is kept for sign-ins that wait: as `end_by_server` finds sessions."""
    session, person = came.hash_of(came.session), came.hash_of(came.person)
    if not session:
        return [f"out-{person}"]
    return [f"out-{session}", *([f"out-nameless-{person}"] if person else [])]


def has_ended_there(came: Arrival, *, since: float) -> bool:
    """Whether the server by which somebody comes in has since said that their session there has ended."""
    session, person = came.hash_of(came.session), came.hash_of(came.person)
    words = [f"out-{each}" for each in (session, person) if each]
    words += [f"out-nameless-{person}"] if person and not session else []
    return any(cache.get(word, 0) >= since for word in words)


def end_all_for_good(user: User) -> None:
    """No session of the person holds any more, nor an address that was given out, not even if all were as before."""
    User.objects.filter(pk=user.pk).update(session_series=F("session_series") + 1)
    Session.objects.filter(session_key__in=list(user.sign_ins.values_list("session_key", flat=True))).delete()
    user.sign_ins.all().delete()


class OwnSession(NamedTuple):
    """One session as its person sees it."""

    pk: int
    browser: str
    address: str
    began_at: datetime
    seen_at: datetime
    is_this: bool


def own_sessions(user: User, this: str | None) -> list[OwnSession]:
    """Those that still hold, the one in hand first and then by when they were last used."""
    rows = {row.session_key: row for row in SignedIn.objects.filter(user=user)}
    held = Session.objects.filter(session_key__in=rows)
    found = [_own(rows[each.session_key], each.get_decoded().get(SEEN), this) for each in held]
    return sorted(found, key=lambda session: (session.is_this, session.seen_at), reverse=True)


def _own(row: SignedIn, seen: int | None, this: str | None) -> OwnSession:
    seen_at = datetime.fromtimestamp(seen, tz=UTC) if seen else row.began_at
    return OwnSession(row.pk, named(row.browser), row.address, row.began_at, seen_at, row.session_key == this)


BROWSERS = (
    *(("WeChat", "微信"), ("DingTalk", "钉钉"), ("Lark", "飞书"), ("360SE", "360浏览器"), ("QQBrowser", "QQ浏览器")),
    *(("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari")),
)
SYSTEMS = (
    *(("Windows", "Windows"), ("Android", "安卓"), ("iPhone", "iPhone"), ("Mac OS", "macOS")),
    *(("UOS", "统信"), ("Kylin", "麒麟"), ("Linux", "Linux")),
)


def named(agent: str) -> str:
    """What the browser calls itself, in few words: Edge · Windows."""
    words = (next((word for sign, word in known if sign in agent), "") for known in (BROWSERS, SYSTEMS))
    return " · ".join(word for word in words if word) or "未知浏览器"
