"""What the page before 确认交办 says is what the deed does, for every example notice."""

from collections import Counter
from pathlib import Path

import pytest

from tasks.models import Assignment, ItemRevision
from tasks.standing.hand_out import hand_out
from tasks.standing.proofs import proof_of
from tasks.workflow.confirming import confirm_draft
from tests.support.factories import make_agency, make_group, make_user
from tests.support.proofs import AT, TEXT, correct, due, make_proof

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[3]
NOTICES = [*sorted(ROOT.glob("tests/tasks/notice/examples/*.txt")), *ROOT.glob("fixtures/notices/*.txt")]


def settled(draft):
    """The draft with each of its questions kept as it is read."""
    for asked in proof_of(draft).open_questions:
        choice = asked.question.choices[-1]
        correct(draft, *choice.corrections, question=asked.question.key)
    return proof_of(draft)


def made(plan):
    roles = Assignment.objects.filter(item__plan=plan).values_list("agency__name", "role")
    return Counter(roles)


def said(will):
    leads = {(share.name, "lead"): share.leads for share in will.shares if share.leads}
    return Counter(leads | {(share.name, "assist"): share.assists for share in will.shares if share.assists})


@pytest.mark.parametrize("path", NOTICES, ids=lambda path: path.stem)
def test_the_numbers_before_are_those_after(path, coordinator):
    draft = make_proof(path.read_text(encoding="utf-8"), by=coordinator)
    proof = settled(draft)
    will = hand_out(proof)
    plan = confirm_draft(draft=draft, basis=proof.version, by=coordinator, at=AT)
    assert said(will) == made(plan)
    assert (will.sections, will.items) == (plan.sections.count(), plan.items.count())
    revisions = ItemRevision.objects.filter(item__plan=plan)
    assert (will.inferred, will.written) == (
        revisions.filter(is_inferred=True).count(),
        revisions.filter(is_inferred=False).exclude(due_words="").count(),
    )


def test_members_who_are_listed_assist_instead_of_those_who_are_named(coordinator):
    [path] = ROOT.glob("fixtures/notices/*.txt")
    make_group(make_agency("省水利厅"), name="省质量工作领导小组")
    draft = make_proof(path.read_text(encoding="utf-8"), by=coordinator)
    proof = proof_of(draft)
    will = hand_out(proof)
    plan = confirm_draft(draft=draft, basis=0, by=coordinator, at=AT)
    assert said(will) == made(plan)
    assert Counter(share.name for share in will.shares if share.assists) == {"省水利厅": 1}


def test_it_names_who_has_no_account_and_counts_who_is_told(coordinator):
    make_user(role="liaison", agency=make_agency("省财政厅"))
    draft = make_proof(by=coordinator)
    correct(draft, due(2, kind="endless"))
    will = hand_out(proof_of(draft))
    assert will.told == 1
    assert "省财政厅" not in will.without_account
    assert len(will.without_account) == 5
    assert (will.written, will.set, will.inferred) == (2, 1, 0)


def test_it_names_the_items_that_nobody_leads_who_could_file(coordinator):
    text = TEXT.replace("省市场监管局负责", "各市人民政府负责").replace("省司法厅负责", "各县人民政府负责")
    proof = settled(make_proof(text, by=coordinator))
    will = hand_out(proof)
    assert will.unassigned == ["（三）开展检查（公文写“各市人民政府、各县人民政府”）"]
    assert will.collective == ["各市人民政府", "各县人民政府"]
    assert not any(share.name.startswith("各") for share in will.shares)
    assert not {"各市人民政府", "各县人民政府"} & {*will.without_account}
