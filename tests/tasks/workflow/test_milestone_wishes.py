"""节点建议: an agency asks for a milestone of what it leads; it is none before a coordinator takes it over."""

from datetime import date

import pytest

from agencies.models import Succession
from tasks.models import AgencyRequest, GrantedMilestone, Message, Milestone
from tasks.workflow import Wish, WorkflowError, close_assignment, decide_request, make_request, succeed
from tests.support.factories import make_agency, make_measure, make_milestone, make_user, moment, sign_receipt
from tests.support.refusals import LATER, NOW

pytestmark = pytest.mark.django_db

DAY, OTHER_DAY = date(2016, 11, 30), date(2016, 12, 15)


@pytest.fixture
def signed(lead):
    sign_receipt(lead, at=moment("2016-05-26 09:00"))
    return lead


@pytest.fixture
def ask(signed, lead_liaison):
    def asked(name="印发方案", on=DAY, *, reason="会商已定", part=signed, **whose):
        wish = Wish(name, on, **whose)
        return make_request(assignment=part, kind="milestone", reason=reason, wish=wish, by=lead_liaison, at=NOW)

    return asked


def decide(request, *, by, is_granted=True, comment="", taken=None):
    return decide_request(request=request, is_granted=is_granted, comment=comment, taken=taken, by=by, at=LATER)


def refused(deed, *args, **what):
    with pytest.raises(WorkflowError) as caught:
        deed(*args, **what)
    return caught.value


def planned(milestone):
    return [(place.planned_on, place.reason) for place in milestone.plans.all()]


def test_it_waits_for_the_office_and_is_no_milestone_until_it_is_taken_over(ask, signed, coordinator, lead_liaison):
    measure = make_measure(signed.item)
    asked = ask(agency=signed.agency, measure=measure)
    assert asked.reason == "建议节点“印发方案”，2016-11-30完成。会商已定"
    assert Message.objects.get(recipient=coordinator).text.startswith("省商务厅：（1）节点建议。建议节点“印发方案”")
    assert not Milestone.objects.exists()
    decision = decide(asked, by=coordinator)
    made = Milestone.objects.get()
    assert (made.name, made.agency, made.measure, made.recorded_by) == ("印发方案", signed.agency, measure, coordinator)
    assert planned(made) == [(DAY, f"采纳省商务厅的建议：{asked.reason}")]
    assert GrantedMilestone.objects.get(decision=decision).milestone == made
    assert Message.objects.filter(recipient=lead_liaison, text="（1）节点建议：同意。").exists()


def test_under_another_name_or_on_another_day_it_says_why_and_both_are_told(ask, coordinator, lead_liaison):
    asked = ask()
    taken = Wish("印发实施方案", OTHER_DAY)
    assert refused(decide, asked, by=coordinator, taken=taken).field == "comment"
    for _ in range(2):  # sent twice is one deed
        decide(asked, by=coordinator, taken=taken, comment="与年度安排一致")
    made = Milestone.objects.get()
    assert (made.name, made.agency, planned(made)[0][0]) == ("印发实施方案", None, OTHER_DAY)
    told = Message.objects.get(recipient=lead_liaison, kind=Message.Kind.DECIDED).text
    assert told == "（1）节点建议：同意（节点定为“印发实施方案”，2016-12-15完成）。与年度安排一致"


def test_declined_it_says_why_and_nothing_is_planned(ask, coordinator):
    asked = ask()
    assert refused(decide, asked, by=coordinator, is_granted=False).field == "comment"
    decide(asked, by=coordinator, is_granted=False, comment="已有安排")
    assert not Milestone.objects.exists()


def test_several_may_wait_and_the_same_form_again_is_the_first(ask):
    first = ask()
    assert ask() == first
    assert ask("中期验收") != first
    assert AgencyRequest.objects.count() == 2


@pytest.mark.parametrize(
    ("wish", "field", "message"),
    [
        ({"name": " "}, "name", "请填写节点名称。"),
        ({"on": date(2016, 5, 1)}, "planned_on", "节点日期不能早于公文印发日期。"),
        ({"name": "年度评估"}, "name", "（1）已有节点“年度评估”，请换个名称。"),
    ],
)
def test_what_could_not_be_taken_over_is_refused_at_its_field(ask, signed, wish, field, message):
    make_milestone(signed.item, "年度评估")
    error = refused(ask, **wish)
    assert (error.field, error.message) == (field, message)


def test_whoever_assists_or_has_not_signed_asks_for_none(ask, lead, assist, coordinator):
    sign_receipt(assist, at=moment("2016-05-26 09:00"))
    assert "由负责单位提出" in refused(ask, part=assist).message


def test_nothing_is_closed_over_it(ask, signed, coordinator):
    ask()
    error = refused(close_assignment, assignment=signed, kind="closed", reason="相符", by=coordinator, at=LATER)
    assert "节点建议" in error.message


def test_a_name_that_was_taken_meanwhile_is_said_at_its_field(ask, signed, coordinator):
    asked = ask()
    make_milestone(signed.item, "印发方案")
    assert refused(decide, asked, by=coordinator).field == "name"
    decide(asked, by=coordinator, taken=Wish("印发方案（二）", DAY), comment="名称已用")
    assert Milestone.objects.count() == 2


def test_whoever_follows_asks_for_each_of_them_in_its_own_name(ask, signed, coordinator):
    ask(agency=signed.agency)
    ask("中期验收")
    successor = make_agency("省商务和外事厅")
    what = {"predecessors": [signed.agency], "successor": successor, "kind": Succession.Kind.RENAMED}
    succeed(**what, effective_on=LATER.date(), document="文件", by=make_user(role="administrator"), at=LATER)
    going_on = AgencyRequest.objects.waiting(LATER).order_by("pk")
    asked = [each.asked_milestone for each in going_on]
    assert [(each.name, each.planned_on, each.agency) for each in asked] == [
        ("印发方案", DAY, successor),
        ("中期验收", DAY, None),
    ]
    decide(going_on[0], by=coordinator)
    assert Milestone.objects.get().agency == successor
