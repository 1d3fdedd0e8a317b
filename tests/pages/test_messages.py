"""消息: a person's own, unread first, marked as read by opening them."""

from datetime import date

import pytest

from tasks.models import Message
from tasks.workflow import review_report
from tests.support.factories import SENT_BACK, file_report, make_user, moment

KIND = Message.Kind.OTHER


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)


def send(person, text="通知一", *, at="2016-10-10 09:00", read_at=None, link="/plans/"):
    return Message.objects.create(
        recipient=person, kind=KIND, text=text, link=link, sent_at=moment(at), read_at=read_at and moment(read_at)
    )


def badge(page):
    return page.texts("//header//div[@class='who']//b")


def test_unread_ones_come_first_and_the_latest_before_the_earlier(as_lead):
    send(as_lead.user, "旧的未读", at="2016-10-01")
    send(as_lead.user, "已读", at="2016-10-11", read_at="2016-10-11")
    send(as_lead.user, "新的未读", at="2016-10-09")
    page = as_lead.get("/messages/")
    assert page.texts("//ul[@class='inbox']//button") == ["新的未读", "旧的未读", "已读"]
    assert page.texts("//li[@class='unread']//button") == ["新的未读", "旧的未读"]
    assert as_lead.get("/messages/?show=unread").texts("//ul[@class='inbox']//button") == ["新的未读", "旧的未读"]


def test_they_are_shown_by_kind_with_how_many_there_are(as_lead):
    for kind, text in (("sent_back", "退回一"), ("sent_back", "退回二"), ("urged", "催办一")):
        Message.objects.create(recipient=as_lead.user, kind=kind, text=text, sent_at=moment("2016-10-10"))
    send(as_lead.user, read_at="2016-10-11")
    page = as_lead.get("/messages/")
    assert page.texts("//nav[@aria-label='消息类型']/a") == ["各类 4", "退回 2", "催办 1", "通知 1"]
    page = as_lead.get(page.link("退回 2").url)
    assert page.texts("//ul[@class='inbox']//button") == ["退回二", "退回一"]
    assert page.texts("//nav[@aria-label='消息']/a")[:2] == ["全部 2", "未读 2"]
    unread = as_lead.get("/messages/?kind=other&show=unread")
    assert unread.texts("//nav[@aria-label='消息类型']/a") == ["各类 3", "退回 2", "催办 1", "通知 0"]
    assert "没有未读消息" in unread.main
    as_lead.get("/messages/?kind=nonsense", 404)


def test_opening_one_marks_it_as_read_and_leads_to_its_page(as_lead):
    message = send(as_lead.user)
    other = send(as_lead.user)
    assert as_lead.post(f"/messages/{message.pk}/").response.url == "/plans/"
    message.refresh_from_db()
    assert message.read_at == moment("2016-10-12 18:00")
    assert list(Message.objects.filter(read_at=None)) == [other]


def test_opening_it_again_keeps_the_time_at_which_it_was_read(as_lead):
    message = send(as_lead.user, read_at="2016-10-11")
    as_lead.post(f"/messages/{message.pk}/")
    message.refresh_from_db()
    assert message.read_at == moment("2016-10-11")


def test_one_without_a_page_leads_back_to_the_list(as_lead):
    assert as_lead.post(f"/messages/{send(as_lead.user, link='').pk}/").response.url == "/messages/"


def test_looking_changes_nothing(as_lead):
    message = send(as_lead.user)
    as_lead.get("/messages/")
    as_lead.get(f"/messages/{message.pk}/", 405)
    assert Message.objects.get().read_at is None


def test_all_are_marked_as_read_at_once_and_only_one_s_own(as_lead, other_liaison):
    send(as_lead.user)
    send(as_lead.user)
    foreign = send(other_liaison)
    page = as_lead.post_and_follow("/messages/")
    assert page.messages == ["2条消息已标为已读。"]
    assert list(Message.objects.filter(read_at=None)) == [foreign]
    assert page.all("//button[text()='全部标为已读']") == []
    assert as_lead.post_and_follow("/messages/").messages == ["没有未读消息。"]


def test_nobody_reads_another_one_s(as_lead, other_liaison):
    message = send(other_liaison, "给别人的")
    assert "给别人的" not in as_lead.get("/messages/").source
    as_lead.post(f"/messages/{message.pk}/", 404)
    assert Message.objects.get().read_at is None


def test_every_page_says_how_many_are_unread(as_lead, plan):
    assert badge(as_lead.get("/plans/")) == []
    for _ in range(3):
        send(as_lead.user)
    send(as_lead.user, read_at="2016-10-11")
    send(make_user())
    assert badge(as_lead.get("/plans/")) == ["3条未读"]


def test_the_number_is_counted_no_further_than_it_can_show(as_lead, plan):
    for _ in range(101):
        send(as_lead.user)
    assert badge(as_lead.get("/plans/")) == ["99+条未读"]


def test_a_long_list_is_paged(as_lead):
    for number in range(25):
        send(as_lead.user, f"通知{number}", at=f"2016-10-0{number % 9 + 1}")
    assert len(as_lead.get("/messages/").all("//ul[@class='inbox']/li")) == 20
    assert len(as_lead.get("/messages/?page=2").all("//ul[@class='inbox']/li")) == 5


def test_without_any_the_page_says_so(as_lead):
    assert "还没有消息" in as_lead.get("/messages/").main
    assert "没有未读消息" in as_lead.get("/messages/?show=unread").main


def test_what_people_wrote_is_shown_as_text(as_lead):
    send(as_lead.user, "<b>粗</b>")
    assert as_lead.get("/messages/").texts("//ul[@class='inbox']//button") == ["<b>粗</b>"]


def test_a_report_that_was_sent_back_is_two_clicks_from_its_form(as_lead, lead, period, coordinator):
    report = file_report(lead, 70, at=moment("2016-10-10"))
    review_report(report=report, verdict=SENT_BACK, comment="请附名册。", by=coordinator, at=moment("2016-10-12 18:00"))
    message = Message.objects.get()
    assert "被退回：请附名册。" in as_lead.get("/messages/").main
    page = as_lead.post_and_follow(f"/messages/{message.pk}/")
    assert page.response.request["PATH_INFO"] == f"/my/{lead.pk}/"
    assert page.all("//form//textarea[@name='progress']")
