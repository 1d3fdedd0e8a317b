"""生效进度: what reviews make of an assignment's progress, as recorded by the deeds."""

from datetime import timedelta
from random import Random

import pytest

from tasks.models import AcceptedProgress, Assignment
from tasks.workflow import review_report
from tests.support.factories import ACCEPTED, SENT_BACK, file_report, make_user, moment

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
    progress = AcceptedProgress.objects.get()
    assert (progress.recorded_at, progress.recorded_by) == (AUGUST, report.reviews.get().recorded_by)


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


def test_a_late_report_of_an_older_period_takes_nothing_back(lead, decide):
    newer, older = file_report(lead, 72, at=JULY, period="2016Q3"), file_report(lead, 60, at=JULY, period="2016Q2")
    decide(newer, ACCEPTED, AUGUST)
    decide(older, ACCEPTED, SEPTEMBER)
    assert recorded(lead)[-1] == (newer.pk, 72)


@pytest.mark.parametrize("seed", range(2))
def test_whatever_was_decided_the_accepted_report_of_the_newest_period_counts(lead, decide, seed):
    dice, reports, verdicts = Random(seed), [], {}
    for at in (JULY + timedelta(days=day) for day in range(24)):
        if not reports or dice.random() < 0.4:
            reports.append(file_report(lead, dice.randint(0, 100), at=at, period=dice.choice(("2016Q2", "2016Q3"))))
            continue
        newest_of_periods = {report.period_id: report for report in reports}
        report = dice.choice([*newest_of_periods.values()])
        others = [verdict for verdict in (ACCEPTED, SENT_BACK) if verdict != verdicts.get(report)]
        verdicts[report] = dice.choice(others)
        seen = report.reviews.order_by("pk").last()
        decide(report, verdicts[report], at, seen=seen.pk if seen else 0)
        accepted = [report for report in reports if verdicts.get(report) == ACCEPTED]
        newest = max(accepted, key=lambda report: (report.period.code, report.recorded_at), default=None)
        standing = Assignment.objects.as_of(at).get(pk=lead.pk)
        counting = (newest.pk, newest.percent) if newest else (None, 0)
        assert (standing.standing_report, standing.percent) == counting
        assert (standing.accepted_percent is None) == (newest is None)
