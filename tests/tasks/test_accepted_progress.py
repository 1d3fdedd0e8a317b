"""生效进度: what reviews make of an assignment's progress, as recorded by the deeds and as told from old reviews."""

from importlib import import_module

import pytest

from tasks.models import AcceptedProgress, ProgressReport, Review
from tasks.workflow import review_report
from tests.factories import ACCEPTED, SENT_BACK, file_report, make_user, moment, review
from tests.tasks.histories import INSTANTS, Reading, random_history, store

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

JULY, AUGUST, SEPTEMBER = moment("2016-07-10 10:00"), moment("2016-08-10 10:00"), moment("2016-09-10 10:00")


def recorded(lead):
    rows = AcceptedProgress.objects.filter(assignment=lead).order_by("recorded_at", "pk")
    return list(rows.values_list("report", "percent"))


@pytest.fixture
def decide():
    by = make_user(role="coordinator")

    def decide(report, verdict, at, **options):
        review_report(report=report, verdict=verdict, by=by, at=at, comment="请核对。", **options)

    return decide


def test_accepting_a_report_records_what_counts_from_then_on(lead, decide):
    report = file_report(lead, 40, at=JULY)
    decide(report, ACCEPTED, AUGUST)
    assert recorded(lead) == [(report.pk, 40)]
    assert AcceptedProgress.objects.get().recorded_at == AUGUST


def test_sending_back_a_report_that_never_counted_records_nothing(lead, decide):
    decide(file_report(lead, 40, at=JULY), SENT_BACK, AUGUST)
    assert recorded(lead) == []


def test_taking_the_only_acceptance_back_leaves_nought(lead, decide):
    report = file_report(lead, 40, at=JULY)
    decide(report, ACCEPTED, AUGUST)
    decide(report, SENT_BACK, SEPTEMBER, seen=report.reviews.get().pk)
    assert recorded(lead) == [(report.pk, 40), (None, 0)]


def test_taking_an_acceptance_back_lets_the_one_before_count_again(lead, decide):
    first, second = file_report(lead, 40, at=JULY, period="2016Q2"), file_report(lead, 70, at=JULY, period="2016Q3")
    decide(first, ACCEPTED, AUGUST)
    decide(second, ACCEPTED, AUGUST)
    decide(second, SENT_BACK, SEPTEMBER, seen=second.reviews.get().pk)
    assert recorded(lead) == [(first.pk, 40), (second.pk, 70), (first.pk, 40)]


@pytest.mark.parametrize("seed", range(4))
def test_the_migration_tells_the_same_from_reviews_that_were_there_before(seed):
    """Its rows, one after another, say what a plain reading of the history says at every moment."""
    history = random_history(seed, items=3, agencies=4)
    stored = store(history)
    changes = import_module("tasks.migrations.0003_accepted_progress").changes
    told = list(changes(Review.objects.select_related("report").order_by("recorded_at", "pk")))
    assert told
    for when in INSTANTS:
        reading = Reading(history, when)
        counting = {assignment: report for assignment, report, _, at, _ in told if at <= when}
        for number, assignment in enumerate(stored.assignments):
            if assignment is None:
                continue
            report = reading.standing.get(number)
            expected = stored.reports[report].pk if report is not None else None
            assert counting.get(assignment.pk) == expected


def test_told_changes_carry_the_percentage_and_who_reviewed(lead):
    by = make_user(role="coordinator")
    report = file_report(lead, 55, at=JULY)
    review(report, at=AUGUST, recorded_by=by)
    changes = import_module("tasks.migrations.0003_accepted_progress").changes
    assert list(changes(Review.objects.select_related("report"))) == [(lead.pk, report.pk, 55, AUGUST, by.pk)]
    assert ProgressReport.objects.count() == 1
