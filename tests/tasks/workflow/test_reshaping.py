"""拆分 and 合并: one deed, by what was shown; earlier days and closed periods stay (docs/rules.md 4, 13)."""

from dataclasses import replace
from datetime import date

import pytest

from agencies.changes import verify
from qa_plan.clock import end_of
from tasks.models import (
    ActionItem,
    AgencyRequest,
    Assignment,
    Duty,
    DutyAgency,
    Indicator,
    ItemRevision,
    Measure,
    Message,
    Milestone,
    ProgressReport,
    ReportDraft,
    Reshaping,
    Waiver,
)
from tasks.models.obligation import Obligation
from tasks.standing.reshaping import duty_units, reshaping_basis
from tasks.standing.rollup import item_standings, standings_from_queryset, total
from tasks.workflow import (
    Piece,
    amend_item,
    assign,
    follow_group,
    merge_items,
    rehearse,
    review_report,
    split_item,
)
from tests.support.factories import (
    ASSIST,
    LEAD,
    accepted_report,
    close,
    file_report,
    make_agency,
    make_assignment,
    make_draft,
    make_group,
    make_item,
    make_milestone,
    make_milestone_wish,
    make_period,
    make_request,
    moment,
    revise,
    sign_receipt,
    waive,
)
from tests.support.refusals import LATER, NOW, refused

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

TODAY = date(2016, 10, 12)
YESTERDAY = date(2016, 10, 11)
DUE = date(2016, 12, 31)
SAID = "（五）提升质量。开展抽查。（省商务厅负责）开展培训。（省水利厅负责）"


@pytest.fixture
def two_duties(plan, lead_agency, other_agency):
    """An item of two duties: one agency leads by the first, another by the second; each has a measure."""
    plan.notice_text = f"前言。{SAID}结尾。"
    plan.save()
    item = make_item(plan, title="提升质量", label="（五）", text=SAID, start=3, end=3 + len(SAID))
    ends = SAID.index("开展培训")
    for number, (start, end, agency) in enumerate([(0, ends, lead_agency), (ends, len(SAID), other_agency)], 1):
        duty = Duty.objects.create(item=item, number=number, ending=f"（{agency}负责）", start=3 + start, end=3 + end)
        DutyAgency.objects.create(duty=duty, agency=agency, role=LEAD)
        words = "开展抽查。" if number == 1 else "开展培训。"
        at = 3 + SAID.index(words)
        Measure.objects.create(item=item, number=number, text=words, start=at, end=at + len(words))
        make_assignment(item, agency)
    return item


def part_of(item, agency):
    return item.assignments.get(agency=agency, ended_at__isnull=True)


def pieces_of(item, *, due_on=DUE, roles=None):
    known = {part.agency_id: part for part in item.assignments.filter(ended_at__isnull=True)}
    return [
        Piece(f"新任务{number}", (number - 1,), {known[key].pk: role for key, role in unit.named.items()}, due_on)
        for number, unit in enumerate(duty_units(item), 1)
    ]


def split(item, *, by, at=NOW, pieces=None, reason="会议纪要〔2016〕5号", shown=None):
    return split_item(
        item=item,
        pieces=pieces or pieces_of(item),
        by_measures=False,
        reason=reason,
        basis=shown or reshaping_basis([item], at),
        by=by,
        at=at,
    )


def merge(*items, by, at=NOW, title="合并的任务", due_on=DUE, shown=None):
    return merge_items(
        items=items,
        title=title,
        due_on=due_on,
        reason="会议纪要〔2016〕5号",
        basis=shown or reshaping_basis(items, at),
        by=by,
        at=at,
    )


def heirs(change):
    return list(ActionItem.objects.filter(came_from__reshaping=change).distinct().order_by("place"))


def standing(plan, on):
    rows = standings_from_queryset(Assignment.objects.as_of(end_of(on)).filter(item__plan=plan), plan, on)
    return item_standings(list(plan.items.existing(end_of(on)).order_by("place")), rows, plan, on)


# ── 拆分 ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_duty_becomes_an_item_with_its_words_measures_and_agency(two_duties, coordinator, lead_agency):
    first, second = heirs(split(two_duties, by=coordinator))
    assert [item.label for item in (first, second)] == ["（五）之一", "（五）之二"]
    assert first.text == "（五）提升质量。开展抽查。（省商务厅负责）"
    assert second.text == "开展培训。（省水利厅负责）"
    notice = first.plan.notice_text
    assert all(notice[item.start : item.end] == item.text for item in (first, second))
    assert [measure.text for item in (first, second) for measure in item.measures.all()] == ["开展抽查。", "开展培训。"]
    assert [part.agency.name for item in (first, second) for part in item.assignments.all()] == ["省商务厅", "省水利厅"]
    assert part_of(first, lead_agency).role == LEAD


def test_the_old_item_is_on_every_earlier_day_and_in_no_count_from_then_on(two_duties, coordinator):
    before = standing(two_duties.plan, YESTERDAY)
    first, second = heirs(split(two_duties, by=coordinator))
    assert (
        [each.item for each in standing(two_duties.plan, YESTERDAY)] == [each.item for each in before] == [two_duties]
    )
    assert [each.item for each in standing(two_duties.plan, TODAY)] == [first, second]
    assert total(standing(two_duties.plan, YESTERDAY)) == total(before)


def test_the_new_items_stand_where_the_old_one_stood(two_duties, coordinator):
    after = make_item(two_duties.plan)
    made = heirs(split(two_duties, by=coordinator))
    order = list(two_duties.plan.items.existing(LATER).order_by("place"))
    assert order == [*made, after]
    assert [item.number for item in order] == [after.number + 1, after.number + 2, after.number]


def test_a_piece_of_one_sentence_is_not_split_again(two_duties, coordinator):
    first, _ = heirs(split(two_duties, by=coordinator))
    with refused("请至少分为两项。", "pieces"):
        split(first, by=coordinator, at=LATER, pieces=[Piece("一", (0,), {}, DUE)])


def test_progress_reports_and_receipt_go_on_in_the_piece_of_their_agency(two_duties, coordinator, lead_agency):
    period = make_period(two_duties.plan, "2016Q3")
    part = part_of(two_duties, lead_agency)
    sign_receipt(part, at=moment("2016-06-01 09:00"))
    old = accepted_report(part, 60, at=moment("2016-07-10 09:00"), period=period)
    first, _ = heirs(split(two_duties, by=coordinator))
    made = Assignment.objects.as_of(LATER).get(item=first, agency=lead_agency)
    report = ProgressReport.objects.get(assignment=made)
    assert (made.percent, made.standing_report) == (60, report.pk)
    assert report.progress == old.progress
    assert [origin.origin_id for origin in report.origins.all()] == [old.pk]
    assert hasattr(made, "receipt")


def test_a_report_that_waits_goes_on_waiting_and_can_be_accepted(two_duties, coordinator, lead_agency):
    period = make_period(two_duties.plan, "2016Q3")
    file_report(part_of(two_duties, lead_agency), 70, at=moment("2016-10-11 09:00"), period=period)
    first, _ = heirs(split(two_duties, by=coordinator))
    [waiting] = ProgressReport.objects.waiting(LATER)
    assert waiting.assignment.item == first
    review_report(report=waiting, verdict="accepted", by=coordinator, at=LATER)
    assert Assignment.objects.as_of(end_of(TODAY)).get(item=first).percent == 70


def test_a_closed_period_stays_with_the_old_item_and_the_open_one_is_owed_by_the_pieces(two_duties, coordinator):
    closed, open_one = make_period(two_duties.plan, "2016Q2"), make_period(two_duties.plan, "2016Q3")
    made = heirs(split(two_duties, by=coordinator))

    def owing(period):
        return list(
            Assignment.objects.reporting(period.terms_at(end_of(TODAY)))
            .filter(obligation=Obligation.OWED)
            .values_list("item", flat=True)
            .order_by("item")
        )

    assert owing(closed) == [two_duties.pk, two_duties.pk]
    assert owing(open_one) == [item.pk for item in made]


def test_drafts_requests_and_waivers_go_on(two_duties, coordinator, lead_agency, lead_liaison):
    make_period(two_duties.plan, "2016Q3")
    part = part_of(two_duties, lead_agency)
    make_draft(part, by=lead_liaison, at=moment("2016-10-11 09:00"), progress="起草中")
    make_request(part, at=moment("2016-10-10 09:00"))
    waive(part, at=moment("2016-10-09 09:00"))
    first, _ = heirs(split(two_duties, by=coordinator))
    made = part_of(first, lead_agency)
    assert [(draft.assignment, draft.progress) for draft in ReportDraft.objects.all()] == [(made, "起草中")]
    assert [request.assignment for request in AgencyRequest.objects.waiting(LATER)] == [made]
    assert Waiver.objects.filter(assignment=made, is_waived=True).exists()


def test_a_target_goes_on_where_it_stood_in_the_piece_that_has_its_words(two_duties, coordinator, other_agency):
    period = make_period(two_duties.plan, "2016Q3")
    start = 3 + SAID.index("开展培训")
    target = Indicator.objects.create(item=two_duties, name="培训", target=100, unit="人", start=start, end=start + 4)
    part = part_of(two_duties, other_agency)
    accepted_report(part, 40, at=moment("2016-07-10 09:00"), period=period, readings={target: 30})
    accepted_report(part, 50, at=moment("2016-10-08 09:00"), period=period)
    first, second = heirs(split(two_duties, by=coordinator))
    assert not first.indicators.exists()
    [mine] = second.indicators.all()
    assert (mine.name, [reading.value for reading in mine.readings.all()]) == ("培训", [30])


def test_a_milestone_goes_on_with_its_measure_and_the_old_one_says_where(two_duties, coordinator):
    measure = two_duties.measures.get(number=2)
    old = make_milestone(two_duties, at=moment("2016-06-01 09:00"), measure=measure)
    _, second = heirs(split(two_duties, by=coordinator))
    new = Milestone.objects.get(item=second)
    assert (new.name, new.measure.text) == (old.name, "开展培训。")
    assert [place.planned_on for place in new.plans.all()] == [place.planned_on for place in old.plans.all()]
    assert old.withdrawal.reason.startswith("随任务拆分转至（五）之二")


def test_dates_go_on_with_the_first_one_visible(two_duties, coordinator):
    revise(two_duties, date(2017, 3, 31), at=moment("2016-09-01 09:00"), reason="延期")
    first, second = pieces_of(two_duties, due_on=date(2017, 3, 31))
    later = replace(second, due_on=date(2017, 6, 30))
    made = heirs(split(two_duties, by=coordinator, pieces=[first, later]))
    known = ActionItem.objects.as_of(LATER).filter(pk__in=[item.pk for item in made]).order_by("place")
    assert [(item.first_due_on, item.due_on) for item in known] == [(DUE, date(2017, 3, 31)), (DUE, date(2017, 6, 30))]


def test_a_piece_whose_day_the_notice_writes_has_it_as_written(two_duties, coordinator):
    words, day = "9月底前完成", date(2016, 9, 30)
    two_duties.duties.filter(number=2).update(due_words=words, due_on=day)
    first, second = pieces_of(two_duties)
    _, made = heirs(split(two_duties, by=coordinator, pieces=[first, replace(second, due_on=day)]))
    [revision] = made.revisions.all()
    assert (revision.due_on, revision.due_words, revision.due_source) == (day, words, "written")


def test_an_agency_of_no_piece_is_told_that_it_answers_no_more(two_duties, coordinator, other_agency, other_liaison):
    first, second = pieces_of(two_duties)
    gone = Piece(second.title, second.units, {}, DUE)
    _, empty = heirs(split(two_duties, by=coordinator, pieces=[first, gone]))
    assert not empty.assignments.exists()
    [message] = Message.objects.filter(recipient=other_liaison)
    assert message.text.startswith("任务（五）拆分为（五）之一、（五）之二，你单位不再承担")


def test_each_agency_is_told_once_what_it_has_now(two_duties, coordinator, lead_liaison):
    split(two_duties, by=coordinator)
    [message] = Message.objects.filter(recipient=lead_liaison)
    assert "你单位承担（五）之一（负责）" in message.text


def test_members_of_a_group_go_on_following_it_where_all_of_them_go_on(two_duties, coordinator, assisting_agency):
    group = make_group(assisting_agency)
    ActionItem.objects.filter(pk=two_duties.pk).update(assist_group=group, assist_rule="其他成员单位协助")
    follow_group(group=group, by=None, at=moment("2016-06-01 09:00"))
    member = two_duties.assignments.get(agency=assisting_agency)
    first, second = pieces_of(two_duties)
    with_member = Piece(first.title, first.units, first.roles | {member.pk: ASSIST}, DUE)
    made = heirs(split(two_duties, by=coordinator, pieces=[with_member, second]))
    assert [item.assist_group for item in made] == [group, None]
    newcomer = make_agency("省教育厅")
    group.memberships.create(agency=newcomer)
    follow_group(group=group, by=coordinator, at=LATER)
    assert [part.item for part in newcomer.assignments.all()] == [made[0]]


def test_the_same_form_sent_twice_is_one_deed(two_duties, coordinator):
    pieces, shown = pieces_of(two_duties), reshaping_basis([two_duties], NOW)
    change = split(two_duties, by=coordinator, pieces=pieces, shown=shown)
    assert split(two_duties, by=coordinator, at=LATER, pieces=pieces, shown=shown) == change
    assert Reshaping.objects.count() == 1


def test_a_stale_page_is_refused(two_duties, coordinator, lead_agency):
    shown = reshaping_basis([two_duties], NOW)
    accepted_report(part_of(two_duties, lead_agency), 60, at=NOW)
    with refused("核对之后，任务、责任分工、进度或申请又有变化。请重新核对后再确认。"):
        split(two_duties, by=coordinator, at=LATER, shown=shown)
    assert not Reshaping.objects.exists()


@pytest.mark.parametrize(
    ("reason", "why"), [(" ", "请写明依据文件或原因。"), ("长" * 151, "依据文件或原因不能超过150字。")]
)
def test_it_needs_a_reason_of_some_length(two_duties, coordinator, reason, why):
    with refused(why, "reason"):
        split(two_duties, by=coordinator, reason=reason)


def test_every_sentence_goes_to_one_piece(two_duties, coordinator):
    twice = [Piece("一", (0, 1), {}, DUE), Piece("二", (1,), {}, DUE)]
    with refused("每一句都须分到一项新任务，且只分到一项。", "pieces"):
        split(two_duties, by=coordinator, pieces=twice)


def test_a_split_item_takes_no_more_deeds(two_duties, coordinator):
    pieces = pieces_of(two_duties)
    split(two_duties, by=coordinator, pieces=pieces)
    two_duties.refresh_from_db()
    why, agency = "（五）已拆分或合并，请在新任务上办理。", make_agency("省教育厅")
    with refused(why):
        assign(item=two_duties, agency=agency, role=LEAD, by=coordinator, at=LATER)
    with refused(why):
        amend_item(item=two_duties, due_on=date(2017, 1, 31), reason="延期", by=coordinator, at=LATER)
    with refused(why):
        split(two_duties, by=coordinator, at=LATER, reason="又一次", pieces=pieces)


def test_a_rehearsal_sees_the_deed_and_leaves_nothing(two_duties, coordinator):
    def attempt():
        return split(two_duties, by=coordinator)

    assert rehearse(attempt, lambda change: [item.label for item in heirs(change)]) == ["（五）之一", "（五）之二"]
    two_duties.refresh_from_db()
    assert (two_duties.ended_at, two_duties.plan.items.count()) == (None, 1)
    assert not Message.objects.exists()
    assert verify().problem == ""


# ── 合并 ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_items_that_do_not_touch_become_one_with_the_words_of_each(plan, coordinator, lead_agency, other_agency):
    plan.notice_text = "甲。乙。丙。"
    plan.save()
    section = make_item(plan, text="甲。", start=0, end=2, label="（一）").section
    first, middle, last = (
        plan.items.get(),
        make_item(plan, section=section, text="乙。", start=2, end=4, label="（二）"),
        make_item(plan, section=section, text="丙。", start=4, end=6, label="（三）"),
    )
    for item, agency, percent in ((first, lead_agency, 40), (last, lead_agency, 80), (last, other_agency, 10)):
        accepted_report(make_assignment(item, agency), percent, at=moment("2016-07-10 09:00"))
    [made] = heirs(merge(first, last, by=coordinator))
    assert (made.label, made.text, made.segments) == ("（一）（三）", "甲。\n丙。", [(0, 2), (4, 6)])
    assert list(plan.items.existing(LATER).order_by("place")) == [made, middle]
    parts = Assignment.objects.as_of(LATER).filter(item=made).order_by("agency")
    known = {part.agency.name: (part.percent, part.weight) for part in parts}
    assert known == {"省商务厅": (60, 1), "省水利厅": (10, 1)}


def test_reports_of_one_agency_on_merged_items_stand_under_their_labels(plan, coordinator, lead_agency):
    items = [make_item(plan, label=label) for label in ("（一）", "（二）")]
    for item in items:
        part = make_assignment(item, lead_agency)
        accepted_report(part, 50, at=moment("2016-07-10 09:00"), progress=f"{item.label}完成")
    [made] = heirs(merge(*items, by=coordinator))
    report = ProgressReport.objects.get(assignment__item=made)
    assert report.progress == "【（一）】（一）完成\n【（二）】（二）完成"


def test_who_leads_one_of_them_leads_the_whole_and_a_closed_part_counts_with_what_it_reached(
    plan, coordinator, lead_agency
):
    items = [make_item(plan), make_item(plan)]
    make_assignment(items[0], lead_agency, ASSIST)
    accepted_report(led := make_assignment(items[1], lead_agency), 100, at=moment("2016-07-10 09:00"))
    close(led, at=moment("2016-08-01 09:00"))
    [made] = heirs(merge(*items, by=coordinator))
    part = Assignment.objects.as_of(LATER).get(item=made)
    assert (part.role, part.percent, part.closure) == (LEAD, 100, "closed")


def test_only_items_of_one_section_become_one(plan, coordinator):
    items = [make_item(plan), make_item(plan)]
    other = make_item(plan)
    ActionItem.objects.filter(pk=other.pk).update(section=plan.sections.create(number=9, title="另", start=0, end=1))
    other.refresh_from_db()
    with refused("只能合并同一部分的任务。", "items"):
        merge(items[0], other, by=coordinator)
    with refused("请至少再选择一项要合并的任务。", "items"):
        merge(items[0], by=coordinator)


def test_the_same_merger_sent_twice_is_one(plan, coordinator):
    items = [make_item(plan), make_item(plan)]
    shown = reshaping_basis(items, NOW)
    assert merge(*items, by=coordinator, shown=shown) == merge(*items, by=coordinator, at=LATER, shown=shown)
    assert ItemRevision.objects.filter(item__plan=plan, item__began_at__isnull=False).count() == 1


# ── 节点建议 ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_milestone_that_was_asked_for_is_asked_for_once_where_its_words_are(two_duties, lead_agency, coordinator):
    part = part_of(two_duties, lead_agency)
    first, second = two_duties.measures.order_by("number")
    about = {"整项": None, "抽查": first, "培训": second}
    wishes = [make_milestone_wish(part, words, at=LATER, measure=measure) for words, measure in about.items()]
    both = [replace(piece, roles={**piece.roles, part.pk: LEAD}) for piece in pieces_of(two_duties)]
    change = split(two_duties, by=coordinator, at=LATER, pieces=both)
    one, two = (line.successor for line in change.lines.order_by("successor__place"))
    going_on = AgencyRequest.objects.exclude(pk__in=[wish.pk for wish in wishes])
    found = {
        each.asked_milestone.name: each for each in going_on.select_related("asked_milestone__measure", "assignment")
    }
    assert len(going_on) == len(found) == 3
    assert {name: each.assignment.item for name, each in found.items()} == {"整项": one, "抽查": one, "培训": two}
    assert found["培训"].asked_milestone.measure == two.measures.get()
    assert found["整项"].asked_milestone.measure is None


def test_where_the_agency_has_no_part_in_the_words_it_asked_about_it_asks_where_it_goes_on(
    two_duties, lead_agency, coordinator
):
    second = two_duties.measures.get(number=2)
    wish = make_milestone_wish(part_of(two_duties, lead_agency), "培训", at=LATER, measure=second)
    change = split(two_duties, by=coordinator, at=LATER)
    made = AgencyRequest.objects.exclude(pk=wish.pk).get()
    assert made.assignment.item == change.lines.order_by("successor__place").first().successor
    assert made.asked_milestone.measure is None
