"""提醒 in the browser: the ledger, why one was sent, sending again, the coming days, rules, settings, the calendar."""

from datetime import date, timedelta

import pytest
from django.conf import settings as installed
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from icalendar import Calendar

from agencies.models import Change
from qa_plan.celery import app
from tasks.models import (
    DailySnapshot,
    Delivery,
    Digest,
    Heartbeat,
    Reminder,
    ReminderPreference,
    ReminderRule,
    Sweep,
)
from tasks.reminders.sending import send_due
from tasks.reminders.sweeping import plan_day
from tasks.reminders.watch import JOBS
from tasks.workflow.heartbeat import beat
from tests.support.factories import (
    SENT_BACK,
    file_report,
    make_assignment,
    make_item,
    make_urge,
    moment,
    review,
    sign_receipt,
    standard_rules,
)

TODAY = date(2016, 10, 12)
MORNING = moment("2016-10-12 08:00")
ROWS = "//section[@id='rows']//tbody/tr"


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = TODAY


@pytest.fixture(autouse=True)
def rules(db):
    return standard_rules()


@pytest.fixture
def overdue(plan, lead, lead_agency):
    """A task of the lead agency that fell due on 30 September."""
    late = make_assignment(make_item(plan, due_on=date(2016, 9, 30)), lead_agency)
    for one in (lead, late):
        sign_receipt(one, at=moment("2016-05-26"))
    return late


@pytest.fixture
def swept(overdue, lead_liaison, coordinator, leader):
    plan_day(TODAY, at=MORNING)
    send_due(lambda: moment("2016-10-12 09:00"))


def of(recipient):
    return Reminder.objects.filter(recipient=recipient)


# ── the ledger ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_person_finds_the_own_reminders_with_how_they_were_sent(as_lead, swept, overdue):
    page = as_lead.get("/reminders/")
    [row] = page.rows(ROWS)
    assert row[0] == "2016-10-12"
    assert "任务2" in row[1]
    assert "完成时限9月30日，已逾期12天" in row[1]
    assert "站内消息 未读" in row[-1]


def test_who_watches_finds_everybody_s_and_narrows_them_down(as_coordinator, swept, lead_liaison):
    everybody = as_coordinator.get("/reminders/").rows(ROWS)
    assert {row[1] for row in everybody} >= {"商务联络员 省商务厅"}
    assert len(as_coordinator.get(f"/reminders/?person={lead_liaison.pk}").rows(ROWS)) == of(lead_liaison).count()
    assert "没有符合条件的提醒" in as_coordinator.get("/reminders/?state=failed").main
    assert "没有符合条件的提醒" in as_coordinator.get("/reminders/?before=2016-10-11").main


def test_nobody_finds_another_person_s(as_other, swept, lead_liaison):
    assert "还没有提醒" in as_other.get("/reminders/").main
    as_other.get(f"/reminders/{of(lead_liaison).first().pk}/", 404)


def test_a_reminder_says_why_it_was_sent(as_lead, swept, lead_liaison):
    reminder = of(lead_liaison).get()
    page = as_lead.get(f"/reminders/{reminder.pk}/")
    steps = {row[0]: row[1] for row in page.rows("//table[contains(@class, 'sum')]//tr")}
    assert steps["任务完成时限"] == "2016-09-30"
    assert steps["提醒时点"] == "任务完成时限后第1个工作日起，每个工作日"
    assert steps["提醒对象"] == "省商务厅联络员：商务联络员"


def test_why_says_that_an_agency_s_head_stands_in_for_its_liaison(as_coordinator, overdue, approver):
    plan_day(TODAY, at=MORNING)
    reminder = of(approver).filter(rule__audience="liaison").first()
    assert f"省商务厅联络员：{approver}（单位负责人）" in as_coordinator.get(f"/reminders/{reminder.pk}/").main


def test_why_stays_as_it_was_when_the_rule_is_changed(as_lead, swept, lead_liaison):
    reminder = of(lead_liaison).get()
    ReminderRule.objects.filter(pk=reminder.rule_id).update(offset=9, name="别的规则", repeats=False)
    page = as_lead.get(f"/reminders/{reminder.pk}/")
    assert "任务完成时限后第1个工作日起，每个工作日" in page.main
    assert "别的规则" not in page.main


def test_what_failed_is_sent_again_by_who_watches_and_it_is_on_record(as_coordinator, as_lead, swept, lead_liaison):
    delivery = Delivery.objects.get(digest__recipient=lead_liaison, channel="in_app")
    Delivery.objects.filter(pk=delivery.pk).update(state="failed", error="对方拒收。", sent_at=None)
    as_lead.post(f"/reminders/deliveries/{delivery.pk}/send/", 403)
    page = as_coordinator.post_and_follow(f"/reminders/deliveries/{delivery.pk}/send/")
    assert "已安排重新发送（站内消息）" in page.main
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("planned", 0)
    assert Change.objects.latest("pk").action == "重新发送提醒"


def test_what_was_sent_is_not_sent_again(as_coordinator, swept, lead_liaison):
    delivery = Delivery.objects.get(digest__recipient=lead_liaison, channel="in_app")
    page = as_coordinator.post_and_follow(f"/reminders/deliveries/{delivery.pk}/send/")
    assert "没有失败，无须重新发送" in page.main


# ── the coming days ──────────────────────────────────────────────────────────────────────────────────────────────


def test_the_coming_days_show_working_days_only_and_what_each_would_bring(as_coordinator, overdue, lead_liaison):
    page = as_coordinator.get("/reminders/preview/")
    days = [row[0].split()[0] for row in page.rows(ROWS)]
    assert days[:4] == ["10月13日", "10月14日", "10月17日", "10月18日"]
    day = as_coordinator.get("/reminders/preview/?day=2016-10-13")
    assert "任务2" in day.text("//main//ul[contains(@class, 'panel')]")
    as_coordinator.get("/reminders/preview/?day=2016-10-15", 404)
    as_coordinator.get("/reminders/preview/?day=x", 404)


def test_a_coming_day_with_all_kinds_of_reminders_needs_twelve_queries_at_most(
    as_coordinator, as_lead, overdue, period
):
    """Each kind is described from tables of its own."""
    Sweep.objects.create(day=TODAY, started_at=MORNING, finished_at=MORNING)
    urge = make_urge(overdue, at=moment("2016-10-10"), reply_by=date(2016, 10, 12))
    review(file_report(overdue, at=moment("2016-09-21")), SENT_BACK)
    for visitor in (as_lead, as_coordinator):
        with CaptureQueriesContext(connection) as asked:
            day = visitor.get("/reminders/preview/?day=2016-10-17")
        assert len([query for query in asked if "SAVEPOINT" not in query["sql"]]) <= 11
        listed = day.text("//main//ul[contains(@class, 'panel')]")
        for part in ("任务2", "任务2（省商务厅）三季度进展报告", "应报2份、未报2份", urge.label):
            assert part in listed
        ReminderRule.objects.update(audience="coordinators")


def test_a_liaison_sees_the_own_coming_days(as_lead, as_other, overdue):
    assert "任务2" in as_lead.get("/reminders/preview/?day=2016-10-13").main
    assert "任务2" not in as_other.get("/reminders/preview/?day=2016-10-13").main


# ── rules ────────────────────────────────────────────────────────────────────────────────────────────────────────

CHANGED = {"name": "到期前8个工作日", "offset": "-8", "audience": "liaison", "is_active": "1", "reason": "提早一天"}


def test_a_coordinator_changes_a_rule_and_adds_one(as_coordinator, db):
    rule = ReminderRule.objects.get(kind="due", offset=-7)
    as_coordinator.post(f"/reminders/rules/{rule.pk}/", **CHANGED)
    rule.refresh_from_db()
    assert (rule.offset, rule.name) == (-8, "到期前8个工作日")
    own = {**CHANGED, "name": "到期前60个工作日", "offset": "-60", "kind": "due"}
    assert "已新增规则“到期前60个工作日”" in as_coordinator.post_and_follow("/reminders/rules/new/", **own).main
    assert list(Change.objects.order_by("pk").values_list("action", flat=True)) == ["调整提醒规则", "新增提醒规则"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"name": ""}, "请填写名称。"),
        ({"offset": "x"}, "请填写整数，负数表示此前。"),
        ({"offset": "-999"}, "须在-250至250之间"),
        ({"offset": "-3"}, "重复"),
        ({"repeats": "1"}, "只有期限过后的提醒可以每个工作日重复"),
        ({"reason": ""}, "请写明原因。"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_at_its_field(as_coordinator, db, changed, message):
    rule = ReminderRule.objects.get(kind="due", offset=-7)
    page = as_coordinator.post(f"/reminders/rules/{rule.pk}/", 422, **{**CHANGED, **changed})
    assert message in page.main
    rule.refresh_from_db()
    assert rule.offset == -7


def test_others_read_the_rules(as_lead, db):
    assert not as_lead.get("/reminders/rules/").all("//main//a[contains(@href, '/rules/')][text()='新增规则…']")


# ── settings and calendar ────────────────────────────────────────────────────────────────────────────────────────


def test_a_person_chooses_hour_and_channels_and_needs_the_address_for_them(as_lead, lead_liaison):
    sent = {"channels": ["email"], "digest_hour": "9"}
    page = as_lead.post("/reminders/settings/", 422, **sent)
    assert "选择了“电子邮件”，请填写电子邮箱。" in page.main
    as_lead.post("/reminders/settings/", **sent, email="swt@example.com")
    preference = ReminderPreference.objects.get(user=lead_liaison)
    assert (preference.channels, preference.digest_hour, preference.email) == (["email"], 9, "swt@example.com")


def test_a_channel_that_is_not_set_up_is_not_offered(as_lead, db):
    labels = as_lead.get("/reminders/settings/").texts("//fieldset//label")
    assert labels == ["电子邮件"]
    as_lead.post("/reminders/settings/", 422, channels=["dingtalk"], digest_hour="9")


def feed(client, preference):
    return client.get(f"/calendar/{preference.calendar_token}.ics")


def test_the_calendar_is_read_by_whoever_knows_its_address_until_it_is_taken_away(
    as_lead, client, overdue, lead_liaison, other_agency, plan
):
    make_assignment(make_item(plan), other_agency)
    as_lead.post("/reminders/settings/calendar/", action="renew")
    preference = ReminderPreference.objects.get(user=lead_liaison)
    response = feed(client, preference)
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    events = Calendar.from_ical(response.content).walk("VEVENT")
    due = {str(event["summary"]).partition("：")[0]: event["dtstart"].dt for event in events}
    assert due == {"任务完成时限": date(2016, 12, 31), "报告报送截止": date(2016, 10, 14)} | due
    assert date(2016, 9, 30) in [event["dtstart"].dt for event in events]
    assert len(events) == 3
    as_lead.post("/reminders/settings/calendar/", action="renew")
    assert feed(client, preference).status_code == 404
    preference.refresh_from_db()
    as_lead.post("/reminders/settings/calendar/", action="revoke")
    assert feed(client, preference).status_code == 404


@pytest.mark.parametrize("token", ["%2F", "..", "质量"])
def test_an_address_that_no_token_could_have_leads_nowhere(client, db, token):
    assert client.get(f"/calendar/{token}.ics").status_code == 404


def test_an_address_that_nobody_was_given_leads_nowhere(client, db):
    assert client.get("/calendar/none.ics").status_code == 404


def test_whoever_left_has_no_calendar_any_more(as_lead, client, lead_liaison, overdue):
    as_lead.post("/reminders/settings/calendar/", action="renew")
    lead_liaison.is_active = False
    lead_liaison.save()
    assert feed(client, ReminderPreference.objects.get(user=lead_liaison)).status_code == 404


def test_those_who_oversee_have_one_entry_for_each_day_with_how_many_deadlines_of_all_agencies_it_has(
    as_coordinator, as_leader, client, overdue, plan, other_agency, coordinator, leader
):
    for _ in range(3):
        make_assignment(make_item(plan, due_on=date(2016, 9, 30)), other_agency, at=moment("2016-10-11"))
    for visitor, person in ((as_coordinator, coordinator), (as_leader, leader)):
        visitor.post("/reminders/settings/calendar/", action="renew")
        response = feed(client, ReminderPreference.objects.get(user=person))
        days = {event["dtstart"].dt: event for event in Calendar.from_ical(response.content).walk("VEVENT")}
        assert list(days) == [date(2016, 9, 30), date(2016, 10, 14), date(2016, 10, 18), date(2016, 12, 31)]
        assert str(days[date(2016, 9, 30)]["summary"]) == "任务完成时限4项"
        assert str(days[date(2016, 10, 14)]["summary"]) == "报告报送截止2个单位"
        assert str(days[date(2016, 10, 18)]["summary"]) == "签收期限3项"
        address = str(days[date(2016, 9, 30)]["url"]).removeprefix(installed.SITE_URL)
        assert len(visitor.get(address).rows(ROWS)) == 4


def test_a_calendar_reaches_from_a_month_ago_to_a_year_ahead(as_lead, client, plan, lead_agency, lead_liaison):
    for due_on in (date(2016, 9, 10), date(2016, 9, 11), date(2017, 10, 13), date(2017, 10, 14)):
        sign_receipt(make_assignment(make_item(plan, due_on=due_on), lead_agency), at=moment("2016-05-26"))
    as_lead.post("/reminders/settings/calendar/", action="renew")
    response = feed(client, ReminderPreference.objects.get(user=lead_liaison))
    events = Calendar.from_ical(response.content).walk("VEVENT")
    due = [event["dtstart"].dt for event in events if str(event["summary"]).startswith("任务完成时限")]
    assert due == [date(2016, 9, 11), date(2017, 10, 13)]


def test_of_an_agency_with_very_many_tasks_the_calendar_has_the_deadlines_nearest_to_today(
    as_lead, client, plan, lead_agency, lead_liaison, monkeypatch
):
    monkeypatch.setattr("tasks.pages.reminders.calendar.MOST", 2)
    for due_on in (date(2016, 12, 1), date(2016, 10, 20), date(2016, 9, 30)):
        sign_receipt(make_assignment(make_item(plan, due_on=due_on), lead_agency), at=moment("2016-05-26"))
    as_lead.post("/reminders/settings/calendar/", action="renew")
    response = feed(client, ReminderPreference.objects.get(user=lead_liaison))
    events = Calendar.from_ical(response.content).walk("VEVENT")
    assert [event["dtstart"].dt for event in events] == [date(2016, 10, 14), date(2016, 10, 20)]


def test_a_line_break_in_a_name_breaks_no_calendar(as_lead, client, overdue, lead_agency, lead_liaison):
    lead_agency.name = "省商务厅\r\nEND:VCALENDAR"
    lead_agency.save()
    as_lead.post("/reminders/settings/calendar/", action="renew")
    calendar = feed(client, ReminderPreference.objects.get(user=lead_liaison)).content.decode()
    assert calendar.count("\r\nEND:VCALENDAR") == 1


def test_an_unanswered_urge_is_in_the_calendar(as_lead, client, lead, lead_liaison):
    make_urge(lead, at=moment("2016-10-11"))
    as_lead.post("/reminders/settings/calendar/", action="renew")
    content = feed(client, ReminderPreference.objects.get(user=lead_liaison)).content.decode()
    assert "催办答复期限" in content
    assert "DTSTART;VALUE=DATE:20161014" in content


# ── dead-man's switch ────────────────────────────────────────────────────────────────────────────────────────────


def trouble(visitor):
    return " ".join(visitor.get("/plans/").texts("//aside[@aria-label='提醒异常']"))


def test_a_day_without_its_sweep_is_said_to_those_who_watch_and_fails_healthz(
    as_coordinator, as_lead, as_leader, plan, client, settings
):
    for process in ("worker", "beat"):
        beat(process, timezone.now())
    assert "2016-10-12的提醒到09:00还没有生成" in trouble(as_coordinator)
    assert trouble(as_lead) == trouble(as_leader) == ""
    response = client.get("/healthz")
    assert (response.status_code, response.json()["reminders"]) == (503, "failing")
    Sweep.objects.create(day=TODAY, started_at=MORNING, finished_at=MORNING)
    assert trouble(as_coordinator) == ""
    assert client.get("/healthz").status_code == 200


def test_on_a_day_off_the_last_working_day_s_sweep_is_enough(as_coordinator, plan, settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 5)
    assert "2016-09-30的提醒" in trouble(as_coordinator)
    Sweep.objects.create(day=date(2016, 9, 30), started_at=MORNING, finished_at=MORNING)
    assert trouble(as_coordinator) == ""


def test_mail_that_fails_in_a_row_is_said(as_coordinator, swept, lead_liaison):
    def tried(count, error):
        Digest.objects.bulk_create(
            Digest(recipient=lead_liaison, day=TODAY + timedelta(days=Digest.objects.count() + n), planned_at=MORNING)
            for n in range(count)
        )
        Delivery.objects.bulk_create(
            Delivery(
                digest=digest, channel="email", attempts=1, error=error, claimed_at=MORNING + timedelta(days=digest.pk)
            )
            for digest in Digest.objects.order_by("-pk")[:count]
        )

    tried(4, "拒收")
    assert trouble(as_coordinator) == ""
    tried(1, "拒收")
    assert "最近5封提醒邮件都没有发出" in trouble(as_coordinator)
    tried(1, "")
    assert trouble(as_coordinator) == ""


def test_a_page_that_says_what_is_wrong_asks_no_more_than_one_that_does_not(as_coordinator, plan, settings):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            page = as_coordinator.get("/plans/")
        return len(queries), len(page.all("//aside[@aria-label='工作日历' or @aria-label='提醒异常']"))

    Sweep.objects.create(day=TODAY, started_at=MORNING, finished_at=MORNING)
    count, warnings = asked()
    assert warnings == 0
    settings.QA_PLAN_TODAY = date(2026, 12, 1)
    assert asked() == (count, 2)


@pytest.mark.parametrize("job", JOBS)
def test_a_job_that_fell_silent_is_said(as_coordinator, swept, job):
    beat(job, timezone.now() - timedelta(hours=27))
    assert "后台定时任务已经停止运行" in trouble(as_coordinator)


@pytest.mark.parametrize("job", [entry["task"] for entry in installed.CELERY_BEAT_SCHEDULE.values()])
def test_every_scheduled_job_leaves_a_sign_that_it_ran(plan, monkeypatch, job):
    monkeypatch.setattr("tasks.jobs.send_due.delay", lambda: None)
    # So that the daily round has one day to catch up.
    DailySnapshot.objects.create(plan=plan, day=TODAY - timedelta(days=2), percent=0, expected_percent=0)
    app.tasks[job]()
    assert Heartbeat.objects.count() == 1
