"""The page on which an office asks those below for plans of their own, and sees how far each is."""

from datetime import date

import pytest
from django.urls import reverse

from agencies.models import Change
from tasks.models import Assignment, LocalDuty, Message
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

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

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
        ({"coverage": "some"}, "请勾选须覆盖的任务"),
        ({"items": ["1"]}, "请选“所选任务”"),
        ({"coverage": "some", "items": ["9"]}, "9"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_given(chief, plan, cities, changed, said):
    sent = {"paragraph": "0", "due_on": "2016-08-31", "offices": [cities[0].code]}
    assert said in chief.post(address(plan), 422, **{**sent, **changed}).main
    assert not LocalDuty.objects.exists()


def test_before_further_offices_are_added_the_page_says_how_many_tasks_they_have_to_cover(chief, plan, cities):
    make_assignment(make_item(plan))
    LocalDuty.objects.create(parent=plan, plan=make_item(make_plan()).plan, recorded_at=moment("2016-06-01"))
    page = chief.post(address(plan), 200, offices=[cities[0].code])
    assert "须覆盖的任务2项" in page.text("//section[@id='preview']").replace(" ", "")
    LocalDuty.objects.get().items.add(plan.items.first())
    page = chief.post(address(plan), 200, offices=[cities[0].code])
    assert "须覆盖的任务1项" in page.text("//section[@id='preview']").replace(" ", "")


def test_an_office_whose_government_has_ended_is_not_offered_but_named(chief, plan, cities):
    government = cities[0].government
    government.ended_on = date(2016, 6, 30)
    government.save()
    page = chief.get(address(plan))
    assert [box.get("value") for box in page.all("//input[@name='offices']")] == [cities[1].code]
    assert "未登记本级政府或其已撤并，不能交办：合肥市。" in page.main


def test_the_task_is_in_no_list_of_plans_and_its_governments_find_it_among_their_own(chief, plan, cities):
    liaison = make_user(role="liaison", agency=cities[0].government)
    sent = {"paragraph": "0", "due_on": "2016-08-31", "offices": [cities[0].code]}
    chief.post(address(plan), **sent, action="confirm")
    duty = LocalDuty.objects.get().plan
    assert duty.document_number not in chief.get(reverse("tasks:plan-list")).main
    assert duty.get_absolute_url() not in {link.url for link in chief.get(plan.get_absolute_url()).links("//nav")}
    assert "印发本地区工作方案" in Visitor(liaison).get(reverse("tasks:my")).main
    item, local = plan.items.get().get_absolute_url(), reverse("reports:local", args=[plan.slug])
    assert "各市县怎样落实" not in chief.get(item).main  # before there is anything to see
    make_local_plan(plan, cities[1])
    page = chief.get(item)
    assert "各市县怎样落实" in page.main
    assert local in {link.url for link in page.links("//nav[@aria-label='主导航']")}
    page = chief.get(duty.items.get().get_absolute_url())
    assert "各市县怎样落实" not in page.main  # it is about them already
    assert "须覆盖" + plan.document_number + "的全部任务" in page.main.replace(" ", "")
    assert reverse("reports:local", args=[duty.slug]) not in page.all("//nav//a/@href")
    assert "市县排序" not in chief.get(f"{duty.get_absolute_url()}ranking/").main


def test_some_of_the_tasks_are_asked_for_by_name_and_everybody_reads_which(chief, plan, cities):
    named, other = make_item(plan, title="培育品牌"), make_item(plan, title="打击假冒")
    sent = {"paragraph": "0", "due_on": "2016-08-31", "offices": [cities[0].code], "coverage": "some"}
    assert "须覆盖的任务1项" in chief.post(address(plan), 200, **sent, items=[named.number]).text(
        "//section[@id='preview']"
    ).replace(" ", "")
    page = chief.post_and_follow(address(plan), **sent, items=[named.number], action="confirm")
    duty = LocalDuty.objects.get()
    assert list(duty.items.all()) == [named]
    assert (named.title in page.main, other.title in page.main) == (True, False)
    assert Change.objects.get(action="交办印发本地区工作方案").new["has_to_cover"] == str(named)
    liaison = Visitor(make_user(role="liaison", agency=cities[0].government))
    told = liaison.get(duty.plan.items.get().get_absolute_url())
    assert (named.title in told.main, other.title in told.main) == (True, False)
    local = make_local_plan(plan, cities[0])
    page = Visitor(make_user(office=cities[0])).get(reverse("tasks:correspondence", args=[local.slug]))
    assert (named.title in page.text("//details"), other.title in page.text("//details")) == (True, False)


def test_what_closed_a_duty_is_a_link_in_its_course_and_in_what_both_sides_are_told(chief, plan, cities):
    hefei, wuhu = cities
    liaison, own = make_user(role="liaison", agency=hefei.government), make_user(office=hefei)
    sent = {"paragraph": "0", "due_on": "2016-08-31", "offices": [each.code for each in cities]}
    chief.post(address(plan), **sent, action="confirm")
    duty = LocalDuty.objects.get()
    local = make_local_plan(plan, hefei)
    mine = make_item(local)
    way = reverse("tasks:correspondence", args=[local.slug])
    assert way in {link.url for link in Visitor(own).get(local.get_absolute_url()).links()}
    assert way not in {link.url for link in chief.get(local.get_absolute_url()).links()}
    row = {
        f"i{mine.number}-basis": "0",
        f"i{mine.number}-to": [str(plan.items.get().number)],
        f"i{mine.number}-pick": "on",
    }
    Visitor(own).post(way, **row)
    page = chief.get(duty.plan.items.get().get_absolute_url())
    assert local.get_absolute_url() in {link.url for link in page.links("//ol[@class='line']")}
    [told] = Message.objects.filter(recipient=liaison, text__contains=f"已印发{local.document_number}")
    assert told.link == local.get_absolute_url()
    [told] = Message.objects.filter(recipient=chief.user, text__startswith="合肥市印发本地区工作方案自动办结")
    assert told.link == local.get_absolute_url()
    make = reverse("tasks:local-new", args=[plan.slug])
    assert make not in {link.url for link in Visitor(own).get(reverse("tasks:desk")).links()}
    beside = Visitor(make_user(office=wuhu))
    first = beside.get(reverse("tasks:desk"))  # which has nothing yet
    assert make in {
        link.url for link in first.links("//section[.//h2='印发本地区工作方案']//p[contains(@class, 'btns')]")
    }
    page = beside.get(duty.plan.items.get().get_absolute_url())
    assert local.get_absolute_url() not in {link.url for link in page.links()}


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
