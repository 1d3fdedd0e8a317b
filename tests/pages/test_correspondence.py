"""The page on which a local office says which of the parent's items each of its own carries out."""

import pytest
from django.urls import reverse

from tasks.models import Correspondence, LocalDuty
from tasks.standing import pending
from tasks.standing.reshaping import reshaping_basis
from tasks.workflow import merge_items
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

BRANDS = {"title": "大力推动品牌建设", "text": "（一）大力推动品牌建设。争创中国驰名商标和安徽名牌产品。"}
TESTING = {"title": "深化检验检测机构改革", "text": "（二）深化检验检测机构改革。建设国家质检中心，加强能力建设。"}
SCHOOLS = {"title": "加强学校食品安全", "text": "（三）加强学校食品安全。推进学校食堂和饮用水设施建设。"}


@pytest.fixture
def parent(db):
    plan = make_plan()
    for fields in (BRANDS, TESTING, SCHOOLS):
        make_assignment(make_item(plan, **fields))
    return plan


@pytest.fixture
def hefei(db):
    return make_office("合肥市")


@pytest.fixture
def local(parent, hefei):
    plan = make_local_plan(parent, hefei)
    make_item(plan, title="推动品牌建设", text="（一）推动品牌建设。新增驰名商标3件。")
    make_item(plan, title="建设停车场", text="（二）建设停车场。新增泊位。")
    return plan


@pytest.fixture
def clerk(hefei):
    return Visitor(make_user(office=hefei))


def address(plan):
    return reverse("tasks:correspondence", args=[plan.slug])


def ticked(page):
    return {element.get("name"): element.get("value") for element in page.all("//main//input[@checked]")}


def test_what_is_like_the_local_wording_is_ticked_with_the_words_that_agree_marked(clerk, local):
    page = clerk.get(address(local))
    assert ticked(page) == {"i1-to": "1", "i1-pick": None}
    assert "推动品牌建" in page.texts("//li[@id='i1']//fieldset//mark")
    assert "没有措辞相近的上级任务" in page.text("//li[@id='i2']")
    assert "对应上级任务0项，本地增加0项，待确认2项" in page.main
    assert "上级任务3项，尚未对应3项" in page.main


def test_the_first_page_of_a_city_names_what_its_plan_does_not_cover_while_the_duty_runs(
    clerk, local, parent, hefei, django_assert_max_num_queries
):
    assert "核对对应关系" not in clerk.get("/desk/").main
    item = make_item(make_plan())
    LocalDuty.objects.create(parent=parent, plan=item.plan, recorded_at=moment("2016-06-01"))
    make_assignment(item, hefei.government)
    pending.forget()
    with django_assert_max_num_queries(12):
        page = clerk.get("/desk/")
    lede = page.one("//p[@class='lede']")
    said = lede.text_content().replace(" ", "").replace("\n", "")
    assert "上级3项任务还没有确认的对应任务：（" in said
    assert lede.xpath(".//a[.='核对对应关系']/@href") == [address(local)]
    clerk.post_and_follow(
        address(local), **{"i1-basis": 0, "i1-to": "1", "i1-other": "2 3", "i1-pick": "on", "i2-basis": 0}
    )
    assert "核对对应关系" not in clerk.get("/desk/").main


def test_the_page_says_how_the_duty_to_make_the_plan_stands(clerk, local, parent, hefei):
    assert "上级交办的印发任务" not in clerk.get(address(local)).main
    item = make_item(make_plan())
    LocalDuty.objects.create(parent=parent, plan=item.plan, recorded_at=moment("2016-06-01"))
    part = make_assignment(item, hefei.government)
    page = clerk.get(address(local))
    assert page.one("//p[@class='lede']/a").get("href") == part.get_absolute_url()
    sent = {"i1-basis": 0, "i1-to": "1", "i1-other": "2 3", "i1-pick": "on", "i2-basis": 0}
    page = clerk.post_and_follow(address(local), **sent)
    assert "上级交办的印发任务已销号" in page.text("//p[@class='lede']").replace(" ", "")


def test_one_button_confirms_all_that_is_ticked_and_the_rest_waits(clerk, local, parent):
    sent = {"i1-basis": 0, "i1-to": "1", "i1-pick": "on", "i2-basis": 0}
    page = clerk.post_and_follow(address(local), **sent)
    [made] = Correspondence.objects.all()
    assert (made.item, list(made.parent_items.all())) == (local.items.first(), [parent.items.first()])
    assert "已确认1项任务的对应关系" in page.text()
    assert "对应上级任务1项，本地增加0项，待确认1项" in page.main
    assert page.all("//li[@id='i1']") == []
    assert "已对应" in clerk.get(f"{address(local)}?show=all").text("//li[@id='i1']")
    assert "没有变化" in clerk.post_and_follow(address(local), **sent).text()


def test_others_are_added_by_number_and_what_carries_out_none_is_said_to(clerk, local):
    second = {"i2-basis": 0, "i2-added": "on", "i2-pick": "on"}
    clerk.post(address(local), **{"i1-basis": 0, "i1-to": "1", "i1-other": "2、3", "i1-pick": "on"}, **second)
    known = {
        made.item.number: [item.number for item in made.parent_items.all()] for made in Correspondence.objects.all()
    }
    assert known == {1: [1, 2, 3], 2: []}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"i1-pick": "on"}, "请选择对应的上级任务；确无对应的，勾选本地增加。"),
        ({"i1-pick": "on", "i1-to": "1", "i1-added": "on"}, "既选了上级任务，又选了本地增加"),
        ({"i1-pick": "on", "i1-other": "99"}, "上级计划没有序号为“99”的任务"),
        ({"i1-pick": "on", "i1-other": "品牌"}, "上级计划没有序号为“品牌”的任务"),
        ({"i1-pick": "on", "i1-to": "99"}, "上级任务有变动"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_row_and_nothing_is_saved(clerk, local, row, said):
    page = clerk.post(address(local), 422, **{"i1-basis": 0, "i2-basis": 0, "i2-added": "on", "i2-pick": "on"}, **row)
    assert said in page.text("//li[@id='i1']")
    assert ticked(page)["i2-added"] is None
    assert not Correspondence.objects.exists()


def test_what_a_colleague_confirmed_meanwhile_is_not_overwritten(clerk, local, parent):
    correspond(local.items.first(), parent.items.last(), at=moment("2016-06-20"), by=make_user())
    page = clerk.post(address(local), 422, **{"i1-basis": 0, "i1-to": "1", "i1-pick": "on"})
    assert "已被他人确认" in page.main


def test_nothing_ticked_is_refused(clerk, local):
    assert "请至少勾选一项" in clerk.post(address(local), 422, **{"i1-basis": 0}).main


def test_only_the_offices_own_coordinators_open_it_and_only_of_a_local_plan(clerk, local, parent, visitor):
    visitor(make_user()).get(address(local), 403)
    visitor(make_user(role="leader", office=local.office)).get(address(local), 403)
    visitor(make_user(office=make_office("芜湖市"))).get(address(local), 404)
    visitor(make_user()).get(address(parent), 404)


def test_the_local_items_page_says_what_it_carries_out(clerk, local, parent):
    first, second = local.items.all()
    make_assignment(first)
    correspond(first, parent.items.first(), at=moment("2016-06-20"))
    correspond(second, at=moment("2016-06-20"))
    page = clerk.get(first.get_absolute_url())
    assert parent.items.first().get_absolute_url() in {link.url for link in page.links("//div[@class='plan']")}
    assert "对应上级任务：无，本地增加" in clerk.get(second.get_absolute_url()).main
    assert "对应上级任务：待确认" in clerk.get(f"{first.get_absolute_url()}?as_of=2016-06-01").main
    assert "对应上级任务" not in clerk.get(parent.items.first().get_absolute_url()).main


def test_what_the_parent_merged_since_is_to_be_confirmed_anew_with_what_goes_on_with_it_ticked(clerk, local, parent):
    first, (old, other, _) = local.items.first(), parent.items.all()
    correspond(first, old, at=moment("2016-06-20"))
    at, by = moment("2016-06-21"), make_user()
    shown = {"title": "品牌和检测", "due_on": None, "basis": reshaping_basis([old, other], at)}
    merge_items(items=[old, other], reason="会议纪要", by=by, at=at, **shown)
    page = clerk.get(address(local))
    assert "须重新确认" in page.text("//li[@id='i1']")
    assert ticked(page) == {"i1-to": "4", "i1-pick": None}


def test_nothing_is_a_gap_as_long_as_an_item_waits_whose_parent_item_was_merged(clerk, local, parent):
    first, second = local.items.all()
    old, other, last = parent.items.all()
    correspond(first, old, at=moment("2016-06-20"))
    correspond(second, at=moment("2016-06-20"))
    assert "空缺2项" in clerk.get(address(local)).main
    at, by = moment("2016-06-21"), make_user()
    shown = {"title": "品牌和检测", "due_on": None, "basis": reshaping_basis([old, other], at)}
    merge_items(items=[old, other], reason="会议纪要", by=by, at=at, **shown)
    page = clerk.get(address(local))
    assert "尚未对应2项" in page.main
    assert "空缺" not in page.main
    correspond(first, old, last, at=moment("2016-06-22"))  # what keeps one of its parent's items waits for no more
    assert "空缺1项" in clerk.get(address(local)).main


def test_however_many_items_there_are_it_asks_the_same_and_at_most_twelve_questions(
    clerk, local, parent, django_assert_max_num_queries
):
    def count():
        with django_assert_max_num_queries(12) as asked:
            clerk.get(address(local))
        with django_assert_max_num_queries(12):
            clerk.get(first.get_absolute_url())
        return len(asked)

    first = local.items.first()
    correspond(first, parent.items.first(), at=moment("2016-06-20"))
    few = count()
    for number in range(30):
        make_item(local, title=f"推动品牌建设{number}")
        make_assignment(make_item(parent))
    correspond(local.items.last(), *parent.items.all()[:5], at=moment("2016-06-20"))
    assert count() == few
