"""From every message to the reminders in it, each with its reason."""

from datetime import date

import pytest

from tasks.models import Digest, Message, Reminder, WorkdayOverride
from tasks.reminders.digest import composed
from tasks.reminders.sending import send_due
from tasks.reminders.sweeping import plan_day
from tasks.workflow import urge
from tests.support.factories import make_assignment, make_item, moment, revise, sign_receipt, standard_rules

TODAY = date(2016, 10, 12)
ROWS = "//section[@id='rows']//tbody/tr"
REASONS = "//main//a[.='提醒依据']/@href"


@pytest.fixture(autouse=True)
def rules(db):
    return standard_rules()


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = TODAY
    settings.SITE_URL = ""


@pytest.fixture
def late(plan, lead, lead_agency):
    """A task of the lead agency that fell due on 30 September."""
    late = make_assignment(make_item(plan, due_on=date(2016, 9, 30)), lead_agency)
    for one in (lead, late):
        sign_receipt(one, at=moment("2016-05-26"))
    return late


@pytest.fixture
def swept(late, lead_liaison, coordinator):
    plan_day(date(2016, 10, 11), at=moment("2016-10-11 08:00"))
    plan_day(TODAY, at=moment("2016-10-12 08:00"))
    send_due(lambda: moment("2016-10-12 09:00"))


def test_a_message_of_a_digest_leads_to_its_reminders_and_their_reasons(as_lead, swept, lead_liaison):
    inbox = as_lead.get("/messages/")
    of_today = Digest.objects.get(recipient=lead_liaison, day=TODAY)
    address = of_today.get_absolute_url()
    assert inbox.all(REASONS)[0] == address
    listed = as_lead.get(address)
    assert {row[0] for row in listed.rows(ROWS)} == {"2016-10-12"}
    assert len(listed.rows(ROWS)) == of_today.reminders.count()
    assert f"/reminders/{of_today.reminders.first().pk}/" in listed.all("//section[@id='rows']//a/@href")


def test_the_reason_names_the_words_of_a_date_that_the_notice_writes(as_lead, plan, lead_agency, lead_liaison):
    part = make_assignment(make_item(plan), lead_agency)
    sign_receipt(part, at=moment("2016-05-26"))
    revise(part.item, TODAY, at=moment("2016-06-01"), due_words="10月12日前")
    plan_day(TODAY, at=moment("2016-10-12 08:00"))
    page = as_lead.get(f"/reminders/{Reminder.objects.get(kind='due').pk}/")
    assert "公文载明“10月12日前”" in page.main


def test_a_message_of_another_kind_says_no_reason(as_lead, lead_liaison):
    Message.objects.create(recipient=lead_liaison, kind="other", text="通知", sent_at=moment("2016-10-12"))
    assert "提醒依据" not in as_lead.get("/messages/").main


@pytest.mark.parametrize("count", [1, 12])
def test_the_inbox_asks_no_more_for_many_digests(as_lead, swept, lead_liaison, count, django_assert_max_num_queries):
    at = moment("2016-10-12")
    for day in range(count):
        message = Message.objects.create(recipient=lead_liaison, kind="reminded", text="提醒", sent_at=at)
        digest = Digest.objects.create(recipient=lead_liaison, day=date(2016, 11, 1 + day), planned_at=at)
        digest.deliveries.create(channel="in_app", state="sent", sent_at=at, inbox_message=message)
    with django_assert_max_num_queries(6):
        assert len(as_lead.get("/messages/").all(REASONS)) == count + 2


def test_mail_and_robots_lead_there_too(swept, lead_liaison):
    digest = Digest.objects.get(recipient=lead_liaison, day=TODAY)
    said = composed(digest)
    assert f"提醒依据：{digest.get_absolute_url()}" in said.text
    assert digest.get_absolute_url().replace("&", "&amp;") in said.html
    assert said.lines[-1].link == digest.get_absolute_url()


def test_of_a_task_the_ledger_also_has_the_urges_about_it(as_coordinator, late, lead, lead_liaison, coordinator):
    at = moment("2016-10-11 10:00")
    urge(assignments=[lead], text="请抓紧。", reply_by=date(2016, 10, 13), by=coordinator, at=at)
    plan_day(TODAY, at=moment("2016-10-12 08:00"))
    assert Reminder.objects.filter(rule__kind="urge").count() == 1
    assert "督催〔2016〕1号" in as_coordinator.get(f"/reminders/?item={lead.item_id}").main
    assert "督催〔2016〕1号" not in as_coordinator.get(f"/reminders/?item={late.item_id}").main
    assert "任务2" in as_coordinator.get(f"/reminders/?item={late.item_id}").main


def test_the_task_s_page_leads_those_who_watch_to_its_reminders(as_coordinator, as_lead, lead):
    address = f"/reminders/?item={lead.item_id}"
    assert address in as_coordinator.get(lead.item.get_absolute_url()).all("//main//a/@href")
    assert address not in as_lead.get(lead.item.get_absolute_url()).all("//main//a/@href")


def test_a_missing_year_is_said_on_pages_until_somebody_has_entered_it(as_coordinator, as_lead, settings):
    settings.QA_PLAN_TODAY = date(2026, 12, 1)
    warning = "2027年的节假日安排尚未录入"
    assert warning in as_coordinator.get("/messages/").text()
    assert warning not in as_lead.get("/messages/").text()
    WorkdayOverride.objects.create(day=date(2027, 1, 1), is_workday=False, name="元旦")
    assert warning not in as_coordinator.get("/messages/").text()
