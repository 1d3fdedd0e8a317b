"""The snapshot of a quarter: what it is of, what it says, and that it says the same everywhere and for ever."""

import json
from datetime import UTC, date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qa_plan.version import VERSION
from reports.dashboard.overview import Overview
from reports.periods.page import PeriodPage
from reports.quarter import BadDefinition, Definition, Filters, Options, canonical, facts_sha256, restore, take_snapshot
from reports.quarter.book import describe_book, file_name
from tasks.models import LightChange, Lineage, Reshaping
from tasks.rules.asof import AsOf
from tests.support import demonstration
from tests.support.factories import (
    accepted_report,
    close,
    file_report,
    make_agency,
    make_assignment,
    make_indicator,
    make_item,
    make_period,
    make_plan,
    make_section,
    moment,
    review,
    revise,
    waive,
    withdraw,
)

NOW = moment("2016-10-12 18:00")


def definition(plan, period="2016Q3", as_of=NOW, **fields):
    return Definition((plan.slug,), period, as_of, **fields)


def facts(plan, period="2016Q3", as_of=NOW, **fields):
    return take_snapshot(definition(plan, period, as_of, **fields)).plans[0]


# ── what it is of ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_definition_is_one_text_and_comes_back_from_it():
    one = Definition(("2016-76",), "2016Q3", NOW, Filters((2, 1), (7,)), Options("2016Q1"))
    other = Definition(("2016-76",), "2016Q3", NOW.astimezone(UTC), Filters((1, 2), (7,)), Options("2016Q1"))
    assert one.to_json() == other.to_json()
    assert Definition.from_json(one.to_json()) == other
    assert json.loads(one.to_json())["as_of"] == "2016-10-12T10:00:00+00:00"


@pytest.mark.parametrize("period", ["2016Q5", "2016Q", "16Q3", "", "２０１６Q3", "2016Q3 "])
def test_a_period_is_a_quarter_or_a_year(period):
    with pytest.raises(BadDefinition):
        Definition(("2016-76",), period, NOW)


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"plans": []}'])
def test_what_is_no_definition_is_refused(text):
    with pytest.raises(BadDefinition):
        Definition.from_json(text)


def test_the_version_is_the_products():
    assert Definition(("x",), "2016", NOW).product == VERSION


@pytest.mark.parametrize(
    ("period", "as_of", "says"),
    [
        ("2017Q1", NOW, "没有报告期“2017Q1”"),
        ("2016Q3", moment("2016-08-01"), "2016-09-20才开放"),
        ("2016Q3", moment("2016-03-01"), "自2016-05-24起才有数据"),
    ],
)
def test_a_package_that_could_say_nothing_is_refused(plan, period, as_of, says, lead):
    make_period(plan, "2016Q3")
    with pytest.raises(BadDefinition, match=says):
        take_snapshot(definition(plan, period, as_of))


def test_a_plan_that_is_not_there_is_refused(db):
    with pytest.raises(BadDefinition, match="没有行动计划“nix”"):
        take_snapshot(Definition(("nix",), "2016Q3", NOW))


# ── what it says ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_its_totals_are_the_dashboards(demo):
    as_of = AsOf(date(2016, 10, 12), date(2016, 10, 12))
    told, shown = facts(demo), Overview(demo, as_of)
    assert told.totals.percent == pytest.approx(shown.whole.percent, abs=1e-6)
    assert told.totals.expected == pytest.approx(shown.whole.expected, abs=1e-6)
    assert {light: getattr(told.totals, light) for light in shown.whole.lights} == dict(shown.whole.lights)
    assert [item.light for item in told.items] == [item.light for item in shown.items]
    assert [row.percent for row in told.rows] == [row.percent for row in shown.rows if row.is_lead]
    assert [agency.totals.percent for agency in told.agencies] == [
        pytest.approx(row.total.percent, abs=1e-6) for row in shown.agency_rows
    ]
    assert [agency.totals.unfiled for agency in told.agencies] == [row.unfiled for row in shown.agency_rows]
    assert told.totals.owed == shown.filing.owed
    assert told.totals.filed == shown.filing.filed


def test_its_filing_is_the_period_pages(demo):
    as_of = AsOf(date(2016, 10, 12), date(2016, 10, 12))
    whole = PeriodPage(demo, demo.periods.get(code="2016Q2"), as_of).whole
    told = facts(demo, "2016Q2").totals
    assert (told.owed, told.filed, told.waived, told.late) == (
        *(whole.count.owed, whole.count.filed, whole.count.waived),
        whole.count.late,
    )


def test_what_is_excused_is_never_late_on_the_periods_page_nor_in_the_package(plan, item, lead):
    waive(lead, at=moment("2016-10-10"))
    file_report(lead, 40, at=moment("2016-10-20"))
    day = date(2016, 10, 21)
    period = make_period(plan, "2016Q3")
    page, told = PeriodPage(plan, period, AsOf(day, day)), facts(plan, as_of=moment("2016-10-21 18:00"))
    assert (page.whole.count.late, page.whole.count.waived) == (told.totals.late, told.totals.waived) == (0, 1)
    assert [row.is_late for row in page.rows] == [row.is_late for row in told.rows] == [False]


def test_items_read_as_in_the_notice_and_say_where_they_stand_in_it(demo, notice):
    told = facts(demo)
    items = [item for section in notice.sections for item in section.items]
    assert [item.text for item in told.items] == [item.text for item in items]
    assert all(notice.text[item.start : item.end] == item.text for item in told.items)
    assert told.items[0].provenance.startswith(f"{demo.document_number} 第一部分 （一）（全文第")


def test_what_was_recorded_later_is_not_there(plan, item, lead):
    make_period(plan, "2016Q3")
    accepted_report(lead, 40, at=moment("2016-09-28"))
    before = facts_sha256(take_snapshot(definition(plan, as_of=moment("2016-09-30"))))
    accepted_report(lead, 70, at=moment("2016-10-08"))
    revise(item, date(2016, 11, 30), at=moment("2016-10-08"))
    assert facts_sha256(take_snapshot(definition(plan, as_of=moment("2016-09-30")))) == before
    assert facts(plan).rows[0].percent == 70


def test_only_accepted_reports_are_told_and_what_waits_is_said(plan, lead, period):
    accepted_report(lead, 40, at=moment("2016-09-25"), problems="资金不足", next_steps="协调")
    file_report(lead, 90, at=moment("2016-10-08"), progress="尚未审核", problems="未审问题")
    [row] = facts(plan).rows
    assert (row.percent, row.progress, row.problems, row.next_steps) == (40, "已完成40%。", "资金不足", "协调")
    assert (row.filing, row.owed, row.filed) == ("waiting", 1, 1)


def test_a_report_that_was_sent_back_is_unfiled_and_says_why(plan, lead, period):
    review(file_report(lead, 90, at=moment("2016-10-08")), "sent_back", comment="请附佐证")
    told = facts(plan)
    assert (told.rows[0].filing, told.rows[0].comment, told.totals.unfiled) == ("sent_back", "请附佐证", 1)
    assert [row.filing for row in told.unfiled] == ["sent_back"]


def test_what_was_owed_stays_owed_by_whoever_had_it_when_the_period_closed(plan, lead, period, lead_agency):
    withdraw(lead, at=moment("2016-10-20"))
    told = facts(plan, as_of=moment("2016-10-25"))
    assert told.rows == ()
    assert (told.totals.owed, told.totals.missing, told.unfiled[0].agency) == (1, 1, lead_agency.name)
    assert told.unfiled[0].is_overdue
    assert [(one.name, one.totals.owed) for one in told.agencies] == [(lead_agency.name, 1)]


def test_waived_is_said_apart(plan, lead, period):
    waive(lead, at=moment("2016-10-01"))
    told = facts(plan)
    assert (told.totals.owed, told.totals.waived, told.rows[0].filing) == (0, 1, "waived")


def test_a_plan_without_reports_or_periods_before_is_told_too(plan, lead, period):
    told = facts(plan)
    assert (told.totals.percent, told.changes, told.previous, told.since) == (0, (), None, None)
    assert told.totals.missing == 1


def test_an_item_without_agencies_and_one_without_end_are_told(plan, period, lead):
    make_item(plan)
    make_assignment(make_item(plan, due_on=None), make_agency())
    told = facts(plan)
    assert [item.light_word for item in told.items] == ["正常", "未明确单位", "正常"]
    assert told.items[2].expected is None
    assert told.rows[1].gap is None


def test_the_share_of_a_lead_is_its_part_of_the_items_mean(plan, item, lead, period):
    other = make_assignment(item, make_agency(), weight=3)
    ended = make_assignment(item, make_agency())
    close(ended, "suspended", at=moment("2016-09-01"))
    accepted_report(other, 80, at=moment("2016-09-25"))
    told = facts(plan)
    assert [row.share for row in told.rows] == [0.25, 0.75, 0.0]
    assert told.items[0].percent == 60


def test_changes_are_told_from_the_close_before(plan, item, lead, lead_agency):
    make_period(plan, "2016Q2"), make_period(plan, "2016Q3")
    accepted_report(lead, 20, at=moment("2016-07-01"), period="2016Q2")
    accepted_report(lead, 70, at=moment("2016-10-08"))
    revise(item, date(2016, 11, 30), at=moment("2016-09-01"), reason="提前完成")
    newcomer = make_assignment(item, make_agency("省体育局"), at=moment("2016-09-01"))
    told = facts(plan)
    [change] = told.changes
    assert (told.since, told.since_name, told.previous.percent) == (date(2016, 7, 15), "2016年二季度", 20)
    assert (change.percent_before, change.percent, change.moved) == (20, 35, 15)
    assert (change.due_before, change.due_on, change.due_reason) == (plan.due_on, date(2016, 11, 30), "提前完成")
    assert (change.agencies_added, change.agencies_removed) == (("省体育局",), ())
    assert set(change.kinds) >= {"进度", "时限", "单位"}
    assert {row.pk: row.previous_percent for row in told.rows} == {lead.pk: 20, newcomer.pk: None}


def test_an_item_that_came_of_others_says_of_which_since_the_close_before(plan, lead_agency):
    make_period(plan, "2016Q2"), make_period(plan, "2016Q3")
    at, section = moment("2016-09-01"), make_section(plan)
    born = {"section": section, "began_at": at}
    split, *merged = (make_item(section=section, ended_at=at) for _ in range(3))
    pieces, whole = [make_item(**born) for _ in range(2)], make_item(**born)
    for kind, formers, made in (("split", [split], pieces), ("merge", merged, [whole])):
        change = Reshaping.objects.create(plan=plan, kind=kind, reason="纪要", recorded_at=at)
        for former in formers:
            make_assignment(former, lead_agency, ended_at=at)
            for successor in made:
                Lineage.objects.create(reshaping=change, former=former, successor=successor)
    for each in (*pieces, whole):
        accepted_report(make_assignment(each, lead_agency, at=at), 30, at=moment("2016-09-20"))
    said = {change.item: change.kinds for change in facts(plan).changes}
    words = {**dict.fromkeys([each.number for each in pieces], ("由（1）拆分",)), whole.number: ("由（2）、（3）合并",)}
    assert said == words
    sheet = next(table for table in describe_book(take_snapshot(definition(plan))).sheets if table.name == "本期变化")
    shown = [[cell and cell.value for cell in row] for row in sheet.rows]
    assert sum("由（1）拆分" in row for row in shown) == 2


def test_indicators_stand_beside_their_targets_and_what_they_were(plan, item, lead):
    make_period(plan, "2016Q2"), make_period(plan, "2016Q3")
    indicator = make_indicator(item)
    accepted_report(lead, 20, at=moment("2016-07-01"), period="2016Q2", readings={indicator: 40})
    accepted_report(lead, 50, at=moment("2016-10-08"), readings={indicator: Decimal("85")})
    file_report(lead, 60, at=moment("2016-10-10"), readings={indicator: 160})
    [told] = facts(plan).indicators
    assert (told.target, told.value, told.previous_value, told.percent) == (170, 85, 40, 50)
    assert told.agency == lead.agency.name


def test_having_been_overdue_stays_visible_after_repair(plan, item, lead, period):
    for day, light, previous in ((date(2016, 9, 1), "red", "green"), (date(2016, 9, 9), "green", "red")):
        LightChange.objects.create(item=item, day=day, light=light, previous=previous, reason="")
    accepted_report(lead, 70, at=moment("2016-10-01"))
    [told] = facts(plan).items
    assert (told.light, told.was_red_on) == ("green", date(2016, 9, 1))
    assert facts(plan, as_of=moment("2016-09-21")).items[0].was_red_on == date(2016, 9, 1)


def test_a_plan_that_does_not_report_in_the_period_is_told_without_filing(plan, period, lead):
    other = make_plan()
    make_assignment(make_item(other), make_agency())
    told = take_snapshot(Definition((plan.slug, other.slug), "2016Q3", NOW)).plans[1]
    assert (told.periods, told.period, told.totals.owed, told.totals.items) == ((), None, 0, 1)
    assert told.rows[0].filing == ""


def test_filters_take_items_out_with_all_that_belongs_to_them(plan, period, lead, lead_agency):
    other = make_item(section=make_section(plan))
    make_assignment(other, make_agency("省体育局"))
    assert facts(plan).totals.items == 2
    by_section = facts(plan, filters=Filters(sections=(2,)))
    assert ([item.number for item in by_section.items], by_section.totals.owed) == ([2], 1)
    by_agency = facts(plan, filters=Filters(agencies=(lead_agency.pk,)))
    assert [row.agency for row in by_agency.rows] == [lead_agency.name]


def test_a_year_sums_up_its_quarters(plan, lead):
    make_period(plan, "2016Q2"), make_period(plan, "2016Q3")
    accepted_report(lead, 20, at=moment("2016-07-01"), period="2016Q2")
    told = facts(plan, "2016")
    assert [period.code for period in told.periods] == ["2016Q2", "2016Q3"]
    assert (told.totals.owed, told.totals.filed, told.rows[0].filing) == (2, 1, "missing")
    assert definition(plan, "2016").period_name == "2016年度"


def test_several_plans_keep_their_totals_and_have_a_sum(plan, lead, period):
    other = make_plan()
    make_period(other, "2016Q3")
    accepted_report(make_assignment(make_item(other), lead.agency), 80, at=moment("2016-10-01"))
    snapshot = take_snapshot(Definition((plan.slug, other.slug), "2016Q3", NOW))
    assert [one.totals.percent for one in snapshot.plans] == [0, 80]
    book = describe_book(snapshot)
    summary = next(sheet for sheet in book.sheets if sheet.name == "总体情况")
    assert [row[0].value for row in summary.rows[3:]][-1] == "合计"
    assert file_name(snapshot) == "2个行动计划_2016年三季度_截至20161012.xlsx"


# ── the same everywhere ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.any_database
def test_the_number_of_queries_does_not_depend_on_the_data(plan, period, lead):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            take_snapshot(definition(plan))
        return len(captured)

    few = queries()
    for _ in range(5):
        make_assignment(make_item(section=make_section(plan)), make_agency())
    assert queries() == few <= 16


def test_kept_facts_give_the_same_snapshot_whatever_has_become_of_the_database(demo):
    snapshot = demonstration.snapshot()
    kept = canonical(snapshot)
    assert restore(kept) == snapshot
    assert canonical(restore(kept)) == kept
    with pytest.raises(BadDefinition):
        restore(b"{}")


def test_the_moment_is_the_definitions_not_the_clocks(plan, lead, period):
    one = take_snapshot(definition(plan))
    later = take_snapshot(definition(plan, as_of=NOW + timedelta(hours=1)))
    assert facts_sha256(one) == facts_sha256(later)
