"""免报 on an agency's page: of every period, as of every day."""

from datetime import date

import pytest

from tests.support.factories import make_assignment, make_item, make_period, moment, waive


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)


@pytest.fixture
def page_of(as_leader, plan, lead, lead_agency):
    make_period(plan, "2016Q2")
    make_period(plan, "2016Q3")
    return lambda query="": as_leader.get(f"/plans/{plan.slug}/agencies/{lead_agency.pk}/{query}")


def test_earlier_periods_are_there_the_newest_first_and_lead_to_their_rows(page_of, as_leader, lead):
    other = make_assignment(make_item(lead.item.plan), lead.agency)
    waive(lead, at=moment("2016-07-01"), period="2016Q2")
    waive(other, at=moment("2016-07-01"), period="2016Q2")
    waive(other, at=moment("2016-10-01"))
    page = page_of()
    assert "免报：三季度1项；二季度2项" in page.main
    rows = as_leader.get(page.link("二季度2项").url).texts("//section[@id='rows']//tbody/tr")
    assert len(rows) == 2


def test_what_is_owed_again_is_not_among_them(page_of, lead):
    waive(lead, at=moment("2016-07-01"), period="2016Q2")
    waive(lead, at=moment("2016-07-05"), period="2016Q2", is_waived=False)
    assert "免报" not in page_of().main


def test_a_past_day_knows_no_later_waiver(page_of, lead):
    waive(lead, at=moment("2016-10-01"))
    assert "免报：" not in page_of("?as_of=2016-09-30").main
    assert "免报：三季度1项" in page_of().main


def test_another_agency_s_waivers_are_not_shown(page_of, lead, other_agency):
    waive(make_assignment(lead.item, other_agency), at=moment("2016-10-01"))
    assert "免报" not in page_of().main
