"""免报 and 机构调整: what was excused stays excused with the successor, what was not is owed by it."""

from datetime import date

import pytest

from agencies.models import Change
from tasks.models import Assignment, Waiver
from tasks.standing.filing import Filing, filings, obligations
from tasks.workflow import WorkflowError, change_settings, restore_report, split, succeed, waive_report
from tests.support.factories import (
    ASSIST,
    LEAD,
    accepted_report,
    make_agency,
    make_assignment,
    make_item,
    make_period,
    moment,
    waive,
)

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

NOW = moment("2016-10-12 10:00")
TODAY = date(2016, 10, 12)
DOCUMENT = "皖编〔2016〕30号"


@pytest.fixture
def agencies(db):
    return [
        make_agency("省质监局", ordinal=1),
        make_agency("省工商局", ordinal=2),
        make_agency("省市场监管局", ordinal=3),
    ]


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


def one_of(agency):
    return Assignment.objects.get(agency=agency, ended_at=None)


def test_who_follows_an_excused_agency_is_excused_and_that_is_on_the_record(item, period, agencies, coordinator):
    old, _, new = agencies
    waive(make_assignment(item, old, LEAD), at=moment("2016-10-01"))
    merge(old, into=new, by=coordinator, kind="renamed")
    waiver = Waiver.objects.get(assignment=one_of(new))
    assert (waiver.period, waiver.is_waived, waiver.recorded_at, waiver.recorded_by) == (period, True, NOW, coordinator)
    change = Change.objects.get(action="免报")
    assert (change.agency, change.new) == (new, {"period": "2016Q3", "is_waived": True})


def test_where_one_of_several_was_not_excused_the_successor_owes(item, period, agencies, coordinator):
    first, other, new = agencies
    waive(make_assignment(item, first, LEAD), at=moment("2016-10-01"))
    make_assignment(item, other, LEAD)
    merge(first, other, into=new, by=coordinator)
    assert not Waiver.objects.filter(assignment=one_of(new)).exists()


def test_what_was_owed_again_is_owed_by_the_successor(item, period, agencies, coordinator):
    old, _, new = agencies
    part = make_assignment(item, old, LEAD)
    waive(part, at=moment("2016-10-01"))
    waive(part, at=moment("2016-10-05"), is_waived=False)
    merge(old, into=new, by=coordinator, kind="renamed")
    assert not Waiver.objects.filter(assignment=one_of(new)).exists()


def test_a_period_that_was_excused_before_it_opened_stays_excused(item, period, agencies, coordinator):
    """In July the third quarter is excused; in August the agency gets another name; in September the period opens."""
    old, _, new = agencies
    waive(make_assignment(item, old, LEAD), at=moment("2016-07-20"))
    merge(old, into=new, by=coordinator, kind="renamed", at=moment("2016-08-10 09:00"))
    assert Waiver.objects.get(assignment=one_of(new)).period == period


def test_a_period_that_is_past_is_not_touched(item, period, agencies, coordinator):
    old, _, new = agencies
    part = make_assignment(item, old, LEAD)
    waive(part, at=moment("2016-07-01"), period="2016Q2")
    merge(old, into=new, by=coordinator, kind="renamed")
    assert list(Waiver.objects.values_list("assignment", "period__code")) == [(part.pk, "2016Q2")]


def test_after_a_split_each_part_is_excused_as_it_was(plan, agencies, coordinator):
    old, this, other = agencies
    first, second = make_assignment(make_item(plan), old, LEAD), make_assignment(make_item(plan), old, LEAD)
    make_period(plan)
    waive(first, at=moment("2016-10-01"))
    shares = {first.pk: this, second.pk: other}
    split(predecessor=old, shares=shares, people={}, effective_on=TODAY, document=DOCUMENT, by=coordinator, at=NOW)
    assert Waiver.objects.filter(assignment=one_of(this)).exists()
    assert not Waiver.objects.filter(assignment=one_of(other)).exists()


@pytest.mark.parametrize(("done", "comes_to"), [(waive, "waived"), (accepted_report, "owed")])
def test_where_assisting_agencies_come_to_owe_what_was_done_before_them_counts(
    item, period, agencies, coordinator, done, comes_to
):
    old, _, new = agencies
    done(make_assignment(item, old, ASSIST), at=moment("2016-10-01"))
    merge(old, into=new, by=coordinator, kind="renamed")
    plan = item.plan
    assert obligations([period.terms_at(NOW)]) == {}
    settings = plan.settings | {"assists_owe_reports": True}
    later = moment("2016-10-12 11:00")
    change_settings(plan=plan, settings=settings, basis=0, reason="理由", by=coordinator, at=later)
    period.plan.refresh_from_db()
    assert obligations([period.terms_at(later)], agency=new) == {(one_of(new).pk, period.pk): comes_to}
    assert filings(period, later).get(one_of(new).pk) == (Filing.ACCEPTED if comes_to == "owed" else None)


def test_the_successor_s_waiver_can_be_taken_back_like_any_other(item, period, agencies, coordinator):
    old, _, new = agencies
    waive(make_assignment(item, old, LEAD), at=moment("2016-10-01"))
    merge(old, into=new, by=coordinator, kind="renamed")
    later = moment("2016-10-12 11:00")
    with pytest.raises(WorkflowError, match="已经免报"):
        waive_report(assignment=one_of(new), period=period, reason="理由", by=coordinator, at=later)
    restore_report(assignment=one_of(new), period=period, reason="改为照报", by=coordinator, at=later)
    assert [waiver.is_waived for waiver in Waiver.objects.filter(assignment=one_of(new)).order_by("pk")] == [
        True,
        False,
    ]
