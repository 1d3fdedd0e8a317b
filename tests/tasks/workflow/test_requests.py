"""What agencies ask for, what coordinators decide, and what follows from it. A refused deed changes nothing."""

from contextlib import contextmanager
from datetime import date

import pytest

from agencies.models import Change
from tasks.models import (
    ActionItem,
    AgencyRequest,
    Assignment,
    Closure,
    Decision,
    Evidence,
    ItemRevision,
    Message,
)
from tasks.workflow import WorkflowError, amend_item, decide_request, follow_group, make_request, withdraw_assignment
from tests.support.factories import (
    accepted_report,
    make_assignment,
    make_evidence,
    make_group,
    make_item,
    make_user,
    moment,
    revise,
    sign_receipt,
    withdraw,
)
from tests.support.factories import decide as answer
from tests.support.factories import make_request as ask

pytestmark = pytest.mark.django_db

NOW, LATER = moment("2016-10-12 10:00"), moment("2016-10-12 16:00")
SIGNED = moment("2016-05-26 09:00")
DUE, ASKED = date(2016, 12, 31), date(2017, 3, 31)
MODELS = (AgencyRequest, Assignment, Change, Closure, Decision, ItemRevision, Message)


@pytest.fixture
def lead(lead):
    """Signed for."""
    sign_receipt(lead, at=SIGNED)
    return lead


@pytest.fixture
def unsigned(lead_agency):
    return make_assignment(make_item(), lead_agency)


def rows():
    return [list(model.objects.order_by("pk").values()) for model in MODELS]


@contextmanager
def refused(message, field=None):
    before = rows()
    with pytest.raises(WorkflowError) as caught:
        yield
    assert (caught.value.message, caught.value.field) == (message, field)
    assert rows() == before


def extension(assignment, by, *, due_on=ASKED, at=NOW, reason="设备交货推迟"):
    return make_request(assignment=assignment, kind="extension", reason=reason, due_on=due_on, by=by, at=at)


def completion(assignment, by, **fields):
    fields = {"reason": "举措全部完成", "at": NOW, **fields}
    if "evidence" not in fields:
        fields["evidence"] = [make_evidence(assignment, "验收意见.pdf", at=NOW)]
    return make_request(assignment=assignment, kind="completion", by=by, **fields)


def decline(assignment, by, **fields):
    return make_request(
        assignment=assignment, kind="decline", by=by, **{"reason": "职责在省水利厅", "at": NOW, **fields}
    )


def decide(request, by, *, granted=True, comment="", at=LATER):
    return decide_request(request=request, is_granted=granted, comment=comment, by=by, at=at)


def messages():
    return [(m.recipient.username, m.kind, m.text) for m in Message.objects.order_by("pk").select_related("recipient")]


# ── asking ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.any_database
def test_a_request_keeps_who_asked_when_why_and_the_date_in_force(lead, lead_liaison):
    made = extension(lead, lead_liaison, reason=" 设备交货推迟 ")
    assert (made.kind, made.reason, made.due_on, made.old_due_on) == ("extension", "设备交货推迟", ASKED, DUE)
    assert (made.recorded_at, made.recorded_by) == (NOW, lead_liaison)
    [change] = Change.objects.all()
    assert (change.action, change.reason, change.agency) == ("延期申请", "设备交货推迟", lead.agency)
    assert (change.old, change.new) == ({"due_on": "2016-12-31"}, {"due_on": "2017-03-31"})


def test_coordinators_are_told_of_a_request(lead, lead_liaison, coordinator):
    made = completion(lead, lead_liaison)
    assert messages() == [("coordinator", "requested", "省商务厅：（1）申请办结。举措全部完成")]
    assert Message.objects.get().link == f"/requests/{made.pk}/"


@pytest.mark.parametrize("reason", ["", "   "])
@pytest.mark.parametrize("kind", ["extension", "completion"])
def test_a_request_says_why(lead, lead_liaison, kind, reason):
    due_on = ASKED if kind == "extension" else None
    with refused("请写明理由。", "reason"):
        make_request(assignment=lead, kind=kind, reason=reason, due_on=due_on, by=lead_liaison, at=NOW)


def test_a_completion_without_evidence_is_refused(lead, lead_liaison):
    with refused("申请办结须附佐证材料。", "evidence"):
        completion(lead, lead_liaison, evidence=[])


@pytest.mark.any_database
def test_of_each_kind_only_one_waits(lead, lead_liaison, approver):
    extension(lead, lead_liaison)
    with refused("已有待答复的申请（延期申请），请等待答复。"):
        extension(lead, approver, due_on=date(2017, 6, 30))
    completion(lead, lead_liaison)
    with refused("已有待答复的申请（申请办结），请等待答复。"):
        completion(lead, approver)


@pytest.mark.any_database
def test_after_a_refusal_it_can_be_asked_again(lead, lead_liaison, coordinator):
    decide(completion(lead, lead_liaison), coordinator, granted=False, comment="佐证不足")
    assert completion(lead, lead_liaison, at=LATER).pk


@pytest.mark.any_database
def test_a_completion_brings_its_evidence(lead, lead_liaison):
    papers = [make_evidence(lead, "验收.pdf", at=NOW), make_evidence(lead, "名单.xlsx", at=NOW)]
    made = completion(lead, lead_liaison, evidence=papers)
    assert list(made.evidence.order_by("pk")) == papers
    assert Change.objects.get().new == {"evidence": [paper.pk for paper in papers]}


def test_evidence_of_another_assignment_is_refused(lead, unsigned, lead_liaison):
    foreign = make_evidence(unsigned, at=NOW)
    with refused("佐证材料不属于该责任分工。", "evidence"):
        completion(lead, lead_liaison, evidence=[foreign])
    assert Evidence.objects.count() == 1


def test_a_withdrawn_assignment_asks_for_nothing(lead, lead_liaison):
    withdraw(lead, at=SIGNED)
    with refused("该责任分工已经撤回。"):
        completion(lead, lead_liaison)


# ── how late an extension may be asked for ───────────────────────────────────────────────────────────────────────


def test_an_extension_may_be_asked_for_on_the_last_day(lead, lead_liaison):
    assert extension(lead, lead_liaison, at=moment("2016-12-31 23:59")).pk


def test_an_extension_asked_for_after_the_due_date_is_refused_with_the_rule(lead, lead_liaison):
    with refused("延期须在原时限届满前提出：该任务时限为2016-12-31，已经届满，不再受理。", "due_on"):
        extension(lead, lead_liaison, at=moment("2017-01-01 00:00"))


@pytest.mark.any_database
def test_the_due_date_in_force_is_the_one_that_counts(lead, lead_liaison):
    revise(lead.item, date(2016, 10, 11), at=moment("2016-09-01"))
    with refused("延期须在原时限届满前提出：该任务时限为2016-10-11，已经届满，不再受理。", "due_on"):
        extension(lead, lead_liaison)


@pytest.mark.parametrize("due_on", [DUE, date(2016, 11, 30)])
def test_an_extension_is_to_a_later_day(lead, lead_liaison, due_on):
    with refused("申请延至的日期应晚于现时限2016-12-31。", "due_on"):
        extension(lead, lead_liaison, due_on=due_on)


def test_an_extension_names_its_day(lead, lead_liaison):
    with refused("请填写申请延至的日期。", "due_on"):
        extension(lead, lead_liaison, due_on=None)


def test_what_goes_on_without_an_end_needs_no_extension(lead, lead_liaison):
    revise(lead.item, None, at=moment("2016-09-01"))
    with refused("该任务持续推进，没有完成时限，无须延期。"):
        extension(lead, lead_liaison)


# ── deciding ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.any_database
def test_a_granted_extension_is_a_revision_of_the_item_and_the_original_date_stays(lead, lead_liaison, coordinator):
    decide(extension(lead, lead_liaison), coordinator)
    revision = ItemRevision.objects.latest("pk")
    assert (revision.due_on, revision.reason) == (ASKED, "同意省商务厅延期：设备交货推迟")
    assert (revision.recorded_by, revision.is_inferred) == (coordinator, False)
    item = ActionItem.objects.as_of(LATER).get(pk=lead.item_id)
    assert (item.due_on, item.first_due_on) == (ASKED, DUE)


@pytest.mark.any_database
def test_extensions_are_counted_for_the_item_as_of_any_day(lead, lead_liaison, coordinator, other_agency):
    other = make_assignment(lead.item, other_agency)
    decide(extension(lead, lead_liaison), coordinator)
    decide(extension(lead, lead_liaison, due_on=date(2017, 6, 30), at=LATER), coordinator)
    refusal = extension(lead, lead_liaison, due_on=date(2017, 9, 30), at=LATER)
    decide(refusal, coordinator, granted=False, comment="不再延期")

    def counts(when):
        assignments = Assignment.objects.as_of(when).with_extensions(when).filter(item=lead.item)
        return {assignment.pk: assignment.extension_count for assignment in assignments}

    assert counts(LATER) == {lead.pk: 2, other.pk: 2}
    assert counts(NOW) == {lead.pk: 0, other.pk: 0}


def test_an_extension_asked_for_in_time_may_be_granted_after_the_due_date(lead, lead_liaison, coordinator):
    request = extension(lead, lead_liaison, at=moment("2016-12-30"))
    decide(request, coordinator, at=moment("2017-01-04"))
    assert ItemRevision.objects.latest("pk").due_on == ASKED


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("meanwhile", "shown"), [(ASKED, "2017-03-31"), (date(2017, 6, 30), "2017-06-30"), (None, "持续推进")]
)
def test_granting_never_moves_a_due_date_forward(lead, lead_liaison, coordinator, meanwhile, shown):
    request = extension(lead, lead_liaison)
    amend_item(item=lead.item, due_on=meanwhile, reason="统一调整", by=coordinator, at=NOW)
    with refused(f"该任务的时限已调整为{shown}，无须再延至2017-03-31；请不同意并说明。"):
        decide(request, coordinator)


@pytest.mark.any_database
def test_a_granted_completion_closes_the_assignment(lead, lead_liaison, coordinator):
    accepted_report(lead, 100, at=SIGNED)
    decide(completion(lead, lead_liaison), coordinator)
    closure = Closure.objects.get()
    assert (closure.assignment, closure.kind, closure.recorded_by) == (lead, "closed", coordinator)
    assert closure.reason == "同意省商务厅办结申请：举措全部完成"
    assert Assignment.objects.as_of(LATER).get(pk=lead.pk).closure == "closed"


def test_a_completion_is_closed_with_the_coordinator_s_words_where_there_are_any(lead, lead_liaison, coordinator):
    decide(completion(lead, lead_liaison), coordinator, comment="现场核验相符")
    assert Closure.objects.get().reason == "现场核验相符"


def test_a_completion_is_not_granted_over_an_open_extension(lead, lead_liaison, coordinator):
    extension(lead, lead_liaison)
    request = completion(lead, lead_liaison)
    with refused("另有待答复的申请（延期申请），请先答复。"):
        decide(request, coordinator)


@pytest.mark.any_database
def test_a_granted_decline_withdraws_the_assignment(unsigned, lead_liaison, coordinator):
    decide(decline(unsigned, lead_liaison), coordinator)
    unsigned.refresh_from_db()
    assert (unsigned.ended_at, unsigned.ended_by) == (LATER, coordinator)
    assert unsigned.end_reason == "同意省商务厅退回（非本单位职责）：职责在省水利厅"


def test_an_agency_whose_part_was_none_of_its_duties_does_not_get_it_again_by_its_membership(
    assisting_agency, assisting_liaison, coordinator
):
    group = make_group(assisting_agency)
    item = make_item(assist_group=group)
    follow_group(group=group, by=coordinator, at=SIGNED)
    decide(decline(item.assignments.get(), assisting_liaison), coordinator)
    follow_group(group=group, by=coordinator, at=LATER)
    assert item.assignments.filter(ended_at__isnull=True).count() == 0


@pytest.mark.any_database
def test_long_reasons_fit_where_they_are_repeated(lead, unsigned, lead_liaison, coordinator):
    reason = "因" * 2000
    decide(extension(lead, lead_liaison, reason=reason), coordinator)
    decide(completion(lead, lead_liaison, reason=reason), coordinator)
    decide(decline(unsigned, lead_liaison, reason=reason), coordinator)
    unsigned.refresh_from_db()
    assert len(ItemRevision.objects.latest("pk").reason) == len(Closure.objects.get().reason) == 500
    assert len(unsigned.end_reason) == 200


@pytest.mark.parametrize("kind", ["extension", "completion"])
def test_a_refusal_changes_nothing_but_says_why(lead, lead_liaison, coordinator, kind):
    request = extension(lead, lead_liaison) if kind == "extension" else completion(lead, lead_liaison)
    decision = decide(request, coordinator, granted=False, comment=" 请按期完成 ")
    assert (decision.is_granted, decision.comment, decision.recorded_at) == (False, "请按期完成", LATER)
    assert not Closure.objects.exists()
    assert ItemRevision.objects.count() == 1


@pytest.mark.parametrize("comment", ["", "  "])
def test_a_refusal_says_why(lead, lead_liaison, coordinator, comment):
    request = completion(lead, lead_liaison)
    with refused("不同意须写明意见，供申请单位了解。", "comment"):
        decide(request, coordinator, granted=False, comment=comment)


@pytest.mark.any_database
def test_the_agency_is_told_of_the_decision_and_the_record_knows_it(lead, lead_liaison, approver, coordinator):
    request = completion(lead, lead_liaison)
    Message.objects.all().delete()
    decide(request, coordinator, granted=False, comment="佐证不足")
    assert messages() == [(name, "decided", "（1）申请办结：不同意。佐证不足") for name in ("lead", "approver")]
    assert [change.action for change in Change.objects.order_by("pk")] == ["申请办结", "不同意：申请办结"]
    assert Change.objects.latest("pk").reason == "佐证不足"


def test_a_granted_decline_is_told_once(unsigned, lead_liaison, coordinator):
    request = decline(unsigned, lead_liaison)
    Message.objects.all().delete()
    decide(request, coordinator)
    assert [kind for _, kind, _ in messages()] == ["decided"]


@pytest.mark.any_database
@pytest.mark.parametrize(("granted", "word"), [(True, "同意"), (False, "不同意")])
def test_the_second_to_decide_is_told_what_the_first_decided(lead, lead_liaison, coordinator, granted, word):
    request = completion(lead, lead_liaison)
    decide(request, coordinator, granted=granted, comment="核过")
    with refused(f"该申请已由统筹员答复“{word}”，未作改动。"):
        decide(request, make_user(), granted=not granted, comment="另有看法")


def test_the_second_to_decide_on_a_decline_is_told_so_too(unsigned, lead_liaison, coordinator):
    request = decline(unsigned, lead_liaison)
    decide(request, coordinator)
    with refused("该申请已由统筹员答复“同意”，未作改动。"):
        decide(request, make_user())


def test_a_request_of_an_assignment_that_was_withdrawn_needs_no_decision(lead, lead_liaison, coordinator):
    request = completion(lead, lead_liaison)
    withdraw_assignment(assignment=lead, reason="职责划转", by=coordinator, at=NOW)
    assert not AgencyRequest.objects.waiting(LATER).exists()
    with refused("该责任分工已经撤回。"):
        decide(request, coordinator)


def test_a_decision_is_recorded_no_earlier_than_its_request(lead, lead_liaison, coordinator):
    """Of two at once, whoever waits for the other may carry the earlier moment."""
    request = completion(lead, lead_liaison, at=LATER)
    assert decide(request, coordinator, at=NOW).recorded_at == LATER


# ── the queue ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.any_database
def test_what_waits_is_told_for_any_day_the_oldest_first(lead, unsigned, lead_liaison):
    second = ask(unsigned, "decline", at=LATER)
    first = ask(lead, "completion", at=NOW)
    assert list(AgencyRequest.objects.waiting(LATER)) == [first, second]
    assert list(AgencyRequest.objects.waiting(NOW)) == [first]
    answer(first, is_granted=False, at=moment("2016-10-13"))
    assert list(AgencyRequest.objects.waiting(LATER)) == [first, second]
    assert list(AgencyRequest.objects.waiting(moment("2016-10-13"))) == [second]
