"""Two people at once: whoever did not know of the other's save is refused, and nothing is lost or doubled."""

import pytest

from tasks.models import ProgressReport, ReportDraft
from tasks.workflow import ReportContent, WorkflowError, save_draft, submit_report
from tasks.workflow.versions import Basis, StaleError
from tests.support.factories import accepted_report, moment

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
NOW = moment("2016-10-12 10:00")
NOTHING = Basis()


@pytest.fixture
def where(lead, period, lead_liaison):
    return {"assignment": lead, "period": period, "by": lead_liaison, "at": NOW}


def file(where, basis, percent=80, **content):
    content_of_report = ReportContent(percent=percent, progress="举办培训12期。", **content)
    return submit_report(content=content_of_report, basis=basis, **where)


def test_each_save_is_a_new_version(where):
    assert save_draft(fields={"progress": "一"}, basis=NOTHING, **where).version == 1
    assert save_draft(fields={"progress": "二"}, basis=Basis(1, 0), **where).version == 2


def test_a_save_against_a_stale_version_is_refused_and_changes_nothing(where):
    save_draft(fields={"progress": "对方的"}, **where)
    with pytest.raises(StaleError):
        save_draft(fields={"progress": "我的"}, basis=NOTHING, **where)
    draft = ReportDraft.objects.get()
    assert (draft.progress, draft.version) == ("对方的", 1)


def test_filing_over_a_draft_that_was_not_seen_is_refused(where):
    save_draft(fields={"progress": "对方的"}, **where)
    with pytest.raises(StaleError):
        file(where, NOTHING)
    assert ProgressReport.objects.count() == 0
    assert file(where, Basis(1, 0)).percent == 80


def test_a_form_from_before_a_filing_is_stale_even_when_no_draft_is_there_again(where):
    save_draft(fields={"progress": "一"}, **where)
    report = file(where, Basis(1, 0))
    for basis in (NOTHING, Basis(1, 0)):
        with pytest.raises(StaleError):
            save_draft(fields={"progress": "旧表"}, basis=basis, **where)
    assert save_draft(fields={"progress": "新表"}, basis=Basis(0, report.pk), **where).version == 1


def test_the_same_filing_sent_twice_is_filed_once(where):
    assert file(where, NOTHING) == file(where, NOTHING)
    assert ProgressReport.objects.count() == 1


@pytest.mark.parametrize("text", ["x-1", "1", "1-", "-1-2", "１x-2"])
def test_a_basis_that_makes_no_sense_is_the_basis_of_nothing(where, text):
    with pytest.raises(StaleError):
        save_draft(fields={}, basis=Basis.read(text), **where)


def test_who_names_no_basis_is_not_checked(where):
    save_draft(fields={"progress": "一"}, **where)
    assert Basis.read("") is None
    assert save_draft(fields={"progress": "二"}, basis=None, **where).version == 2


def test_going_below_the_last_accepted_percentage_needs_a_reason(where, lead):
    accepted_report(lead, 85, at=moment("2016-07-10"), period="2016Q2")
    with pytest.raises(WorkflowError, match="80%低于上次通过的85%，请写明回调原因。") as caught:
        file(where, None)
    assert caught.value.field == "lower_reason"
    assert file(where, None, lower_reason="重新核算").lower_reason == "重新核算"
    accepted = file(where, None, percent=85)
    assert accepted.lower_reason == ""
