"""`manage.py send_reminders`: says what would be and what was told, and is safe to run again."""

from datetime import date, time
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tasks import jobs
from tasks.models import Digest, Heartbeat, Message, Reminder, ReminderPreference, Sweep
from tests.support.factories import make_agency, make_assignment, moment, revise, sign_receipt, standard_rules

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture(autouse=True)
def stage(settings, lead, lead_liaison, approver):
    """It is Wednesday 12 October; the item was due on the 10th."""
    settings.QA_PLAN_TODAY = date(2016, 10, 12)
    standard_rules()
    sign_receipt(lead, at=moment("2016-05-25"))
    revise(lead.item, date(2016, 10, 10), at=moment("2016-06-01"))


def send(*arguments):
    out = StringIO()
    call_command("send_reminders", *arguments, stdout=out)
    return out.getvalue()


def test_a_rehearsal_says_who_would_be_told_and_writes_nothing():
    output = send("--dry-run")
    assert "2016-10-12将提醒1人，共1条（预演，未记入台账）：" in output
    assert "省商务厅  商务联络员（lead）  1     已逾期 1  0     站内消息：将发送" in output
    assert not Sweep.objects.exists()
    assert not Reminder.objects.exists()


def test_a_day_to_come_can_be_rehearsed_and_not_carried_out():
    send()
    output = send("--dry-run", "--on", "2016-10-13")
    assert "2016-10-13将提醒2人" in output
    assert "补发" not in output.replace("补发  渠道", "")
    with pytest.raises(CommandError, match="2016-10-13还没有到，只能用 --dry-run 预演。"):
        send("--on", "2016-10-13")


def test_it_tells_and_a_second_run_tells_nothing():
    first = send()
    assert "2016-10-12的提醒：新记入台账1条；本次发送1件：" in first
    assert "已逾期 1  0     站内消息：已发送" in first
    again = send()
    assert "2016-10-12的提醒：此前已记入台账，未新增；本次发送0件：" in again
    assert Reminder.objects.count() == Message.objects.count() == 1
    assert "2016-10-12的提醒已经记入台账，再执行也不会新增：" in send("--dry-run")


def test_missed_days_are_named_and_made_good():
    send("--on", "2016-10-09")
    output = send("--on", "2016-10-12")
    assert "补发漏掉的2个工作日：2016-10-10、2016-10-11。" in output
    assert "今日截止 1" in output
    assert "已逾期 1" in output
    assert Digest.objects.filter(day=date(2016, 10, 12)).count() == 1


def test_on_a_day_off_it_says_so():
    assert send("--on", "2016-10-03") == "2016-10-03不是工作日，不发提醒。\n"
    assert not Sweep.objects.exists()


def test_when_nobody_is_to_be_told_anything_it_says_that_too():
    assert "2016-10-08将提醒0人，共0条（预演，未记入台账）：\n（无）\n" in send("--dry-run", "--on", "2016-10-08")


def test_it_says_why_a_channel_is_not_used(lead_liaison):
    ReminderPreference.objects.create(user=lead_liaison, channels=["email"])
    assert "电子邮件：没有登记接收地址。" in send("--dry-run")
    assert "电子邮件：没有登记接收地址。" in send()


def test_it_names_agencies_whom_nobody_could_tell(item):
    make_assignment(item, make_agency("省水利厅"), at=moment("2016-10-12"))
    make_assignment(item, make_agency("各市人民政府", is_collective=True), at=moment("2016-10-12"))
    assert "注意：省水利厅没有在用账号，有关提醒无人接收。" in send("--dry-run")


@pytest.mark.parametrize(
    ("today", "warned"), [(date(2026, 11, 23), False), (date(2026, 12, 1), True), (date(2027, 1, 4), True)]
)
def test_a_month_before_a_year_that_the_calendar_lacks_it_says_so(settings, today, warned):
    settings.QA_PLAN_TODAY = today
    assert ("2027年的节假日安排尚未录入" in send("--dry-run")) is warned


def test_in_quiet_hours_it_records_and_leaves_the_sending_to_their_end(settings):
    settings.QUIET_FROM = time(17)
    output = send()
    assert "新记入台账1条；本次发送0件" in output
    assert "现为免打扰时段，待发送的到时由后台任务发送。" in output
    assert not Message.objects.exists()


@pytest.mark.parametrize("command", ["send_reminders", "daily_round", "build_packages"])
def test_what_is_no_date_is_said_in_chinese(command):
    with pytest.raises(CommandError, match="“2016-10-xx”不是日期，请按2016-09-30的格式填写。"):
        call_command(command, "--on", "2016-10-xx")


def test_the_job_sweeps_the_day_and_leaves_a_sign_of_life():
    assert jobs.sweep_reminders() == 1
    assert jobs.sweep_reminders() == 1
    assert Reminder.objects.count() == 1
    assert Heartbeat.objects.filter(process="sweep_reminders").exists()


def test_on_a_day_off_the_job_does_nothing_and_lives(settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 15)
    assert jobs.sweep_reminders() == 0
    assert Heartbeat.objects.filter(process="sweep_reminders").exists()


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_day_beyond_all_calendars_is_a_slip(day):
    with pytest.raises(CommandError, match=r"日期应在1950年至2199年之间。"):
        send("--on", day)
