"""A local plan drawn from the items of the office above: picked, adapted, proofread and issued under its own number."""

from urllib.parse import urlencode

import pytest
from django.urls import reverse

from tasks.models import ActionItem, Correspondence, ImportDraft, Plan
from tasks.notice import parse
from tasks.standing.proofs import proof_of
from tasks.standing.reshaping import reshaping_basis
from tasks.workflow import merge_items
from tests.pages.conftest import Visitor
from tests.support.factories import (
    close,
    make_agency,
    make_assignment,
    make_item,
    make_local_plan,
    make_office,
    make_plan,
    make_user,
    moment,
)

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

HEAD = {
    "title": "合肥市人民政府办公室关于印发合肥市2016年质量工作方案的通知",
    "document_number": "合政办〔2016〕40号",
    "issuer": "合肥市人民政府办公室",
    "issued_on": "2016-06-30",
}


@pytest.fixture
def parent(db):
    plan = make_plan()
    bureau, trade = make_agency("省质监局"), make_agency("省商务厅")
    for title in ("推动品牌建设", "深化检验检测改革"):
        label = f"（{plan.items.count() + 1}）"
        item = make_item(
            plan, title=title, label=label, text=f"{label}{title}。抓好落实。（省质监局负责，省商务厅协助）"
        )
        make_assignment(item, bureau)
        make_assignment(item, trade, "assist")
    return plan


@pytest.fixture
def hefei(db):
    return make_office("合肥市")


@pytest.fixture
def clerk(hefei):
    return Visitor(make_user(office=hefei))


def address(plan):
    return reverse("tasks:local-new", args=[plan.slug])


def row(key, title, leads="市质监局", **fields):
    said = {"title": title, "body": "细化措施。", "leads": leads, **fields}
    return {f"{key}-{name}": value for name, value in said.items()}


def test_every_item_of_the_parents_is_offered_ticked_with_the_local_counterparts_of_its_agencies(clerk, parent):
    values = clerk.get(address(parent)).values()
    assert [values[f"i1-{name}"] for name in ("use", "title", "leads", "assists")] == [
        "on",
        "推动品牌建设",
        "市质监局",
        "市商务局",
    ]
    assert "合肥市人民政府办公室关于印发合肥市贯彻落实" in values["title"]


def test_an_item_that_is_withdrawn_above_is_offered_without_a_tick_and_says_why(clerk, parent):
    first = parent.items.first()
    close(first.assignments.get(role="lead"), kind="cancelled", at=moment("2016-06-01"))
    page = clerk.get(address(parent))
    assert {key for key in page.values() if key.endswith("-use")} == {"i2-use"}
    assert page.main.count("上级已办结、中止或撤销，不须覆盖") == 1


def test_what_was_merged_above_is_drawn_as_one_item_and_its_correspondence_holds(clerk, parent):
    items, at = list(parent.items.all()), moment("2016-06-21")
    shown = {"title": "品牌和检测", "due_on": None, "basis": reshaping_basis(items, at)}
    merge_items(items=items, reason="会议纪要", by=make_user(), at=at, **shown)
    merged = parent.items.get(ended_at=None)
    offered = clerk.get(address(parent)).values()
    assert "（1）" not in offered[f"i{merged.number}-body"]
    clerk.post(address(parent), **{**offered, **HEAD})
    draft = ImportDraft.objects.get()
    assert len(proof_of(draft).notice.items) == 1
    clerk.post_and_follow(f"{draft.get_absolute_url()}confirm/", basis=0)
    assert [list(made.parent_items.all()) for made in Correspondence.objects.all()] == [[merged]]


def test_what_is_picked_becomes_a_proof_and_then_the_plan_with_its_number_and_its_correspondence(clerk, parent, hefei):
    picked = {"i1-use": "on", **row("i1", "争创品牌", due_on="2016-09-30", assists="市商务局"), **row("i2", "检测")}
    sent = {**HEAD, **picked, **row("n1", "建设实验室")}
    where = clerk.post(address(parent), **sent).response.url
    draft = ImportDraft.objects.get()
    assert (draft.parent, draft.office, draft.drawn_from) == (parent, hefei, [[1], []])
    assert clerk.post(address(parent), **sent).response.url == where
    assert "争创品牌" in clerk.get(where).main
    clerk.post_and_follow(f"{where}confirm/", basis=0)
    plan = Plan.objects.get(document_number=HEAD["document_number"])
    assert (plan.parent, plan.office, [item.title for item in plan.items.all()]) == (
        parent,
        hefei,
        ["争创品牌", "建设实验室"],
    )
    first = plan.items.first()
    assert {(part.agency.name, part.role) for part in first.assignments.all()} == {
        ("合肥市质监局", "lead"),
        ("合肥市商务局", "assist"),
    }
    assert f"{first.revisions.get().due_on}" == "2016-09-30"
    known = {
        made.item.title: [item.number for item in made.parent_items.all()] for made in Correspondence.objects.all()
    }
    assert known == {"争创品牌": [1], "建设实验室": []}
    assert clerk.post(address(parent), **sent).response.url == plan.get_absolute_url()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"i1-leads": ""}, "请填写；不承接的，取消勾选。"),
        ({"i1-title": "一。二"}, "标题写成一句"),
        ({"document_number": ""}, "请填写。"),
        ({"i1-due_on": "明年"}, "请按2016-09-30的格式填写日期。"),
        ({"i1-use": ""}, "请至少选取或增加一项任务。"),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_nothing_is_kept(clerk, parent, changed, said):
    sent = {**HEAD, "i1-use": "on", **row("i1", "争创品牌"), **changed}
    assert said in clerk.post(address(parent), 422, **sent).main
    assert not ImportDraft.objects.exists()


def test_only_a_coordinator_of_an_office_directly_below_draws_from_it(clerk, parent, hefei, visitor):
    visitor(make_user()).get(address(parent), 403)
    visitor(make_user(role="leader", office=hefei)).get(address(parent), 403)
    visitor(make_user(office=make_office("肥东县", parent=hefei))).get(address(parent), 403)
    beside = make_local_plan(parent, make_office("芜湖市"))
    clerk.get(address(beside), 404)


def test_the_upload_asks_which_plan_is_carried_out_and_points_here(clerk, parent):
    page = clerk.get(reverse("tasks:import-list"))
    assert page.one("//select[@name='parent']/option[@selected]").get("value") == parent.slug
    assert address(parent) in {link.url for link in page.links()}
    assert "上级行动计划" not in Visitor(make_user()).get(reverse("tasks:import-list")).main


def test_it_asks_the_same_however_many_items_there_are(clerk, parent, django_assert_max_num_queries):
    for _ in range(10):
        make_assignment(make_item(parent))
    with django_assert_max_num_queries(12):
        clerk.get(address(parent))


def test_the_text_that_is_made_reads_as_it_was_meant(clerk, parent):
    clerk.post(address(parent), **HEAD, **{"i1-use": "on"}, **row("i1", "争创品牌", "市质监局、\r\n市商务局。"))
    notice = parse(ImportDraft.objects.get().finding.text)
    assert (notice.problems, notice.missing) == ((), ())
    [item] = notice.items
    assert [unit.name for unit in item.leads] == ["市质监局", "市商务局"]


def test_a_plan_of_five_hundred_tasks_is_drawn_from_in_one_form(clerk, parent):
    section, label = parent.sections.first(), "（{}）".format
    what = {"plan": parent, "section": section, "text": "。", "start": 0, "end": 1}
    ActionItem.objects.bulk_create(
        ActionItem(number=number, label=label(number), title=f"任务{number}", **what) for number in range(3, 501)
    )
    sent = dict(HEAD)
    for number in range(1, 501):
        sent |= {f"i{number}-use": "on", **row(f"i{number}", f"本地任务{number}", assists="", due_on="2016-09-30")}
    as_browsers_do = {"content_type": "application/x-www-form-urlencoded"}
    assert clerk.client.post(address(parent), urlencode(sent), **as_browsers_do).status_code == 302
    assert len(ImportDraft.objects.get().drawn_from) == 500
