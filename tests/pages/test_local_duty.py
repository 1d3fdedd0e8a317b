"""The page on which an office asks those below for plans of their own, and sees how far each is."""

from datetime import date

import pytest
from django.urls import reverse

from tasks.models import Assignment, LocalDuty
from tasks.notice.asking import asking_paragraphs
from tests.pages.conftest import Visitor
from tests.support.factories import (
    correspond,
    make_assignment,
    make_item,
    make_local_plan,
    make_office,
    make_plan,
    make_user,
    moment,
)

pytestmark = pytest.mark.django_db

ASKS = "各地要结合实际，制定本地区的具体工作方案，细化任务，明确时间表、路线图，逐级落实责任。"
NOTICE = f"各市、县人民政府，省政府各部门、各直属机构：\n\n（一）深入开展质量提升行动。（省质监局负责）\n\n{ASKS}\n"


@pytest.fixture(autouse=True)
def july(settings):
    settings.QA_PLAN_TODAY = date(2016, 7, 1)


@pytest.fixture
def plan(db):
    made = make_plan(notice_text=NOTICE)
    make_assignment(make_item(made))
    return made


@pytest.fixture
def cities(db):
    return [make_office("合肥市"), make_office("芜湖市")]


@pytest.fixture
def chief(db):
    return Visitor(make_user())


def address(plan):
    return reverse("tasks:local-duty", args=[plan.slug])


def test_the_notices_last_paragraph_that_asks_those_below_is_chosen_at_first(chief, plan, cities):
    assert asking_paragraphs(NOTICE) == [ASKS]
    page = chief.get(address(plan))
    assert page.one("//input[@name='paragraph'][@checked]").get("value") == "0"
    assert ASKS in page.main
    assert [box.get("value") for box in page.all("//input[@name='offices'][@checked]")] == [
        each.code for each in cities
    ]


def test_a_page_says_who_gets_it_and_who_has_no_account_before_it_is_given(chief, plan, cities):
    make_user(role="liaison", agency=cities[0].government)
    sent = {"paragraph": "0", "due_on": "2016-08-31", "offices": [each.code for each in cities]}
    page = chief.post(address(plan), 200, **sent)
    assert "承担单位2家" in page.text("//section[@id='preview']").replace(" ", "")
    assert "芜湖市人民政府" in page.text("//section[@id='preview']")
    assert not LocalDuty.objects.exists()
    page = chief.post_and_follow(address(plan), **sent, action="confirm")
    duty = LocalDuty.objects.get()
    assert (duty.plan.items.get().text, duty.parent) == (ASKS, plan)
    assert page.rows("//main//tbody/tr") == [
        ["合肥市", "合肥市人民政府", "待签收", "未印发"],
        ["芜湖市", "芜湖市人民政府", "待签收", "未印发"],
    ]


def test_others_are_added_later_and_who_has_issued_and_covers_all_is_closed(chief, plan, cities):
    hefei, wuhu = cities
    sent = {"words": "请于八月底前印发。", "due_on": "2016-08-31"}
    chief.post(address(plan), **sent, offices=[wuhu.code], action="confirm")
    local = make_local_plan(plan, hefei)
    correspond(make_item(local), plan.items.get(), at=moment("2016-06-30"))
    page = chief.post_and_follow(address(plan), offices=[hefei.code], action="confirm")
    assert [row[2:] for row in page.rows("//main//tbody/tr")] == [
        ["已销号", local.document_number],
        ["待签收", "未印发"],
    ]
    assert page.all("//form[@method='post']//input[@name='offices']") == []
    assert Assignment.objects.filter(item__plan__duty_of__parent=plan).count() == 2


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"due_on": ""}, "请填写完成时限。"),
        ({"due_on": "2016-06-30", "action": "confirm"}, "不能早于今天"),
        ({"offices": []}, "请至少选择一个地区。"),
        ({"paragraph": "", "action": "confirm"}, "请选择公文中部署本项工作的段落"),
        ({"paragraph": "7"}, "7"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_given(chief, plan, cities, changed, said):
    sent = {"paragraph": "0", "due_on": "2016-08-31", "offices": [cities[0].code]}
    assert said in chief.post(address(plan), 422, **{**sent, **changed}).main
    assert not LocalDuty.objects.exists()


def test_the_task_is_in_no_list_of_plans_and_its_governments_find_it_among_their_own(chief, plan, cities):
    liaison = make_user(role="liaison", agency=cities[0].government)
    sent = {"paragraph": "0", "due_on": "2016-08-31", "offices": [cities[0].code]}
    chief.post(address(plan), **sent, action="confirm")
    duty = LocalDuty.objects.get().plan
    assert duty.document_number not in chief.get(reverse("tasks:plan-list")).main
    assert duty.get_absolute_url() not in {link.url for link in chief.get(plan.get_absolute_url()).links("//nav")}
    assert "印发本地区工作方案" in Visitor(liaison).get(reverse("tasks:my")).main
    assert "各市县怎样落实" in chief.get(plan.items.get().get_absolute_url()).main
    assert "各市县怎样落实" not in chief.get(duty.items.get().get_absolute_url()).main  # it is about them already


def test_where_nobody_is_below_there_is_no_such_page(chief, plan):
    chief.get(address(plan), 404)


def test_only_those_who_steer_the_plan_ask(plan, cities, visitor):
    visitor(make_user(role="leader")).get(address(plan), 403)
    visitor(make_user(office=cities[0])).get(address(plan), 403)


def test_it_asks_the_same_however_many_places_there_are(chief, plan, cities, django_assert_max_num_queries):
    offices = [*cities, *(make_office() for _ in range(8))]
    sent = {"words": "请印发。", "due_on": "2016-08-31", "offices": [each.code for each in offices]}
    chief.post(address(plan), **sent, action="confirm")
    for office in offices[:5]:
        make_local_plan(plan, office)
    make_office()
    with django_assert_max_num_queries(12):
        chief.get(address(plan))
