"""时限出处 on pages: a date that the notice writes stands with its words, on every page that shows the date."""

from datetime import date

import pytest

from reports.dashboard import overview_cache
from tasks.models import Duty, DutyAgency, Measure
from tests.support.factories import make_agency, make_assignment, make_item, make_period, make_request, moment, revise

WORDS = "6月底前完成"
AT = moment("2016-06-01")


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)


@pytest.fixture
def written(lead):
    """The lead's item, whose date the notice writes."""
    revise(lead.item, date(2016, 12, 30), at=AT, due_words=WORDS)
    return lead.item


def fact(page, name):
    return page.text(f"//dl[contains(@class, 'facts')]/div[starts-with(dt, '{name}')]/dd")


def make_measure(item, number, text, at, **fields):
    return Measure.objects.create(item=item, number=number, text=text, start=at, end=at + len(text), **fields)


def make_duty(item, number, ending, end, leads, assists=(), **fields):
    duty = Duty.objects.create(item=item, number=number, ending=ending, start=0, end=end, **fields)
    for role, agencies in (("lead", leads), ("assist", assists)):
        DutyAgency.objects.bulk_create(DutyAgency(duty=duty, agency=agency, role=role) for agency in agencies)
    return duty


# ── the item's page ──────────────────────────────────────────────────────────────────────────────────────────────


def test_an_item_shows_the_words_of_its_date(as_leader, written):
    page = as_leader.get(written.get_absolute_url())
    assert fact(page, "完成时限") == "2016-12-30 公文载明“6月底前完成”，还有79天原定 2016-12-31（推定）"


def test_an_item_without_an_end_shows_by_what_words(as_leader, lead):
    revise(lead.item, None, at=AT, due_words="长期坚持")
    assert fact(as_leader.get(lead.item.get_absolute_url()), "完成时限").startswith("持续推进 公文载明“长期坚持”原定")


def test_on_a_past_day_the_source_is_that_day_s(as_coordinator, written):
    revise(written, date(2017, 1, 31), at=moment("2016-09-01"))
    url = written.get_absolute_url()
    assert fact(as_coordinator.get(url), "完成时限").startswith("2017-01-31 调整，")
    then = fact(as_coordinator.get(f"{url}?as_of=2016-08-01"), "完成时限")
    assert then.startswith("2016-12-30 公文载明“6月底前完成”")
    listed = as_coordinator.get(f"{url}amend/").texts("//section[.//h2='历次时限']//li/span[1]")
    assert listed == ["2016-12-31 推定", "2016-12-30 公文载明“6月底前完成”", "2017-01-31 调整"]


def test_an_item_of_one_duty_without_a_date_of_its_own_lists_no_duties(as_leader, written, lead_agency):
    make_duty(written, 1, "（省商务厅负责）", 20, [lead_agency], due_words=WORDS, due_on=date(2016, 12, 30))
    assert "分责与时限" not in as_leader.get(written.get_absolute_url()).main


def test_an_item_of_several_duties_says_who_answers_for_which_measures_and_until_when(as_leader, plan, lead_agency):
    item = make_item(plan, text="任务。做甲。做乙。做丙。（某单位负责）", start=0, end=20)
    make_assignment(item, lead_agency)
    other, third = make_agency("省水利厅"), make_agency("省交通厅")
    for number, (text, at) in enumerate((("做甲。", 3), ("做乙。", 6), ("做丙。", 9)), start=1):
        term = {"due_words": "3月底前", "due_on": date(2016, 3, 31)} if number == 2 else {}
        make_measure(item, number, text, at, **term)
    make_duty(item, 1, "甲", 9, [lead_agency], [third], due_words="6月底前", due_on=date(2016, 6, 30))
    make_duty(item, 2, "乙", 20, [other], due_words="每季度", recurs="quarter", assist_rule="其他成员单位协助")
    page = as_leader.get(item.get_absolute_url())
    rows = [[" ".join(cell.text_content().split()) for cell in row] for row in page.all(f"{DUTIES}//tbody/tr")]
    assert [row[1:] for row in rows] == [
        ["负责：省商务厅协助：省交通厅", "2016-06-30“6月底前”举措2：2016-03-31，“3月底前”"],
        ["负责：省水利厅协助：其他成员单位协助", "每季度“每季度”"],
    ]
    assert [row.xpath("./th//a/@href") for row in page.all(f"{DUTIES}//tbody/tr")] == [["#m1", "#m2"], ["#m3"]]


DUTIES = "//section[.//h2='分责与时限']"


# ── lists ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_both_ledgers_show_the_words(as_leader, written):
    url = written.plan.get_absolute_url()
    assert as_leader.get(f"{url}items/").rows()[0][7] == "2016-12-30公文载明“6月底前完成”原 2016-12-31 推定"
    assert as_leader.get(f"{url}assignments/").rows()[0][9] == "2016-12-30公文载明“6月底前完成”原 2016-12-31 推定"


def test_long_words_are_cut_in_a_list_and_whole_in_its_title(as_leader, lead):
    revise(lead.item, date(2016, 12, 30), at=AT, due_words="很" * 30)
    page = as_leader.get(f"{lead.item.plan.get_absolute_url()}items/")
    assert page.all("//span[@class='was words']/@title") == ["很" * 30]
    assert f"公文载明“{'很' * 23}…”" in page.rows()[0][7]


@pytest.mark.parametrize(("source", "names"), [("written", ["任务1"]), ("inferred", ["任务2"]), ("set", ["任务3"])])
def test_the_ledgers_are_filtered_by_the_source(as_leader, plan, written, lead_agency, source, names):
    make_assignment(make_item(plan), lead_agency)
    third = make_assignment(make_item(plan), lead_agency)
    revise(third.item, date(2017, 3, 1), at=AT)
    for ledger in ("items", "assignments"):
        page = as_leader.get(f"{plan.get_absolute_url()}{ledger}/?source={source}")
        assert [row[1] for row in page.rows()] == names
    page = as_leader.get(f"{plan.get_absolute_url()}assignments/?source={source}&light=green&as_of=2016-09-01")
    assert [row[1] for row in page.rows()] == names


def test_a_source_that_there_is_not_is_answered_at_its_field(as_leader, written):
    page = as_leader.get(f"{written.plan.get_absolute_url()}items/?source=abc")
    assert page.one("//form[@class='filters']//*[@name='source']") is not None


def test_the_dashboard_explains_the_mark_only_where_it_stands(as_leader, plan, written):
    url = plan.get_absolute_url()
    assert "推定" not in as_leader.get(url).main
    make_assignment(make_item(plan), make_agency())
    overview_cache.clear()  # nothing was noted in the record of changes
    assert "“推定”指公文未写时限，按年末计" in as_leader.get(url).main


def test_the_agencys_own_pages_show_the_words(as_lead, as_leader, written, lead, period):
    assert "完成时限 2016-12-30（公文载明“6月底前完成”）（原2016-12-31推定）" in as_lead.get("/my/").main
    page = as_leader.get(f"{written.plan.get_absolute_url()}agencies/{lead.agency_id}/")
    assert "2016-12-30公文载明“6月底前完成”原 2016-12-31 推定" in page.main


def test_a_request_for_another_date_shows_what_the_notice_writes(as_coordinator, written, lead):
    make_period(written.plan)
    made = make_request(lead, "extension", at=moment("2016-10-01"), due_on=date(2017, 3, 31))
    assert fact(as_coordinator.get(f"/requests/{made.pk}/"), "现时限") == "2016-12-30 公文载明“6月底前完成”"
