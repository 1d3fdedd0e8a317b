"""常用视图: coordinators keep ledgers by names, for themselves or for all of them, each with an address."""

from datetime import date

import pytest

from agencies.models import Change, Role
from tasks.models import SavedView
from tasks.workflow import WorkflowError, save_view
from tasks.workflow.saved import MOST_OWN
from tests.pages.conftest import Visitor
from tests.support.factories import make_agency, make_assignment, make_item, make_user, moment


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)


@pytest.fixture
def views(plan, lead):
    return f"/plans/{plan.slug}/views/"


@pytest.fixture
def ledger(plan, lead):
    return f"/plans/{plan.slug}/assignments/"


@pytest.fixture
def as_colleague(db):
    return Visitor(make_user("colleague", role=Role.COORDINATOR, display_name="另一统筹员"))


def keep(owner, name="我的红灯", **fields):
    known = {"ledger": "assignment", "query": "role=lead&sort=-due", "is_shared": False, **fields}
    return save_view(name=name, by=owner, at=moment("2016-10-10"), **known)


def test_what_is_filtered_sorted_and_shown_is_kept_by_a_name(as_coordinator, ledger, views, lead):
    page = as_coordinator.get(f"{ledger}?role=lead&sort=-due&hide=bar&hide=gap&page=1&per_page=50")
    form = page.link("保存当前视图…").url
    shown = as_coordinator.get(form)
    assert "角色：负责；不显示的列：进度与序时、差" in shown.main
    page = as_coordinator.post_and_follow(form, name="负责、近期到期")
    assert page.messages == ["已保存常用视图“负责、近期到期”。"]
    assert page.links("//nav[@aria-label='常用视图']")[0].text == "负责、近期到期 1"
    assert "进度与序时" not in page.texts("//thead//th")
    kept = SavedView.objects.get()
    assert (kept.ledger, kept.query) == ("assignment", "role=lead&hide=bar&hide=gap&sort=-due")


def test_the_way_to_keep_a_ledger_that_is_asked_for_nothing_ends_with_its_name(as_coordinator, ledger):
    assert as_coordinator.get(ledger).link("保存当前视图…").url.endswith("/views/?ledger=assignment")


def test_an_address_holds_nothing_but_the_ledger_s_own_fields(as_coordinator, views, lead):
    url = f"{views}?ledger=item&light=red&light=red&only=1&page=7&next=//elsewhere&sort=agency&section="
    as_coordinator.post(url, name="红灯")
    assert SavedView.objects.get().query == "light=red"


@pytest.mark.parametrize("query", ["light=purple", "section=abc", "due_after=soon"])
def test_a_filter_that_makes_no_sense_is_not_kept(as_coordinator, views, query):
    page = as_coordinator.post(f"{views}?ledger=item&{query}", 422, name="奇怪")
    assert "筛选条件有误" in page.main
    assert not SavedView.objects.exists()


def test_it_has_an_address_and_stands_over_the_ledger_with_its_number(as_coordinator, coordinator, plan, ledger, lead):
    view = keep(coordinator)
    make_assignment(make_item(plan), make_agency("省林业厅"))
    page = as_coordinator.get(ledger)
    [mine] = [tab for tab in page.links("//nav[@aria-label='常用视图']") if tab.text.startswith("我的红灯")]
    assert mine.text == "我的红灯 2"
    page = as_coordinator.get(mine.url, follow=True)
    assert page.texts("//nav[@aria-label='常用视图']//a[@aria-current]") == ["我的红灯 2"]
    assert len(page.rows()) == 2
    assert view.query in as_coordinator.get(f"/plans/{plan.slug}/views/{view.pk}/", 302).response.url


def test_others_see_what_is_shared_and_only_its_owner_changes_it(
    as_colleague, as_coordinator, as_leader, coordinator, ledger, views
):
    mine, ours = keep(coordinator), keep(coordinator, "办公室用", is_shared=True)
    tabs = [tab.text for tab in as_colleague.get(ledger).links("//nav[@aria-label='常用视图']")]
    assert tabs[0] == "办公室用 1共用"
    assert not any("我的红灯" in tab for tab in tabs)
    as_colleague.get(f"{views}{mine.pk}/", 404)
    as_colleague.post(f"{views}{ours.pk}/", 403, action="remove")
    assert as_leader.get(ledger).all("//nav[@aria-label='常用视图']") == []
    coordinator.is_active = False
    coordinator.save()
    as_colleague.post(f"{views}{ours.pk}/", action="remove")
    assert list(SavedView.objects.all()) == [mine]


def test_it_is_renamed_shared_and_removed_and_what_others_see_is_on_record(as_coordinator, coordinator, views):
    view, other = keep(coordinator), keep(coordinator, "别的")
    for _ in range(2):
        as_coordinator.post(f"{views}{view.pk}/", name="七月到期", is_shared="on", action="change")
    view.refresh_from_db()
    assert (view.name, view.is_shared) == ("七月到期", True)
    page = as_coordinator.post_and_follow(f"{views}{view.pk}/", name="别的", action="change")
    assert page.messages[-1:] == ["“七月到期”未修改：已有名为“别的”的视图，请换一个名称。"]
    as_coordinator.post(f"{views}{view.pk}/", action="remove")
    as_coordinator.post(f"{views}{other.pk}/", action="remove")
    assert list(Change.objects.order_by("pk").values_list("action", flat=True)) == ["修改常用视图", "删除常用视图"]


def test_the_same_name_again_is_the_same_view(coordinator):
    keep(coordinator)
    keep(coordinator, query="light=red")
    assert SavedView.objects.get().query == "light=red"


def test_there_are_no_more_than_a_page_counts(coordinator):
    for number in range(MOST_OWN):
        keep(coordinator, f"视图{number}")
    with pytest.raises(WorkflowError, match="最多12个"):
        keep(coordinator, "再一个")
    keep(coordinator, "视图0", query="light=red")


def test_tabs_say_how_many_rows_they_have(as_leader, plan, ledger, lead, assist):
    make_item(plan)
    tabs = [tab.text for tab in as_leader.get(ledger).links("//nav[@aria-label='台账']")]
    assert tabs == [
        "按任务 2",
        "任务·亮灯优先 2",
        "按责任分工 2",
        "负责·亮灯优先 1",
        "红灯、黄灯 0",
        "本期未报 0",
        "待审 0",
    ]
