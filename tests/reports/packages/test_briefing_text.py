"""通报文稿 and 一页图 as pages: read by those who oversee, worded by coordinators, the figures locked."""

import io
from datetime import date

import pytest
from docx import Document

from reports.models import BriefingWording, Package
from reports.packages.building import build
from reports.packages.issuing import issue_package
from reports.packages.keeping import read
from tests.pages.conftest import Visitor
from tests.reports.packages.conftest import NOW
from tests.support.factories import accepted_report, make_assignment, make_item, make_period, make_request, moment

pytestmark = pytest.mark.usefixtures("light")


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 17)


@pytest.fixture
def package(built):
    return built()


@pytest.fixture
def as_coordinator(coordinator):
    return Visitor(coordinator)


def url_of(package):
    return f"/reports/{package.pk}/briefing/"


def form_of(page):
    fields = {area.get("name"): area.text or "" for area in page.all("//main//textarea")}
    return {**fields, "version": page.one("//input[@name='version']").get("value")}


def text_of_file(package):
    file = Package.objects.get(pk=package.pk).edition.files.get(kind="docx")
    return "\n".join(paragraph.text for paragraph in Document(io.BytesIO(read(file.blob))).paragraphs)


def test_the_page_says_what_the_file_says(real_files, as_coordinator, package):
    said = as_coordinator.get(url_of(package)).text("//article")
    for line in text_of_file(package).splitlines():
        assert "".join(line.split()) in "".join(said.split())


def test_a_new_wording_is_in_the_next_edition_with_the_same_figures(real_files, as_coordinator, package):
    page = as_coordinator.get(url_of(package))
    sent = {**form_of(page), "text-p1.overall": "总体看，{任务数}项任务平均完成{总体进度}。"}
    assert "已调整1段" in as_coordinator.post_and_follow(url_of(package), **sent).main
    assert build(package.pk, at=NOW, tick=lambda: NOW)
    assert "总体看，1项任务平均完成0.0%。" in text_of_file(package)
    assert Package.objects.get(pk=package.pk).edition.number == 2


def test_a_figure_that_isn_t_the_paragraph_s_is_refused_at_its_paragraph(as_coordinator, package):
    sent = {**form_of(as_coordinator.get(url_of(package))), "text-p1.overall": "完成{九成}。"}
    page = as_coordinator.post(url_of(package), 422, **sent)
    assert "没有名为“九成”的数据项" in page.main
    assert "完成{九成}。" in page.text("//textarea[@name='text-p1.overall']")
    assert not BriefingWording.objects.exists()


def test_an_emptied_paragraph_is_as_composed_again(real_files, as_coordinator, package):
    sent = {**form_of(as_coordinator.get(url_of(package))), "text-addressee": "各市人民政府："}
    as_coordinator.post(url_of(package), **sent)
    build(package.pk, at=NOW, tick=lambda: NOW)
    page = as_coordinator.get(url_of(package))
    assert "系统拟稿：各有关单位：（清空即恢复）" in page.main
    as_coordinator.post(url_of(package), **{**form_of(page), "text-addressee": ""})
    build(package.pk, at=NOW, tick=lambda: NOW)
    assert "各有关单位：" in text_of_file(package)


def test_a_sign_that_no_database_keeps_is_refused_at_its_paragraph(as_coordinator, package):
    form = form_of(as_coordinator.get(url_of(package)))
    page = as_coordinator.post(url_of(package), 422, **{**form, "text-addressee": "各市\0人民政府："})
    assert "文字中有不能保存的空字符，请删去。" in page.main


def test_of_two_coordinators_the_second_sees_both_wordings_and_loses_none(as_coordinator, package):
    form = form_of(as_coordinator.get(url_of(package)))
    as_coordinator.post(url_of(package), **{**form, "text-addressee": "各市人民政府："})
    build(package.pk, at=NOW, tick=lambda: NOW)
    page = as_coordinator.post(url_of(package), 422, **{**form, "text-addressee": "各成员单位："})
    assert "内容已被更新，本次未保存" in page.main
    assert "他人现行文字：各市人民政府：" in page.main
    assert page.text("//textarea[@name='text-addressee']") == "各成员单位："


def test_what_is_issued_is_not_worded_any_more(as_coordinator, package, coordinator):
    form = form_of(as_coordinator.get(url_of(package)))
    issue_package(package=package, number=3, by=coordinator, at=NOW)
    assert not as_coordinator.get(url_of(package)).all("//main//textarea")
    as_coordinator.post(url_of(package), 403, **form)


def test_the_one_page_view_says_of_progress_that_has_not_moved_that_it_is_level(as_coordinator, plan, lead, built):
    make_period(plan, "2016Q2")
    accepted_report(lead, 30, at=moment("2016-07-10"), period="2016Q2")
    main = as_coordinator.get(f"/reports/{built().pk}/page/").main
    assert "较二季度报送截止日（7月15日）的30.0%，总体进度没有变化。" in main
    assert "提高0.0" not in main


def test_the_one_page_view_draws_the_sections_and_ranks_the_agencies(as_coordinator, plan, lead, built):
    make_period(plan, "2016Q2")
    accepted_report(lead, 30, at=moment("2016-07-10"), period="2016Q2")
    accepted_report(lead, 70, at=moment("2016-10-10"))
    silent = make_assignment(make_item(plan))
    page = as_coordinator.get(f"/reports/{built().pk}/page/")
    (trend,) = page.all("//*[local-name()='svg' and @class='trend']")
    assert trend.get("aria-label") == "一　35.0%：二季度15.0%，三季度35.0%，10月16日35.0%"
    rows = page.rows("//table[@class='ranked']/tbody/tr")
    assert [(row[0], row[-2]) for row in rows] == [("1", "70%"), ("2", "—")]
    assert str(silent.agency) in page.texts("//table[@class='ranked']//th[@scope='row']")


def test_before_anything_was_accepted_there_is_nothing_to_draw(as_coordinator, package):
    assert not as_coordinator.get(f"/reports/{package.pk}/page/").all("//*[local-name()='svg' and @class='trend']")


def test_the_one_page_view_has_no_navigation_and_the_package_s_figures(as_coordinator, package):
    page = as_coordinator.get(f"/reports/{package.pk}/page/")
    assert [nav.get("aria-label") for nav in page.all("//nav")] == ["位置"]  # the way back, which is not printed
    assert "2016年三季度进展" in page.main
    assert "应报1份，已报0份，未报1份，报送率0.0%。" in page.main


def test_the_one_page_view_says_what_the_briefing_says(as_coordinator, plan, lead, built):
    """A sentence of one is a sentence of the other; only what the sheet draws instead is left out."""
    make_period(plan, "2016Q2")
    package = built()
    sheet = "".join(as_coordinator.get(f"/reports/{package.pk}/page/").main.split())
    text = "".join(as_coordinator.get(url_of(package)).text("//article").split())
    for sentence in (
        "各单位尚无通过的报告，总体进度按零计，序时进度65.6%，比序时慢65.6个百分点。",
        "落后序时超过10个百分点为欠进度），欠进度1项。",
        "2016年三季度进展报告应于10月14日（含当日）前报送，应报1份，已报0份，未报1份，报送率0.0%。",
        "未报送三季度报告",
        "均四舍五入；相差按所列数字计算。",
    ):
        assert sentence in sheet, sentence
        assert sentence in text, sentence
    assert "总体进度—" in sheet


def test_the_one_page_view_gives_the_worst_laggard_its_reason_and_names_no_one_who_is_done(
    as_coordinator, plan, lead, other_agency, built
):
    make_period(plan, "2016Q2")
    worst = make_assignment(make_item(plan, label="（二）"), other_agency)
    done = make_assignment(make_item(plan, due_on=date(2016, 9, 30), label="（三）"), other_agency)
    accepted_report(lead, 40, at=moment("2016-10-10"), problems="人手不足。")
    accepted_report(done, 100, at=moment("2016-10-10"))
    make_request(done, at=moment("2016-10-11"))
    page = as_coordinator.get(f"/reports/{built().pk}/page/")
    reasons = page.texts("//main//li")
    assert [" ".join(reason.split()) for reason in reasons] == [
        f"{worst.agency}第二项 未报送三季度报告",
        f"{lead.agency}第1项 原因：人手不足",
    ]
    assert f"待销号的1项（次），不列为逾期或滞后：{other_agency}第三项。" in page.main


def test_on_the_one_page_view_each_light_has_its_count_and_no_share(as_coordinator, built):
    page = as_coordinator.get(f"/reports/{built().pk}/page/")
    tiles = ["".join(tile.split()) for tile in page.texts("//section[@class='figures']/div")]
    assert tiles[1:] == [
        *("红逾期0", "黄滞后1", "蓝临期0", "绿正常0", "灰已中止0", "灰已办结0", "灰已撤销0", "未明确单位0"),
    ]
    assert "占" not in page.main
