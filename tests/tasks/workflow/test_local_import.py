"""A city's notice becomes its plan under the province's: with its own agencies by their full names, and no others."""

import pytest

from agencies.models import Agency, AgencyGroup, Change
from tasks.models import Assignment, Correspondence, ImportDraft
from tasks.standing.hand_out import hand_out
from tasks.standing.proofs import proof_of
from tasks.workflow import WorkflowError
from tasks.workflow.confirming import confirm_draft
from tasks.workflow.proofs import correct_draft, start_draft
from tests.support.factories import make_agency, make_item, make_local_plan, make_office, make_plan, make_user, moment

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

AT = moment("2016-07-01 09:00")
TEXT = """合肥市人民政府办公厅关于印发质量建设2016年工作方案的通知

合政办〔2016〕40号

各县（市）、区人民政府，市政府各部门：

现印发给你们。

合肥市人民政府办公厅
2016年6月30日

合肥市质量建设2016年工作方案

（一）提升质量。推动企业改进。（市质监局、市商务局牵头，省质监局配合）

（二）加强考核。考核各县。（市质监局负责，市质量工作领导小组其他成员单位协助）

（三）落实责任。层层落实。（肥东县人民政府、市委宣传部负责）
"""


@pytest.fixture
def parent(db):
    plan = make_plan()
    for _ in range(3):
        make_item(plan)
    return plan


@pytest.fixture
def hefei(db):
    return make_office("合肥市")


@pytest.fixture
def clerk(hefei):
    return make_user(office=hefei)


@pytest.fixture
def above(db):
    """An agency of the province that the city's notice names, too."""
    return make_agency("省质监局")


def begun(clerk, parent=None, **fields):
    return start_draft(data=TEXT.encode(), file_name="方案.txt", by=clerk, at=AT, parent=parent, **fields)


def confirmed(draft, by, basis=0):
    return confirm_draft(draft=draft, basis=basis, by=by, at=AT)


def test_the_plan_is_the_offices_and_carries_out_the_parent_and_names_are_told_in_full(clerk, parent, hefei, above):
    plan = confirmed(begun(clerk, parent), clerk)
    assert (plan.office, plan.parent) == (hefei, parent)
    one, two, three = plan.items.all()
    assert {part.agency.name for part in one.assignments.all()} == {"合肥市质监局", "合肥市商务局"}
    assert {part.agency.name for part in three.assignments.all()} == {"肥东县人民政府", "合肥市委宣传部"}
    assert set(Agency.objects.filter(office=hefei).values_list("name", flat=True)) == {
        "合肥市质监局",
        "合肥市商务局",
        "肥东县人民政府",
        "合肥市委宣传部",
    }
    assert two.assist_group.office == hefei


def test_an_agency_of_another_office_is_named_by_its_duty_and_answers_for_nothing(clerk, parent, above):
    plan = confirmed(begun(clerk, parent), clerk)
    assert not Assignment.objects.filter(agency=above).exists()
    named = plan.items.first().duties.get().named.values_list("agency__name", flat=True)
    assert set(named) == {"合肥市质监局", "合肥市商务局", "省质监局"}
    group = AgencyGroup.objects.get(name="合肥市质量工作领导小组")
    assert above not in group.members.all()


def test_what_is_shown_before_is_what_is_made_and_says_who_is_not_asked(clerk, parent, above):
    draft = begun(clerk, parent)
    will = hand_out(proof_of(draft))
    plan = confirmed(draft, clerk)
    assert will.foreign == ["省质监局"]
    made = Assignment.objects.filter(item__plan=plan)
    assert (will.leads, will.assists) == (made.filter(role="lead").count(), made.filter(role="assist").count())
    assert {share.name for share in will.shares} == {part.agency.name for part in made}


def test_an_agency_of_the_province_that_is_named_here_first_is_not_the_citys(clerk, parent):
    draft = begun(clerk, parent)
    assert hand_out(proof_of(draft)).foreign == ["省质监局"]
    confirmed(draft, clerk)
    assert Agency.objects.get(name="省质监局").office is None


def test_what_a_coordinator_types_is_of_the_own_area_too(clerk, parent, above):
    draft = begun(clerk, parent)
    typed = {"kind": "agency", "item": TEXT.index("（三）"), "name": "市教育局", "role": "lead"}
    given = {"draft": draft, "corrections": [typed], "basis": 0, "by": clerk, "at": AT}
    assert correct_draft(**given) == correct_draft(**given)
    plan = confirmed(draft, clerk, basis=1)
    assert "合肥市教育局" in {part.agency.name for part in plan.items.last().assignments.all()}


def test_a_county_means_its_citys_bureau_by_the_citys_word(hefei):
    county = make_office("肥东县", parent=hefei)
    clerk = make_user(office=county)
    text = TEXT.replace("合肥市", "肥东县").replace("（市质监局、市商务局牵头", "（县商务局、市质监局牵头")
    plan = confirm_draft(
        draft=start_draft(data=text.encode(), file_name="县.txt", by=clerk, at=AT), basis=0, by=clerk, at=AT
    )
    owners = dict(Agency.objects.values_list("name", "office"))
    assert (owners["肥东县商务局"], owners["合肥市质监局"]) == (county.path, hefei.path)
    assert [part.agency.name for part in plan.items.first().assignments.all()] == ["肥东县商务局"]


def test_the_same_text_brought_again_carries_out_the_parent_that_is_chosen_now_and_keeps_its_corrections(clerk, parent):
    draft = begun(clerk)
    correct_draft(
        draft=draft,
        corrections=[{"kind": "agency", "item": TEXT.index("（三）"), "name": "市教育局", "role": "lead"}],
        basis=0,
        by=clerk,
        at=AT,
    )
    assert begun(clerk, parent) == draft
    noted = Change.objects.latest("pk")
    assert (noted.old, noted.new) == ({"parent": ""}, {"parent": str(parent)})
    plan = confirmed(draft, clerk, basis=1)
    assert plan.parent == parent
    assert plan.items.last().assignments.filter(agency__name="合肥市教育局").exists()


def test_what_was_drawn_from_one_parent_says_nothing_of_another(clerk, parent):
    draft = begun(clerk, parent, drawn_from=[[1], [2], [3]])
    other = make_plan()
    make_item(other)
    assert begun(clerk, parent, drawn_from=[[1], [2], [3]]).drawn_from == [[1], [2], [3]]
    begun(clerk, other)
    plan = confirmed(ImportDraft.objects.get(pk=draft.pk), clerk)
    assert plan.parent == other
    assert not Correspondence.objects.filter(item__plan=plan).exists()


def test_an_office_has_one_plan_for_each_of_the_office_above(clerk, parent, hefei):
    draft = begun(clerk, parent)
    make_local_plan(parent, hefei)
    with pytest.raises(WorkflowError, match="已经交办"):
        confirmed(draft, clerk)
    with pytest.raises(WorkflowError, match="已经交办"):
        start_draft(data=TEXT[1:].encode(), file_name="b.txt", by=clerk, at=AT, parent=parent)
    with pytest.raises(WorkflowError, match="上一级机构"):
        start_draft(data=TEXT[2:].encode(), file_name="c.txt", by=make_user(), at=AT, parent=parent)


def test_the_same_file_is_each_offices_own_draft(clerk, parent):
    wuhu = make_user(office=make_office("芜湖市"))
    assert begun(clerk) == begun(clerk)
    assert begun(wuhu) != begun(clerk)
    assert ImportDraft.objects.count() == 2


def test_items_drawn_from_the_parents_correspond_from_the_first_day_as_said_by_whoever_confirmed(clerk, parent):
    plan = confirmed(begun(clerk, parent, drawn_from=[[1, 2], [], [3]]), clerk)
    known = {
        made.item.number: ([each.number for each in made.parent_items.all()], made.recorded_by)
        for made in Correspondence.objects.filter(item__plan=plan)
    }
    assert known == {1: ([1, 2], clerk), 2: ([], clerk), 3: ([3], clerk)}


def test_where_the_proof_changed_which_items_there_are_nothing_is_taken_for_granted(clerk, parent):
    plan = confirmed(begun(clerk, parent, drawn_from=[[1, 2], [3]]), clerk)
    assert not Correspondence.objects.filter(item__plan=plan).exists()


def test_the_top_office_reads_and_names_as_before(db, hefei):
    chief = make_user()
    text = TEXT.replace("合肥市", "某省").replace("（市质监局、市商务局牵头，", "（省商务厅牵头，")
    plan = confirm_draft(
        draft=start_draft(data=text.encode(), file_name="省.txt", by=chief, at=AT), basis=0, by=chief, at=AT
    )
    assert (plan.office, plan.parent) == (None, None)
    names = {part.agency.name for part in plan.items.first().assignments.all()}
    assert names >= {"省商务厅", "省质监局"}
