"""申请, 催办 and 机构调整: what waits for an answer goes on with the successor, and the answer holds for it."""

from datetime import date, timedelta

import pytest

from agencies.changes import verify
from agencies.models import Change, Role
from qa_plan.clock import end_of
from tasks.access import answers_urge, visible_urges
from tasks.models import AgencyRequest, Assignment, Closure, ItemRevision, Message, RequestOrigin, Urge
from tasks.pages.items.timeline import entries, events
from tasks.reminders.subjects import ReminderKind
from tasks.reminders.waiting import Waiting
from tasks.standing.course import State, state_of_read
from tasks.workflow import WorkflowError, answer_urge, decide_request, make_request, split, succeed
from tests.support.factories import (
    LEAD,
    answer,
    close,
    decide,
    make_agency,
    make_assignment,
    make_evidence,
    make_item,
    make_urge,
    make_user,
    moment,
    sign_receipt,
)
from tests.support.factories import make_request as asked

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

SIGNED, ASKED, LATER_ASKED = moment("2016-06-01 09:00"), moment("2016-10-08 09:30"), moment("2016-10-10 15:00")
NOW, AFTER = moment("2016-10-12 10:00"), moment("2016-10-13 09:00")
TODAY = date(2016, 10, 12)
MARCH, APRIL = date(2017, 3, 31), date(2017, 4, 28)
DOCUMENT = "皖编〔2016〕30号"


def merge(*predecessors, into, by, at=NOW, kind="merged"):
    succeed(
        predecessors=predecessors,
        successor=into,
        kind=kind,
        effective_on=at.date(),
        document=DOCUMENT,
        by=by,
        at=at,
    )


def signed(item, agency):
    part = make_assignment(item, agency, LEAD)
    sign_receipt(part, at=SIGNED)
    return part


def open_one(agency, at=AFTER):
    return Assignment.objects.as_of(at).with_course(at).get(agency=agency)


def waiting(at=AFTER):
    return list(AgencyRequest.objects.waiting(at))


# ── requests ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_extension_goes_on_as_the_successor_s_and_is_granted_to_it(item, zhijian, market, coordinator):
    made = asked(signed(item, zhijian), "extension", at=ASKED, reason="招标延后", due_on=MARCH)
    liaison = make_user("zhijian", role=Role.LIAISON, agency=zhijian)
    merge(zhijian, into=market, by=coordinator, kind="renamed")
    [going_on] = waiting()
    assert (going_on.assignment, going_on.reason, going_on.due_on) == (open_one(market), "招标延后", MARCH)
    assert going_on.asked_at == made.recorded_at
    decide_request(request=going_on, is_granted=True, by=coordinator, at=AFTER)
    assert ItemRevision.objects.latest("pk").due_on == MARCH
    assert ItemRevision.objects.latest("pk").reason == "同意省市场监管局延期：招标延后"
    assert Message.objects.filter(recipient=liaison, kind="decided").exists()
    assert waiting() == []


def test_the_request_itself_stays_as_it_was_made_and_can_no_longer_be_decided(item, zhijian, market, coordinator):
    made = asked(signed(item, zhijian), "extension", at=ASKED, due_on=MARCH)
    merge(zhijian, into=market, by=coordinator, kind="renamed")
    made.refresh_from_db()
    assert (made.assignment.agency, made.recorded_at) == (zhijian, ASKED)
    with pytest.raises(WorkflowError, match="已经撤回"):
        decide_request(request=made, is_granted=True, by=coordinator, at=AFTER)


def test_the_day_before_it_waited_under_the_old_name(item, zhijian, market, coordinator):
    made = asked(signed(item, zhijian), "extension", at=ASKED, due_on=MARCH)
    merge(zhijian, into=market, by=coordinator, kind="renamed")
    assert waiting(end_of(TODAY - timedelta(days=1))) == [made]
    assert waiting(end_of(TODAY)) == [made.continuations.get().request]


def test_a_completion_goes_on_with_its_evidence_and_closes_the_successor_s_part(item, zhijian, market, coordinator):
    part = signed(item, zhijian)
    made = make_request(
        assignment=part,
        kind="completion",
        reason="已全部完成",
        evidence=[make_evidence(part, "验收.pdf", at=ASKED)],
        by=make_user(role=Role.LIAISON, agency=zhijian),
        at=ASKED,
    )
    merge(zhijian, into=market, by=coordinator, kind="renamed")
    [going_on] = waiting()
    assert state_of_read(open_one(market)) == State.COMPLETING
    assert [(upload.name, upload.assignment) for upload in going_on.evidence.all()] == [
        ("验收.pdf", going_on.assignment)
    ]
    assert going_on.evidence.get().blob == made.evidence.get().blob
    decide_request(request=going_on, is_granted=True, by=coordinator, at=AFTER)
    assert open_one(market).closure == Closure.Kind.CLOSED


def test_a_refused_decline_leaves_the_task_with_the_successor(item, zhijian, market, coordinator):
    asked(make_assignment(item, zhijian, LEAD), "decline", at=ASKED, reason="不属我局职责")
    merge(zhijian, into=market, by=coordinator, kind="renamed")
    [going_on] = waiting()
    assert state_of_read(open_one(market)) == State.DECLINING
    decide_request(request=going_on, is_granted=False, comment="职责明确", by=coordinator, at=AFTER)
    assert state_of_read(open_one(market)) == State.ISSUED


def test_of_each_kind_the_successor_has_one_with_every_reason_all_evidence_and_the_last_date(
    item, zhijian, gongshang, market, coordinator
):
    parts = [signed(item, agency) for agency in (zhijian, gongshang)]
    for part, at, due_on in zip(parts, (ASKED, LATER_ASKED), (APRIL, MARCH), strict=True):
        request = asked(part, "extension", at=at, due_on=due_on, reason=f"{part.agency}的理由")
        request.evidence.add(make_evidence(part, f"{part.agency}.pdf", at=at))
    merge(zhijian, gongshang, into=market, by=coordinator)
    [going_on] = waiting()
    assert going_on.reason == "【省质监局】省质监局的理由\n【省工商局】省工商局的理由"
    assert (going_on.due_on, going_on.asked_at) == (APRIL, ASKED)
    assert sorted(upload.name for upload in going_on.evidence.all()) == ["省工商局.pdf", "省质监局.pdf"]


def test_different_kinds_go_on_side_by_side_and_both_are_decided(item, zhijian, gongshang, market, coordinator):
    asked(signed(item, zhijian), "completion", at=ASKED)
    asked(signed(item, gongshang), "extension", at=LATER_ASKED, due_on=MARCH)
    merge(zhijian, gongshang, into=market, by=coordinator)
    completion, extension = waiting()
    with pytest.raises(WorkflowError, match="另有待答复的申请（延期申请）"):
        decide_request(request=completion, is_granted=True, by=coordinator, at=AFTER)
    decide_request(request=extension, is_granted=True, by=coordinator, at=AFTER)
    decide_request(request=completion, is_granted=True, by=coordinator, at=AFTER)
    assert open_one(market).closure == Closure.Kind.CLOSED


def test_a_decline_is_not_granted_over_another_open_request(item, zhijian, gongshang, market, coordinator):
    """Only a merger can bring the two together."""
    asked(make_assignment(item, zhijian, LEAD), "decline", at=ASKED)
    asked(signed(item, gongshang), "extension", at=LATER_ASKED, due_on=MARCH)
    merge(zhijian, gongshang, into=market, by=coordinator)
    decline, extension = waiting()
    with pytest.raises(WorkflowError, match="另有待答复的申请（延期申请）"):
        decide_request(request=decline, is_granted=True, by=coordinator, at=AFTER)
    decide_request(request=extension, is_granted=False, comment="按期完成", by=coordinator, at=AFTER)
    decide_request(request=decline, is_granted=True, by=coordinator, at=AFTER)
    assert not Assignment.objects.filter(agency=market, ended_at=None).exists()


def test_what_the_successor_had_asked_for_itself_goes_on_too(item, zhijian, market, coordinator):
    signed(item, zhijian)
    own = asked(signed(item, market), "extension", at=ASKED, reason="原有理由", due_on=MARCH)
    merge(zhijian, into=market, by=coordinator)
    [going_on] = waiting()
    assert (going_on.reason, going_on.origins.get().origin) == ("原有理由", own)


def test_what_was_decided_stays_decided_and_what_has_ended_asks_for_nothing(item, plan, zhijian, market, coordinator):
    decide(asked(signed(item, zhijian), "extension", at=ASKED, due_on=MARCH), at=LATER_ASKED)
    ended = signed(make_item(plan), zhijian)
    asked(ended, "extension", at=ASKED, due_on=MARCH)
    close(ended, at=LATER_ASKED)
    merge(zhijian, into=market, by=coordinator, kind="renamed")
    assert waiting() == []
    assert not RequestOrigin.objects.exists()


def test_through_two_successions_it_is_known_who_asked_first(item, zhijian, market, coordinator):
    made = asked(signed(item, zhijian), "extension", at=ASKED, due_on=MARCH)
    merge(zhijian, into=market, by=coordinator, kind="renamed")
    last = make_agency("省市场监督管理局")
    merge(market, into=last, by=coordinator, kind="renamed", at=AFTER)
    [going_on] = waiting()
    assert (going_on.assignment.agency, going_on.asked_at) == (last, ASKED)
    assert {origin.origin.assignment.agency for origin in going_on.origins.all()} == {zhijian, market}
    assert made.continuations.count() == 2


def test_where_nobody_follows_the_request_ends_with_the_assignment(item, zhijian, coordinator):
    asked(signed(item, zhijian), "extension", at=ASKED, due_on=MARCH)
    merge(zhijian, into=None, by=coordinator, kind="abolished")
    assert waiting() == []


def test_the_history_tells_both_and_the_record_of_changes_who_asked(item, zhijian, market, coordinator):
    asked(signed(item, zhijian), "extension", at=ASKED, reason="招标延后", due_on=MARCH)
    merge(zhijian, into=market, by=coordinator, kind="renamed")
    entries_of_item = entries(events(item, AFTER, 50), [], plan=item.plan, viewer=coordinator, periods={})
    lines = [(entry.day, entry.text) for entry in entries_of_item if "申请" in entry.text]
    assert lines == [
        (TODAY, "省市场监管局承接原单位的申请：申请延期（延至2017-03-31）"),
        (ASKED.date(), "省质监局申请延期（延至2017-03-31）"),
    ]
    change = Change.objects.get(action="承接延期申请")
    assert (change.agency, change.old["agency"], change.reason) == (market, "省质监局", "招标延后")
    assert verify().problem == ""


def test_coordinators_are_reminded_of_it_as_of_the_day_on_which_it_was_asked(item, zhijian, market, coordinator):
    asked(signed(item, zhijian), "extension", at=ASKED, due_on=MARCH)
    merge(zhijian, into=market, by=coordinator, kind="renamed")
    [subject] = [subject for subject in Waiting(AFTER, {}) if subject.kind == ReminderKind.REQUEST]
    assert (subject.agency_id, subject.anchor) == (market.pk, ASKED.date())


# ── urges ────────────────────────────────────────────────────────────────────────────────────────────────────────


def owners(at=AFTER, agency=None):
    return {subject.agency_id for subject in Waiting(at, {}, agency=agency) if subject.kind == ReminderKind.URGE}


def test_an_unanswered_urge_is_answered_by_the_successor(item, zhijian, market, coordinator):
    sent = make_urge(signed(item, zhijian), at=ASKED, by=coordinator)
    liaison = make_user("zhijian", role=Role.LIAISON, agency=zhijian)
    third = make_user("third", role=Role.LIAISON)
    merge(zhijian, into=market, by=coordinator, kind="renamed")
    liaison.refresh_from_db()
    sent = Urge.objects.get()
    assert answers_urge(liaison, sent, AFTER.date())
    assert not answers_urge(third, sent, AFTER.date())
    assert not answers_urge(coordinator, sent, AFTER.date())
    answer_urge(urge=sent, text="已抓紧办理。", by=liaison, at=AFTER)
    assert sent.agency == zhijian
    assert Message.objects.get(recipient=coordinator, kind="urged").text == f"省市场监管局答复{sent}：已抓紧办理。"
    assert Change.objects.get(action="答复催办").agency == market


def test_it_is_the_successor_that_is_reminded_of_an_urge(item, zhijian, market, coordinator):
    make_urge(signed(item, zhijian), at=ASKED)
    before = owners(NOW - timedelta(days=1))
    merge(zhijian, into=market, by=coordinator, kind="renamed")
    assert (before, owners(), owners(agency=market.pk)) == ({zhijian.pk}, {market.pk}, {market.pk})
    assert owners(agency=zhijian.pk) == set()
    assert owners(NOW - timedelta(days=1)) == {zhijian.pk}


def test_an_urge_that_was_answered_waits_for_nobody(item, zhijian, market, coordinator):
    answer(make_urge(signed(item, zhijian), at=ASKED), at=LATER_ASKED)
    merge(zhijian, into=market, by=coordinator, kind="renamed")
    assert owners() == set()


def test_of_a_split_agency_the_one_that_got_the_urged_task_answers(plan, zhijian, gongshang, market, coordinator):
    urged, other = signed(make_item(plan), zhijian), signed(make_item(plan), zhijian)
    sent = make_urge(urged, at=ASKED)
    whole = {"effective_on": TODAY, "document": DOCUMENT, "by": coordinator, "at": NOW}
    split(predecessor=zhijian, shares={urged.pk: gongshang, other.pk: market}, people={}, **whole)
    people = [make_user(role=Role.LIAISON, agency=agency) for agency in (gongshang, market)]
    sent.refresh_from_db()
    assert [answers_urge(person, sent, AFTER.date()) for person in people] == [True, False]
    assert owners() == {gongshang.pk}


def test_before_the_day_of_a_succession_nobody_else_answers_or_reads(item, zhijian, market, coordinator):
    sent = make_urge(signed(item, zhijian), at=ASKED)
    ahead = {"kind": "renamed", "effective_on": date(2016, 11, 1), "document": DOCUMENT}
    succeed(predecessors=[zhijian], successor=market, by=coordinator, at=NOW, **ahead)
    person = make_user(role=Role.LIAISON, agency=market)
    assert not answers_urge(person, sent, AFTER.date())
    assert not visible_urges(person, AFTER).exists()
