"""The mail of an issue brings the files that its reader may have, once; where they are too large it has links."""

import smtplib

import pytest
from django.utils import timezone

from agencies.models import SecurityEvent
from reports.models import PackageMail
from reports.packages.issuing import issue_package, withdraw_issue
from reports.packages.mailing import send_mails
from tasks.channels.base import NotSent, Sent
from tasks.channels.mail import reason_of
from tasks.models import ReminderPreference
from tests.reports.packages.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.any_database, pytest.mark.usefixtures("light")]


class Server:
    """Takes everything but what it is told to refuse."""

    def __init__(self, *faults):
        self.faults, self.taken = list(faults), []

    def send(self, message):
        if self.faults:
            raise self.faults.pop(0)
        self.taken.append(message)
        return Sent()

    def to(self, address):
        (message,) = (each for each in self.taken if each.address == address)
        return message


@pytest.fixture
def issued(built, coordinator, leader, lead_liaison):
    ReminderPreference.objects.create(user=leader, email="leader@example.gov.cn")
    ReminderPreference.objects.create(user=lead_liaison, email="lead@example.gov.cn")
    ReminderPreference.objects.create(user=coordinator)
    return issue_package(package=built(), number=3, by=coordinator, at=NOW)


def send(server):
    return send_mails(tick=timezone.now, channel=server)


def endings(message):
    return sorted(file.name.rpartition(".")[2] for file in message.attachments)


def test_leaders_get_workbook_and_briefing_and_agencies_the_briefing(issued):
    server = Server()
    assert [send(server), send(server)] == [2, 0]
    leaders, agencies = server.to("leader@example.gov.cn"), server.to("lead@example.gov.cn")
    assert (endings(leaders), endings(agencies)) == (["docx", "xlsx"], ["docx"])
    assert leaders.subject == f"{issued.edition.package}已印发（2016年第3期），截至2016年10月16日"
    assert all(file.name in leaders.text for file in leaders.attachments)
    by_name = {file.name: file.blob.sha256 for file in issued.edition.files.select_related("blob")}
    assert {file.name for file in leaders.attachments} <= set(by_name)
    for mail in (leaders, agencies):
        [detail] = SecurityEvent.objects.filter(detail__contains=mail.address).values_list("detail", flat=True)
        assert all(file.name in detail for file in mail.attachments)


def test_above_the_setting_there_are_links(issued, settings):
    settings.MAIL_ATTACHMENT_MB = 0
    settings.SITE_URL = "https://qa.example.gov.cn"
    server = Server()
    send(server)
    message = server.to("lead@example.gov.cn")
    (file,) = issued.edition.files.filter(kind="docx")
    assert message.attachments == ()
    assert f"{file.name}：https://qa.example.gov.cn{file.get_absolute_url()}" in message.text
    assert not PackageMail.objects.filter(with_files=True).exists()


def test_what_the_server_finds_too_large_goes_out_with_links_at_the_next_run(issued):
    large = NotSent("邮件服务器拒绝，代码 552", permanent=True, is_too_large=True)
    server = Server(large, large)
    assert [send(server), send(server), send(server)] == [0, 2, 0]
    assert all(message.attachments == () for message in server.taken)


@pytest.mark.parametrize(("code", "words"), [(552, b"message too large"), (550, b"5.3.4 too big")])
def test_a_server_s_refusal_of_the_size_is_understood(code, words):
    refusal = reason_of(smtplib.SMTPSenderRefused(code, words, "from@example.gov.cn"))
    assert (refusal.is_too_large, refusal.permanent) == (True, True)
    assert not reason_of(smtplib.SMTPDataError(550, b"5.7.1 spam")).is_too_large


def test_a_withdrawn_issue_is_not_sent(issued, coordinator):
    withdraw_issue(issue=issued, reason="数据有误", by=coordinator, at=NOW)
    server = Server()
    assert send(server) == 0
    assert {mail.error for mail in PackageMail.objects.all()} == {"印发已撤回，未发送。"}
    assert send(server) == 0


def test_issued_again_it_is_mailed_again(issued, coordinator):
    server = Server()
    send(server)
    withdraw_issue(issue=issued, reason="数据有误", by=coordinator, at=NOW)
    issue_package(package=issued.edition.package, number=4, by=coordinator, at=NOW)
    assert send(server) == 2
