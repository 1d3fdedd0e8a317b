"""Two coordinators on one 核对稿, in connections of their own. PostgreSQL only."""

import threading

import pytest
from django.db import connection, transaction

from agencies.models import ChangeChain
from tasks.models import ImportDraft, ImportRevision, Plan
from tasks.workflow.current import WorkflowError, lock_row
from tasks.workflow.proofs import StaleProof, confirm_draft, correct_draft
from tests.support.at_once import AtOnce
from tests.support.factories import make_user
from tests.support.proofs import AT, agency, make_proof

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


def test_a_correction_beside_a_confirmation_is_in_the_plan_or_refused(draft):
    by = draft.started_by
    taken, refused = at_once(
        draft,
        lambda: confirm_draft(draft=draft, basis=0, by=by, at=AT),
        lambda: correct_draft(draft=draft, corrections=[agency(0, "省审计厅", "lead")], basis=0, by=by, at=AT),
    )
    assert (len(taken), [isinstance(each, WorkflowError) for each in refused]) == (1, [True])
