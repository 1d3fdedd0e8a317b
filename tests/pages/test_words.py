"""What pages call things: each light is counted and named as what it is, and nothing that nobody reported reads 0%."""

import re
from datetime import date

import pytest

from tasks.models import Section
from tests.support.factories import (
    ASSIST,
    accepted_report,
    close,
    file_report,
    make_assignment,
    make_item,
    make_period,
    make_request,
    make_section,
    moment,
    waive,
)


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)


@pytest.fixture
def of_every_kind(plan, lead, lead_agency):
    """Six items of one agency, and a seventh that nobody leads: the first is yellow, the others say how they ended."""
    make_period(plan, "2016Q2")
    accepted_report(lead, 20, at=moment("2016-07-10"), period="2016Q2")
    for kind in ("closed", "suspended", "suspended", "cancelled"):
        part = make_assignment(make_item(plan), lead_agency)
        accepted_report(part, 100, at=moment("2016-07-10"), period="2016Q2")
        close(part, kind, at=moment("2016-08-01"))
    make_assignment(make_item(plan), lead_agency)  # never reported
    make_assignment(make_item(plan), lead_agency, ASSIST)
    return plan


def lede(page):
    return re.sub(r"\s", "", page.text("//p[@class='lede']"))


def test_the_dashboard_counts_what_ended_otherwise_and_what_nobody_leads_apart(as_leader, of_every_kind):
    page = as_leader.get(of_every_kind.get_absolute_url())
    said = "7项任务中2项滞后、2项已中止、1项已办结、1项已撤销、1项未明确单位；总体进度"
    assert said in lede(page)
    tiles = {a.get("class"): a.findtext("b") for a in page.all("//ul[@class='tiles']//a")}
    assert tiles == {
        **{"red": "0", "yellow": "2", "blue": "0", "green": "0"},
        **{"suspended": "2", "grey": "1", "cancelled": "1", "unassigned": "1"},
    }
    assert "○ 未明确单位" in page.text("//section[@id='matrix']")
    assert "40.0%" in lede(page)  # 20, 100 and nothing yet: what was stopped, and what nobody leads, is in no mean


def test_each_tile_leads_to_as_many_rows(as_leader, of_every_kind):
    page = as_leader.get(of_every_kind.get_absolute_url())
    for tile in page.all("//ul[@class='tiles']//a"):
        ledger = as_leader.get(tile.get("href"))
        assert ledger.text("//section[@id='rows']//h2") == f"{tile.findtext('b')}项任务"


def test_the_section_says_the_same_as_the_dashboard(as_leader, of_every_kind):
    section = Section.objects.get(plan=of_every_kind)
    assert "2项滞后、2项已中止、1项已办结、1项已撤销、1项未明确单位；" in lede(
        as_leader.get(section.get_absolute_url())
    )


def test_the_list_of_agencies_has_a_column_for_what_ended_otherwise(as_leader, of_every_kind):
    page = as_leader.get(f"{of_every_kind.get_absolute_url()}agencies/")
    counts = dict(zip(page.texts("//thead//th"), page.rows("//tbody/tr")[0], strict=True))
    words = ("滞后", "已办结", "已中止", "已撤销", "进度")
    assert [re.search(r"\d+", counts[word])[0] for word in words] == ["2", "1", "2", "1", "40"]


def test_nothing_that_nobody_reported_reads_nought(as_leader, of_every_kind):
    ledger = as_leader.get(f"{of_every_kind.get_absolute_url()}assignments/")
    words = {row[1]: row[7] for row in ledger.rows()}
    assert (words["任务1"], words["任务2"], words["任务6"]) == ("20%", "100%", "尚无")
    items = {row[1]: row[5] for row in as_leader.get(f"{of_every_kind.get_absolute_url()}items/").rows()}
    assert (items["任务3"], items["任务6"], items["任务7"]) == ("—", "尚无", "—")
    assert set(ledger.all("//td//abbr/@title")) == {"尚无通过的报告"}  # what the two signs stand for


def test_a_cell_of_the_matrix_before_the_first_report(as_leader, of_every_kind):
    labels = as_leader.get(of_every_kind.get_absolute_url()).all("//table[@class='matrix']//a/@aria-label")
    assert "省商务厅，负责，尚无通过的报告，黄 滞后" in labels


def test_the_words_of_filing_add_up_on_the_dashboard_and_the_agency_s_page(as_leader, plan, lead, lead_agency, period):
    for state in ("accepted", "waiting", "missing", "waived"):
        part = make_assignment(make_item(plan), lead_agency)
        if state == "accepted":
            accepted_report(part, 50, at=moment("2016-10-10"))
        elif state == "waiting":
            file_report(part, 50, at=moment("2016-10-10"))
        elif state == "waived":
            waive(part, at=moment("2016-10-10"))
    home = as_leader.get(plan.get_absolute_url())
    assert "应报4份，已报2份，未报2份，10月14日（周五）截止。" in lede(home)
    assert re.sub(r"\s", "", home.text("//div[@class='filing']/ul")) == "已通过1待审1退回待重报0未报送2免报1"
    agency = as_leader.get(f"{plan.get_absolute_url()}agencies/{lead_agency.pk}/")
    assert "应报4份，已报2份，未报2份；另有免报1份。" in lede(agency)


def test_one_that_is_done_and_waits_to_be_closed_says_so(as_leader, lead):
    accepted_report(lead, 100, at=moment("2016-10-01"))
    for address in (lead.item.get_absolute_url(), f"{lead.item.plan.get_absolute_url()}agencies/{lead.agency_id}/"):
        assert "待销号" not in as_leader.get(address).main
    make_request(lead, at=moment("2016-10-05"))
    for address in (lead.item.get_absolute_url(), f"{lead.item.plan.get_absolute_url()}agencies/{lead.agency_id}/"):
        assert "待销号" in as_leader.get(address).main


def test_where_numbering_restarts_the_tiles_name_the_section(as_leader, plan, lead):
    second = make_section(plan)
    for number, label in ((2, "（1）"), (3, "（2）")):
        make_assignment(make_item(section=second, number=number, label=label), lead.agency)
    [labels] = [
        a.findtext("small")
        for a in as_leader.get(plan.get_absolute_url()).all("//ul[@class='tiles']//a")
        if a.findtext("b") == "3"
    ]
    assert labels == "第一部分（1），第二部分（1）（2）"


def test_an_agency_s_difference_is_that_of_its_shown_figures(as_leader, plan, lead, lead_agency):
    """37.5 and 63.8 of 141 of 221 days are shown as 38 and 64."""
    accepted_report(lead, 37, at=moment("2016-10-01"))
    accepted_report(make_assignment(make_item(plan), lead_agency), 38, at=moment("2016-10-01"))
    row = as_leader.get(f"{plan.get_absolute_url()}agencies/").rows("//tbody/tr")[0]
    assert row[8:10] == ["38%", "−26"]
    assert "平均进度38%，序时进度64%" in lede(as_leader.get(f"{plan.get_absolute_url()}agencies/{lead_agency.pk}/"))
