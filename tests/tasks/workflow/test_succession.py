"""机构调整: responsibility goes to the successor at one instant; every day before it stays as it was."""

from datetime import date, timedelta

import pytest

from agencies.changes import verify
from agencies.models import Agency, Change, GroupMembership, Role, Succession, User
from qa_plan.clock import end_of
from tasks.access import visible_reports
from tasks.models import (
    Assignment,
    ProgressReport,
    Receipt,
    ReportDraft,
    Waiver,
)
from tasks.standing.filing import Filing, filings
from tasks.standing.rollup import item_standings, standings_from_queryset
from tasks.workflow import (
    ReportContent,
    WorkflowError,
    establish_agency,
    follow_group,
    review_report,
    split,
    submit_report,
    succeed,
)
from tasks.workflow.daily import daily_round
from tests.support.factories import (
    ASSIST,
    LEAD,
    accepted_report,
    close,
    file_report,
    make_agency,
    make_assignment,
    make_draft,
    make_evidence,
    make_group,
    make_item,
    make_period,
    make_plan,
    make_user,
    moment,
    review,
    sign_receipt,
    waive,
)

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

NOW = moment("2016-10-12 10:00")
TODAY, TOMORROW = date(2016, 10, 12), date(2016, 10, 13)
DOCUMENT = "皖编〔2016〕30号"


def merge(*predecessors, into, by, at=NOW, **fields):
    whole = {"kind": "merged", "effective_on": TODAY, "document": DOCUMENT, **fields}
    return succeed(predecessors=predecessors, successor=into, by=by, at=at, **whole)


def open_one(agency):
    """Its one open assignment, with its standing at the end of the day."""
    return Assignment.objects.as_of(end_of(TOMORROW)).get(agency=agency)


def percent_of(item, at=NOW):
    rows = standings_from_queryset(Assignment.objects.as_of(at).filter(item=item), item.plan, TODAY)
    return item_standings([item], rows, item.plan, TODAY)[0].percent


# ── one item ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_renamed_agency_goes_on_where_the_old_one_stood(item, zhijian, market, coordinator):
    part = make_assignment(item, zhijian, LEAD, weight=2)
    report = accepted_report(part, 40, at=moment("2016-07-10"), period="2016Q2")
    merge(zhijian, into=market, by=coordinator, kind="renamed")
    part.refresh_from_db()
    assert (part.ended_at, part.end_reason) == (NOW, f"机构更名，由省市场监管局承接（{DOCUMENT}）")
    made = open_one(market)
    assert (made.role, made.weight, made.percent) == (LEAD, 2, 40)
    going_on = ProgressReport.objects.get(pk=made.standing_report)
    assert (going_on.origins.get().origin, going_on.period) == (report, report.period)
    assert (going_on.percent, going_on.progress, going_on.recorded_at) == (40, report.progress, NOW)
    assert Agency.objects.get(pk=zhijian.pk).ended_on == TODAY


def test_the_day_before_shows_the_old_name_and_the_day_itself_the_new_one(item, zhijian, market, coordinator):
    make_assignment(item, zhijian, LEAD)
    merge(zhijian, into=market, by=coordinator, kind="renamed")

    def named(day):
        return [row.agency.name for row in Assignment.objects.as_of(end_of(day)).select_related("agency")]

    assert named(TODAY - timedelta(days=1)) == ["省质监局"]
    assert named(TODAY) == ["省市场监管局"]


def test_merged_parts_weigh_as_much_as_before_and_stand_at_their_mean(item, zhijian, gongshang, market, coordinator):
    accepted_report(make_assignment(item, zhijian, LEAD, weight=2), 40, at=moment("2016-07-10"), period="2016Q2")
    accepted_report(make_assignment(item, gongshang, LEAD), 81, at=moment("2016-07-11"), period="2016Q2")
    accepted_report(make_assignment(item, make_agency(), LEAD), 90, at=moment("2016-07-11"), period="2016Q2")
    before = percent_of(item)
    merge(zhijian, gongshang, into=market, by=coordinator)
    made = open_one(market)
    assert (made.weight, made.percent) == (3, 54)  # (2·40 + 81) / 3 = 53.67
    going_on = ProgressReport.objects.get(pk=made.standing_report)
    assert (going_on.percent, going_on.progress) == (54, "【省质监局】已完成40%。\n【省工商局】已完成81%。")
    assert abs(percent_of(item) - before) <= 0.5


@pytest.mark.parametrize(("this", "other", "mean"), [(40, 41, 41), (40, 40, 40), (0, 1, 1), (0, 0, 0), (99, 100, 100)])
def test_a_half_is_rounded_up(item, zhijian, gongshang, market, coordinator, this, other, mean):
    for agency, percent in ((zhijian, this), (gongshang, other)):
        accepted_report(make_assignment(item, agency, LEAD), percent, at=moment("2016-07-10"), period="2016Q2")
    merge(zhijian, gongshang, into=market, by=coordinator)
    assert open_one(market).percent == mean


def test_lead_wins_over_assist_and_only_the_lead_s_progress_counts(item, zhijian, gongshang, market, coordinator):
    accepted_report(make_assignment(item, zhijian, LEAD), 40, at=moment("2016-07-10"), period="2016Q2")
    accepted_report(make_assignment(item, gongshang, ASSIST), 90, at=moment("2016-07-10"), period="2016Q2")
    merge(zhijian, gongshang, into=market, by=coordinator)
    made = open_one(market)
    assert (made.role, made.weight, made.percent) == (LEAD, 1, 40)


def test_what_the_successor_did_on_the_same_item_already_becomes_one_with_it(item, zhijian, market, coordinator):
    accepted_report(make_assignment(item, zhijian, LEAD), 40, at=moment("2016-07-10"), period="2016Q2")
    own = make_assignment(item, market, LEAD)
    accepted_report(own, 60, at=moment("2016-07-10"), period="2016Q2")
    other = make_assignment(make_item(item.plan), market, LEAD)
    merge(zhijian, into=market, by=coordinator)
    own.refresh_from_db()
    other.refresh_from_db()
    assert (own.ended_at, other.ended_at) == (NOW, None)
    made = Assignment.objects.as_of(NOW).get(agency=market, item=item)
    assert (made.weight, made.percent) == (2, 50)


@pytest.mark.parametrize(
    ("kinds", "carried"),
    [
        (("closed", "closed"), "closed"),
        (("closed", None), ""),
        (("suspended", "suspended"), "suspended"),
        (("suspended", "cancelled"), "suspended"),
        (("closed", "suspended"), "closed"),
        (("suspended", None), ""),
        (("reopened", "closed"), ""),
    ],
)
def test_it_is_closed_only_where_every_part_that_counts_is(
    item, zhijian, gongshang, market, coordinator, kinds, carried
):
    for agency, kind, percent in zip((zhijian, gongshang), kinds, (100, 50), strict=True):
        part = make_assignment(item, agency, LEAD)
        accepted_report(part, percent, at=moment("2016-07-10"), period="2016Q2")
        if kind == "reopened":
            close(part, at=moment("2016-07-20"))
        if kind:
            close(part, kind, at=moment("2016-08-01"))
    before = percent_of(item)
    merge(zhijian, gongshang, into=market, by=coordinator)
    assert open_one(market).closure == carried
    assert abs(percent_of(item) - before) <= 0.5


def test_a_receipt_is_carried_where_all_had_signed(item, zhijian, gongshang, market, coordinator):
    parts = [make_assignment(item, agency, LEAD) for agency in (zhijian, gongshang)]
    sign_receipt(parts[0], at=moment("2016-06-01"))
    merge(zhijian, gongshang, into=market, by=coordinator)
    assert not Receipt.objects.filter(assignment=open_one(market)).exists()


def test_nothing_is_recorded_before_the_newest_fact(item, zhijian, market, coordinator):
    part = make_assignment(item, zhijian, LEAD)
    late = moment("2016-10-12 10:05")
    accepted_report(part, 40, at=late)
    merge(zhijian, into=market, by=coordinator)
    assert open_one(market).recorded_at == late
    assert open_one(market).percent == 40


def test_an_acceptance_taken_back_leaves_what_was_taken_over(item, period, zhijian, market, coordinator):
    accepted_report(make_assignment(item, zhijian, LEAD), 40, at=moment("2016-07-10"), period="2016Q2")
    merge(zhijian, into=market, by=coordinator)
    made = open_one(market)
    content = ReportContent(percent=70, progress="已完成七成。")
    report = submit_report(assignment=made, period=period, content=content, by=make_user(), at=NOW)
    seen = review_report(report=report, verdict="accepted", by=coordinator, at=NOW).pk
    assert open_one(market).percent == 70
    review_report(report=report, verdict="sent_back", comment="有误", seen=seen, by=coordinator, at=NOW)
    assert open_one(market).percent == 40


def first_owed(agency, *, on):
    """When the first report that its one open assignment owes falls due, as of the end of that day."""
    return Assignment.objects.as_of(end_of(on)).get(agency=agency).first_owed_on


def test_the_first_report_that_is_owed_is_the_first_that_a_part_owed(item, zhijian, gongshang, market, coordinator):
    """Nobody is behind before it has fallen due, and nobody is given more time by a succession."""
    for code in ("2016Q2", "2016Q3"):
        make_period(item.plan, code)
    make_assignment(item, zhijian, LEAD, at=moment("2016-09-01"), answers_from=date(2016, 9, 1))
    merge(zhijian, into=gongshang, by=coordinator, kind="renamed")
    assert first_owed(gongshang, on=TODAY) == date(2016, 10, 14)
    make_assignment(item, market, LEAD, at=moment("2016-05-26"), answers_from=date(2016, 5, 26))
    merge(gongshang, into=market, by=coordinator, at=NOW + timedelta(hours=1))
    assert first_owed(market, on=TODAY) == date(2016, 7, 15)


def test_what_a_part_was_excused_from_is_not_asked_of_who_follows(item, zhijian, market, coordinator):
    for code in ("2016Q2", "2016Q3"):
        make_period(item.plan, code)
    waive(make_assignment(item, zhijian, LEAD), at=moment("2016-07-01"), period="2016Q2")
    assert first_owed(zhijian, on=TODAY - timedelta(days=1)) == date(2016, 10, 14)
    merge(zhijian, into=market, by=coordinator, kind="renamed")
    assert first_owed(market, on=TODAY) == date(2016, 10, 14)


def test_each_part_of_a_split_answers_since_its_own_day(plan, zhijian, gongshang, market, coordinator):
    for code in ("2016Q2", "2016Q3"):
        make_period(plan, code)
    old = make_assignment(make_item(plan), zhijian, LEAD, answers_from=date(2016, 5, 26))
    new = make_assignment(make_item(plan), zhijian, LEAD, at=moment("2016-09-01"), answers_from=date(2016, 9, 1))
    whole = {"effective_on": TODAY, "document": DOCUMENT, "by": coordinator, "at": NOW}
    split(predecessor=zhijian, shares={old.pk: gongshang, new.pk: market}, people={}, **whole)
    assert first_owed(gongshang, on=TODAY) == date(2016, 7, 15)
    assert first_owed(market, on=TODAY) == date(2016, 10, 14)


# ── what was begun ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_draft_goes_along_with_its_evidence(item, zhijian, market, coordinator):
    writer = make_user(role=Role.LIAISON, agency=zhijian)
    part = make_assignment(item, zhijian, LEAD)
    draft = make_draft(part, by=writer, at=moment("2016-10-10"), percent=55, progress="写了一半", readings={"1": "3"})
    draft.evidence.add(make_evidence(part, at=moment("2016-10-10")))
    merge(zhijian, into=market, by=coordinator)
    carried = ReportDraft.objects.get()
    assert (carried.assignment, carried.saved_by) == (open_one(market), writer)
    assert (carried.percent, carried.progress, carried.readings) == (55, "写了一半", {"1": "3"})
    assert carried.evidence.get().assignment == open_one(market)


def test_drafts_of_several_stand_one_after_another_under_their_names(item, zhijian, gongshang, market, coordinator):
    for agency in (zhijian, gongshang):
        part = make_assignment(item, agency, LEAD)
        make_draft(part, by=make_user(), at=moment("2016-10-10"), percent=50, progress=f"{agency}写的")
    merge(zhijian, gongshang, into=market, by=coordinator)
    carried = ReportDraft.objects.get()
    assert (carried.percent, carried.progress) == (None, "【省质监局】省质监局写的\n【省工商局】省工商局写的")


def test_a_report_that_waited_or_was_sent_back_goes_on_and_stays_as_it_was_filed(item, zhijian, market, coordinator):
    part = make_assignment(item, zhijian, LEAD)
    sent_back = file_report(part, 30, at=moment("2016-07-10"), period="2016Q2", progress="退回的文字")
    review(sent_back, "sent_back")
    file_report(part, 45, at=moment("2016-10-10"), progress="待审的文字")
    merge(zhijian, into=market, by=coordinator)
    going_on = ProgressReport.objects.as_of(NOW).filter(assignment=open_one(market)).order_by("pk")
    assert list(going_on.values_list("period__code", "progress", "verdict")) == [
        ("2016Q2", "退回的文字", "sent_back"),
        ("2016Q3", "待审的文字", None),
    ]
    assert list(ProgressReport.objects.filter(assignment=part).order_by("pk").values_list("progress", flat=True)) == [
        "退回的文字",
        "待审的文字",
    ]
    assert not ReportDraft.objects.exists()


def test_who_had_filed_and_been_accepted_or_excused_does_not_owe_again(
    item, period, zhijian, gongshang, market, coordinator
):
    parts = [make_assignment(item, agency, LEAD) for agency in (zhijian, gongshang)]
    accepted_report(parts[0], 45, at=moment("2016-10-10"))
    waive(parts[1], at=moment("2016-10-01"))
    merge(zhijian, gongshang, into=market, by=coordinator)
    assert filings(period, NOW)[open_one(market).pk] == Filing.ACCEPTED
    assert not Waiver.objects.filter(assignment=open_one(market)).exists()


def test_who_had_not_filed_owes_as_successor(item, period, zhijian, gongshang, market, coordinator):
    parts = [make_assignment(item, agency, LEAD) for agency in (zhijian, gongshang)]
    accepted_report(parts[0], 45, at=moment("2016-10-10"))
    merge(zhijian, gongshang, into=market, by=coordinator)
    assert not Waiver.objects.exists()
    assert open_one(market).pk not in filings(period, NOW)
    assert ReportDraft.objects.get().progress == "已完成45%。"  # to be filed for both


# ── people and groups ────────────────────────────────────────────────────────────────────────────────────────────


def test_people_move_to_the_successor_and_are_told(item, zhijian, market, coordinator):
    user = make_user("zhijian", role=Role.LIAISON, agency=zhijian)
    gone = make_user("gone", role=Role.LIAISON, agency=zhijian, is_active=False)
    make_assignment(item, zhijian, LEAD)
    merge(zhijian, into=market, by=coordinator)
    assert User.objects.get(pk=user.pk).agency == market
    assert User.objects.get(pk=gone.pk).agency == zhijian
    assert Change.objects.get(action="转入承接单位").old == {"agency": "省质监局"}


def test_memberships_move_and_the_assisting_parts_stay_as_they_were(item, zhijian, gongshang, market, coordinator):
    other = make_agency("省林业厅")
    group = make_group(zhijian, gongshang, other, is_inferred=True)
    item.assist_group = group
    item.save()
    make_assignment(item, zhijian, LEAD)
    follow_group(group=group, by=coordinator, at=moment("2016-06-01"))
    merge(zhijian, gongshang, into=market, by=coordinator)
    assert {m.agency.name: m.is_inferred for m in GroupMembership.objects.all()} == {
        "省林业厅": True,
        "省市场监管局": True,
    }
    assert open_one(market).role == LEAD
    assert open_one(other).recorded_at == moment("2016-06-01")


def test_an_agency_abolished_without_successor_ends_what_it_had(item, zhijian, coordinator):
    user = make_user("zhijian", role=Role.LIAISON, agency=zhijian)
    part = make_assignment(item, zhijian, LEAD)
    merge(zhijian, into=None, kind="abolished", by=coordinator)
    part.refresh_from_db()
    assert part.end_reason == f"机构撤销，不再承担（{DOCUMENT}）"
    assert not User.objects.get(pk=user.pk).is_active
    assert Succession.objects.get().successor is None


def test_it_is_all_on_the_record(item, zhijian, gongshang, market, coordinator):
    for agency in (zhijian, gongshang):
        accepted_report(make_assignment(item, agency, LEAD), 40, at=moment("2016-07-10"), period="2016Q2")
    merge(zhijian, gongshang, into=market, by=coordinator)
    rows = Change.objects.order_by("pk")
    assert [row.action for row in rows] == [
        *["登记机构调整"] * 2,
        *["撤回"] * 2,
        "交办",
        "承接",
        "承接报告",
        *["机构合并"] * 2,
    ]
    assert len({row.request_id for row in rows}) == 1
    assert verify().problem == ""


# ── new agencies ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_agency_takes_the_place_of_the_first_and_asks_for_consent_where_one_did(zhijian, coordinator):
    other = make_agency("省工商局", ordinal=7, requires_consent=True)
    made = establish_agency(name=" 省市场监管局 ", like=[other, zhijian], by=coordinator, at=NOW)
    assert (made.name, made.ordinal, made.requires_consent) == ("省市场监管局", 1, True)
    with pytest.raises(WorkflowError, match="已有名为“省市场监管局”的单位"):
        establish_agency(name="省市场监管局", like=[zhijian], by=coordinator, at=NOW)


# ── splitting ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_split_gives_each_part_and_person_to_one_of_the_successors(plan, zhijian, gongshang, market, coordinator):
    parts = [make_assignment(make_item(plan), zhijian, LEAD) for _ in range(2)]
    user = make_user("zhijian", role=Role.LIAISON, agency=zhijian)
    whole = {"effective_on": TODAY, "document": DOCUMENT, "by": coordinator, "at": NOW}
    shares = {parts[0].pk: gongshang, parts[1].pk: market}
    split(predecessor=zhijian, shares=shares, people={user.pk: market}, **whole)
    assert open_one(gongshang).item == parts[0].item
    assert open_one(market).item == parts[1].item
    assert User.objects.get(pk=user.pk).agency == market
    assert Succession.objects.filter(kind="split").count() == 2


def test_a_split_is_refused_in_advance_and_when_something_changed_meanwhile(
    plan, zhijian, gongshang, market, coordinator
):
    parts = [make_assignment(make_item(plan), zhijian, LEAD) for _ in range(3)]
    whole = {"predecessor": zhijian, "people": {}, "document": DOCUMENT, "by": coordinator, "at": NOW}
    shares = {parts[0].pk: gongshang, parts[1].pk: market, parts[2].pk: market}
    with pytest.raises(WorkflowError, match="生效日当天或之后"):
        split(shares=shares, effective_on=TOMORROW, **whole)
    del shares[parts[2].pk]
    with pytest.raises(WorkflowError, match="刚有变化"):
        split(shares=shares, effective_on=TODAY, **whole)
    assert not Succession.objects.exists()


# ── when ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_recorded_in_advance_the_daily_round_does_it_on_its_day_once(zhijian, gongshang, market, coordinator):
    item = make_item(make_plan(imported_at=moment("2016-10-11 09:00")))
    for agency in (zhijian, gongshang):
        make_assignment(item, agency, LEAD)
    merge(zhijian, gongshang, into=market, by=coordinator, effective_on=TOMORROW)
    list(daily_round(TODAY))
    assert not Assignment.objects.filter(agency=market).exists()
    list(daily_round(TOMORROW))
    made = Assignment.objects.get(agency=market)
    assert (made.recorded_at, made.recorded_by) == (moment("2016-10-13"), coordinator)
    changes = Change.objects.count()
    list(daily_round(TOMORROW))
    list(daily_round(TOMORROW + timedelta(days=1)))
    assert (Assignment.objects.filter(agency=market).count(), Change.objects.count()) == (1, changes)


def test_nobody_follows_on_a_day_on_which_it_will_have_ended(zhijian, gongshang, market, coordinator):
    merge(zhijian, into=gongshang, by=coordinator, effective_on=TOMORROW)
    with pytest.raises(WorkflowError, match="生效日不能早于该日"):
        merge(gongshang, into=market, by=coordinator, effective_on=TODAY)
    later = TOMORROW + timedelta(days=1)
    merge(gongshang, into=market, by=coordinator, effective_on=later)
    other = make_agency("省物价局")
    with pytest.raises(WorkflowError, match="不能再承接"):
        merge(other, into=gongshang, by=coordinator, effective_on=later)
    list(daily_round(TOMORROW))
    list(daily_round(later))
    ended = {agency.name for agency in Agency.objects.filter(ended_on__isnull=False)}
    assert ended == {zhijian.name, gongshang.name}


def test_one_that_cannot_be_carried_out_keeps_nothing_else_from_its_day(zhijian, gongshang, market, coordinator):
    item = make_item(make_plan(imported_at=moment("2016-10-11 09:00")))
    for agency in (zhijian, gongshang):
        make_assignment(item, agency, LEAD)
    merge(zhijian, into=market, by=coordinator, effective_on=TOMORROW)
    Agency.objects.filter(pk=market.pk).update(ended_on=TODAY)  # recorded before this was asked for
    merge(gongshang, into=make_agency("省监管局"), by=coordinator, effective_on=TOMORROW)
    for _ in range(2):
        list(daily_round(TOMORROW))
    assert Agency.objects.get(pk=gongshang.pk).ended_on == TOMORROW
    assert Agency.objects.get(pk=zhijian.pk).ended_on is None
    texts = coordinator.messages.filter(text__contains="未能办理").values_list("text", flat=True)
    assert [zhijian.name in text for text in texts] == [True]


def test_a_dry_run_does_nothing(item, zhijian, market, coordinator):
    make_assignment(item, zhijian, LEAD)
    merge(zhijian, into=market, by=coordinator, effective_on=TOMORROW)
    list(daily_round(TOMORROW, dry_run=True))
    assert Agency.objects.get(pk=zhijian.pk).ended_on is None


def test_recorded_late_it_holds_from_now_on_and_leaves_the_past_alone(item, zhijian, market, coordinator):
    make_assignment(item, zhijian, LEAD)
    merge(zhijian, into=market, by=coordinator, effective_on=date(2016, 9, 1))
    assert open_one(market).recorded_at == NOW
    assert Assignment.objects.as_of(moment("2016-10-12 09:59")).get().agency == zhijian
    assert Agency.objects.get(pk=zhijian.pk).ended_on == date(2016, 9, 1)


# ── what is refused ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"document": " "}, "请填写依据文件。"),
        ({"predecessors": []}, "请选择原单位。"),
        ({"successor": None}, "请选择或填写承接单位。"),
        ({"successor": "zhijian"}, "承接单位不能是原单位"),
        ({"kind": "renamed"}, "更名只涉及一个原单位"),
    ],
)
def test_what_makes_no_sense_is_refused(zhijian, gongshang, market, coordinator, fields, message):
    whole = {
        "predecessors": [zhijian, gongshang],
        "successor": market,
        "kind": "merged",
        "document": DOCUMENT,
        **fields,
    }
    if whole["successor"] == "zhijian":
        whole["successor"] = zhijian
    with pytest.raises(WorkflowError, match=message):
        succeed(effective_on=TODAY, by=coordinator, at=NOW, **whole)
    assert not Succession.objects.exists()


def test_what_has_ended_or_is_about_to_is_refused(zhijian, gongshang, market, coordinator):
    merge(zhijian, into=market, by=coordinator)
    with pytest.raises(WorkflowError, match="已撤并"):
        merge(zhijian, into=gongshang, by=coordinator)
    with pytest.raises(WorkflowError, match="已撤并"):
        merge(gongshang, into=zhijian, by=coordinator)
    merge(gongshang, into=market, by=coordinator, effective_on=TOMORROW)
    with pytest.raises(WorkflowError, match="已经登记，将于2016-10-13生效"):
        merge(gongshang, into=market, by=coordinator, effective_on=TOMORROW)


def test_what_was_filed_before_two_successions_is_read_by_whoever_follows(item, period, zhijian, market, coordinator):
    """And by nobody else: it waits for review, so it is its own agency's alone."""
    waiting = file_report(make_assignment(item, zhijian, LEAD), 40, at=moment("2016-10-10"))
    merge(zhijian, into=market, by=coordinator, kind="renamed")
    last = make_agency("省市场监督管理总局")
    merge(market, into=last, by=coordinator, kind="renamed", at=NOW + timedelta(hours=1))
    reads = {
        agency: visible_reports(make_user(role="liaison", agency=agency), end_of(TOMORROW))
        .filter(pk=waiting.pk)
        .exists()
        for agency in (last, make_agency())
    }
    assert list(reads.values()) == [True, False]
