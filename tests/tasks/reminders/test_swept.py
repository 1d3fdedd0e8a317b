"""The ledger of a day: written once, made good when it was missed, whatever happens to whoever writes it."""

import random
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from agencies.models import Role
from tasks.models import Channel, Closure, Delivery, Digest, Reminder, ReminderPreference, Sweep
from tasks.reminders import sweeping
from tasks.reminders.deciding import moment_of
from tasks.reminders.sweeping import decide_day, missed_days, plan_day
from tests.support.factories import (
    SENT_BACK,
    accepted_report,
    close,
    decide,
    file_report,
    make_agency,
    make_assignment,
    make_item,
    make_period,
    make_request,
    make_urge,
    make_user,
    moment,
    review,
    revise,
    sign_receipt,
    standard_rules,
)

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
DUE_ON = date(2016, 10, 10)


@pytest.fixture(autouse=True)
def rules(db):
    return standard_rules()


@pytest.fixture
def due(lead, lead_liaison):
    """An assignment that was received and whose item is due on Monday 10 October; nothing else is asked for by then."""
    sign_receipt(lead, at=moment("2016-05-25"))
    accepted_report(lead, at=moment("2016-09-21"))
    revise(lead.item, DUE_ON, at=moment("2016-06-01"))
    return lead


def sweep(day, at=""):
    """On the morning of the day, or later."""
    day = date.fromisoformat(day)
    return plan_day(day, at=moment(at) if at else moment_of(day))


def ledger():
    rows = Reminder.objects.order_by("digest__day", "day", "recipient__username", "stage")
    return [
        (f"{digest_day:%m-%d}", f"{day:%m-%d}", name, stage + " settled" * is_settled)
        for digest_day, day, name, stage, is_settled in rows.values_list(
            "digest__day", "day", "recipient__username", "stage", "is_settled"
        )
    ]


def tables():
    return [list(model.objects.order_by("pk").values()) for model in (Sweep, Digest, Reminder, Delivery)]


# ── once ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_day_leaves_one_digest_for_each_person_with_its_deliveries(due, lead_liaison, coordinator):
    done = sweep("2016-10-10")
    assert (done.day, done.made_good_on, done.counts["reminders"]) == (DUE_ON, None, 1)
    [digest] = Digest.objects.all()
    assert (digest.recipient, digest.day, digest.missed_since, digest.has_overdue) == (
        lead_liaison,
        DUE_ON,
        None,
        False,
    )
    [reminder] = digest.reminders.all()
    assert (reminder.rule.code, reminder.stage, reminder.subject) == ("due-today", "due+0", f"assignment:{due.pk}")
    assert (reminder.assignment, reminder.agency, reminder.day, reminder.anchor) == (due, due.agency, DUE_ON, DUE_ON)
    assert reminder.reason["offset"] == 0
    [delivery] = digest.deliveries.all()
    assert (delivery.channel, delivery.state, delivery.next_try_at) == ("in_app", "planned", moment_of(DUE_ON))


def test_a_second_sweep_of_a_day_writes_nothing_whatever_has_happened_since(due, approver):
    sweep("2016-10-13")
    before = tables()
    close(due, at=moment("2016-10-13 09:00"))
    make_assignment(make_item(due.item.plan, due_on=DUE_ON), due.agency, at=moment("2016-10-13 09:00"))
    sweep("2016-10-13", at="2016-10-13 15:00")
    assert tables() == before


def test_a_day_off_leaves_nothing(due):
    assert sweep("2016-10-01") is None
    assert sweep("2016-10-15") is None
    assert not any(tables())


def test_a_day_on_which_nobody_is_told_anything_is_done_all_the_same(due):
    assert sweep("2016-10-08").counts == {"digests": 0, "reminders": 0, "made_good": 0, "settled": 0}
    assert not Digest.objects.exists()


def test_what_is_repeated_is_in_the_digest_of_every_working_day(due, approver):
    for day in ("2016-10-12", "2016-10-13", "2016-10-14", "2016-10-15", "2016-10-16", "2016-10-17"):
        sweep(day)
    assert [row[1:] for row in ledger()] == [
        ("10-12", "lead", "due+1"),
        ("10-13", "approver", "due+3"),
        ("10-13", "lead", "due+1"),
        ("10-14", "approver", "due+3"),
        ("10-14", "lead", "due+1"),
        ("10-17", "approver", "due+3"),
        ("10-17", "lead", "due+1"),
    ]


def test_a_late_sweep_asks_for_nothing_that_was_done_that_morning(due):
    close(due, at=moment("2016-10-11 09:00"))
    sweep("2016-10-11", at="2016-10-11 10:00")
    assert ledger() == []


def test_the_ledger_is_never_changed(due):
    sweep("2016-10-10")
    for model in (Reminder, Sweep):
        with pytest.raises(DatabaseError, match="facts are inserted, never changed"), transaction.atomic():
            model.objects.update(day=date(2016, 10, 11))


# ── killed ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_sweep_that_is_killed_while_it_writes_has_written_nothing_and_the_next_one_writes_all(
    due, approver, monkeypatch
):
    written = sweeping._reminders

    def killed(*arguments):
        yield next(written(*arguments))
        raise KeyboardInterrupt

    monkeypatch.setattr(sweeping, "BATCH", 1)
    monkeypatch.setattr(sweeping, "_reminders", killed)
    with pytest.raises(KeyboardInterrupt):
        sweep("2016-10-13")
    assert not any(tables())
    monkeypatch.undo()
    sweep("2016-10-13", at="2016-10-13 08:20")
    assert ledger() == [("10-13", "10-13", "approver", "due+3"), ("10-13", "10-13", "lead", "due+1")]


# ── missed ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_sweep_ever_looks_back_at_nothing(due, coordinator):
    assert missed_days(date(2016, 10, 24)) == []
    sweep("2016-10-24")
    assert ledger() == [("10-24", "10-24", "lead", "due+1")]


def test_days_off_are_not_missed(due):
    sweep("2016-09-30")
    assert missed_days(date(2016, 10, 8)) == []
    assert missed_days(date(2016, 10, 10)) == [date(2016, 10, 8), date(2016, 10, 9)]


def test_missed_days_are_made_good_in_one_digest_each_stage_once(due, approver, coordinator):
    """The ladder's rungs of a week in which nothing ran: 12 to 19 October."""
    sweep("2016-10-09")
    sweep("2016-10-20")
    assert ledger()[1:] == [
        ("10-20", "10-10", "lead", "due+0"),
        ("10-20", "10-19", "coordinator", "due+7"),
        ("10-20", "10-20", "approver", "due+3"),
        ("10-20", "10-20", "lead", "due+1"),
    ]
    digests = Digest.objects.filter(day=date(2016, 10, 20)).values_list("recipient__username", "missed_since")
    assert dict(digests) == {"lead": DUE_ON, "coordinator": date(2016, 10, 19), "approver": None}
    made_good = Sweep.objects.filter(made_good_on=date(2016, 10, 20)).order_by("day").values_list("day", flat=True)
    assert [day.day for day in made_good] == [10, 11, 12, 13, 14, 17, 18, 19]


def test_what_is_done_by_now_is_told_as_done(due, lead_liaison):
    other = make_assignment(make_item(due.item.plan), due.agency)
    sign_receipt(other, at=moment("2016-05-25"))
    accepted_report(other, at=moment("2016-09-21"))
    revise(other.item, DUE_ON, at=moment("2016-06-01"))
    sweep("2016-10-08")
    close(due, at=moment("2016-10-10 12:00"))
    revise(other.item, date(2016, 12, 31), at=moment("2016-10-11 12:00"))
    sweep("2016-10-12")
    assert ledger() == [
        ("10-12", "10-09", "lead", "due-1 settled"),
        ("10-12", "10-09", "lead", "due-1 settled"),
        ("10-12", "10-10", "lead", "due+0 settled"),
        ("10-12", "10-10", "lead", "due+0 settled"),
        ("10-12", "10-11", "lead", "due+1 settled"),  # of the other one, extended at noon that day
    ]
    assert not Digest.objects.get().has_overdue


def test_a_day_that_was_made_good_is_done(due):
    sweep("2016-10-09")
    sweep("2016-10-11")
    before = tables()
    assert sweep("2016-10-10").made_good_on == date(2016, 10, 11)
    assert tables() == before


def test_a_sweep_that_was_overtaken_decides_anew(due, monkeypatch):
    """Between its deciding and its writing another one made the missed day good."""
    sweep("2016-10-09")
    decided = []

    def slow(day, *arguments, **options):
        plan = decide_day(day, *arguments, **options)
        decided.append((day.day, [missed.day for missed in plan.missed]))
        if len(decided) == 1:
            sweep("2016-10-10")
        return plan

    monkeypatch.setattr(sweeping, "decide_day", slow)
    sweep("2016-10-11")
    assert decided == [(11, [10]), (10, []), (11, [])]
    assert [row[:2] for row in ledger()] == [("10-09", "10-09"), ("10-10", "10-10"), ("10-11", "10-11")]


# ── where and when ───────────────────────────────────────────────────────────────────────────────────────────────


PLANNED = (Delivery.State.PLANNED, "")
NO_ADDRESS = (Delivery.State.SKIPPED, "没有登记接收地址。")
NOT_CONFIGURED = (Delivery.State.SKIPPED, "本系统没有开通这一渠道。")


@pytest.mark.parametrize(
    ("wishes", "day", "expected"),
    [
        ({}, "2016-10-10", {}),
        ({"channels": ["email"], "email": "a@b.cn"}, "2016-10-10", {"email": PLANNED}),
        ({"channels": ["email"]}, "2016-10-10", {"email": NO_ADDRESS}),
        ({"channels": ["sms"], "mobile": "13800000000"}, "2016-10-10", {"sms": NOT_CONFIGURED}),
        ({"channels": ["in_app", "email"], "email": "a@b.cn"}, "2016-10-10", {"email": PLANNED}),
        ({"channels": [], "email": "a@b.cn"}, "2016-10-10", {}),
        ({"channels": [], "email": "a@b.cn"}, "2016-10-11", {"email": PLANNED}),  # overdue: can't be switched off
        ({"channels": ["sms"], "email": "a@b.cn"}, "2016-10-11", {"sms": NOT_CONFIGURED, "email": PLANNED}),
        ({"channels": []}, "2016-10-11", {}),  # nobody knows an address
    ],
)
def test_a_digest_goes_out_as_the_person_wishes_and_what_is_overdue_in_any_case(
    due, lead_liaison, wishes, day, expected
):
    ReminderPreference.objects.create(user=lead_liaison, **wishes)
    sweep(day)
    states = {delivery.channel: (delivery.state, delivery.error) for delivery in Delivery.objects.all()}
    assert states == {Channel.IN_APP: PLANNED, **expected}


@pytest.mark.parametrize(
    ("hour", "at", "expected"),
    [
        (8, "2016-10-10 08:00", "2016-10-10 08:00"),
        (10, "2016-10-10 08:00", "2016-10-10 10:00"),
        (10, "2016-10-10 15:40", "2016-10-10 15:40"),
        (8, "2016-10-10 23:00", "2016-10-11 07:00"),  # at night nothing is sent
    ],
)
def test_a_digest_waits_for_the_person_s_hour(due, lead_liaison, hour, at, expected):
    ReminderPreference.objects.create(user=lead_liaison, digest_hour=hour)
    sweep("2016-10-10", at=at)
    assert Digest.objects.get().planned_at == Delivery.objects.get().next_try_at == moment(expected)


# ── weeks, with days missed ──────────────────────────────────────────────────────────────────────────────────────

FIRST, LAST = date(2016, 9, 26), date(2016, 10, 18)


@pytest.fixture
def busy_weeks(due, approver, coordinator, leader):
    """What happens from 26 September to 18 October, National Day in between."""
    plan, chance = due.item.plan, random.Random(76)
    period = make_period(plan)

    def some_day():
        return moment(f"{FIRST + timedelta(days=chance.randrange(21))} {chance.randrange(8, 18):02}:30")

    for _ in range(8):
        agency = make_agency()
        for role in (Role.LIAISON, Role.APPROVER)[: chance.randrange(1, 3)]:
            make_user(role=role, agency=agency)
        item = make_item(plan, due_on=FIRST + timedelta(days=chance.randrange(-15, 40)))
        assignment = make_assignment(item, agency, at=min(some_day(), some_day()))
        sign_receipt(assignment, at=some_day())
        report = file_report(assignment, at=some_day(), period=period)
        review(report, chance.choice(["accepted", SENT_BACK]), at=max(some_day(), report.recorded_at))
        make_urge(assignment, at=some_day(), reply_by=some_day().date())
        request = make_request(assignment, at=some_day())
        decide(request, is_granted=False, at=max(some_day(), request.recorded_at))
        if chance.random() < 0.6:
            close(assignment, chance.choice([Closure.Kind.CLOSED, Closure.Kind.SUSPENDED]), at=some_day())


def told_by_sweeps(missed):
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    for day in days:
        if day not in missed:
            plan_day(day, at=moment_of(day))
    rows = list(Reminder.objects.values_list("recipient__username", "subject", "stage"))
    return set(rows), len(rows)


def test_with_days_missed_everybody_is_told_the_same(busy_weeks):
    """`benchmarks/simulation.py` does the same with the notice's whole year."""
    between = [FIRST + timedelta(days=n) for n in range(1, (LAST - FIRST).days)]
    runs = []
    for missed in ([], random.Random(1).sample(between, 11)):
        with transaction.atomic():
            runs.append(told_by_sweeps(missed))
            transaction.set_rollback(True)
    (every_day, count), (with_gaps, fewer) = runs
    assert len(every_day) > 60
    assert with_gaps == every_day
    assert fewer < count  # what repeats was not made good day by day
