"""The briefing's sentences in situations in which one of them would easily be false."""

from datetime import date, timedelta

import pytest

from qa_plan import clock
from reports.briefing import compose
from reports.quarter import Definition, take_snapshot
from tests.support.factories import (
    SENT_BACK,
    accepted_report,
    close,
    file_report,
    make_agency,
    make_assignment,
    make_indicator,
    make_item,
    make_period,
    make_request,
    make_section,
    moment,
    review,
    revise,
    waive,
)

pytestmark = pytest.mark.django_db
DUE, AFTER = date(2016, 10, 14), date(2016, 10, 17)
OCTOBER = moment("2016-10-10")


@pytest.fixture
def second(plan, period):
    """The third quarter is the plan's second period: its leads could have reported before."""
    return make_period(plan, "2016Q2")


@pytest.fixture
def other(plan, other_agency):
    return make_assignment(make_item(plan, label="（二）", title="规范市场秩序"), other_agency)


def briefing_of(plan, day=AFTER, period="2016Q3"):
    return compose(take_snapshot(Definition((plan.slug,), period, clock.end_of(day))), {}, "省质量办")


def told(plan, day=AFTER, period="2016Q3"):
    return "\n".join(paragraph.text for paragraph in briefing_of(plan, day, period).paragraphs)


def cells(table):
    return [tuple(row) for row in table.rows]


# ── 报送 ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("day", [DUE - timedelta(days=2), DUE])
def test_until_the_due_date_is_over_nobody_is_blamed_for_a_report(plan, lead, second, day):
    text = told(plan, day)
    assert "报送期未满，尚未报送的有1个单位1份：省商务厅（第1项）。" in text
    assert "三季度报告尚未报送，10月14日截止" in text
    assert "未报送三季度报告" not in text
    assert "规范进展报送" not in text


def test_after_it_is_said_and_nobody_is_told_to_file_in_the_period_that_is_locked(plan, lead, second):
    text = told(plan)
    assert "未报送的有1个单位1份：省商务厅（第1项）。" in text
    assert "未报送三季度报告" in text
    assert "省商务厅今后要按期如实报送进展，附佐证材料。" in text
    assert "补报" not in text
    assert "延期" not in text


def test_what_was_sent_back_and_what_came_late_are_parts_of_a_sum(plan, lead, other, second):
    review(file_report(lead, 30, at=OCTOBER), SENT_BACK, at=moment("2016-10-11"))
    file_report(other, 90, at=moment("2016-10-16"))
    text = told(plan)
    assert "应报2份，已报1份（待审1份，其中迟报1份），未报1份（退回待重报1份），报送率50.0%。" in text
    assert "退回待重报的有1个单位1份：省商务厅（第1项）。" in text
    assert "三季度报告退回待重报" in text
    assert "三季度报告待审" in text


def test_of_a_year_each_missing_report_is_named_with_its_quarter(plan, lead, second):
    text = told(plan, period="2016")
    assert "未报送的有1个单位2份：省商务厅（二季度第1项，三季度第1项）。" in text


def test_of_a_year_what_is_missing_and_what_has_time_left_are_named_apart(plan, lead, second):
    text = told(plan, DUE, period="2016")
    assert "未报送的有1个单位1份：省商务厅（二季度第1项）。" in text
    assert "报送期未满，尚未报送的有1个单位1份：省商务厅（三季度第1项）。" in text


def test_a_due_date_in_the_next_year_names_it(plan, lead):
    make_period(plan, "2016Q4")
    assert "2016年四季度进展报告应于2017年1月" in told(plan, date(2017, 1, 20), "2016Q4")


def test_who_is_excused_owes_nothing_and_is_named_as_no_laggard(plan, lead, second):
    waive(lead, at=moment("2016-10-08"))
    text = told(plan)
    assert "本期没有应报的进展报告，1份均为免报。" in text
    assert "没有应予通报的逾期或滞后事项。" in text
    assert "本期免报的1项（次），不列为滞后：省商务厅第1项。" in text


# ── 滞后 ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_latest_reason_on_record_stands_beside_a_laggard(plan, lead, second):
    accepted_report(lead, 5, at=moment("2016-07-10"), period="2016Q2", delay_reason="经费未到位。")
    assert "省商务厅：第1项任务1（进度5%，序时66%；原因：经费未到位）。" in told(plan)


def test_what_is_done_and_waits_to_be_closed_is_no_laggard(plan, lead, second):
    revise(lead.item, date(2016, 9, 30), at=moment("2016-05-25"))
    accepted_report(lead, 100, at=OCTOBER)
    make_request(lead, at=moment("2016-10-11"))
    text = told(plan)
    assert "没有应予通报的逾期或滞后事项。" in text
    assert "已完成并申请办结、待销号的1项（次），不列为逾期或滞后：省商务厅第1项。" in text
    assert "抓紧办结" not in text


def test_the_margins_are_named_where_they_are_used(plan, lead, second):
    text = told(plan)
    assert "（以各任务最落后的负责单位为准；进度落后序时超过10个百分点为滞后），滞后1项。" in text
    assert "（超前序时超过3个百分点为超进度，落后序时超过10个百分点为欠进度），欠进度1项。" in text


def test_where_numbering_restarts_the_part_is_named(plan, second):
    agency = make_agency("省水利厅")
    for number in (1, 2):
        section = make_section(plan, number=number, title=f"第{number}篇")
        make_assignment(make_item(section=section, label="（一）", title=f"第{number}件"), agency)
    briefing = briefing_of(plan)
    text = "\n".join(paragraph.text for paragraph in briefing.paragraphs)
    assert "省水利厅（第一部分第一项，第二部分第一项）" in text
    assert "第二部分第一项第2件（" in text
    assert [row[0] for row in briefing.tables[1].rows] == ["一（一）", "二（一）"]


def test_of_indicators_those_behind_are_listed_and_the_rest_apart(plan, item, lead, period):
    reached, behind, rest = (make_indicator(item, name, 100) for name in ("名牌", "商标", "精品"))
    accepted_report(lead, 90, at=OCTOBER, readings={reached: 100, behind: 20, rest: 70})
    text = told(plan)
    assert "共3项量化指标。已完成1项：名牌目标100个，完成100个（100.0%）。" in text
    assert "落后序时超过10个百分点的1项：商标目标100个，完成20个（20.0%）。" in text
    assert "其余1项：精品目标100个，完成70个（70.0%）。" in text


# ── 总体 ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_where_everything_has_ended_nothing_is_compared_and_nothing_is_urged(plan, lead, second):
    accepted_report(lead, 100, at=moment("2016-07-10"), period="2016Q2")
    close(lead, at=moment("2016-07-20"))
    text = told(plan)
    assert "已办结1项。" in text
    assert "按任务平均进度" not in text
    assert "本期没有应报的进展报告。" in text
    assert "目前没有在办的任务" in text


def test_what_keeps_no_pace_is_named_by_its_own_word(plan, lead, other, second):
    make_item(plan)
    close(other, "cancelled", at=moment("2016-07-20"))
    assert "欠进度1项；已撤销1项、未明确单位1项，不作比较。" in told(plan)


def test_a_plan_that_nobody_leads_yet_has_no_progress(plan, item, period):
    text = told(plan)
    assert "1个部分1项任务，尚未明确负责单位。没有计入总体进度的任务。" in text
    assert "0.0%" not in text


def test_no_accepted_report_never_reads_as_nothing_done(plan, lead, second):
    agencies, items = briefing_of(plan).tables
    assert cells(agencies)[0][4:6] == ("尚无通过的报告", "66%")
    assert cells(items)[0][4:6] == ("尚无通过的报告", "66%")


def test_a_section_without_an_accepted_report_says_so(plan, lead, second):
    make_assignment(make_item(section=make_section(plan, number=2, title="第二篇")), make_agency("省水利厅"))
    accepted_report(lead, 70, at=OCTOBER)
    text = told(plan)
    assert "“第二篇”1项，尚无通过的报告。" in text
    assert "较二季度报送截止日（7月15日），总体进度提高35.0个百分点（当时尚无通过的报告，按零计）。" in text
    assert "0.0%" not in text.partition("二、报送情况")[0].replace("70.0%", "")


def test_before_the_first_accepted_report_nothing_is_compared_with_an_earlier_day(plan, lead, second):
    text = told(plan)
    assert "各单位尚无通过的报告，总体进度按零计，序时进度66.1%" in text
    assert "较二季度报送截止日" not in text


def test_a_difference_is_that_of_the_two_figures_in_its_line(plan, lead, second):
    accepted_report(lead, 33, at=moment("2016-07-10"), period="2016Q2")
    accepted_report(lead, 70, at=OCTOBER)
    text = told(plan)
    assert "总体进度70.0%，序时进度66.1%，比序时快3.9个百分点。" in text
    assert "较二季度报送截止日（7月15日）的33.0%，总体进度提高37.0个百分点。" in text


def test_the_method_stands_in_every_briefing(plan, lead, period):
    assert "均四舍五入；相差按所列数字计算。" in told(plan)
