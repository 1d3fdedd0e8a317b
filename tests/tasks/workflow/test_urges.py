"""催办: who is urged in which notice, under which number, and how it is answered."""

from datetime import date

import pytest

from agencies.models import Change, Role
from tasks.models import Closure, Message, Urge, UrgeReply
from tasks.workflow import WorkflowError, answer_urge, close_assignment, urge
from tests.support.factories import make_assignment, make_item, make_user, moment, sign_receipt

pytestmark = pytest.mark.django_db

NOW = moment("2016-10-12 10:00")
FRIDAY, SATURDAY, MAKE_UP_SUNDAY = date(2016, 10, 14), date(2016, 10, 15), date(2016, 10, 9)


def urged(*assignments, by, at=NOW, reply_by=FRIDAY, text="请抓紧办理并书面答复。"):
    return urge(assignments=assignments, text=text, reply_by=reply_by, by=by, at=at)


@pytest.mark.any_database
def test_an_agency_gets_one_notice_about_all_of_its_tasks(coordinator, plan, lead, lead_agency, lead_liaison):
    second = make_assignment(make_item(plan), lead_agency)
    (made,) = urged(lead, second, by=coordinator)
    assert set(made.assignments.all()) == {lead, second}
    message = Message.objects.get(recipient=lead_liaison)
    assert message.kind == Message.Kind.URGED
    assert "任务1等2项任务" in message.text
    assert message.link == f"/urges/{made.pk}/"


@pytest.mark.any_database
def test_several_agencies_get_a_notice_each_numbered_on_through_the_year(coordinator, plan, lead, other_agency):
    other = make_assignment(make_item(plan), other_agency)
    assert [str(made) for made in urged(other, lead, by=coordinator)] == ["督催〔2016〕1号", "督催〔2016〕2号"]
    assert [str(made) for made in urged(lead, by=coordinator, text="再请抓紧。")] == ["督催〔2016〕3号"]
    new_year, day = moment("2017-01-03 09:00"), date(2017, 1, 6)
    assert [str(made) for made in urged(lead, by=coordinator, at=new_year, reply_by=day)] == ["督催〔2017〕1号"]


@pytest.mark.parametrize(
    ("changed", "field", "message"),
    [
        ({"text": "　"}, "text", "请写明催办内容。"),
        ({"reply_by": date(2016, 10, 12)}, "reply_by", "答复期限应晚于今天。"),
        ({"reply_by": SATURDAY}, "reply_by", "2016-10-15不是工作日，请另选一天。"),
    ],
)
def test_a_notice_says_what_is_asked_and_by_which_working_day(coordinator, lead, changed, field, message):
    with pytest.raises(WorkflowError) as refused:
        urged(lead, by=coordinator, **changed)
    assert (refused.value.field, refused.value.message) == (field, message)
    assert not Urge.objects.exists()


def test_an_answer_may_be_asked_for_on_a_make_up_working_day(coordinator, lead):
    (made,) = urged(lead, by=coordinator, at=moment("2016-09-30 10:00"), reply_by=MAKE_UP_SUNDAY)
    assert made.reply_by == MAKE_UP_SUNDAY


@pytest.mark.any_database
def test_what_has_ended_is_not_urged_and_nothing_of_the_rest_either(coordinator, plan, lead, other_agency):
    ended = make_assignment(make_item(plan), other_agency)
    close_assignment(assignment=ended, kind=Closure.Kind.SUSPENDED, reason="政策调整。", by=coordinator, at=NOW)
    with pytest.raises(WorkflowError):
        urged(lead, ended, by=coordinator)
    assert not Urge.objects.exists()


@pytest.mark.any_database
def test_the_answer_is_a_fact_and_reaches_the_person_who_urged(coordinator, lead, lead_liaison):
    sign_receipt(lead, at=moment("2016-05-26"))
    (made,) = urged(lead, by=coordinator)
    reply = answer_urge(urge=made, text="已完成八成，月底办结。", by=lead_liaison, at=moment("2016-10-13 09:00"))
    assert UrgeReply.objects.get() == reply
    assert "省商务厅答复督催〔2016〕1号" in Message.objects.get(recipient=coordinator).text
    assert list(Change.objects.order_by("pk").values_list("action", flat=True)) == ["催办", "答复催办"]


def test_an_urge_is_answered_once(coordinator, lead, lead_liaison):
    (made,) = urged(lead, by=coordinator)
    answer_urge(urge=made, text="已办。", by=lead_liaison, at=NOW)
    with pytest.raises(WorkflowError, match="已经答复"):
        answer_urge(urge=made, text="再办。", by=lead_liaison, at=NOW)


def test_an_answer_says_something(coordinator, lead, lead_liaison):
    (made,) = urged(lead, by=coordinator)
    with pytest.raises(WorkflowError, match="请填写答复"):
        answer_urge(urge=made, text=" ", by=lead_liaison, at=NOW)


def test_as_of_a_day_before_the_answer_an_urge_waits(coordinator, lead, lead_liaison):
    (made,) = urged(lead, by=coordinator)
    answer_urge(urge=made, text="已办。", by=lead_liaison, at=moment("2016-10-13 09:00"))
    assert Urge.objects.unanswered(moment("2016-10-12 23:00")).get() == made
    assert not Urge.objects.unanswered(moment("2016-10-13 23:00")).exists()
    assert Urge.objects.as_of(moment("2016-10-12 23:00")).get().answered_at is None
    assert not Urge.objects.as_of(moment("2016-10-12 09:00")).exists()


def test_who_left_the_agency_is_told_nothing(coordinator, lead, lead_agency):
    make_user(role="liaison", agency=lead_agency, is_active=False)
    urged(lead, by=coordinator)
    assert not Message.objects.exists()


@pytest.mark.any_database
def test_a_notice_sent_again_is_the_first_one_until_it_is_answered(coordinator, plan, lead, lead_liaison):
    other = make_assignment(make_item(plan), lead.agency)
    (first,) = urged(lead, by=coordinator)
    assert urged(lead, by=coordinator) == [first]
    assert Message.objects.filter(recipient=lead_liaison, kind=Message.Kind.URGED).count() == 1
    assert urged(lead, by=make_user(role=Role.COORDINATOR)) != [first]
    assert urged(lead, other, by=coordinator) != [first]
    answer_urge(urge=first, text="已办。", by=lead_liaison, at=moment("2016-10-12 15:00"))
    assert urged(lead, by=coordinator) != [first]
