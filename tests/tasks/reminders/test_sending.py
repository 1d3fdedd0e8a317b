"""Sending: claimed by one, recorded, tried again later and later, given up in sight; and nothing at night."""

import threading
from datetime import time, timedelta

import pytest
from django.db import OperationalError, connection

from tasks import jobs
from tasks.channels import NotSent, Sent
from tasks.models import Channel, Delivery, Message, ReminderPreference, WorkdayOverride
from tasks.reminders import sending
from tasks.reminders.quiet import awake, is_quiet
from tasks.reminders.sending import claim, due, insistently, message_id, next_try, plan_again, send, send_due
from tests.support.digests import PLANNED, make_delivery, make_digest, remind
from tests.support.factories import moment

State = Delivery.State
NOW = PLANNED
LEASE = timedelta(seconds=300)


class Fake:
    """A channel that does what it is told, and remembers what it was given."""

    def __init__(self):
        self.given, self.does = [], lambda message: Sent("ref-1")

    def send(self, message):
        self.given.append(message)
        return self.does(message)

    def will_refuse(self, reason="暂时繁忙。", *, permanent=False):
        def refuse(message):
            raise NotSent(reason, permanent=permanent)

        self.does = refuse


@pytest.fixture
def fake(monkeypatch):
    fake = Fake()
    real = sending.sender_for
    monkeypatch.setattr(sending, "sender_for", lambda name: real(name) if name == Channel.IN_APP else fake)
    monkeypatch.setattr(sending.random, "random", lambda: 0.0)
    return fake


@pytest.fixture(autouse=True)
def _settings(settings):
    settings.SITE_URL = "https://qa.example.gov.cn"
    settings.CHANNEL_SECONDS, settings.SEND_LEASE, settings.SEND_AGAIN_AFTER = 0.1, 300, 60


@pytest.fixture
def digest(lead_liaison, lead):
    digest = make_digest(lead_liaison)
    remind(digest, assignment=lead)
    return digest


@pytest.fixture
def delivery(digest):
    return make_delivery(digest)


def fresh(delivery):
    return Delivery.objects.get(pk=delivery.pk)


def any_database(test):
    return pytest.mark.django_db(pytest.mark.any_database(test))


# ── one try ──────────────────────────────────────────────────────────────────────────────────────────────────────


@any_database
def test_what_is_due_is_sent_and_the_ledger_says_when_and_what_was_answered(fake, delivery):
    assert send(delivery.pk, at=NOW) == State.SENT
    sent = fresh(delivery)
    assert (sent.state, sent.sent_at, sent.reply, sent.attempts, sent.next_try_at, sent.error) == (
        State.SENT,
        NOW,
        "ref-1",
        1,
        None,
        "",
    )
    (message,) = fake.given
    assert message.message_id == sent.message_id
    assert message.subject == "督办提醒（10月12日）：已逾期1项"
    assert message.at == NOW


@any_database
@pytest.mark.parametrize("state", [State.SENT, State.FAILED, State.SKIPPED])
def test_what_is_settled_is_not_sent(fake, digest, state):
    settled = make_delivery(digest, state=state, sent_at=NOW)
    assert send(settled.pk, at=NOW) is None
    assert fake.given == []


@any_database
def test_nothing_is_sent_before_its_time(fake, delivery):
    assert send(delivery.pk, at=NOW - timedelta(seconds=1)) is None
    assert fake.given == []


@any_database
def test_a_second_run_sends_nothing(fake, delivery, digest):
    make_delivery(digest, Channel.SMS)
    assert [send_due(lambda: NOW) for _ in range(2)] == [2, 0]
    assert len(fake.given) == 2


@any_database
def test_what_waits_longest_goes_first(digest):
    later = make_delivery(digest, Channel.SMS, at=NOW - timedelta(minutes=1))
    first = make_delivery(digest, Channel.EMAIL, at=NOW - timedelta(minutes=2))
    make_delivery(digest, Channel.WEBHOOK, at=NOW + timedelta(minutes=1))
    assert list(due(NOW)) == [first, later]


@any_database
def test_a_person_who_left_is_not_written_to(fake, delivery, lead_liaison):
    lead_liaison.is_active = False
    lead_liaison.save()
    assert send(delivery.pk, at=NOW) == State.SKIPPED
    assert (fresh(delivery).error, fake.given) == ("收件人账号已停用。", [])


@any_database
def test_who_went_to_another_agency_is_not_told_of_the_former_one_s(fake, delivery, lead_liaison, other_agency):
    lead_liaison.agency = other_agency
    lead_liaison.save()
    assert send(delivery.pk, at=NOW) == State.SKIPPED
    assert (fresh(delivery).error, fake.given) == ("收件人已不在该单位。", [])


@any_database
@pytest.mark.parametrize(
    ("channel", "address"),
    [
        (Channel.EMAIL, "a@b.cn"),
        (Channel.SMS, "138"),
        (Channel.DINGTALK, "138"),
        (Channel.WECOM_APP, "wx"),
        (Channel.WECOM_ROBOT, "wx"),
        (Channel.FEISHU, "ou"),
        (Channel.WEBHOOK, "lead"),
    ],
)
def test_each_channel_gets_the_address_that_the_person_chose(fake, digest, lead_liaison, channel, address):
    chosen = {"email": "a@b.cn", "mobile": "138", "wecom_id": "wx", "feishu_id": "ou"}
    ReminderPreference.objects.create(user=lead_liaison, **chosen)
    send(make_delivery(digest, channel).pk, at=NOW)
    assert fake.given[0].address == address


@any_database
def test_who_never_chose_has_no_address(fake, delivery):
    send(delivery.pk, at=NOW)
    assert fake.given[0].address == ""


# ── the Message-ID ───────────────────────────────────────────────────────────────────────────────────────────────


@any_database
def test_the_message_id_is_the_same_at_every_try_and_no_other_message_s(fake, delivery, digest, settings):
    fake.will_refuse()
    send(delivery.pk, at=NOW)
    settings.SECRET_KEY = "another"
    send(delivery.pk, at=NOW + timedelta(hours=1))
    first, second = (message.message_id for message in fake.given)
    assert first == second == fresh(delivery).message_id
    assert first.endswith("@qa.example.gov.cn")
    others = [
        make_delivery(digest, Channel.SMS),
        make_delivery(make_digest(digest.recipient, day=NOW.date().replace(day=13))),
    ]
    assert len({first, *map(message_id, others)}) == 3


# ── in-app ───────────────────────────────────────────────────────────────────────────────────────────────────────


@any_database
def test_an_in_app_message_and_the_record_of_it_are_one(delivery, digest):
    inside = make_delivery(digest, Channel.IN_APP)
    assert send(inside.pk, at=NOW) == State.SENT
    message = Message.objects.get()
    assert (fresh(inside).inbox_message, message.recipient, message.link) == (message, digest.recipient, "/my/")
    assert message.text == "督办提醒：商务联络员，截至10月12日，已逾期1项，请登录平台办理。"
    assert (message.kind, message.sent_at) == (Message.Kind.REMINDED, NOW)


def test_a_message_that_the_database_refuses_keeps_nobody_else_s_back(digest, monkeypatch, other_liaison):
    refused, other = make_delivery(digest, Channel.IN_APP), make_delivery(make_digest(other_liaison), Channel.IN_APP)
    remind(other.digest)
    monkeypatch.setattr("tasks.channels.inapp.LINK_LIMIT", 1000)
    monkeypatch.setattr(
        "tasks.reminders.digest.page_for", lambda reader: "/my/" + "x" * 500 * (reader != other_liaison)
    )
    assert jobs.deliver([refused.pk, other.pk]) == 2
    assert (fresh(refused).state, fresh(refused).error) == (State.PLANNED, "系统内部错误（DataError）。")
    assert fresh(other).state == State.SENT


@any_database
def test_without_the_record_there_is_no_in_app_message(digest, monkeypatch):
    inside = make_delivery(digest, Channel.IN_APP)

    def killed(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(sending, "_taken", killed)
    with pytest.raises(KeyboardInterrupt):
        send(inside.pk, at=NOW)
    assert Message.objects.count() == 0
    assert fresh(inside).state == State.PLANNED


# ── refusals ─────────────────────────────────────────────────────────────────────────────────────────────────────


@any_database
def test_a_refusal_for_now_is_tried_again_later_and_later(fake, delivery):
    fake.will_refuse()
    at, waits = NOW, []
    for _ in range(4):
        assert send(delivery.pk, at=at) == State.PLANNED
        again = fresh(delivery).next_try_at
        waits.append((again - at).total_seconds())
        assert send(delivery.pk, at=again - timedelta(seconds=1)) is None
        at = again
    assert waits == [60, 120, 240, 480]
    assert (fresh(delivery).error, fresh(delivery).attempts) == ("暂时繁忙。", 4)


@any_database
def test_what_succeeds_later_leaves_no_error(fake, delivery):
    fake.will_refuse()
    send(delivery.pk, at=NOW)
    fake.does = lambda message: Sent()
    assert send(delivery.pk, at=NOW + timedelta(hours=1)) == State.SENT
    assert (fresh(delivery).error, fresh(delivery).attempts) == ("", 2)


@any_database
def test_a_refusal_for_good_is_given_up_at_once_in_sight(fake, delivery):
    fake.will_refuse("没有这个收件人。", permanent=True)
    assert send(delivery.pk, at=NOW) == State.FAILED
    assert (fresh(delivery).error, fresh(delivery).next_try_at) == ("没有这个收件人。", None)
    assert send_due(lambda: NOW + timedelta(days=9)) == 0


@any_database
def test_after_the_last_try_it_is_given_up(fake, delivery, settings):
    settings.SEND_TRIES = 2
    fake.will_refuse()
    assert send(delivery.pk, at=NOW) == State.PLANNED
    assert send(delivery.pk, at=NOW + timedelta(hours=1)) == State.FAILED


@any_database
def test_the_tries_of_the_default_settings_take_two_days(settings):
    at = moment("2016-10-10 08:00")
    for attempts in range(1, settings.SEND_TRIES):
        at = next_try(attempts, at, 0.5)
    assert at.date() == moment("2016-10-12").date()


@any_database
def test_what_was_given_up_can_be_planned_again(fake, delivery):
    fake.will_refuse(permanent=True)
    send(delivery.pk, at=NOW)
    assert plan_again(delivery, at=NOW)
    assert not plan_again(delivery, at=NOW)
    fake.does = lambda message: Sent()
    assert send(delivery.pk, at=NOW) == State.SENT
    assert not plan_again(delivery, at=NOW)


@any_database
def test_a_fault_of_ours_is_tried_again_and_its_words_are_told_to_nobody(fake, delivery, caplog):
    def fails(message):
        raise RuntimeError("token=SECRET")

    fake.does = fails
    assert send(delivery.pk, at=NOW) == State.PLANNED
    assert fresh(delivery).error == "系统内部错误（RuntimeError）。"
    assert "RuntimeError" in caplog.text
    assert "SECRET" not in caplog.text


@any_database
def test_the_real_channel_refuses_while_it_is_not_set_up(delivery, settings):
    settings.CHANNELS = {}
    assert send(delivery.pk, at=NOW) == State.PLANNED
    assert fresh(delivery).error == "本系统没有开通这一渠道。"


# ── workers that die or meet ─────────────────────────────────────────────────────────────────────────────────────


@any_database
def test_a_claim_whose_worker_died_is_taken_over_when_its_time_is_up(fake, delivery):
    assert claim(Delivery.objects.get(), NOW)
    assert send(delivery.pk, at=NOW + LEASE - timedelta(seconds=1)) is None
    assert send(delivery.pk, at=NOW + LEASE) == State.SENT
    assert fresh(delivery).attempts == 2


@any_database
def test_what_kills_every_worker_is_given_up_in_the_end(fake, delivery, settings):
    settings.SEND_TRIES = 3
    at = NOW
    for _ in range(3):
        assert claim(fresh(delivery), at)
        at += LEASE
    assert send(delivery.pk, at=at) == State.FAILED
    assert fresh(delivery).error == "多次发送中断，未能完成。"
    assert fake.given == []


@any_database
def test_who_comes_late_with_a_refusal_says_nothing_and_with_a_success_is_heard(fake, delivery):
    def overtaken(message):
        Delivery.objects.filter(pk=delivery.pk).update(claimed_at=NOW + LEASE)
        raise NotSent("迟到。")

    fake.does = overtaken
    send(delivery.pk, at=NOW)
    assert (fresh(delivery).state, fresh(delivery).error) == (State.CLAIMED, "")
    Delivery.objects.update(next_try_at=NOW)

    def overtaken_after_success(message):
        Delivery.objects.filter(pk=delivery.pk).update(claimed_at=NOW + LEASE)
        return Sent()

    fake.does = overtaken_after_success
    assert send(delivery.pk, at=NOW) == State.SENT
    assert fresh(delivery).state == State.SENT


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_at_once_exactly_one_sends(fake, delivery):
    start = threading.Barrier(4)

    def work():
        start.wait(30)
        try:
            results.append(send(delivery.pk, at=NOW))
        finally:
            connection.close()

    results: list = []
    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert sorted(map(str, results)) == ["None"] * 3 + ["sent"]
    assert len(fake.given) == 1


def test_while_the_database_is_away_the_record_is_tried_again(monkeypatch):
    class Connection:
        in_atomic_block, closed = False, 0

        def close(self):
            self.closed += 1

    monkeypatch.setattr(sending, "connection", Connection())
    monkeypatch.setattr(sending.time, "sleep", lambda seconds: None)
    answers = [OperationalError(), OperationalError(), None]

    def write():
        if (answer := answers.pop(0)) is not None:
            raise answer

    insistently(write)
    assert answers == []
    assert sending.connection.closed == 2


def test_but_not_for_ever(monkeypatch, settings):
    settings.CHANNEL_SECONDS = 0.01

    def write():
        raise OperationalError

    monkeypatch.setattr(sending.time, "sleep", lambda seconds: None)
    with pytest.raises(OperationalError):
        insistently(write)


# ── quiet hours ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2016-10-12 12:00", "2016-10-12 12:00"),
        ("2016-10-12 21:59", "2016-10-12 21:59"),
        ("2016-10-12 22:00", "2016-10-13 07:00"),
        ("2016-10-12 06:59", "2016-10-12 07:00"),
        ("2016-10-12 07:00", "2016-10-12 07:00"),
        ("2016-10-14 23:30", "2016-10-17 07:00"),  # Friday night
        ("2016-10-15 12:00", "2016-10-17 07:00"),  # Saturday
        ("2016-10-01 10:00", "2016-10-08 07:00"),  # 国庆, and the Saturday that makes up for it
        ("2016-02-06 10:00", "2016-02-06 10:00"),  # a Saturday that is worked
    ],
)
def test_what_falls_into_quiet_time_waits_for_its_end(at, until):
    assert awake(moment(at), {}) == moment(until)
    assert is_quiet(moment(at), {}) == (at != until)


def test_the_night_is_a_setting(settings):
    settings.QUIET_FROM, settings.QUIET_UNTIL = time(18), time(9, 30)
    assert awake(moment("2016-10-12 18:00"), {}) == moment("2016-10-13 09:30")


@any_database
def test_the_next_try_waits_for_the_morning_and_for_the_office_s_own_calendar():
    WorkdayOverride.objects.create(day=moment("2016-10-13").date(), is_workday=False, name="停办")
    assert next_try(1, moment("2016-10-12 21:59:30"), 0) == moment("2016-10-14 07:00")


@any_database
def test_those_that_failed_together_come_back_one_by_one_and_none_waits_longer_than_four_hours():
    at = moment("2016-10-12 08:00")
    assert next_try(3, at, 0) == at + timedelta(minutes=4)
    assert next_try(3, at, 1) == at + timedelta(minutes=5)
    assert next_try(30, at, 0) == at + timedelta(hours=4)


# ── the jobs ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def queued(monkeypatch, settings):
    settings.QA_PLAN_TODAY = NOW.date()
    queued = []
    monkeypatch.setattr(jobs.deliver, "apply_async", lambda arguments, **options: queued.append((arguments, options)))
    return queued


@any_database
def test_every_look_queues_what_is_due_and_lets_it_expire_before_the_next(queued, delivery, settings):
    assert [jobs.send_due(), jobs.send_due()] == [1, 1]
    assert queued == [(([delivery.pk],), {"expires": settings.SEND_EVERY})] * 2


@any_database
def test_many_are_queued_ten_in_a_job_and_no_more_than_a_minute_s_work(queued, digest, settings):
    settings.SEND_AT_ONCE = 12
    for day in range(1, 14):
        make_delivery(make_digest(digest.recipient, day=NOW.date().replace(day=day, month=9)))
    assert jobs.send_due() == 12
    assert [len(together) for (together,), _ in queued] == [10, 2]


@any_database
def test_nothing_is_queued_in_quiet_hours(queued, delivery, settings):
    settings.QUIET_FROM = time(17)  # the frozen clock shows six in the evening
    assert jobs.send_due() == 0
    assert queued == []


@any_database
def test_a_job_sends_what_is_still_to_be_sent(fake, delivery, digest):
    other = make_delivery(digest, Channel.SMS)
    send(delivery.pk, at=NOW)
    assert jobs.deliver([delivery.pk, other.pk]) == 1
    assert fresh(other).state == State.SENT


@any_database
def test_a_job_leaves_to_the_next_look_what_takes_longer(fake, delivery, settings):
    settings.SEND_EVERY = -1
    assert jobs.deliver([delivery.pk]) == 0
    assert fresh(delivery).state == State.PLANNED


def test_a_job_that_hangs_is_ended_and_one_that_sends_is_not(settings):
    longest_try = 4 * (5 + 20) + 4 * 20  # four conversations, and the record while the database is away
    assert 60 + longest_try < jobs.deliver.time_limit
    assert longest_try < settings.SEND_LEASE
    assert jobs.deliver.acks_late
    assert jobs.deliver.reject_on_worker_lost


@pytest.mark.django_db
def test_beat_goes_on_while_the_database_is_away(monkeypatch):
    def is_away(*arguments):
        raise OperationalError

    monkeypatch.setattr(jobs, "beat", is_away)
    monkeypatch.setattr(jobs.LastingScheduler, "tick", lambda scheduler: 300.0)
    monkeypatch.setattr(jobs.connection, "close", lambda: None)
    scheduler = object.__new__(jobs.Scheduler)
    assert scheduler.tick() == jobs.SIGN_INTERVAL
