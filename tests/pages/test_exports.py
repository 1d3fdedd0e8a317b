"""The ledgers to take away: what the page shows, in its order, all pages of it."""

import csv
import io
from datetime import date

import openpyxl
import pytest

from tests.support.factories import accepted_report, make_agency, make_assignment, make_item, make_plan, moment, revise

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)


@pytest.fixture(scope="module")
def many(rows_of_module):
    """More than a page: 60 leads, each at another percentage. Written once."""
    plan = make_plan()
    leads = [make_assignment(make_item(plan), make_agency()) for _ in range(60)]
    for number, lead in enumerate(leads):
        accepted_report(lead, number, at=moment("2016-10-01"), progress=f"进展{number}")
    return leads


def sheet_of(visitor, url):
    response = visitor.client.get(url)
    assert response["Content-Type"] == XLSX
    return openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).active


def lines_of(visitor, url):
    response = visitor.client.get(url)
    return list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))


def plan_of(leads):
    return leads[0].item.plan.get_absolute_url()


def test_the_workbook_has_all_pages_in_the_order_of_the_page(as_leader, many):
    sheet = sheet_of(as_leader, f"{plan_of(many)}assignments/export/xlsx/?sort=-percent")
    assert sheet.max_row == 61
    percents = [row[0].value for row in sheet.iter_rows(min_row=2, min_col=6, max_col=6)]
    assert percents == [number / 100 for number in range(59, -1, -1)]


def test_cells_have_the_type_of_their_value(as_leader, many):
    sheet = sheet_of(as_leader, f"{plan_of(many)}assignments/export/xlsx/")
    assert (sheet["F3"].value, sheet["F3"].number_format) == (0.01, "0%")
    assert (sheet["G3"].value, sheet["G3"].number_format) == (0.64, "0%")
    assert (sheet["H3"].value, sheet["H3"].number_format) == (-63, "+0;-0;0")
    assert sheet["J2"].value.date() == date(2016, 12, 31)
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:P61"


def test_only_what_the_filter_leaves_is_exported(as_leader, many):
    url = f"{plan_of(many)}assignments/export/csv/?light=green&agency={many[3].agency_id}"
    head, *rows = lines_of(as_leader, url)
    assert head[:6] == ["序号", "任务", "单位", "角色", "亮灯", "进度"]
    assert [row[2] for row in rows] == [many[3].agency.name]


def test_the_items_are_exported_with_their_agencies_and_where_they_stand_in_the_notice(as_leader, many):
    [first, *_] = lines_of(as_leader, f"{plan_of(many)}items/export/csv/")[1:]
    assert first[8] == many[0].agency.name
    assert first[-1] == f"{many[0].item.plan.document_number}第一部分（1）"


@pytest.mark.parametrize("ledger", ["items", "assignments"])
def test_an_export_says_where_dates_come_from_in_the_notices_words(as_leader, plan, lead, ledger):
    url = f"{plan.get_absolute_url()}{ledger}/export/csv/"
    dates = ("原定时限", "现时限", "时限出处", "公文时限原文")

    def shown(as_of):
        head, line = lines_of(as_leader, f"{url}?as_of={as_of}")
        row = dict(zip(head, line, strict=True))
        return [row[name] for name in dates]

    revise(lead.item, date(2016, 6, 30), at=moment("2016-06-01"), due_words="6月底前完成")
    revise(lead.item, None, at=moment("2016-07-01"), due_words="长期坚持")
    revise(lead.item, date(2017, 3, 31), at=moment("2016-08-01"))
    assert shown("2016-05-25") == ["2016-12-31", "2016-12-31", "推定", ""]
    assert shown("2016-06-02") == ["2016-12-31", "2016-06-30", "公文载明", "6月底前完成"]
    assert shown("2016-07-02") == ["2016-12-31", "持续推进", "公文载明", "长期坚持"]
    assert shown("2016-08-02") == ["2016-12-31", "2017-03-31", "调整", ""]


def test_on_a_past_day_the_export_is_that_day_s(as_leader, many):
    rows = lines_of(as_leader, f"{plan_of(many)}assignments/export/csv/?as_of=2016-09-01")[1:]
    assert {row[5] for row in rows} == {"尚无通过的报告"}
    assert {row[7] for row in rows} == {""}


def test_the_file_s_chinese_name_says_the_day(as_leader, many):
    response = as_leader.client.get(f"{plan_of(many)}items/export/xlsx/")
    assert "filename*=utf-8''" in response["Content-Disposition"]
    assert response["Content-Disposition"].endswith("20161012.xlsx")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_people_write_is_never_a_formula(as_leader, plan, lead, form):
    accepted_report(lead, 10, at=moment("2016-10-01"), progress="=1+1")
    url = f"/plans/{plan.slug}/assignments/export/{form}/"
    if form == "csv":
        assert lines_of(as_leader, url)[1][-1] == "'=1+1"
    else:
        cell = sheet_of(as_leader, url)["P2"]
        assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_another_form_is_not_there(as_leader, plan, lead):
    as_leader.get(f"/plans/{plan.slug}/items/export/pdf/", 404)


def test_the_page_leads_to_its_export_with_the_same_filter(as_leader, plan, lead):
    links = [link.url for link in as_leader.get(f"/plans/{plan.slug}/assignments/?light=yellow&page=1").links()]
    assert f"/plans/{plan.slug}/assignments/export/xlsx/?light=yellow" in links


def test_percentages_are_rounded_once_and_a_difference_is_that_of_what_is_shown(as_leader, plan, lead):
    other = make_assignment(lead.item, make_agency())
    accepted_report(lead, 40, at=moment("2016-10-01"))
    accepted_report(other, 45, at=moment("2016-10-01"))
    [head, line] = lines_of(as_leader, f"/plans/{plan.slug}/items/export/csv/")
    assert dict(zip(head, line, strict=True))["进度"] == "43%"
    assert line[5:7] == ["64%", "-21"]
    sheet = sheet_of(as_leader, f"/plans/{plan.slug}/items/export/xlsx/")
    assert [cell.value for cell in sheet[2]][4:7] == [0.43, 0.64, -21]


def test_an_assisting_agency_has_no_light_nothing_expected_and_no_difference(as_leader, plan, lead):
    make_assignment(lead.item, make_agency("省体育局"), role="assist")
    rows = lines_of(as_leader, f"/plans/{plan.slug}/assignments/export/csv/")[1:]
    assert [row[3:8] for row in rows if row[2] == "省体育局"] == [["协助", "", "尚无通过的报告", "", ""]]


def test_an_item_in_no_mean_has_no_progress(as_leader, plan, lead):
    make_item(plan)
    [_, unassigned] = lines_of(as_leader, f"/plans/{plan.slug}/items/export/csv/")[1:]
    assert unassigned[3:7] == ["未明确单位", "", "", ""]
