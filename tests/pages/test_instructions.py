"""批示 in the browser: a leader writes it, agencies answer it, the leader takes note; what others see of it."""

from datetime import date

import pytest

from tasks.models import Instruction, InstructionNote, InstructionReply, Message
from tests.support.factories import (
    instruction_answer,
    make_assignment,
    make_instruction,
    moment,
)
from tests.support.uploads import uploaded

SENT = moment("2016-10-10 10:00")


@pytest.fixture(autouse=True)
def october(settings, tmp_path):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)
    settings.MEDIA_ROOT = tmp_path


def typed(lead, **more):
    return {
        "assignment": [lead.pk],
        "leader": "王省长",
        "given_on": "2016-10-12",
        "text": "请十月底前见效。",
        "answer_by": "2016-10-20",
        "document": "",
        **more,
    }


def test_the_leads_are_ticked_and_a_leader_signs_with_the_own_name(as_leader, lead, assist):
    page = as_leader.get(f"{lead.item.get_absolute_url()}instruct/")
    boxes = page.all("//input[@name='assignment']")
    ticked = [box.get("value") for box in boxes if box.get("checked") is not None]
    assert (len(boxes), ticked) == (2, [str(lead.pk)])
    assert page.one("//input[@name='leader']").get("value") == str(as_leader.user)
    assert page.one("//input[@name='answer_by']").get("value") == "2016-10-19"


def test_a_leader_writes_and_agency_and_office_are_told(as_leader, lead, lead_liaison, coordinator):
    page = as_leader.post_and_follow(f"{lead.item.get_absolute_url()}instruct/", **typed(lead))
    made = Instruction.objects.get()
    assert (made.leader, made.recorded_by, made.answer_by) == ("王省长", as_leader.user, date(2016, 10, 20))
    assert "待答复" in page.text()
    told = Message.objects.filter(kind="instructed")
    assert {message.recipient for message in told} == {lead_liaison, coordinator}
    assert all("请十月底前见效" in message.text and message.link == made.get_absolute_url() for message in told)


def test_a_coordinator_enters_one_only_with_the_paper_that_it_stands_on(as_coordinator, lead):
    url = f"{lead.item.get_absolute_url()}instruct/"
    page = as_coordinator.post(url, 422, **typed(lead))
    assert "请写明批示件" in page.text()
    assert not Instruction.objects.exists()
    as_coordinator.post(url, **typed(lead, document="皖政阅〔2016〕12号"))
    assert Instruction.objects.get().document == "皖政阅〔2016〕12号"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("text", " ", "请填写批示内容"),
        ("assignment", [], "请选择承办批示的单位"),
        ("answer_by", "2016-10-12", "答复期限应晚于今天"),
        ("answer_by", "2016-10-22", "不是工作日"),
        ("given_on", "2016-10-13", "批示日期不能晚于今天"),
        ("leader", "", "请填写批示领导"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_written(as_leader, lead, field, value, said):
    page = as_leader.post(f"{lead.item.get_absolute_url()}instruct/", 422, **typed(lead, **{field: value}))
    assert said in page.text()
    assert not Instruction.objects.exists()


def test_it_waits_on_the_agency_s_first_page_until_it_is_answered(as_lead, lead, period):
    made = make_instruction(lead, at=SENT)
    page = as_lead.get("/my/")
    assert "批示待答复" in page.text()
    assert page.one(f"//a[@href='{made.get_absolute_url()}']") is not None
    as_lead.post(made.get_absolute_url(), text="已排出时间表。")
    assert "批示待答复" not in as_lead.get("/my/").text()


def test_an_answer_with_evidence_reaches_who_wrote_it(as_lead, lead, leader, coordinator):
    made = make_instruction(lead, at=SENT, by=leader)
    as_lead.post(made.get_absolute_url(), text="时间表附后。", evidence=uploaded("时间表.pdf"))
    reply = InstructionReply.objects.get()
    assert [each.name for each in reply.evidence.all()] == ["时间表.pdf"]
    told = Message.objects.filter(kind="instructed")
    assert {message.recipient for message in told} == {leader, coordinator}


def test_an_answer_is_given_once(as_lead, lead):
    made = make_instruction(lead, at=SENT)
    as_lead.post(made.get_absolute_url(), text="已办。")
    page = as_lead.post(made.get_absolute_url(), 422, text="又办了。")
    assert "已经答复" in page.text()
    assert InstructionReply.objects.get().text == "已办。"


def test_each_named_agency_answers_for_itself(as_lead, lead, as_other, other_agency):
    second = make_assignment(lead.item, other_agency)
    made = make_instruction(lead, second, at=SENT)
    as_lead.post(made.get_absolute_url(), text="我们已办。")
    page = as_other.get(made.get_absolute_url())
    assert "我们已办。" in page.text()
    as_other.post(made.get_absolute_url(), text="我们也办了。")
    assert InstructionReply.objects.count() == 2


def test_the_leader_takes_note_with_a_word_and_the_agency_hears_it(as_leader, lead, lead_liaison):
    made = make_instruction(lead, at=SENT)
    given = instruction_answer(made, at=moment("2016-10-11"))
    page = as_leader.post_and_follow(f"{made.get_absolute_url()}noted/{given.pk}/", text="可行。")
    assert "已阅知：可行。" in page.text()
    assert InstructionNote.objects.get().recorded_by == as_leader.user
    assert Message.objects.get(recipient=lead_liaison).text == f"{made}{lead.item.label}：你单位的答复已阅知：可行。"


def test_past_days_know_nothing_of_later_answers(as_leader, lead):
    made = make_instruction(lead, at=SENT)
    given = instruction_answer(made, at=moment("2016-10-11 09:00"), text="后来的答复")
    InstructionNote.objects.create(reply=given, text="后来的意见", recorded_at=moment("2016-10-12 09:00"))
    url = made.get_absolute_url()
    assert "后来的答复" not in as_leader.get(f"{url}?as_of=2016-10-10").text()
    later = as_leader.get(f"{url}?as_of=2016-10-11").text()
    assert "后来的答复" in later
    assert "后来的意见" not in later
    as_leader.get(f"{url}?as_of=2016-10-09", 404)
    assert "0件" in as_leader.get("/instructions/?turn=answered&as_of=2016-10-10").text()
    assert "1件" in as_leader.get("/instructions/?turn=answered&as_of=2016-10-11").text()


def test_the_course_tells_everybody_of_it_and_its_words_only_those_concerned(as_leader, as_lead, as_other, lead):
    made = make_instruction(lead, at=SENT, text="批示的原话")
    instruction_answer(made, at=moment("2016-10-11"), text="答复的原话")
    url = lead.item.get_absolute_url()
    for visitor in (as_leader, as_lead):
        shown = visitor.get(url).text()
        assert "批示的原话" in shown
        assert "答复的原话" in shown
    shown = as_other.get(url).text()
    assert f"分管领导批示{lead.agency}，2016-10-20前答复" in shown
    assert "原话" not in shown


def test_the_list_tells_what_waits_and_what_is_late(as_coordinator, lead):
    make_instruction(lead, at=SENT, answer_by=date(2016, 10, 11))
    make_instruction(lead, at=SENT)
    assert "2件" in as_coordinator.get("/instructions/").text()
    page = as_coordinator.get("/instructions/?turn=late")
    assert "1件" in page.text()
    assert "逾期1天" in page.text()
    as_coordinator.get("/instructions/?turn=weather", 404)
