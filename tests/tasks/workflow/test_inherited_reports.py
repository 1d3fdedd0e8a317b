"""What was filed stays filed when agencies are renamed, merged or split: no page and no file counts otherwise."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from agencies.models import Agency
from qa_plan.clock import end_of
from reports.dashboard.agency import agency_part
from reports.dashboard.overview import Overview
from reports.fillin.known import collect
from reports.periods.page import PeriodPage
from reports.quarter import Definition, take_snapshot
from tasks.models import (
    ActionItem,
    Assignment,
    IndicatorReading,
    Plan,
    ProgressReport,
    ReportDraft,
    Review,
    Section,
)
from tasks.pages.filing.cards import cards_of
from tasks.pages.filing.page import MyPage
from tasks.pages.items.page import ItemPage
from tasks.pages.reviews.page import ReviewPage
from tasks.rules.asof import AsOf
from tasks.standing.filing import Filing
from tasks.standing.indicators import item_indicator_rows
from tasks.standing.succession import joined_filing
from tasks.workflow import review_report, split, succeed
from tests.support.factories import (
    ACCEPTED,
    ASSIST,
    LEAD,
    SENT_BACK,
    accepted_report,
    file_report,
    make_agency,
    make_assignment,
    make_draft,
    make_evidence,
    make_indicator,
    make_item,
    make_period,
    make_user,
    moment,
    review,
    waive,
)

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

NOW, AFTER = moment("2016-10-12 10:00"), moment("2016-10-12 16:00")
YESTERDAY, TODAY, CLOSED = date(2016, 10, 11), date(2016, 10, 12), date(2016, 10, 17)
FILED, LATEST = moment("2016-10-10 09:00"), moment("2016-10-31 18:00")
DOCUMENT = "皖编〔2016〕30号"


@pytest.fixture
def periods(plan):
    return {code: make_period(plan, code) for code in ("2016Q2", "2016Q3")}


def merge(*predecessors, into, by, at=NOW):
    kind = "merged" if len(predecessors) > 1 else "renamed"
    whole = {"kind": kind, "effective_on": at.date(), "document": DOCUMENT}
    succeed(predecessors=predecessors, successor=into, by=by, at=at, **whole)


def one_of(agency):
    return Assignment.objects.as_of(LATEST).get(agency=agency)


def newest(agency, code="2016Q3"):
    """The report that stands for its one open assignment in the period."""
    reports = ProgressReport.objects.as_of(LATEST).filter(assignment=one_of(agency), period__code=code)
    return reports.first()


# ── counts ───────────────────────────────────────────────────────────────────────────────────────────────────────

WORDS = ("owed", "filed", "accepted", "waiting", "sent_back", "missing", "waived", "late")


def of_count(count):
    states = [count.states[state] for state in (Filing.ACCEPTED, Filing.WAITING, Filing.SENT_BACK, Filing.MISSING)]
    return (count.owed, count.filed, *states, count.waived, count.late)


def added(rows):
    return tuple(map(sum, zip(*rows, strict=True)))


def counts(plan, code, day):
    """What every surface says of the period on that day, each in the order of WORDS."""
    as_of, plan = AsOf(day, day), Plan.objects.get(pk=plan.pk)
    period = plan.periods.get(code=code)
    page = PeriodPage(plan, period, as_of)
    told = take_snapshot(Definition((plan.slug,), code, end_of(day))).plans[0].totals
    by_surface = {
        "plan": of_count(Overview(plan, as_of).filing),
        "sections": added(of_count(Overview(plan, as_of, each).filing) for each in Section.objects.filter(plan=plan)),
        "period": of_count(page.whole.count),
        "agencies of the period": added(of_count(row.count) for row in page.agencies),
        "agencies": added(of_count(agency_part(plan, each, as_of).filing) for each in Agency.objects.all()),
        "package": tuple(getattr(told, word) for word in WORDS),
    }
    items = [ItemPage(item, as_of).filing for item in ActionItem.objects.as_of(as_of.moment).filter(plan=plan)]
    by_surface["items"] = (*added(of_count(count) for count in items)[:-1], told.late)
    mine = [MyPage(agency, day, Plan.objects.all()) for agency in Agency.objects.all()]
    said = sum(len(page.owed) for page in mine), sum(page.filed_count for page in mine)
    return by_surface, said


def everywhere(plan, code, day):
    """What all surfaces say; they say the same."""
    by_surface, said = counts(plan, code, day)
    [count] = set(by_surface.values())
    assert said == count[:2]
    return count


def make_every_state(plan, agency):
    """One item for each state that the agency's report may be in; the last was accepted after being sent back."""
    names = ("accepted", "waiting", "back", "none", "waived", "again")
    parts = {name: make_assignment(make_item(plan), agency, LEAD) for name in names}
    accepted_report(parts["accepted"], 40, at=FILED)
    file_report(parts["waiting"], 50, at=FILED)
    review(file_report(parts["back"], 30, at=FILED), SENT_BACK, comment="请附名单。")
    waive(parts["waived"], at=moment("2016-10-01"))
    review(file_report(parts["again"], 20, at=moment("2016-10-08")), SENT_BACK, at=moment("2016-10-09"))
    accepted_report(parts["again"], 60, at=FILED)
    return parts


def test_a_rename_changes_no_count_anywhere(plan, periods, zhijian, market, coordinator):
    make_every_state(plan, zhijian)
    before = everywhere(plan, "2016Q3", YESTERDAY)
    assert before == (5, 3, 2, 1, 1, 1, 1, 0)
    merge(zhijian, into=market, by=coordinator)
    assert everywhere(plan, "2016Q3", TODAY) == everywhere(plan, "2016Q3", YESTERDAY) == before
    assert counts(plan, "2016Q3", CLOSED)[0]["plan"] == before


def test_nor_does_a_merger_of_agencies_that_lead_other_items(plan, periods, zhijian, gongshang, market, coordinator):
    make_every_state(plan, zhijian)
    make_every_state(plan, gongshang)
    accepted_report(make_assignment(make_item(plan), market, LEAD), 70, at=FILED)
    before = everywhere(plan, "2016Q3", YESTERDAY)
    assert before == (11, 7, 5, 2, 2, 2, 2, 0)
    merge(zhijian, gongshang, into=market, by=coordinator)
    assert everywhere(plan, "2016Q3", TODAY) == everywhere(plan, "2016Q3", YESTERDAY) == before


def test_nor_does_a_split(plan, periods, zhijian, gongshang, market, coordinator):
    parts = make_every_state(plan, zhijian)
    before = everywhere(plan, "2016Q3", YESTERDAY)
    shares = {part.pk: (gongshang, market)[place % 2] for place, part in enumerate(parts.values())}
    whole = {"effective_on": TODAY, "document": DOCUMENT, "by": coordinator, "at": NOW}
    split(predecessor=zhijian, shares=shares, people={}, **whole)
    assert everywhere(plan, "2016Q3", TODAY) == before


def test_nor_do_two_renames_one_after_the_other(plan, periods, zhijian, gongshang, market, coordinator):
    make_every_state(plan, zhijian)
    before = everywhere(plan, "2016Q3", YESTERDAY)
    merge(zhijian, into=gongshang, by=coordinator)
    merge(gongshang, into=market, by=coordinator, at=AFTER)
    assert everywhere(plan, "2016Q3", TODAY) == before


def test_after_the_close_the_predecessor_s_reports_are_counted_for_ever(plan, periods, zhijian, market, coordinator):
    """And none of the successor's, though they go on as its own: 迟报 of nobody."""
    make_every_state(plan, zhijian)
    day = date(2016, 10, 20)
    before = counts(plan, "2016Q3", day)[0]
    merge(zhijian, into=market, by=coordinator, at=moment("2016-10-21 10:00"))
    after = counts(plan, "2016Q3", date(2016, 10, 21))[0]
    assert after == before
    assert set(after.values()) == {(5, 3, 2, 1, 1, 1, 1, 0)}


# ── several leads of one item ────────────────────────────────────────────────────────────────────────────────────

ACC, WAIT, BACK, NONE = Filing.ACCEPTED, Filing.WAITING, Filing.SENT_BACK, Filing.MISSING


@pytest.mark.parametrize(
    ("states", "is_closed", "joined"),
    [
        ({ACC}, False, ACC),
        ({ACC, WAIT}, False, WAIT),
        ({WAIT}, False, WAIT),
        ({ACC, NONE}, False, NONE),
        ({WAIT, NONE}, False, NONE),
        ({WAIT, BACK}, False, BACK),
        ({BACK, NONE}, False, BACK),
        ({ACC, BACK}, True, BACK),
        ({WAIT, BACK}, True, WAIT),
        ({ACC, WAIT}, True, WAIT),
    ],
)
def test_the_one_report_is_filed_where_all_were(states, is_closed, joined):
    assert joined_filing(states, is_closed=is_closed) == joined


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        ("accepted", "accepted", ACC),
        ("accepted", "waiting", WAIT),
        ("waiting", "waiting", WAIT),
        ("waiting", None, NONE),
        ("accepted", None, NONE),
        ("sent_back", "accepted", BACK),
        ("waived", "waiting", WAIT),
        ("waived", "accepted", ACC),
        ("waived", None, NONE),
        ("waived", "waived", Filing.WAIVED),
    ],
)
def test_where_leads_of_one_item_join_one_report_is_owed(
    plan, item, periods, zhijian, gongshang, market, coordinator, first, second, together
):
    for agency, state in ((zhijian, first), (gongshang, second)):
        part = make_assignment(item, agency, LEAD)
        if state == "waived":
            waive(part, at=moment("2016-10-01"))
        elif state:
            report = file_report(part, 40, at=FILED)
            if state != "waiting":
                review(report, state, comment="意见")
    merge(zhijian, gongshang, into=market, by=coordinator)
    count = dict(zip(WORDS, everywhere(plan, "2016Q3", TODAY), strict=True))
    is_waived = together == Filing.WAIVED
    assert (count["owed"], count["waived"]) == ((0, 1) if is_waived else (1, 0))
    assert count["filed"] == (together in (ACC, WAIT))
    assert is_waived or count[together.value] == 1


def test_the_joined_report_says_who_said_what(item, periods, zhijian, gongshang, market, coordinator):
    writers = [make_user(role="liaison", agency=agency) for agency in (zhijian, gongshang)]
    marks = make_indicator(item)
    first = make_assignment(item, zhijian, LEAD, weight=2)
    review(file_report(first, 40, at=FILED, progress="建了库", recorded_by=writers[0]), comment="好")
    second = make_assignment(item, gongshang, LEAD)
    later = file_report(
        second, 71, at=FILED + timedelta(hours=1), progress="办了班", recorded_by=writers[1], readings={marks: 90}
    )
    later.evidence.add(make_evidence(second, "名单.pdf", at=FILED))
    merge(zhijian, gongshang, into=market, by=coordinator)
    joined = newest(market)
    assert (joined.percent, joined.verdict) == (50, None)  # (2·40 + 71) / 3 = 50.33
    assert joined.progress == "【省质监局】建了库\n【省工商局】办了班"
    assert (joined.recorded_by, joined.recorded_at) == (writers[1], NOW)
    assert [reading.value for reading in joined.readings.all()] == [Decimal(90)]
    assert [(upload.name, upload.assignment.agency) for upload in joined.evidence.all()] == [("名单.pdf", market)]
    assert {origin.origin.assignment.agency for origin in joined.origins.all()} == {zhijian, gongshang}
    assert one_of(market).percent == 27  # (2·40 + 0) / 3: what waits never counts


def test_what_one_had_filed_where_the_other_had_not_is_the_draft_of_both(
    item, periods, zhijian, gongshang, market, coordinator
):
    accepted_report(make_assignment(item, zhijian, LEAD), 40, at=FILED, progress="建了库")
    make_draft(make_assignment(item, gongshang, LEAD), by=make_user(), at=FILED, progress="写了一半")
    merge(zhijian, gongshang, into=market, by=coordinator)
    assert ReportDraft.objects.get().progress == "【省质监局】建了库\n【省工商局】写了一半"
    assert newest(market) is None
    assert one_of(market).percent == 20


def test_an_assisting_agency_that_joins_a_lead_leaves_its_report_as_it_was(
    item, periods, zhijian, gongshang, market, coordinator
):
    accepted_report(make_assignment(item, zhijian, LEAD), 40, at=FILED)
    file_report(make_assignment(item, gongshang, ASSIST), 90, at=FILED, progress="协助")
    merge(zhijian, gongshang, into=market, by=coordinator)
    assert (newest(market).percent, newest(market).verdict) == (40, ACCEPTED)
    assert not ReportDraft.objects.exists()


# ── what waits, what was sent back ───────────────────────────────────────────────────────────────────────────────


def test_what_waits_is_reviewed_after_the_rename_and_counts_for_the_successor(
    plan, item, periods, zhijian, market, coordinator
):
    filed = file_report(make_assignment(item, zhijian, LEAD), 45, at=FILED)
    merge(zhijian, into=market, by=coordinator)
    assert [report.pk for report in ProgressReport.objects.waiting(AFTER)] == [newest(market).pk]
    assert list(ProgressReport.objects.waiting(end_of(YESTERDAY))) == [filed]
    review_report(report=newest(market), verdict=ACCEPTED, by=coordinator, at=AFTER)
    assert (one_of(market).percent, one_of(market).standing_report) == (45, newest(market).pk)
    assert everywhere(plan, "2016Q3", TODAY) == (1, 1, 1, 0, 0, 0, 0, 0)
    assert everywhere(plan, "2016Q3", YESTERDAY) == (1, 1, 0, 1, 0, 0, 0, 0)


def test_a_review_after_the_close_is_also_that_of_the_report_that_is_counted(
    plan, item, periods, zhijian, gongshang, market, coordinator
):
    """Through two successions; and a verdict that is changed is changed in all."""
    filed = file_report(make_assignment(item, zhijian, LEAD), 45, at=FILED)
    merge(zhijian, into=gongshang, by=coordinator, at=moment("2016-10-18 10:00"))
    merge(gongshang, into=market, by=coordinator, at=moment("2016-10-19 10:00"))
    day, at = date(2016, 10, 20), moment("2016-10-20 10:00")
    assert counts(plan, "2016Q3", date(2016, 10, 19))[0]["plan"] == (1, 1, 0, 1, 0, 0, 0, 0)
    seen = review_report(report=newest(market), verdict=ACCEPTED, by=coordinator, at=at).pk
    assert counts(plan, "2016Q3", day)[0]["package"] == (1, 1, 1, 0, 0, 0, 0, 0)
    whole = {"verdict": SENT_BACK, "comment": "请附名单。", "by": coordinator, "at": at + timedelta(hours=1)}
    review_report(report=ProgressReport.objects.latest("pk"), seen=seen, **whole)
    by_surface, _ = counts(plan, "2016Q3", day)
    assert set(by_surface.values()) == {(1, 0, 0, 0, 1, 0, 0, 0)}
    assert Review.objects.filter(report=filed).count() == 2


def test_what_was_filed_in_time_is_not_late_because_it_goes_on(item, periods, zhijian, market, coordinator):
    file_report(make_assignment(item, zhijian, LEAD), 45, at=FILED)
    merge(zhijian, into=market, by=coordinator, at=moment("2016-10-18 10:00"))
    day = date(2016, 10, 18)
    [report] = ProgressReport.objects.waiting(end_of(day)).with_first_filing(end_of(day))
    assert (report.assignment, report.first_filed_at, report.is_late) == (one_of(market), FILED, False)
    page = ReviewPage(report, day)
    assert next(check.text for check in page.checks) == "在报送截止日（10-14）前报送"
    assert [old.assignment.agency for old in page.as_filed] == [zhijian]


def test_a_report_that_had_been_reviewed_keeps_its_own_verdict(item, periods, zhijian, gongshang, market, coordinator):
    done = accepted_report(make_assignment(item, zhijian, LEAD), 40, at=FILED)
    waits = file_report(make_assignment(item, gongshang, LEAD), 60, at=FILED)
    merge(zhijian, gongshang, into=market, by=coordinator)
    review_report(report=newest(market), verdict=SENT_BACK, comment="请附名单。", by=coordinator, at=AFTER)
    verdicts = ProgressReport.objects.as_of(end_of(TODAY)).filter(pk__in=(done.pk, waits.pk)).order_by("pk")
    assert list(verdicts.values_list("verdict", flat=True)) == [ACCEPTED, SENT_BACK]
    assert one_of(market).percent == 20  # (40 + 0) / 2, as before


def test_what_was_sent_back_is_the_successor_s_to_mend(plan, item, periods, zhijian, market, coordinator):
    review(file_report(make_assignment(item, zhijian, LEAD), 30, at=FILED), SENT_BACK, comment="请附名单。")
    merge(zhijian, into=market, by=coordinator)
    [owed] = MyPage(market, TODAY, Plan.objects.all()).to_do
    assert (owed.filing, owed.is_returned) == (Filing.SENT_BACK, True)
    [card] = cards_of([owed], end_of(TODAY))
    assert [(report.assignment.agency, report.comment) for report in card.returned] == [(zhijian, "请附名单。")]
    file_report(one_of(market), 50, at=AFTER)
    assert everywhere(plan, "2016Q3", TODAY) == (1, 1, 0, 1, 0, 0, 0, 0)


# ── what was accepted last ───────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def both_accepted(item, periods, zhijian, gongshang):
    """Two leads whose second quarter's reports were accepted, with a reading of the first."""
    marks = make_indicator(item, target=170)
    at, texts = moment("2016-07-10 09:00"), {"next_steps": "继续", "delay_reason": "招标延后"}
    first = make_assignment(item, zhijian, LEAD)
    second = make_assignment(item, gongshang, LEAD)
    accepted_report(first, 40, at=at, period="2016Q2", progress="建了库", readings={marks: 85}, **texts)
    accepted_report(second, 60, at=at, period="2016Q2", progress="办了班")
    return marks


def test_the_last_text_is_that_of_both(both_accepted, item, periods, zhijian, gongshang, market, coordinator):
    merge(zhijian, gongshang, into=market, by=coordinator)
    [owed] = MyPage(market, TODAY, Plan.objects.all()).reports
    [card] = cards_of([owed], end_of(TODAY))
    assert card.last_text == "【省质监局】建了库\n【省工商局】办了班"
    assert card.last.delay_reason == "【省质监局】招标延后"
    assert [report.assignment.agency for report in card.last_as_filed] == [zhijian, gongshang]
    assert card.last_readings == {both_accepted.pk: Decimal(85)}
    [row] = collect(market, periods["2016Q3"], AFTER).rows
    assert (row.last.progress, row.last_readings) == (card.last.progress, card.last_readings)
    assert (owed.filing, one_of(market).percent) == (Filing.MISSING, 50)


def test_the_reading_stands(both_accepted, item, periods, zhijian, gongshang, market, coordinator):
    def value(day):
        [row] = item_indicator_rows(ActionItem.objects.as_of(end_of(day)).get(pk=item.pk), AsOf(day, day))
        return row.indicator.value

    other = make_assignment(item, make_agency("省商务厅"), LEAD)
    assert value(YESTERDAY) == 85
    merge(zhijian, gongshang, into=market, by=coordinator)
    assert value(TODAY) == value(YESTERDAY) == 85
    accepted_report(other, 50, at=AFTER, period="2016Q2", readings={both_accepted: 99})
    assert value(TODAY) == 99


def test_a_newer_reading_of_another_agency_is_not_superseded(
    both_accepted, item, periods, zhijian, gongshang, market, coordinator
):
    other = make_assignment(item, make_agency("省商务厅"), LEAD)
    accepted_report(other, 50, at=moment("2016-07-12"), period="2016Q2", readings={both_accepted: 99})
    merge(zhijian, gongshang, into=market, by=coordinator)
    [row] = item_indicator_rows(ActionItem.objects.as_of(AFTER).get(pk=item.pk), AsOf(TODAY, TODAY))
    assert row.indicator.value == 99
    assert not IndicatorReading.objects.filter(report__assignment=one_of(market)).exists()


def test_reports_without_change_join_their_reasons_and_what_still_holds(
    item, periods, zhijian, gongshang, market, coordinator
):
    for agency, reason in ((zhijian, "待验收"), (gongshang, "待部署")):
        text = f"无变化原因：{reason}\n{agency}的进展"
        accepted_report(make_assignment(item, agency, LEAD), 40, at=FILED, progress=text, is_unchanged=True)
    merge(zhijian, gongshang, into=market, by=coordinator)
    joined = newest(market)
    assert joined.is_unchanged
    assert joined.progress == "无变化原因：待验收；待部署\n【省质监局】省质监局的进展\n【省工商局】省工商局的进展"


def test_what_was_accepted_before_counts_again_when_an_acceptance_is_taken_back(
    both_accepted, item, periods, zhijian, gongshang, market, coordinator
):
    merge(zhijian, gongshang, into=market, by=coordinator)
    report = file_report(one_of(market), 80, at=AFTER)
    seen = review_report(report=report, verdict=ACCEPTED, by=coordinator, at=AFTER).pk
    assert one_of(market).percent == 80
    whole = {"verdict": SENT_BACK, "comment": "有误", "by": coordinator, "at": AFTER + timedelta(minutes=5)}
    review_report(report=report, seen=seen, **whole)
    assert one_of(market).percent == 50
