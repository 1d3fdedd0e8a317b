"""Two coordinators on one 核对稿, in connections of their own. PostgreSQL only."""

import threading

import pytest
from django.db import connection, transaction

from agencies.models import ChangeChain
from tasks.models import ImportDraft, ImportRevision, Plan
from tasks.workflow import confirming
from tasks.workflow.confirming import confirm_draft
from tasks.workflow.current import WorkflowError, lock_row
from tasks.workflow.importing import import_notice
from tasks.workflow.proofs import StaleProof, correct_draft
from tests.support.at_once import AtOnce
from tests.support.factories import make_user
from tests.support.proofs import AT, TEXT, agency, make_proof

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def draft():
    ChangeChain.objects.get_or_create(pk=1)
    return make_proof()


def at_once(draft, *acts):
    """(what the deeds gave, what was refused), all of them begun before one could go on."""
    deeds = AtOnce(*acts)
    with transaction.atomic():
        lock_row(draft, "UPDATE")
        deeds.begin()
    return deeds.finish()


def test_a_file_that_is_brought_twice_at_once_is_one_draft():
    ChangeChain.objects.get_or_create(pk=1)
    start, made = threading.Barrier(2), []

    def bring(person):
        try:
            start.wait(30)
            made.append(make_proof(by=person).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=bring, args=(make_user(role="coordinator"),)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert made == [ImportDraft.objects.get().pk] * 2


def test_of_two_corrections_of_one_version_one_is_taken_and_one_is_shown_it(draft):
    def change(name):
        corrections = [agency(0, name, "lead")]
        return correct_draft(draft=draft, corrections=corrections, basis=0, by=make_user(role="coordinator"), at=AT)

    taken, refused = at_once(draft, lambda: change("省审计厅"), lambda: change("省水利厅"))
    assert [type(each) for each in (*taken, *refused)] == [ImportRevision, StaleProof]
    assert ImportRevision.objects.count() == 1


def test_two_who_confirm_make_one_plan(draft):
    by = draft.started_by
    confirm = [lambda: confirm_draft(draft=draft, basis=0, by=by, at=AT)] * 2
    assert at_once(draft, *confirm) == ([Plan.objects.get()] * 2, [])


def confirmed_together(monkeypatch, *drafts):
    """(plans, refusals), where every draft has been looked at before one of them becomes a plan."""
    looked, results = threading.Barrier(len(drafts)), []

    def import_when_all_have_looked(*what, **else_what):
        looked.wait(30)
        return import_notice(*what, **else_what)

    def confirm(draft):
        try:
            results.append(confirm_draft(draft=draft, basis=0, by=draft.started_by, at=AT))
        except WorkflowError as refusal:
            results.append(refusal)
        finally:
            connection.close()

    monkeypatch.setattr(confirming, "import_notice", import_when_all_have_looked)
    threads = [threading.Thread(target=confirm, args=(draft,)) for draft in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    plans = [each for each in results if isinstance(each, Plan)]
    return plans, [str(each) for each in results if each not in plans]


@pytest.mark.parametrize("second", [TEXT.replace("30个", "40个"), TEXT + "\n"], ids=["another text", "the same"])
def test_of_two_drafts_of_one_number_one_is_a_plan_and_the_other_is_told(draft, monkeypatch, second):
    plans, refused = confirmed_together(monkeypatch, draft, make_proof(second))
    assert plans == [Plan.objects.get()]
    assert refused == ["某政办发〔2018〕9号已经导入，不能再次交办。"]


def test_of_two_plans_with_the_same_new_agency_one_is_made_and_the_other_asked_for_again(draft, monkeypatch):
    other = make_proof(TEXT.replace("9号", "10号"))
    plans, refused = confirmed_together(monkeypatch, draft, other)
    assert len(plans) == 1
    assert refused == ["另一份公文刚刚交办，本次没有保存，请再确认一次。"]


def test_a_correction_beside_a_confirmation_is_in_the_plan_or_refused(draft):
    by = draft.started_by
    taken, refused = at_once(
        draft,
        lambda: confirm_draft(draft=draft, basis=0, by=by, at=AT),
        lambda: correct_draft(draft=draft, corrections=[agency(0, "省审计厅", "lead")], basis=0, by=by, at=AT),
    )
    assert (len(taken), [isinstance(each, WorkflowError) for each in refused]) == (1, [True])
