"""Sending takes planned deliveries one by one and hands each to its channel.

**Nothing is lost.** What is to be sent is a row. A worker claims it by one conditional update, which also says until
when nobody else may (`next_try_at`): of any number of workers exactly one gets it, on every database. A claim whose
worker died is taken over when that time has passed; it is longer than the longest possible try. A queue that loses a
job loses nothing, because every minute the rows are looked at, not the queue.

**Nothing is sent twice, but for one window**: from the instant at which the receiver takes a message over to the commit
that records it, a few milliseconds. If the answer is lost on the way, or the worker is killed just then, nobody on our
side can know that it arrived, and it is sent once more: under the same Message-ID (`Idempotency-Key` of the webhook;
WeCom compares by itself), so that a receiver who looks at it discards the double. Group robots and text messages have
no such sign. A database that is away at that instant widens the window by nothing: the worker keeps what it knows and
tries again until its own time is up. In-app messages have no window at all, they are rows beside the record.
"""

import logging
import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, QuerySet
from django.utils.crypto import salted_hmac

from tasks.access import can_file_reports
from tasks.channels import NotSent, Outgoing, Sent, sender_for
from tasks.channels.base import REASON_LIMIT
from tasks.models import Channel, Delivery, Digest, ReminderPreference, WorkdayOverride
from tasks.reminders.digest import composed
from tasks.reminders.preferences import ADDRESSES
from tasks.reminders.quiet import awake
from tasks.rules.texts import shortened

LONGEST_WAIT = 4 * 60 * 60  # seconds between two tries
JITTER = 0.25  # of the wait: those that failed together don't come back together
MENTIONED = {Channel.DINGTALK: "mobile", Channel.WECOM_ROBOT: "wecom_id", Channel.FEISHU: "feishu_id"}

log = logging.getLogger(__name__)


def due(at: datetime) -> QuerySet[Delivery]:
    """What may be claimed at that moment, longest waiting first: planned ones, and claims that nobody works on."""
    return Delivery.objects.filter(
        state__in=(Delivery.State.PLANNED, Delivery.State.CLAIMED), next_try_at__lte=at
    ).order_by("next_try_at", "pk")


def send_due(clock: Callable[[], datetime]) -> int:
    """Sends all that is due, here and now; how many were tried. The time is asked for anew at each one."""
    return sum(send(pk, at=clock()) is not None for pk in list(due(clock()).values_list("pk", flat=True)))


def send(pk: int, *, at: datetime) -> Delivery.State | None:
    """Tries one delivery once; the state that it is left in, or None where there was nothing to do for us.

    `at` is real time, also in a demonstration: nobody's mail server stands still.
    """
    delivery = Delivery.objects.select_related("digest__recipient__agency").get(pk=pk)
    if delivery.channel == Channel.IN_APP:
        with transaction.atomic():
            return _try(delivery, at)
    return _try(delivery, at)


def _try(delivery: Delivery, at: datetime) -> Delivery.State | None:
    if not claim(delivery, at):
        return None
    if delivery.attempts > settings.SEND_TRIES:  # whoever claimed it never came back to say why
        return _give_up(delivery, "多次发送中断，未能完成。")
    if not delivery.digest.recipient.is_active:
        return _record(delivery, Delivery.State.SKIPPED, error="收件人账号已停用。")
    if _speaks_of_others(delivery.digest):
        return _record(delivery, Delivery.State.SKIPPED, error="收件人已不在该单位。")
    try:
        sent = sender_for(delivery.channel).send(outgoing(delivery, at))
    except NotSent as refused:
        return refusal(delivery, refused, at)
    except Exception as error:
        # A fault of ours. Its name alone is told: its text, or a traceback, could hold what must stay secret.
        log.error("Delivery %s by %s failed: %s", delivery.pk, delivery.channel, type(error).__name__)
        return refusal(delivery, NotSent(f"系统内部错误（{type(error).__name__}）。"), at)
    return _taken(delivery, sent, at)


def _speaks_of_others(digest: Digest) -> bool:
    """Whether its recipient went to another agency since: nobody is told what the former one has to do."""
    person = digest.recipient
    return can_file_reports(person) and digest.reminders.exclude(agency=person.agency_id).exists()


def plan_again(delivery: Delivery, *, at: datetime) -> bool:
    """Has a delivery tried again that was given up or skipped; False where it was neither."""
    given_up = Delivery.objects.filter(pk=delivery.pk, state__in=(Delivery.State.FAILED, Delivery.State.SKIPPED))
    return bool(given_up.update(state=Delivery.State.PLANNED, attempts=0, next_try_at=at))


# ── claiming ─────────────────────────────────────────────────────────────────────────────────────────────────────


def claim(delivery: Delivery, at: datetime) -> bool:
    """Whether it is ours now: one statement, so that nobody can come between looking and taking."""
    name = delivery.message_id or message_id(delivery)
    taken = (
        due(at)
        .order_by()
        .filter(pk=delivery.pk)
        .update(
            state=Delivery.State.CLAIMED,
            claimed_at=at,
            next_try_at=at + timedelta(seconds=settings.SEND_LEASE),
            attempts=F("attempts") + 1,
            message_id=name,
        )
    )
    delivery.claimed_at, delivery.message_id, delivery.attempts = at, name, delivery.attempts + 1
    return bool(taken)


def message_id(delivery: Delivery) -> str:
    """Names a message: the same whenever it is asked for, and no other's: one person, one day, one channel."""
    digest = delivery.digest
    what = f"{digest.recipient.username} {digest.day} {delivery.channel}"
    name = salted_hmac("tasks.reminders.sending", what, algorithm="sha256").hexdigest()[:32]
    return f"{name}@{urlsplit(settings.SITE_URL).hostname}"


# ── what came of it ──────────────────────────────────────────────────────────────────────────────────────────────


def refusal(delivery: Delivery, refused: NotSent, at: datetime) -> Delivery.State:
    """Gives up where no later try can succeed or too many have failed; else plans another, later each time."""
    if refused.permanent or delivery.attempts >= settings.SEND_TRIES:
        return _give_up(delivery, refused.reason)
    again = next_try(delivery.attempts, at, random.random())
    return _record(delivery, Delivery.State.PLANNED, error=refused.reason, next_try_at=again)


def next_try(attempts: int, at: datetime, chance: float) -> datetime:
    """The next try comes after a wait that doubles with each attempt, outside of quiet hours."""
    wait = min(settings.SEND_AGAIN_AFTER * 2 ** (attempts - 1), LONGEST_WAIT)
    return awake(at + timedelta(seconds=wait * (1 + JITTER * chance)), WorkdayOverride.objects.as_overrides())


def _give_up(delivery: Delivery, reason: str) -> Delivery.State:
    return _record(delivery, Delivery.State.FAILED, error=reason)


def _taken(delivery: Delivery, sent: Sent, at: datetime) -> Delivery.State:
    if delivery.channel == Channel.IN_APP:
        return _record(delivery, Delivery.State.SENT, sent_at=at, error="", inbox_message_id=int(sent.reference))
    return _record(delivery, Delivery.State.SENT, sent_at=at, error="", reply=shortened(sent.reference, REASON_LIMIT))


def _record(delivery: Delivery, state: Delivery.State, **columns: object) -> Delivery.State:
    """Records sent as sent, whoever claims it meanwhile, and anything else only for the one whose claim it still is."""
    mine = Delivery.objects.filter(pk=delivery.pk)
    if state != Delivery.State.SENT:
        mine = mine.filter(state=Delivery.State.CLAIMED, claimed_at=delivery.claimed_at)
    insistently(partial(mine.update, **{"next_try_at": None, **columns, "state": state}))
    return state


def insistently(write: Callable[[], object]) -> None:
    """Tries to write again while the database is away, for as long as the claim allows."""
    end = time.monotonic() + 4 * settings.CHANNEL_SECONDS
    while True:
        try:
            write()
            return
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block or time.monotonic() > end:
                raise
        connection.close()
        time.sleep(0.2)


# ── what is sent ─────────────────────────────────────────────────────────────────────────────────────────────────


def outgoing(delivery: Delivery, at: datetime) -> Outgoing:
    digest = delivery.digest
    message = composed(digest)
    return Outgoing(
        message_id=delivery.message_id,
        recipient_id=digest.recipient_id,
        address=address(delivery),
        subject=message.subject,
        text=message.text,
        html=message.html,
        lines=message.lines,
        brief=message.brief,
        link=message.link,
        at=at,
    )


def address(delivery: Delivery) -> str:
    """What the channel calls the person: as chosen in the preferences; to a webhook the user name."""
    person = delivery.digest.recipient
    field = {**ADDRESSES, **MENTIONED}.get(Channel(delivery.channel))
    if field is None:
        return person.username
    return ReminderPreference.objects.filter(user=person).values_list(field, flat=True).first() or ""
