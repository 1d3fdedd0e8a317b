"""市县落实: the offices below side by side, one of them, one item over all of them, and the list as a file."""

import io
from datetime import date

import pytest
from openpyxl import load_workbook

from agencies.models import Level, Role
from tasks.models import LocalDuty
from tests.pages.conftest import Visitor
from tests.support.factories import (
    accepted_report,
    close,
    correspond,
    make_agency,
    make_assignment,
    make_item,
    make_local_plan,
    make_office,
    make_plan,
    make_section,
    make_urge,
    make_user,
    moment,
    revise,
)

SEPTEMBER = moment("2016-09-30 10:00")
pytestmark = pytest.mark.django_db

CODES = {"合肥市": "340100", "亳州市": "341600", "芜湖市": "340200"}
LAST = "各地要结合实际，制定本地区的具体工作方案。"


@pytest.fixture
def province():
    plan = make_plan(notice_text=f"一、总体要求\n{LAST}\n某省人民政府办公厅\n")
    section = make_section(plan, title="品牌升级")
    for title in ("推动品牌建设", "加强计量基础", "严打违法行为"):
        make_assignment(make_item(section=section, title=title))
    return plan


@pytest.fixture
def cities(province):
    """合肥 carries out two of three and adds one of its own; 芜湖 has decided nothing; 亳州 has no plan."""
    offices = {area: make_office(area, code=code) for area, code in CODES.items()}
    offices["歙县"] = make_office("歙县", code="341021", level=Level.COUNTY)
    first, second, _ = province.items.all()
    hefei = make_local_plan(province, offices["合肥市"], document_number="合政办〔2016〕9号")
    part = make_assignment(make_item(hefei, title="培育本市品牌"), make_agency("合肥市质监局"))
    accepted_report(part, 60, at=SEPTEMBER, progress="已培育品牌12个。")
    correspond(part.item, first)
    late = make_assignment(make_item(hefei, title="建设计量站", due_on=date(2016, 9, 1)))
    correspond(late.item, second)
    correspond(make_assignment(make_item(hefei, title="举办质量论坛")).item)
    make_assignment(make_item(make_local_plan(province, offices["芜湖市"]), title="芜湖的任务"))
    make_local_plan(hefei, make_office("肥东县", parent=offices["合肥市"]))
    make_office("肥西县", parent=offices["合肥市"])
    return offices


@pytest.fixture
def url(province, cities):
    return f"/plans/{province.slug}/local/"


@pytest.fixture(autouse=True)
def _on_the_day(settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)


# ── all of them ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_sentence_says_who_has_issued_what_is_left_out_and_how_it_stands(as_leader, url):
    lede = as_leader.get(url).text("//p[@class='lede']").replace(" ", "")
    assert "4个市、省直管县中2个已印发本地方案，亳州市、歙县未印发" in lede
    assert "平均覆盖1项（应覆盖3项），空缺1处，另有1项本地任务的对应关系待确认" in lede
    assert "写明时限的占0%，1项逾期、0项滞后。县（市、区）应印发2个，已印发1个。" in lede


def test_where_none_has_issued_the_sentence_counts_and_names_none(as_leader, province):
    for area, code in CODES.items():
        make_office(area, code=code)
    lede = as_leader.get(f"/plans/{province.slug}/local/").text("//p[@class='lede']").replace(" ", "")
    assert lede == "截至10月12日，3个市均未印发本地方案。"


def test_the_paragraph_that_asks_for_it_is_quoted_and_the_duty_s_words_where_there_is_one(as_leader, url, province):
    assert LAST in as_leader.get(url).text("//blockquote")
    item = make_item(make_plan(), text="各市于9月底前印发方案。")
    LocalDuty.objects.create(parent=province, plan=item.plan, recorded_at=SEPTEMBER)
    assert "各市于9月底前印发方案。" in as_leader.get(url).text("//blockquote")
    assert LAST in as_leader.get(f"{url}?as_of=2016-09-29").text("//blockquote")


def test_the_matrix_has_a_cell_for_each_item_and_office(as_leader, url):
    page = as_leader.get(url)
    rows = page.rows("//table[contains(@class, 'cities')]/tbody/tr[not(@class)]")
    assert [row[1:] for row in rows] == [
        ["60", "亳州市未印发方案", "待", "歙县未印发方案", "1"],
        ["—", "亳州市未印发方案", "待", "歙县未印发方案", "1"],
        ["缺", "亳州市未印发方案", "待", "歙县未印发方案", "0"],
    ]
    labels = page.all("//table[contains(@class, 'cities')]//a[starts-with(@class, 'cell')]/@aria-label")
    assert labels[0] == "合肥市（1）绿 正常，60%"
    assert "合肥市（2）红 逾期，尚无通过的报告" in labels
    assert "合肥市（3）方案未列" in labels
    assert page.all("//table[contains(@class, 'cities')]//a[@class='cell green']/@href") == [f"{url}340100/#i1"]


def listed(page):
    return [row[0].removesuffix("省直管县").strip() for row in page.rows("//section[@id='list']//tbody/tr")]


def test_who_has_no_plan_comes_first_then_who_leaves_out_most(as_leader, url):
    assert listed(as_leader.get(url)) == ["亳州市", "歙县", "合肥市", "芜湖市"]


@pytest.mark.parametrize(
    ("query", "offices"),
    [
        ("show=unissued", ["亳州市", "歙县"]),
        ("show=lacking", ["合肥市"]),
        ("show=undecided", ["芜湖市"]),
        ("show=red", ["合肥市"]),
        ("show=counties", ["合肥市"]),
        ("level=county", ["歙县"]),
        ("level=city&show=issued&sort=-percent", ["合肥市", "芜湖市"]),
        ("sort=order", ["合肥市", "亳州市", "芜湖市", "歙县"]),
        ("level=moon&show=nonsense&sort=none", ["亳州市", "歙县", "合肥市", "芜湖市"]),
    ],
)
def test_the_list_is_narrowed_and_ordered_by_its_address(as_leader, url, query, offices):
    assert listed(as_leader.get(f"{url}?{query}")) == offices


def test_gaps_are_named_by_item_and_ranking_and_missing_counties_stand_beside(as_leader, url):
    page = as_leader.get(url)
    assert "严打违法行为 合肥 缺1个" in page.text("//section[@id='gaps']")
    ranking = page.rows("//section[@id='ranking']//tbody/tr")
    assert [row[0] for row in ranking] == ["1合肥", "2芜湖", "未印发2个：亳州、歙县"]
    assert "不打分" in page.text("//section[@id='ranking']")
    assert "合肥市 1 / 2" in page.text("//section[@id='counties']")


def test_an_earlier_day_is_shown_as_it_was(as_leader, url):
    lede = as_leader.get(f"{url}?as_of=2016-08-31").text("//p[@class='lede']")
    assert "0项逾期" in lede


def test_those_who_coordinate_the_plan_urge_who_has_no_plan(as_coordinator, as_leader, url, province, cities):
    duty = make_item(make_plan())
    LocalDuty.objects.create(parent=province, plan=duty.plan, recorded_at=SEPTEMBER)
    part = make_assignment(duty, cities["亳州市"].government)
    way = "//a[contains(@href, '/urges/new/')]"
    of_all, link = as_coordinator.get(url).all(way)  # 歙县 has no plan either, and was not asked for one
    assert (of_all.text, of_all.get("href")) == ("催办未印发的", link.get("href"))
    assert link.get("href") == f"/urges/new/?assignment={part.pk}"
    assert as_coordinator.get(link.get("href")).all("//input[@name='assignment'][@checked]")
    assert not as_leader.get(url).all(way)
    assert not as_coordinator.get(f"{url}?as_of=2016-10-01").all(way)
    close(part, "cancelled", at=SEPTEMBER)
    assert not as_coordinator.get(url).all(way)


def test_the_page_of_a_city_without_a_plan_urges_it_or_asks_for_one(as_coordinator, as_leader, url, province, cities):
    bozhou, way = f"{url}341600/", "//main//a[contains(@href, '/urges/new/')]/@href"
    assert "还没有向亳州市交办印发本地区工作方案，不能催办" in as_coordinator.get(bozhou).main
    duty = make_item(make_plan(), due_on=date(2016, 9, 30))
    LocalDuty.objects.create(parent=province, plan=duty.plan, recorded_at=SEPTEMBER)
    page = as_coordinator.get(bozhou)
    assert page.all(f"//main//a[@href='/plans/{province.slug}/local/duty/']/text()") == ["增加亳州市…"]
    part = make_assignment(duty, cities["亳州市"].government)
    page = as_coordinator.get(bozhou)
    assert page.all(way) == [f"/urges/new/?assignment={part.pk}"]
    assert ("待签收" in page.main, "2016-09-30" in page.main) == (True, True)
    assert not as_coordinator.get(f"{url}341021/").all(way)
    assert not as_leader.get(bozhou).all(way)
    assert not as_coordinator.get(f"{bozhou}?as_of=2016-10-01").all(way)
    assert "最近催办" not in page.main
    told = make_urge(part, at=moment("2016-10-11 09:00"))
    said = as_coordinator.get(bozhou).text("//dl[contains(@class, 'facts')]")
    assert f"2016-10-11 {told.label}" in said
    assert "10月14日前答复，尚未答复" in said
    close(part, "cancelled", at=SEPTEMBER)
    page = as_coordinator.get(bozhou)
    assert (page.all(way), "撤销" in page.main) == ([], True)


def test_a_city_without_a_plan_is_led_from_its_own_page_to_making_one(url, province, cities):
    own = Visitor(make_user(role=Role.COORDINATOR, office=cities["亳州市"])).get(f"{url}341600/")
    assert own.all(f"//main//a[@href='/plans/{province.slug}/local/new/']")
    assert own.all("//main//a[@href='/plans/import/']")
    leader = Visitor(make_user(role=Role.LEADER, office=cities["亳州市"])).get(f"{url}341600/")
    assert not leader.all("//main//a[@href='/plans/import/']")


# ── who sees what ────────────────────────────────────────────────────────────────────────────────────────────────


def test_where_no_office_lies_below_no_page_speaks_of_cities(as_coordinator):
    plan = make_plan()
    make_assignment(make_item(plan))
    as_coordinator.get(f"/plans/{plan.slug}/local/", 404)
    page = as_coordinator.get(f"/plans/{plan.slug}/items/1/")
    assert "市县" not in page.text("//body")


def test_the_navigation_leads_there_and_an_item_s_page_asks_for_its_part(as_leader, url, province):
    page = as_leader.get(f"/plans/{province.slug}/items/3/")
    assert page.all(f"//nav//a[@href='{url}']")
    assert page.all(f"//div[@hx-get='{url}items/3/']")


def test_a_city_sees_itself_and_not_what_lies_beside(url, cities):
    people = make_user(role=Role.COORDINATOR, office=cities["芜湖市"])
    page = Visitor(people).get(url)
    assert "合肥" not in page.text("//main")
    assert "只列本地区" in page.main
    assert not page.all("//section[@id='ranking']")  # a place among oneself says nothing
    assert "不排名次" in Visitor(people).get(f"{url}ranking/").main
    assert "不排名次" in Visitor(people).get(f"{url}ranking/?ends=on", headers={"HX-Request": "true"}).source
    Visitor(people).get(f"{url}340200/")
    Visitor(people).get(f"{url}340100/", 404)


def test_who_sees_one_city_alone_reads_how_it_stands_and_no_matrix_of_one(url, cities):
    page = Visitor(make_user(role=Role.LEADER, office=cities["合肥市"])).get(url)
    lede = page.text("//p[@class='lede']").replace(" ", "")
    assert "10月12日，合肥市方案3项任务覆盖2项（应覆盖3项）；1项逾期、2项正常；进度20.0%" in lede
    assert "没有列入的1项：（3）严打违法行为" in lede
    assert ("1个市" in page.main, page.all("//table[contains(@class, 'matrix')]")) == (False, [])
    assert len(page.rows("//table[contains(@class, 'against')]/tbody/tr[not(@class)]")) == 4
    assert page.all("//main//a[contains(@href, '/local/')]/text()") == ["2个县（市、区）落实情况"]
    page = Visitor(make_user(role=Role.LEADER, office=cities["亳州市"])).get(url)
    assert "亳州市尚未印发本地方案，通知印发已141天；" in page.text("//p[@class='lede']").replace(" ", "")
    page = Visitor(make_user(role=Role.COORDINATOR, office=cities["亳州市"])).get(url)
    assert page.all("//main//a[contains(@href, '/local/new/')]")
    part = Visitor(make_user(role=Role.LEADER, office=cities["芜湖市"])).get(f"{url}items/3/")
    assert "芜湖市已印发本地方案，对应关系待确认。" in part.text("//section[@id='local']").replace(" ", "")
    part = Visitor(make_user(role=Role.LEADER, office=cities["合肥市"])).get(f"{url}items/1/")
    assert "合肥市已列入本地方案（正常）。" in part.text("//section[@id='local']").replace(" ", "")


def test_an_office_that_is_not_directly_below_is_not_found(as_leader, url):
    as_leader.get(f"{url}340121/", 404)
    as_leader.get(f"{url}items/9/", 404)


def test_the_city_s_plan_has_the_same_page_for_its_counties(as_leader, url):
    way = as_leader.get(f"{url}340100/").all("//div[@class='plan']//a[contains(@href, '/local/')]/@href")
    page = as_leader.get(way[0])
    assert listed(page) == ["肥西县", "肥东县"]
    assert "2个县（市、区）中" in page.text("//p[@class='lede']").replace(" ", "")
    assert page.text("//h1") == "县区落实"
    assert page.text("//nav[@aria-label='主导航']//a[@aria-current]") == "县区"
    assert "县区印发" not in page.text("//table[contains(@class, 'city')]/thead")
    assert "县区未印发" not in page.main
    sheet = load_workbook(io.BytesIO(as_leader.client.get(f"{way[0]}export/").getvalue())).active
    assert not [cell.value for row in sheet.iter_rows() for cell in row if "县区" in str(cell.value)[1:]]
    above = as_leader.get(url)
    assert above.text("//h1") == "市县落实"
    assert "县区印发" in above.text("//table[contains(@class, 'city')]/thead")


def test_the_dashboard_of_a_local_plan_leads_to_how_it_stands_beside_the_parent_s(url, cities, province, as_leader):
    hefei = province.local_plans.get(office__code="340100")
    own = Visitor(make_user(role=Role.LEADER, office=cities["合肥市"]))
    for reader in (own, as_leader):
        assert reader.get(hefei.get_absolute_url()).all(f"//main//a[@href='{url}340100/']/text()") == ["与上级对照"]
    assert not as_leader.get(province.get_absolute_url()).all("//main//a[text()='与上级对照']")


# ── one city, one item ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_city_s_page_has_its_items_beside_the_plan_s_with_the_newest_accepted_words(as_leader, url):
    page = as_leader.get(f"{url}340100/")
    assert "没有列入的1项：（3）严打违法行为" in page.text("//p[@class='lede']")
    rows = page.rows("//table[contains(@class, 'against')]/tbody/tr[not(@class)]")
    assert rows[0][1] == "（1）培育本市品牌"
    assert rows[0][-1] == "09-30 合肥市质监局 已培育品牌12个。"
    assert rows[2][1] == "缺 方案没有列入"
    assert rows[3][:2] == ["本地增加", "（3）举办质量论坛"]


def test_a_local_date_after_the_plan_s_is_said_so(as_leader, url, province):
    _, second, _ = province.items.all()
    revise(second, due_on=date(2016, 8, 31), at=SEPTEMBER)
    rows = as_leader.get(f"{url}340100/").rows("//table[contains(@class, 'against')]/tbody/tr[not(@class)]")
    assert ["晚于上级 2016-08-31" in " ".join(row) for row in rows] == [False, True, False, False]


def test_a_city_without_a_plan_has_nothing_to_hold_against_anything(as_leader, url):
    page = as_leader.get(f"{url}341600/")
    assert "亳州市尚未印发本地方案，通知印发已141天；3项任务均无从核对" in page.text("//p[@class='lede']")
    assert not page.all("//table")


def test_what_is_undecided_stands_apart(as_leader, url):
    page = as_leader.get(f"{url}340200/")
    assert "1项本地任务的对应关系待确认，3项任务是否列入尚不能确定" in page.text("//p[@class='lede']")
    assert "芜湖的任务" in page.text("//table")
    lede = page.text("//p[@class='lede']").replace(" ", "")
    assert ("1项正常；各单位尚无通过的报告。" in lede, "百分点" in lede) == (True, False)


def test_an_item_over_all_cities_is_a_page_and_a_part_of_one(as_leader, url):
    page = as_leader.get(f"{url}items/3/")
    sentence = "0个已列入本地方案；1个没有列入：合肥市；1个待确认：芜湖市；2个未印发方案。"
    assert sentence in page.text("//section[@id='local']").replace(" ", "")
    part = as_leader.get(f"{url}items/1/", headers={"HX-Request": "true"})
    assert "1个已列入本地方案（1个正常）" in part.source.replace(" ", "").replace("\n", "")
    assert not part.all("//h1")


def test_the_ranking_tells_the_course_over_the_periods_that_have_closed(as_leader, url, province):
    part = province.local_plans.get(office__code="340100").items.first().assignments.get()
    accepted_report(part, 30, at=moment("2016-07-12"), period="2016Q2")
    [first, second, rest] = as_leader.get(f"{url}ranking/").rows("//section[@id='cities']//tbody/tr")
    assert (first[:3], first[-1]) == (["1", "合肥市", "2 / 3"], "+10.0")
    assert (second[:3], second[-1]) == (["2", "芜湖市", "0 / 3"], "·")
    assert rest == ["未印发2个：亳州市、歙县"]
    assert not as_leader.get(f"{url}ranking/", headers={"HX-Request": "true"}).all("//h1")
    assert as_leader.get(f"/plans/{province.slug}/ranking/").all(f"//div[@hx-get='{url}ranking/']")


def test_the_leader_s_first_screen_has_the_ranking_in_short(as_leader, url, province):
    assert as_leader.get(f"/plans/{province.slug}/").all(f"//div[@hx-get='{url}ranking/?ends=on']")
    page = as_leader.get(f"{url}ranking/?ends=on", headers={"HX-Request": "true"})
    assert [row[1] for row in page.rows("//tbody/tr")] == ["合肥市", "芜湖市"]
    assert page.text("//p[@class='meta']") == "未印发2个"
    other = make_assignment(make_item(make_plan())).item.plan
    page = as_leader.get(f"/plans/{other.slug}/local/ranking/?ends=on", headers={"HX-Request": "true"})
    assert (page.text("//p[@class='meta']"), page.all("//table")) == ("尚未印发本地方案", [])


# ── as a file ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_list_is_taken_away_as_it_is_shown(as_leader, url):
    response = as_leader.client.get(f"{url}export/?show=issued&sort=order")
    sheet = load_workbook(io.BytesIO(response.getvalue())).active
    rows = list(sheet.iter_rows(values_only=True))
    head = next(n for n, row in enumerate(rows) if row[0] == "市县")
    titles = [title.replace("\n", "") for title in rows[head]]
    [hefei, wuhu] = (dict(zip(titles, row, strict=True)) for row in rows[head + 1 :][:2])
    assert (hefei["层级"], sheet.row_dimensions[1].height) == ("市", 39)  # heads of two lines are seen whole
    assert (hefei["市县"], hefei["发文字号"], hefei["覆盖（项）"], hefei["空缺（项）"]) == (
        "合肥市",
        "合政办〔2016〕9号",
        2,
        1,
    )
    assert (hefei["空缺任务"], hefei["逾期（项）"], hefei["县区已印发（个）"]) == ("（3）", 1, 1)
    assert (hefei["进度"], hefei["写明时限"]) == (0.2, 0)
    assert (wuhu["市县"], wuhu["待确认（项）"], wuhu["县区（个）"]) == ("芜湖市", 3, "不设")
    assert wuhu["进度"] == "尚无"
