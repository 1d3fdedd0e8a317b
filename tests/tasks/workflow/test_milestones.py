"""节点: planned, moved, done with proof, confirmed, sent back, withdrawn."""

from datetime import date

import pytest

from agencies.models import Change
from tasks.models import Duty, Message, Milestone, MilestoneDone, MilestoneEvidence, MilestonePlan, MilestoneReview
from tasks.rules.milestones import MilestoneState
from tasks.standing.milestones import milestones_of_items
from tasks.workflow import (
    MilestoneContent,
    WorkflowError,
    add_milestone,
    add_milestones,
    move_milestone,
    report_milestone,
    review_milestone,
    succeed,
    withdraw_milestone,
)
from tests.support.factories import (
    close,
    make_agency,
    make_assignment,
    make_evidence,
    make_item,
    make_measure,
    make_milestone,
    milestone_done,
    moment,
    withdraw,
)

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

NOW, LATER = moment("2016-10-12 10:00"), moment("2016-10-13 10:00")
DAY = date(2016, 11, 15)
S = MilestoneState


def standing(milestone, at=LATER):
    (found,) = milestones_of_items([milestone.item_id], at, at.astimezone().date(), 15)
    return found


def added(item, by, **changed):
    return add_milestone(**{"item": item, "name": "专项督查", "planned_on": DAY, "by": by, "at": NOW, **changed})


def reported(milestone, lead, by, **changed):
    what = {"done_on": date(2016, 10, 10), "words": "已印发。", "evidence": [make_evidence(lead, at=NOW)], "at": NOW}
    return report_milestone(**{"milestone": milestone, "assignment": lead, "by": by, **what, **changed})


def actions():
    return list(Change.objects.order_by("pk").values_list("action", flat=True))


# ── planned ──


def test_a_milestone_is_planned_noted_and_told_to_those_who_answer(coordinator, lead, assist, lead_liaison):
    made = added(lead.item, coordinator, measure=make_measure(lead.item))
    assert (standing(made).planned_on, standing(made).state, standing(made).measure) == (DAY, S.PLANNED, 1)
    assert actions() == ["新增节点"]
    message = Message.objects.get()
    assert (message.recipient, message.link) == (lead_liaison, f"/milestones/{made.pk}/")
    assert "（1）新增节点“专项督查”" in message.text


def test_the_same_form_sent_twice_is_one_milestone(coordinator, lead):
    first = added(lead.item, coordinator)
    assert added(lead.item, coordinator, at=LATER) == first
    assert (Milestone.objects.count(), MilestonePlan.objects.count(), len(actions())) == (1, 1, 1)


@pytest.mark.parametrize("what", ["measure", "duty", "reason"])
def test_one_of_the_same_name_and_day_but_of_another_part_is_not_the_same(coordinator, lead, what):
    added(lead.item, coordinator)
    changed = {
        "measure": make_measure(lead.item),
        "duty": Duty.objects.create(item=lead.item, number=1, start=0, end=1, ending=""),
        "reason": "会议要求",
    }[what]
    with pytest.raises(WorkflowError, match="已有节点“专项督查”"):
        added(lead.item, coordinator, **{what: changed})


def test_another_of_the_same_name_is_refused_until_the_first_is_withdrawn(coordinator, lead):
    first = added(lead.item, coordinator)
    with pytest.raises(WorkflowError, match="已有节点“专项督查”") as refused:
        added(lead.item, coordinator, planned_on=date(2016, 12, 1))
    assert refused.value.field == "name"
    withdraw_milestone(milestone=first, reason="合并", by=coordinator, at=NOW)
    assert added(lead.item, coordinator, planned_on=date(2016, 12, 1)) != first


@pytest.mark.parametrize(
    ("changed", "field", "message"),
    [
        ({"name": "　"}, "name", "请填写节点名称。"),
        ({"planned_on": date(2016, 5, 23)}, "planned_on", "节点日期不能早于公文印发日期。"),
    ],
)
def test_a_milestone_has_a_name_and_a_day_of_the_plan(coordinator, lead, changed, field, message):
    with pytest.raises(WorkflowError) as refused:
        added(lead.item, coordinator, **changed)
    assert (refused.value.field, refused.value.message) == (field, message)
    assert not Milestone.objects.exists()


def test_only_who_has_a_part_in_the_item_answers_for_its_milestone(coordinator, lead, other_agency):
    with pytest.raises(WorkflowError, match="省水利厅不承担该任务") as refused:
        added(lead.item, coordinator, agency=other_agency)
    assert refused.value.field == "agency"


def test_many_are_planned_at_once_or_none(coordinator, lead, lead_liaison):
    contents = [MilestoneContent(lead.item, name, DAY) for name in ("甲", "乙")]
    add_milestones(contents=contents, by=coordinator, at=NOW)
    assert Message.objects.get(recipient=lead_liaison).text.startswith("（1）新增节点“甲”等2个节点")
    with pytest.raises(WorkflowError):
        add_milestones(
            contents=[MilestoneContent(lead.item, "丙", DAY), MilestoneContent(lead.item, "", DAY)],
            by=coordinator,
            at=NOW,
        )
    assert Milestone.objects.count() == 2


# ── moved, withdrawn ──


def test_a_move_says_why_and_leaves_the_old_place_visible(coordinator, lead, lead_liaison):
    made = make_milestone(lead.item)
    move_milestone(milestone=made, planned_on=DAY, reason="汛期顺延", by=coordinator, at=NOW, basis=1)
    moved = standing(made)
    assert (moved.planned_on, moved.former, moved.reason) == (DAY, (date(2016, 9, 30),), "汛期顺延")
    assert "由2016-09-30改期至2016-11-15：汛期顺延" in Message.objects.get(recipient=lead_liaison).text
    assert standing(made, moment("2016-10-11 10:00")).planned_on == date(2016, 9, 30)


def test_a_move_without_reason_or_without_change_is_refused(coordinator, lead):
    made = make_milestone(lead.item)
    for content, field in (
        ({"planned_on": DAY, "reason": " "}, "reason"),
        ({"planned_on": date(2016, 9, 30), "reason": "顺延"}, "planned_on"),
        ({"planned_on": date(2016, 5, 1), "reason": "提前"}, "planned_on"),
    ):
        with pytest.raises(WorkflowError) as refused:
            move_milestone(milestone=made, by=coordinator, at=NOW, **content)
        assert refused.value.field == field
    assert MilestonePlan.objects.count() == 1


def test_a_stale_form_is_refused_and_a_repeated_one_is_the_first(coordinator, lead):
    made = make_milestone(lead.item)
    what = {"milestone": made, "by": coordinator, "at": NOW, "basis": 1}
    first = move_milestone(planned_on=DAY, reason="顺延", **what)
    assert move_milestone(planned_on=DAY, reason="顺延", **what) == first
    for attempt in (
        lambda: move_milestone(planned_on=date(2016, 12, 1), reason="再延", **what),
        lambda: withdraw_milestone(reason="不办了", **what),
    ):
        with pytest.raises(WorkflowError, match="内容已被更新，本次未保存"):
            attempt()
    assert MilestonePlan.objects.count() == 2


def test_what_was_withdrawn_is_asked_of_nobody_and_nothing_more_is_done_with_it(coordinator, lead, lead_liaison):
    made = make_milestone(lead.item)
    with pytest.raises(WorkflowError, match="请写明撤销原因"):
        withdraw_milestone(milestone=made, reason="", by=coordinator, at=NOW)
    withdraw_milestone(milestone=made, reason="并入年度评估", by=coordinator, at=NOW)
    assert standing(made).state == S.WITHDRAWN
    with pytest.raises(WorkflowError, match="已经撤销"):
        reported(made, lead, lead_liaison)
    assert "已撤销：并入年度评估" in Message.objects.get(recipient=lead_liaison).text


# ── done ──


def test_done_waits_for_a_coordinator_and_counts_once_confirmed(coordinator, lead, lead_liaison):
    made = make_milestone(lead.item)
    done = reported(made, lead, lead_liaison, basis=1)
    assert (standing(made).state, standing(made).done_on) == (S.WAITING, date(2016, 10, 10))
    assert Message.objects.get(recipient=coordinator).kind == Message.Kind.REQUESTED
    review_milestone(milestone=made, is_confirmed=True, by=coordinator, at=LATER, basis=2)
    assert (standing(made).state, standing(made).tail) == (S.CONFIRMED, "晚10天")
    assert "已确认完成" in Message.objects.get(recipient=lead_liaison).text
    assert list(done.evidence.all())
    assert actions() == ["报节点完成", "确认节点完成"]


def test_sent_back_says_why_and_is_to_be_done_again(coordinator, lead, lead_liaison):
    made = make_milestone(lead.item)
    reported(made, lead, lead_liaison)
    with pytest.raises(WorkflowError) as refused:
        review_milestone(milestone=made, is_confirmed=False, by=coordinator, at=NOW)
    assert refused.value.field == "comment"
    review_milestone(milestone=made, is_confirmed=False, comment="请补印发件。", by=coordinator, at=NOW)
    assert (standing(made).state, standing(made).was_sent_back) == (S.LATE, True)
    reported(made, lead, lead_liaison, at=LATER)
    assert standing(made).state == S.WAITING


def test_a_confirmation_can_be_taken_back_saying_why(coordinator, lead):
    made = make_milestone(lead.item)
    milestone_done(made, lead, at=NOW)
    review_milestone(milestone=made, is_confirmed=True, by=coordinator, at=NOW)
    review_milestone(milestone=made, is_confirmed=False, comment="核查不实。", by=coordinator, at=LATER)
    assert (standing(made).state, MilestoneReview.objects.count()) == (S.LATE, 2)


def test_nothing_is_confirmed_that_was_not_reported_and_nothing_moved_that_waits(coordinator, lead):
    made = make_milestone(lead.item)
    with pytest.raises(WorkflowError, match="尚未报完成"):
        review_milestone(milestone=made, is_confirmed=True, by=coordinator, at=NOW)
    milestone_done(made, lead, at=NOW)
    with pytest.raises(WorkflowError, match="请先确认或退回"):
        move_milestone(milestone=made, planned_on=DAY, reason="顺延", by=coordinator, at=NOW)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"evidence": []}, "evidence"),
        ({"words": " "}, "words"),
        ({"done_on": None}, "done_on"),
        ({"done_on": date(2016, 10, 13)}, "done_on"),
        ({"done_on": date(2016, 5, 1)}, "done_on"),
    ],
)
def test_done_has_a_day_words_and_proof(lead, lead_liaison, changed, field):
    with pytest.raises(WorkflowError) as refused:
        reported(make_milestone(lead.item), lead, lead_liaison, **changed)
    assert refused.value.field == field
    assert not MilestoneDone.objects.exists()


def test_evidence_of_another_assignment_proves_nothing(lead, assist, lead_liaison):
    with pytest.raises(WorkflowError, match="佐证材料不属于"):
        reported(make_milestone(lead.item), lead, lead_liaison, evidence=[make_evidence(assist, at=NOW)])


def test_the_same_words_with_other_proof_are_no_repetition(lead, lead_liaison):
    milestone = make_milestone(lead.item)
    proof, other = (make_evidence(lead, at=NOW, sha256=digest * 64) for digest in "ab")
    first = reported(milestone, lead, lead_liaison, evidence=[proof], basis=1)
    assert reported(milestone, lead, lead_liaison, evidence=[proof], basis=1) == first
    with pytest.raises(WorkflowError) as refused:
        reported(milestone, lead, lead_liaison, evidence=[other], basis=1)
    assert refused.value.field == "evidence"
    assert MilestoneEvidence.objects.get(done=first).evidence == proof


# ── who answers ──


def test_one_that_names_an_agency_is_answered_by_it_alone(lead, assist, lead_liaison, assisting_liaison):
    made = make_milestone(lead.item, agency=assist.agency)
    with pytest.raises(WorkflowError, match="由其他单位负责"):
        reported(made, lead, lead_liaison)
    assert reported(made, assist, assisting_liaison).assignment == assist


def test_one_that_names_nobody_is_answered_by_the_leads(lead, assist, assisting_liaison, lead_liaison):
    made = make_milestone(lead.item)
    with pytest.raises(WorkflowError, match="由其他单位负责"):
        reported(made, assist, assisting_liaison)
    assert reported(made, lead, lead_liaison)


def test_a_successor_answers_in_the_place_of_the_named_one(coordinator, lead, assist, assisting_liaison):
    new = make_agency("合肥新海关")
    made = make_milestone(lead.item, agency=assist.agency)
    succeed(
        predecessors=[assist.agency],
        successor=new,
        kind="renamed",
        document="皖编〔2016〕1号",
        effective_on=date(2016, 10, 12),
        by=coordinator,
        at=NOW,
    )
    following = lead.item.assignments.get(agency=new)
    assert reported(made, following, assisting_liaison, at=LATER)


def test_where_the_named_one_has_no_part_any_more_the_leads_answer(lead, assist, lead_liaison):
    made = make_milestone(lead.item, agency=assist.agency)
    withdraw(assist, at=NOW)
    assert reported(made, lead, lead_liaison, at=LATER)


def test_what_has_ended_reports_no_milestone(lead, lead_liaison):
    made = make_milestone(lead.item)
    close(lead, at=NOW)
    with pytest.raises(WorkflowError, match="已经办结"):
        reported(made, lead, lead_liaison, at=LATER)


def test_items_are_apart(coordinator, plan, lead):
    other = make_item(plan)
    make_assignment(other)
    added(lead.item, coordinator)
    assert added(other, coordinator).item == other
