"""Built by itself on the first working day after the due date, once, and announced once."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from reports.models import Build, Package, PackageMail
from reports.packages import mailing
from reports.packages.asking import request_package
from reports.packages.building import build
from reports.packages.due import due_packages, request_due
from reports.packages.mailing import send_mails
from reports.packages.tending import tend
from tasks.channels.base import NotSent, Sent
from tasks.models import Message, ReminderPreference, WorkdayOverride
from tests.reports.packages.conftest import NOW
from tests.support.factories import moment

pytestmark = [pytest.mark.django_db, pytest.mark.any_database, pytest.mark.usefixtures("light")]
FRIDAY, MONDAY = date(2016, 10, 14), date(2016, 10, 17)  # due, and the first working day after it


@pytest.mark.parametrize(
    ("on", "found"),
    [
        (FRIDAY, False),
        (FRIDAY + timedelta(days=1), False),
        (MONDAY, True),
        (MONDAY + timedelta(days=1), True),
        (FRIDAY + timedelta(days=30), True),
        (FRIDAY + timedelta(days=31), False),
    ],
)
def test_it_is_asked_for_from_the_first_working_day_after_the_due_date_on(period, lead, on, found):
    assert [(one, day) for one, day in due_packages(on)] == ([(period, date(2016, 10, 16))] if found else [])


def test_a_day_off_of_the_office_s_own_is_waited_out(period, lead):
    WorkdayOverride.objects.create(day=MONDAY, is_workday=False)
    assert list(due_packages(MONDAY)) == []
    assert [day for _, day in due_packages(MONDAY + timedelta(days=1))] == [MONDAY]


def test_run_again_or_late_nothing_is_asked_for_twice(period, lead, plan):
    assert request_due(MONDAY, at=NOW) == [(plan, "2016Q3", date(2016, 10, 16))]
    assert request_due(MONDAY + timedelta(days=3), at=moment("2016-10-20")) == []
    package = Package.objects.get()
    assert (package.recorded_by, package.as_of) == (None, moment("2016-10-16 23:59:59.999999"))


def test_what_somebody_asked_for_already_is_not_asked_for_again(period, lead, plan, coordinator):
    asked = {"plans": [plan], "period": "2016Q3", "day": date(2016, 10, 16), "at": NOW}
    package = request_package(**asked, by=coordinator)
    assert request_due(MONDAY, at=NOW) == []
    assert Package.objects.get() == package


@pytest.fixture
def announced(period, lead, coordinator, leader, lead_liaison):
    """Built by the system; the leader has given an address."""
    ReminderPreference.objects.create(user=leader, email="leader@example.gov.cn")
    ReminderPreference.objects.create(user=coordinator)
    request_due(MONDAY, at=NOW)
    package = Package.objects.get()
    assert build(package.pk, at=NOW, tick=timezone.now)
    return package


def test_leadership_and_coordinators_are_told_once(announced, coordinator, leader):
    told = {(one.recipient, one.text, one.link) for one in Message.objects.all()}
    text = "2016年三季度汇总已生成，截至2016年10月16日，可下载。"
    assert told == {(person, text, announced.get_absolute_url()) for person in (coordinator, leader)}
    Build.objects.update(state=Build.State.QUEUED)
    assert build(announced.pk, at=NOW, tick=timezone.now)
    assert Message.objects.count() == 2
    assert PackageMail.objects.get().address == "leader@example.gov.cn"


def test_what_somebody_asks_for_is_not_announced(built, leader):
    built()
    assert not Message.objects.exists()
    assert not PackageMail.objects.exists()


def test_a_mail_goes_out_once_with_a_link(announced, mailoutbox, settings):
    settings.SITE_URL = "https://qa.example.gov.cn"
    assert [send_mails(tick=timezone.now), send_mails(tick=timezone.now)] == [1, 0]
    [mail] = mailoutbox
    assert mail.subject == "2016年三季度汇总已生成（截至2016年10月16日）"
    assert f"https://qa.example.gov.cn{announced.get_absolute_url()}" in mail.body
    assert PackageMail.objects.get().sent_at is not None


class Server:
    """Refuses as often as it is told to, then takes everything; or dies in the middle."""

    def __init__(self, *faults):
        self.faults, self.taken = list(faults), 0

    def send(self, message):
        if self.faults:
            raise self.faults.pop(0)
        self.taken += 1
        return Sent()


def test_a_refused_mail_is_tried_again(announced):
    server = Server(NotSent("忙"), NotSent("忙"))
    assert [send_mails(tick=timezone.now, channel=server) for _ in range(4)] == [0, 0, 1, 0]
    assert server.taken == 1


def test_what_is_refused_for_good_is_not_tried_again_and_says_why(announced):
    server = Server(NotSent("没有这个邮箱", permanent=True))
    assert [send_mails(tick=timezone.now, channel=server) for _ in range(2)] == [0, 0]
    assert (PackageMail.objects.get().error, server.taken) == ("没有这个邮箱", 0)


def test_it_is_given_up_after_some_tries(announced):
    server = Server(*[NotSent("忙")] * 9)
    assert sum(send_mails(tick=timezone.now, channel=server) for _ in range(20)) == 0
    assert len(server.faults) == 9 - mailing.MOST_ATTEMPTS


def test_who_dies_while_sending_leaves_nothing_that_is_sent_twice(announced):
    server = Server(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        send_mails(tick=timezone.now, channel=server)
    assert send_mails(tick=timezone.now, channel=server) == 0


def test_the_round_sends_mails(announced):
    assert tend(at=NOW, tick=timezone.now).sent == 1


def command(*options):
    out = StringIO()
    call_command("build_packages", *options, stdout=out)
    return out.getvalue()


def test_the_command_says_what_is_due_and_does_it(period, lead, plan, settings, real_files):
    settings.QA_PLAN_TODAY = MONDAY
    said = f"{plan}：2016Q3汇总应自动生成，截至2016-10-16。\n"
    assert command("--dry-run") == f"{said}待生成0件。\n"
    assert not Package.objects.exists()
    assert command("--on", "2016-10-17") == f"{said}生成1件，发出邮件0封，清理残留文件0个。\n"
    assert command() == "生成0件，发出邮件0封，清理残留文件0个。\n"
    with pytest.raises(CommandError, match="还没有到"):
        command("--on", "2016-10-18")
