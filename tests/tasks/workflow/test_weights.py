"""权重: how much each lead counts in the item's mean, from the day on which it is set."""

from datetime import date

import pytest

from agencies.models import Change
from qa_plan.clock import end_of
from tasks.models import Assignment, WeightRevision
from tasks.standing.rollup import item_standings, standings_from_queryset
from tasks.workflow import WorkflowError, weigh
from tests.support.factories import accepted_report, make_agency, make_assignment, moment, withdraw

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
BEFORE, AFTER = date(2016, 10, 9), date(2016, 10, 10)
NOON = moment("2016-10-10 12:00")


@pytest.fixture
def pair(lead):
    """Two leads of one item, at 40 % and at 80 %."""
    other = make_assignment(lead.item, make_agency())
    accepted_report(lead, 40, at=moment("2016-10-01"))
    accepted_report(other, 80, at=moment("2016-10-01"))
    return lead, other


def percent(item, day):
    rows = standings_from_queryset(Assignment.objects.as_of(end_of(day)).filter(item=item), item.plan, day)
    return item_standings([item], rows, item.plan, day)[0].percent


def test_a_weight_counts_from_the_moment_it_is_set_and_on_no_day_before(pair, coordinator):
    lead, other = pair
    weigh(item=lead.item, weights={lead.pk: 3, other.pk: 1}, basis=0, reason=" 牵头单位 ", by=coordinator, at=NOON)
    assert (percent(lead.item, BEFORE), percent(lead.item, AFTER)) == (60, 50)
    [revision] = WeightRevision.objects.all()
    assert (revision.assignment, revision.weight, revision.reason, revision.recorded_by) == (
        lead,
        3,
        "牵头单位",
        coordinator,
    )
    row = Change.objects.get()
    assert (row.action, row.old, row.new, row.reason) == ("调整权重", {"weight": 1}, {"weight": 3}, "牵头单位")
    assert row.agency == lead.agency


def test_the_latest_weight_counts_and_progress_stays_where_it_stood(pair):
    lead, other = pair
    weigh(item=lead.item, weights={lead.pk: 3}, basis=0, reason="牵头", by=None, at=NOON)
    back, earlier = {lead.pk: 1, other.pk: 3}, moment("2016-10-10 11:00")
    weigh(item=lead.item, weights=back, basis=1, reason="改由他方牵头", by=None, at=earlier)
    assert percent(lead.item, AFTER) == 70
    percents = {row.pk: row.percent for row in Assignment.objects.as_of(end_of(AFTER))}
    assert percents == {lead.pk: 40, other.pk: 80}


@pytest.mark.parametrize(
    ("weight", "reason", "message"),
    [
        (2, " ", "请写明调整原因。"),
        (1, "牵头", "与现行权重相同，没有改动。"),
        (0, "牵头", "权重须在1至100之间。"),
        (101, "牵头", "权重须在1至100之间。"),
    ],
)
def test_what_makes_no_sense_is_refused(pair, weight, reason, message):
    lead, _ = pair
    with pytest.raises(WorkflowError) as refused:
        weigh(item=lead.item, weights={lead.pk: weight}, basis=0, reason=reason, by=None, at=NOON)
    assert refused.value.message == message
    assert not WeightRevision.objects.exists()


def test_only_leads_in_force_are_weighed(pair, assist):
    lead, other = pair
    withdraw(other, at=moment("2016-10-09"))
    with pytest.raises(WorkflowError):
        weigh(item=lead.item, weights={other.pk: 5, assist.pk: 5}, basis=0, reason="牵头", by=None, at=NOON)


def test_of_two_who_weigh_at_once_the_second_is_shown_what_the_first_did(pair):
    lead, other = pair
    weigh(item=lead.item, weights={lead.pk: 3, other.pk: 1}, basis=0, reason="牵头", by=None, at=NOON)
    with pytest.raises(WorkflowError, match="已被他人调整"):
        weigh(item=lead.item, weights={lead.pk: 1, other.pk: 5}, basis=0, reason="牵头", by=None, at=NOON)
    assert percent(lead.item, AFTER) == 50
