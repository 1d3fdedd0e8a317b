"""A deed that would make a waiting change of who answers (待生效) impossible says so before it is done."""

from datetime import date

import pytest
from django.urls import reverse

from tests.support.factories import (
    ASSIST,
    LEAD,
    make_agency,
    make_assignment,
    make_group,
    make_item,
    make_request,
    moment,
)
from tests.tasks.workflow.test_planned_steering import added, plan, replaced, withdrawn

LOST = "（1）自2016-12-01起省商务厅（负责）更换为省水利厅"
BY = {"reason": "会议纪要〔2016〕5号"}


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)


@pytest.fixture
def waiting(lead, other_agency, coordinator):
    """On 1 December another agency answers."""
    return plan(replaced(lead, other_agency), by=coordinator)


def lost_on(page):
    """What the page says will fall away."""
    [said] = page.texts("//p[contains(., '待生效的责任调整将无法生效')]") or [""]
    return said.rpartition("：")[2].rstrip("。").split("；") if said else []


def succession(*agencies, kind, names="", **fields):
    sent = {"kind": kind, "predecessors": [agency.pk for agency in agencies], "new_names": names}
    return {**sent, "effective_on": "2016-10-12", "document": "皖编〔2016〕30号", "action": "preview", **fields}


def test_closing_or_suspending_says_which_change_falls_away(as_coordinator, lead, waiting):
    suspended = {"kind": "suspended", **BY}
    assert lost_on(as_coordinator.post(f"/assignments/{lead.pk}/close/", 200, **suspended)) == [LOST]
    whole = reverse("tasks:item-suspend", args=[lead.item.plan.slug, 1])
    assert lost_on(as_coordinator.post(whole, 200, action="preview", **suspended)) == [LOST]


def test_changing_many_at_once_says_it_of_each_item_and_only_of_what_it_ends(
    as_coordinator, lead, other_agency, coordinator, waiting
):
    second = make_assignment(make_item(lead.item.plan), lead.agency)
    plan(withdrawn(second), by=coordinator)
    third = make_assignment(lead.item, make_agency("省林业厅"), ASSIST)
    url = reverse("tasks:plan-steer", args=[lead.item.plan.slug])
    sent = {"do": "withdraw", "action": "preview", **BY}
    page = as_coordinator.post(f"{url}?assignment={lead.pk}&assignment={second.pk}", 200, assignment=[lead.pk], **sent)
    assert lost_on(page) == [LOST]
    page = as_coordinator.post(f"{url}?assignment={lead.pk}", 200, assignment=[lead.pk, second.pk], **sent)
    assert lost_on(page) == [LOST, "（2）自2016-12-01起省商务厅（负责）退出"]
    page = as_coordinator.post(f"{url}?assignment={third.pk}", 200, assignment=[third.pk], **sent)
    assert lost_on(page) == []


def test_what_was_to_be_given_in_another_role_falls_away_and_in_the_same_one_is_done(
    as_coordinator, lead, other_agency, coordinator
):
    plan(added(lead.item, other_agency, LEAD), by=coordinator)
    url = reverse("tasks:item-steer", args=[lead.item.plan.slug, 1])
    sent = {"add_1": other_agency.pk, "action": "preview", **BY}
    assert lost_on(as_coordinator.post(url, 200, as_1=ASSIST, **sent)) == ["（1）自2016-12-01起新增省水利厅负责"]
    assert lost_on(as_coordinator.post(url, 200, as_1=LEAD, **sent)) == []


def test_a_later_change_beside_one_that_waits_is_refused_before_it_is_confirmed(as_coordinator, lead, waiting):
    url = reverse("tasks:item-steer", args=[lead.item.plan.slug, 1])
    sent = {f"do_{lead.pk}": "withdraw", "effective_on": "2016-12-20", "action": "preview", **BY}
    assert "已有2016-12-01生效的调整，请先撤回" in as_coordinator.post(url, 422, **sent).main


def test_a_reorganisation_says_it_where_nobody_alone_follows(as_coordinator, lead, other_agency, waiting):
    url = "/agencies/succession/new/"
    for agency in (lead.agency, other_agency):
        assert lost_on(as_coordinator.post(url, 200, **succession(agency, kind="abolished"))) == [LOST]
        assert lost_on(as_coordinator.post(url, 200, **succession(agency, kind="renamed", names="新的单位"))) == []
    two = "新的单位甲\n新的单位乙"
    assert lost_on(as_coordinator.post(url, 200, **succession(lead.agency, kind="split", names=two))) == []
    assert lost_on(as_coordinator.post(url, 200, **succession(other_agency, kind="split", names=two))) == [LOST]


def test_a_successor_with_a_part_of_its_own_keeps_it_and_a_day_after_the_change_comes_too_late(
    as_coordinator, lead, waiting
):
    successor = make_assignment(lead.item, make_agency("省林业厅")).agency
    merged = succession(lead.agency, kind="merged", successors=successor.pk)
    assert lost_on(as_coordinator.post("/agencies/succession/new/", 200, **merged)) == [LOST]
    later = {**merged, "effective_on": "2016-12-02"}
    assert lost_on(as_coordinator.post("/agencies/succession/new/", 200, **later)) == []


def test_a_list_of_members_says_it(as_coordinator, lead, other_agency, coordinator):
    group = make_group(lead.agency)
    type(lead.item).objects.filter(pk=lead.item.pk).update(assist_group=group)
    plan(added(lead.item, other_agency, LEAD), by=coordinator)
    sent = {"member": [lead.agency.pk, other_agency.pk], "action": "preview"}
    page = as_coordinator.post(f"/groups/{group.pk}/", 200, **sent)
    assert lost_on(page) == ["（1）自2016-12-01起新增省水利厅负责"]


@pytest.mark.parametrize("kind", ["completion", "decline"])
def test_the_page_of_a_request_says_it_of_granting_it(as_coordinator, lead, waiting, kind):
    asked = make_request(lead, kind, at=moment("2016-10-12 11:00"))
    assert lost_on(as_coordinator.get(f"/requests/{asked.pk}/")) == [LOST]
