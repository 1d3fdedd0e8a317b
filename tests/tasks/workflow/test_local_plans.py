"""Local offices confirm what theirs carries out, are asked for plans of their own, and the asking closes by itself."""

from datetime import date

import pytest

from agencies.models import Change
from tasks.models import Assignment, Closure, Correspondence, LocalDuty, Message, Plan
from tasks.standing.correspondence import coverage_of, decisions
from tasks.standing.reshaping import reshaping_basis
from tasks.workflow import (
    WorkflowError,
    amend_item,
    amend_items,
    ask_for_local_plans,
    ask_further_offices,
    close_assignment,
    confirm_correspondences,
    decide_request,
    merge_items,
)
from tasks.workflow.daily import daily_round
from tasks.workflow.local_duty import LABEL
from tests.support.factories import (
    make_assignment,
    make_item,
    make_local_plan,
    make_office,
    make_plan,
    make_request,
    make_user,
    moment,
    sign_receipt,
)

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

NOW, LATER = moment("2016-06-20 10:00"), moment("2016-06-21 10:00")
WORDS = "各地要结合实际，制定本地区的具体工作方案。"
DUE = date(2016, 8, 31)


@pytest.fixture
def province(db):
    """A plan of three tasks, each with a lead."""
    plan = make_plan()
    for _ in range(3):
        make_assignment(make_item(plan))
    return plan


@pytest.fixture
def hefei(db):
    return make_office("合肥市")


@pytest.fixture
def local(province, hefei):
    """A city's plan of two tasks under it."""
    plan = make_local_plan(province, hefei)
    make_item(plan, title="争创名牌")
    make_item(plan, title="建设实验室")
    return plan


@pytest.fixture
def clerk(hefei):
    return make_user(office=hefei)


@pytest.fixture
def chief(db):
    return make_user()


def confirm(plan, decided, *, by, at=NOW, bases=None):
    known = decisions([item.pk for item in decided], at)
    shown = {item.pk: known[item.pk].key if item.pk in known else 0 for item in decided}
    given = {item.pk: [each.pk for each in parents] for item, parents in decided.items()}
    return confirm_correspondences(plan=plan, decided=given, bases=shown if bases is None else bases, by=by, at=at)


def ask(parent, *offices, by, at=NOW, due_on=DUE, words=WORDS, items=()):
    return ask_for_local_plans(parent=parent, offices=offices, due_on=due_on, words=words, items=items, by=by, at=at)


def part_of(duty, office):
    return Assignment.objects.get(item__plan=duty.plan, agency=office.government)


# ── correspondence ───────────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_confirmed_holds_from_then_on_and_the_newest_decision_counts(province, local, clerk):
    one, two, _ = province.items.all()
    branded, added = local.items.all()
    confirm(local, {branded: [one, two], added: []}, by=clerk)
    confirm(local, {branded: [two]}, by=clerk, at=LATER)
    assert decisions([branded.pk, added.pk], NOW)[branded.pk].targets == {one.pk, two.pk}
    known = decisions([branded.pk, added.pk], LATER)
    assert (known[branded.pk].targets, known[added.pk].targets) == ({two.pk}, set())
    assert decisions([branded.pk], moment("2016-06-19")) == {}


def test_each_decision_is_in_the_record_of_changes_in_words(province, local, clerk):
    one = province.items.first()
    branded, added = local.items.all()
    confirm(local, {branded: [one], added: []}, by=clerk)
    confirm(local, {branded: []}, by=clerk, at=LATER)
    rows = Change.objects.filter(action="确认对应关系").order_by("pk")
    assert [(row.subject, row.old, row.new["corresponds_to"]) for row in rows] == [
        (str(branded), {}, str(one)),
        (str(added), {}, "本地增加"),
        (str(branded), {"corresponds_to": str(one)}, "本地增加"),
    ]


def test_the_same_form_sent_again_is_the_first_and_what_stands_so_already_stays(province, local, clerk):
    one = province.items.first()
    branded = local.items.first()
    confirm(local, {branded: [one]}, by=clerk)
    assert confirm(local, {branded: [one]}, by=clerk, at=LATER, bases={branded.pk: 0}) == []
    assert confirm(local, {branded: [one]}, by=clerk, at=LATER) == []
    assert Correspondence.objects.count() == 1


def test_what_somebody_else_decided_meanwhile_is_not_overwritten_and_nothing_of_the_form_is_kept(
    province, local, clerk, hefei
):
    one, two, _ = province.items.all()
    branded, added = local.items.all()
    confirm(local, {branded: [one]}, by=make_user(office=hefei))
    with pytest.raises(WorkflowError, match=f"{branded.label}的对应关系已被他人确认"):
        confirm(local, {branded: [two], added: []}, by=clerk, at=LATER, bases={})
    assert Correspondence.objects.count() == 1


def test_only_tasks_of_the_parent_that_still_exist_are_chosen(province, local, clerk, chief):
    old = province.items.first()
    branded = local.items.first()
    foreign = make_item(make_plan())
    with pytest.raises(WorkflowError, match="不在上级行动计划之内"):
        confirm(local, {branded: [foreign]}, by=clerk)
    province.items.filter(pk=old.pk).update(ended_at=NOW)
    with pytest.raises(WorkflowError, match="已拆分或合并，请刷新页面后按新任务确认"):
        confirm(local, {branded: [old]}, by=clerk, at=LATER)
    with pytest.raises(WorkflowError, match="没有上级计划"):
        confirm(province, {old: []}, by=chief)
    with pytest.raises(WorkflowError, match="请至少勾选一项"):
        confirm(local, {}, by=clerk)


def test_coverage_names_what_nothing_corresponds_to_and_asks_for_no_task_that_has_ended(province, local, clerk):
    one, two, three = province.items.all()
    branded, _ = local.items.all()
    confirm(local, {branded: [one]}, by=clerk)
    assert coverage_of(local, NOW).missing == (two, three)
    closed = three.assignments.get()
    close_assignment(assignment=closed, kind="cancelled", reason="任务取消", by=make_user(), at=LATER)
    coverage = coverage_of(local, LATER)
    assert (coverage.missing, coverage.covered, coverage.is_whole) == ((two,), 1, False)


# ── the duty ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_duty_is_a_task_of_each_government_in_a_plan_of_its_own_that_no_list_shows(province, hefei, chief):
    wuhu = make_office("芜湖市")
    liaison = make_user(role="liaison", agency=hefei.government)
    duty = ask(province, hefei, wuhu, by=chief)
    item = duty.plan.items.as_of(NOW).get()
    assert (item.text, item.due_on, item.due_source) == (WORDS, DUE, "set")
    assert {part.agency for part in item.assignments.all()} == {hefei.government, wuhu.government}
    assert duty.plan not in Plan.objects.listed()
    assert province in Plan.objects.listed()
    assert not province.items.filter(assignments__agency=hefei.government).exists()
    assert (
        f"{province.document_number}（市县方案）新交办任务：{LABEL}印发本地区工作方案"
        in Message.objects.get(recipient=liaison).text
    )


def test_asked_twice_with_the_same_form_it_is_one_duty_and_with_another_it_is_refused(province, hefei, chief):
    duty = ask(province, hefei, by=chief)
    assert ask(province, hefei, by=chief, at=LATER) == duty
    with pytest.raises(WorkflowError, match="已经交办"):
        ask(province, hefei, by=chief, at=LATER, due_on=date(2016, 9, 30))
    assert LocalDuty.objects.count() == 1


def test_only_offices_directly_below_that_have_a_government_are_asked(province, hefei, chief):
    county = make_office("肥东县", parent=hefei)
    bare = make_office("无名市")
    type(bare).objects.filter(pk=bare.pk).update(government=None)
    bare.refresh_from_db()
    for offices, said in (([], "至少选择一个"), ([county], "只能向直接下级"), ([bare], "无名市尚未登记本级政府")):
        with pytest.raises(WorkflowError, match=said):
            ask(province, *offices, by=chief)
    with pytest.raises(WorkflowError, match="不能早于今天"):
        ask(province, hefei, by=chief, due_on=date(2016, 6, 19))
    with pytest.raises(WorkflowError, match="请选择公文中"):
        ask(province, hefei, by=chief, words=" ")
    assert not LocalDuty.objects.exists()


def test_further_offices_get_the_same_task_and_those_that_have_it_keep_it(province, hefei, chief):
    duty, wuhu = ask(province, hefei, by=chief), make_office("芜湖市")
    [added] = ask_further_offices(duty=duty, offices=[hefei, wuhu], by=chief, at=LATER)
    assert added.agency == wuhu.government
    assert ask_further_offices(duty=duty, offices=[wuhu], by=chief, at=LATER) == []
    assert Assignment.objects.filter(item__plan=duty.plan).count() == 2


def test_a_city_asks_its_counties_from_its_own_plan(local, hefei, clerk):
    county = make_office("肥东县", parent=hefei)
    duty = ask(local, county, by=clerk)
    assert (duty.plan.home, part_of(duty, county).agency) == (hefei.path, county.government)


# ── the closing ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_duty_is_closed_by_whoever_confirms_the_last_task_that_was_missing(province, local, hefei, clerk, chief):
    one, two, three = province.items.all()
    branded, added = local.items.all()
    duty = ask(province, hefei, by=chief)
    confirm(local, {branded: [one, two]}, by=clerk)
    assert not Closure.objects.exists()
    confirm(local, {added: [three]}, by=clerk, at=LATER)
    closure = Closure.objects.get()
    assert (closure.assignment, closure.kind, closure.recorded_by) == (part_of(duty, hefei), "closed", clerk)
    assert local.document_number in closure.reason
    assert "须覆盖的3项任务已全部对应" in closure.reason
    confirm(local, {added: []}, by=clerk, at=moment("2016-06-22"))
    confirm(local, {added: [three]}, by=clerk, at=moment("2016-06-23"))
    assert Closure.objects.count() == 1


def test_only_the_tasks_that_the_duty_names_have_to_be_covered(province, local, hefei, clerk, chief):
    one, *_ = province.items.all()
    ask(province, hefei, by=chief, items=[one])
    confirm(local, {local.items.first(): [one]}, by=clerk, at=LATER)
    assert "须覆盖的1项任务" in Closure.objects.get().reason


def test_who_is_asked_after_all_was_confirmed_has_done_it(province, local, hefei, clerk, chief):
    confirm(local, {local.items.first(): list(province.items.all())}, by=clerk)
    duty = ask(province, hefei, by=chief, at=LATER)
    assert Closure.objects.get().assignment == part_of(duty, hefei)


def test_nothing_is_closed_over_a_request_that_waits_nor_for_another_office(province, local, hefei, clerk, chief):
    duty = ask(province, hefei, make_office("芜湖市"), by=chief)
    sign_receipt(part_of(duty, hefei), at=NOW)
    asked = make_request(part_of(duty, hefei), "extension", at=NOW, due_on=date(2016, 9, 30), old_due_on=DUE)
    confirm(local, {local.items.first(): list(province.items.all())}, by=clerk, at=LATER)
    assert not Closure.objects.exists()
    decide_request(request=asked, is_granted=False, comment="已印发，无须延期。", by=chief, at=moment("2016-06-22"))
    closure = Closure.objects.get()
    assert (closure.assignment, closure.recorded_by) == (part_of(duty, hefei), chief)


def test_the_daily_round_closes_a_duty_once_the_parent_ended_what_was_lacking(province, local, hefei, clerk, chief):
    one, two, three = province.items.all()
    duty = ask(province, hefei, make_office("芜湖市"), by=chief)
    confirm(local, {local.items.first(): [one, two]}, by=clerk)
    list(daily_round(date(2016, 6, 21)))
    assert not Closure.objects.exists()
    close_assignment(assignment=three.assignments.get(), kind="cancelled", reason="上级已停", by=chief, at=LATER)
    for day in (22, 23):
        list(daily_round(date(2016, 6, day)))
    closure = Closure.objects.get(assignment__item__plan=duty.plan)
    assert (closure.assignment, closure.kind, closure.recorded_by) == (part_of(duty, hefei), "closed", None)
    assert "须覆盖的2项任务已全部对应" in closure.reason
    assert Message.objects.filter(recipient=chief, text__startswith="合肥市印发本地区工作方案自动办结").count() == 1
    assert Change.objects.get(action="办结销号", subject_id=closure.assignment_id).by_name == "系统"


# ── what becomes of the parent's items ───────────────────────────────────────────────────────────────────────────


def told(person):
    return list(Message.objects.filter(recipient=person).order_by("pk").values_list("text", "link"))


def test_a_new_date_of_the_parents_is_told_to_the_offices_whose_items_correspond(province, local, clerk, chief, hefei):
    one, two, _ = province.items.all()
    branded = local.items.first()
    confirm(local, {branded: [one]}, by=clerk)
    other = make_user(office=make_office("芜湖市"))
    amend_item(item=one, due_on=date(2016, 9, 30), reason="会议纪要", by=chief, at=LATER)
    amend_item(item=two, due_on=date(2016, 9, 30), reason="会议纪要", by=chief, at=LATER)
    [(text, link)] = told(clerk)
    assert text.startswith(f"上级任务{one}完成时限由")
    assert f"对应的本地任务为{branded}：会议纪要" in text
    assert link == branded.get_absolute_url()
    assert told(other) == []


def test_several_items_at_once_are_one_message_that_leads_to_all_of_them(province, local, clerk, chief):
    one, two, _ = province.items.all()
    branded, added = local.items.all()
    confirm(local, {branded: [one], added: [two]}, by=clerk)
    bases = {one.pk: 1, two.pk: 1}
    day = date(2016, 9, 30)
    amend_items(items=[one, two], due_on=day, reason="会议纪要", bases=bases, by=chief, at=LATER)
    [(text, link)] = told(clerk)
    assert f"{one}、{two}" in text
    assert link == f"/plans/{local.slug}/correspondence/?show=all"


def test_a_merger_and_the_end_of_a_parents_item_are_told_once(province, local, clerk, chief):
    one, two, three = province.items.all()
    branded, added = local.items.all()
    confirm(local, {branded: [one, two], added: [three]}, by=clerk)
    shown = {"title": "合并后的任务", "due_on": DUE, "basis": reshaping_basis([one, two], LATER)}
    merge_items(items=[one, two], reason="会议纪要", by=chief, at=LATER, **shown)
    make_assignment(three)
    first, last = three.assignments.order_by("pk")
    close_assignment(assignment=first, kind="cancelled", reason="任务取消", by=chief, at=LATER)
    assert [text.split("，")[0] for text, _ in told(clerk)] == [f"上级任务{one}、{two}已并入{one.label}{two.label}"]
    close_assignment(assignment=last, kind="cancelled", reason="任务取消", by=chief, at=LATER)
    assert told(clerk)[-1][0].startswith(f"上级任务{three}已撤销，对应的本地任务为{added}")
