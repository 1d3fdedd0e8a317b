"""核对稿: read once, corrected by several people with nothing lost, and made a plan once."""

from datetime import date

import pytest

from agencies.models import Agency, AgencyAlias, Change, Succession
from tasks.models import Assignment, DailySnapshot, ImportDraft, ImportFinding, ImportRevision, Message, Plan
from tasks.standing.proofs import proof_of
from tasks.workflow import WorkflowError
from tasks.workflow import proofs as deeds
from tasks.workflow.confirming import confirm_draft
from tasks.workflow.proofs import (
    StaleProof,
    answer_alike,
    correct_draft,
    discard_draft,
    read_waiting,
    start_draft,
    take_back,
)
from tests.support.factories import make_agency, make_plan, make_user, moment
from tests.support.proofs import AT, TEXT, agency, correct, due, head, make_proof
from tests.support.small_notices import named

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

LATER = moment("2018-03-02 10:00")


@pytest.fixture
def draft(coordinator):
    return make_proof(by=coordinator)


@pytest.fixture
def other():
    return make_user(role="coordinator", display_name="另一人")


def confirm(draft, **changed):
    what = {"draft": draft, "basis": proof_of(draft).version, "by": draft.started_by, "at": LATER}
    return confirm_draft(**what | changed)


# ── begun ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_draft_keeps_the_text_as_it_is_and_what_was_found(draft):
    finding = draft.finding
    assert finding.text == TEXT
    assert len(finding.sha256) == 64
    assert [item["label"] for section in finding.found["sections"] for item in section["items"]] == [
        "（一）",
        "（二）",
        "（三）",
    ]


def test_the_same_file_brought_again_is_the_same_draft_while_it_is_open(draft, other):
    assert make_proof(by=other) == draft
    discard_draft(draft=draft, by=other, at=LATER)
    assert make_proof(by=other) != draft


def test_a_text_in_which_nobody_answers_for_anything_is_refused_with_what_was_looked_for(coordinator):
    with pytest.raises(WorkflowError, match="写明负责单位") as refused:
        make_proof("某省人民政府关于放假的通知\n\n一、时间\n\n（一）周一。\n", by=coordinator)
    assert refused.value.field == "file"
    assert not ImportDraft.objects.exists()


def test_a_hostile_file_is_named_for_what_it_is(coordinator):
    with pytest.raises(WorkflowError):
        start_draft(data=b"PK\x03\x04" + b"\0" * 64, file_name="坏.docx", by=coordinator, at=AT)
    assert not ImportDraft.objects.exists()


# ── a large file ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def large(coordinator, monkeypatch):
    monkeypatch.setattr(deeds, "READ_AT_ONCE", 10)
    return make_proof(by=coordinator)


def test_a_large_file_waits_and_is_read_once(large):
    assert large.state == ImportDraft.State.WAITING
    assert read_waiting(large.pk, at=LATER)
    assert not read_waiting(large.pk, at=LATER)
    large.refresh_from_db()
    assert (large.state, large.source) == (ImportDraft.State.OPEN, None)
    assert large.finding.text == TEXT


def test_a_job_that_was_killed_is_made_good(large):
    ImportDraft.objects.update(state=ImportDraft.State.READING)
    assert read_waiting(large.pk, at=LATER)
    assert ImportFinding.objects.count() == 1


def test_a_large_file_that_can_not_be_read_says_why(coordinator, monkeypatch):
    monkeypatch.setattr(deeds, "READ_AT_ONCE", 10)
    draft = start_draft(data=b"%PDF-1.4 broken" * 4, file_name="坏.pdf", by=coordinator, at=AT)
    read_waiting(draft.pk, at=LATER)
    draft.refresh_from_db()
    assert (draft.state, draft.source) == (ImportDraft.State.REFUSED, None)
    assert draft.refusal


def test_what_is_not_read_yet_is_neither_corrected_nor_confirmed(large, coordinator):
    with pytest.raises(WorkflowError, match="还没有读完"):
        correct_draft(draft=large, corrections=[head("title", "甲")], basis=0, by=coordinator, at=LATER)
    with pytest.raises(WorkflowError, match="还没有读完"):
        confirm_draft(draft=large, basis=0, by=coordinator, at=LATER)


# ── corrected ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_correction_stands_beside_what_had_been_read(draft, other):
    revision = correct(draft, agency(0, "省财政厅", "assist"), by=other)
    assert (revision.number, revision.was, revision.now) == (1, "省财政厅负责", "省财政厅协助")
    proof = proof_of(draft)
    assert [unit.name for unit in proof.notice.items[0].assists] == ["省财政厅"]
    assert [unit.name for unit in proof.found.items[0].leads] == ["省发展改革委", "省财政厅"]


def test_of_two_with_the_same_page_the_second_is_shown_the_first(draft, other):
    correct(draft, agency(0, "省财政厅", "assist"), by=other)
    with pytest.raises(StaleProof):
        correct_draft(draft=draft, corrections=[head("title", "甲")], basis=0, by=other, at=LATER)
    assert ImportRevision.objects.count() == 1


def test_the_same_correction_sent_twice_is_one(draft, other):
    def send(by, corrections):
        return correct_draft(draft=draft, corrections=corrections, basis=0, by=by, at=LATER)

    first = send(other, [head("title", "甲")])
    assert send(other, [head("title", "甲")]) == first
    for by, corrections in ((draft.started_by, [head("title", "甲")]), (other, [head("title", "乙")])):
        with pytest.raises(StaleProof):
            send(by, corrections)
    correct(draft, head("title", "丙"), by=other)
    with pytest.raises(StaleProof):
        send(other, [head("title", "甲")])
    assert ImportRevision.objects.count() == 2


def test_several_answers_are_recorded_all_or_none_and_twice_they_are_the_same(draft, other):
    def send(*corrections):
        answers = [([correction], f"p-{place}") for place, correction in enumerate(corrections)]
        return answer_alike(draft=draft, answers=answers, basis=0, by=other, at=LATER)

    lapsing = {"kind": "title", "item": 10_000, "start": 1, "end": 2}
    with pytest.raises(WorkflowError, match="已经不在现在的读法里"):
        send(head("title", "甲"), lapsing)
    assert not ImportRevision.objects.exists()
    made = send(head("title", "甲"), head("issuer", "乙"))
    assert [(each.number, each.question) for each in made] == [(1, "p-0"), (2, "p-1")]
    assert send(head("title", "甲"), head("issuer", "乙")) == made
    with pytest.raises(StaleProof):
        send(head("title", "甲"))
    assert ImportRevision.objects.count() == 2


def test_taken_back_twice_by_one_form_it_is_taken_back_once(draft, other):
    correct(draft, agency(0, "省财政厅", "assist"))
    back = take_back(draft=draft, number=1, basis=1, by=other, at=LATER)
    assert take_back(draft=draft, number=1, basis=1, by=other, at=LATER) == back
    with pytest.raises(StaleProof):
        take_back(draft=draft, number=1, basis=1, by=draft.started_by, at=LATER)
    assert ImportRevision.objects.count() == 2


def test_a_correction_can_be_taken_back_once_and_both_stay_on_record(draft, other):
    correct(draft, agency(0, "省财政厅", "assist"))
    take_back(draft=draft, number=1, basis=1, by=other, at=LATER)
    assert proof_of(draft).notice == proof_of(draft).found
    with pytest.raises(WorkflowError, match="已经撤销"):
        take_back(draft=draft, number=1, basis=2, by=other, at=LATER)
    assert [(each.number, each.undoes) for each in draft.revisions.all()] == [(1, None), (2, 1)]


def test_what_needed_a_correction_that_was_taken_back_lapses(draft):
    at = proof_of(draft).notice.items[2].duties[1].start
    correct(draft, {"kind": "split", "item": proof_of(draft).notice.items[2].start, "at": at})
    correct(draft, {"kind": "agency", "item": at, "name": "省审计厅", "role": "lead"})
    assert len(proof_of(draft).notice.items) == 4
    take_back(draft=draft, number=1, basis=2, by=draft.started_by, at=LATER)
    proof = proof_of(draft)
    assert (len(proof.notice.items), proof.lapsed) == (3, {2})


def test_a_correction_of_what_is_not_there_is_refused(draft):
    with pytest.raises(WorkflowError, match="不在现在的读法里"):
        correct(draft, {"kind": "join", "item": 3})
    assert not draft.revisions.exists()


def test_an_answer_settles_its_question_and_taken_back_asks_again(coordinator):
    draft = make_proof(TEXT.replace("某政办发〔2018〕9号", ""), by=coordinator)
    assert [each.question.field for each in proof_of(draft).open_questions] == ["document_number"]
    correct(draft, head("document_number", "某政办发〔2018〕9号"), question="h-document_number")
    assert proof_of(draft).open_questions == []
    take_back(draft=draft, number=1, basis=1, by=coordinator, at=LATER)
    assert len(proof_of(draft).open_questions) == 1


# ── confirmed ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_confirmed_draft_is_a_plan_as_it_was_corrected(draft, coordinator):
    correct(draft, agency(0, "省财政厅", "assist"))
    correct(draft, due(2, date(2018, 11, 30)))
    plan = confirm(draft)
    first, _, third = plan.items.order_by("number")
    assert (named("lead", first), named("assist", first)) == (["省发展改革委"], ["省财政厅"])
    revision = third.revisions.get()
    assert (revision.due_on, revision.is_inferred, revision.reason) == (
        date(2018, 11, 30),
        False,
        "导入核对时确定，公文未写",
    )
    assert plan.notice_text == TEXT


def test_the_record_names_the_draft(draft):
    plan = confirm(draft)
    change = Change.objects.get(action="确认交办")
    assert change.new == {"draft": str(draft), "version": 0}
    draft.refresh_from_db()
    assert (draft.plan, draft.state) == (plan, ImportDraft.State.CONFIRMED)


def test_confirmed_twice_it_is_the_same_plan(draft, other):
    plan = confirm(draft)
    assert confirm(draft, by=other) == plan
    assert Plan.objects.count() == 1
    assert Change.objects.filter(action="确认交办").count() == 1


def test_a_stale_page_makes_no_plan(draft):
    correct(draft, agency(0, "省财政厅", "assist"))
    with pytest.raises(StaleProof):
        confirm(draft, basis=0)
    assert not Plan.objects.exists()


def test_an_open_question_makes_no_plan(coordinator):
    draft = make_proof(TEXT.replace("某政办发〔2018〕9号", ""), by=coordinator)
    with pytest.raises(WorkflowError, match="还有1处待核对"):
        confirm(draft)
    correct(draft, head("document_number", "某政办发〔2018〕9号"), question="h-document_number")
    assert confirm(draft).document_number == "某政办发〔2018〕9号"


def test_a_number_that_was_imported_makes_no_second_plan(draft, coordinator):
    confirm(draft)
    copy = make_proof(TEXT.replace("30个", "40个"), by=coordinator)
    with pytest.raises(WorkflowError, match="已经导入"):
        confirm(copy)
    assert Plan.objects.count() == 1


def test_nothing_is_corrected_or_given_up_after_it(draft, coordinator):
    confirm(draft)
    with pytest.raises(WorkflowError, match="已经确认交办"):
        correct(draft, head("title", "甲"))
    with pytest.raises(WorkflowError, match="已经确认交办"):
        discard_draft(draft=draft, by=coordinator, at=LATER)


def test_a_draft_that_was_given_up_stays_readable_and_makes_no_plan(draft, coordinator):
    discard_draft(draft=draft, by=coordinator, at=LATER)
    discard_draft(draft=draft, by=coordinator, at=LATER)
    assert draft.finding.text == TEXT
    with pytest.raises(WorkflowError, match="已经放弃"):
        confirm(draft)
    assert Change.objects.filter(action="放弃核对稿").count() == 1


def test_its_periods_open_at_once_and_nothing_is_done_for_other_plans(draft):
    other = make_plan(notice_text="另一份公文", issued_on=date(2018, 1, 2), due_on=date(2018, 12, 31))
    at = moment("2018-03-28 10:00")
    plan = confirm(draft, at=at)
    assert [period.code for period in plan.periods.all()] == ["2018Q1"]
    assert not other.periods.exists()
    assert not DailySnapshot.objects.exists()


def test_another_name_of_a_known_office_is_its_alias_from_now_on(draft):
    office = make_agency("省市场监督管理委")
    correction = {"kind": "unit", "name": "省市场监管局", "as": "alias", "means": office.name}
    correct(draft, correction, question="u-省市场监管局")
    confirm(draft)
    assert AgencyAlias.objects.get(name="省市场监管局").agency == office
    assert Assignment.objects.filter(agency=office).count() == 1
    assert not Agency.objects.filter(name="省市场监管局").exists()


# ── offices that are no more ─────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def followed(draft):
    """省财政厅 has ended, and 省财政金融厅 followed the office that followed it."""
    gone, between = (make_agency(name, ended_on=date(2018, 2, 1)) for name in ("省财政厅", "省财政和国资厅"))
    heir = make_agency("省财政金融厅")
    for old, new in ((gone, between), (between, heir)):
        Succession.objects.create(
            predecessor=old,
            successor=new,
            kind=Succession.Kind.RENAMED,
            effective_on=date(2018, 2, 1),
            document="机构改革方案",
            recorded_at=AT,
            recorded_by=draft.started_by,
        )
    return heir


def test_an_office_that_has_ended_is_asked_about_and_its_tasks_go_to_who_followed(draft, followed):
    [asked] = proof_of(draft).open_questions
    assert asked.question.reason == "“省财政厅”已撤并，由省财政金融厅承接，不能再交办。"
    assert [choice.label for choice in asked.question.choices] == ["就是“省财政金融厅”", "不再交办，不列入责任单位"]
    with pytest.raises(WorkflowError, match="还有1处待核对"):
        confirm(draft)
    correct(draft, *asked.question.choices[0].corrections, question=asked.question.key)
    plan = confirm(draft)
    assert Assignment.objects.filter(item__plan=plan, agency=followed).count() == 1
    assert not Assignment.objects.filter(agency__ended_on__isnull=False).exists()


def test_one_that_ended_after_it_was_answered_makes_no_plan(draft):
    correct(draft, agency(0, "省审计厅", "lead"))
    make_agency("省审计厅", ended_on=date(2018, 3, 2))
    with pytest.raises(WorkflowError, match="省审计厅已撤并，不能再交办"):
        confirm(draft)
    assert not Plan.objects.exists()


def test_a_name_that_a_living_office_has_as_its_alias_is_that_office(draft, followed):
    AgencyAlias.objects.create(agency=followed, name="省财政厅")
    assert proof_of(draft).open_questions == []
    assert Assignment.objects.filter(item__plan=confirm(draft), agency=followed).count() == 1


def test_those_who_got_tasks_are_told(draft):
    office = make_agency("省财政厅")
    liaison = make_user(role="liaison", agency=office)
    confirm(draft)
    assert "新交办任务" in Message.objects.get(recipient=liaison).text
