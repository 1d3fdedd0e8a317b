"""An agency with a thousand tasks: its workbook in two seconds, its preview in three, at queries that don't grow."""

import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from reports.fillin.layout import FORM
from reports.fillin.rows import collect
from tasks.models import AcceptedProgress, ActionItem, Assignment, Indicator, ItemRevision, ProgressReport
from tests.factories import ISSUED, make_section, moment
from tests.reports.workbooks import edited, issued

NOW = moment("2016-10-10 18:00")
ROWS = 1000
BUILT_WITHIN, PREVIEWED_WITHIN = 2.0, 3.0  # seconds of this process


@pytest.fixture
def thousand(plan, period, lead_agency):
    """Every row with a last report of ordinary length, every tenth with an indicator."""
    section = make_section(plan)
    items = ActionItem.objects.bulk_create(
        ActionItem(plan=plan, section=section, number=n + 1, label=f"（{n + 1}）", title=f"任务{n}", start=0, end=0)
        for n in range(ROWS)
    )
    ItemRevision.objects.bulk_create(
        ItemRevision(item=item, due_on=plan.due_on, reason="时限", recorded_at=ISSUED) for item in items
    )
    Indicator.objects.bulk_create(
        Indicator(item=item, name="指标", target=10, unit="个", start=0, end=0) for item in items[::10]
    )
    assignments = Assignment.objects.bulk_create(
        Assignment(item=item, agency=lead_agency, role="lead", recorded_at=ISSUED) for item in items
    )
    second = period.plan.periods.create(
        code="2016Q2", starts_on="2016-04-01", ends_on="2016-06-30", opens_on="2016-06-20", due_on="2016-07-15"
    )
    at = moment("2016-07-10")
    reports = ProgressReport.objects.bulk_create(
        ProgressReport(
            assignment=each, period=second, percent=40, progress="已按计划推进。" * 20, recorded_at=at, settled_at=at
        )
        for each in assignments
    )
    AcceptedProgress.objects.bulk_create(
        AcceptedProgress(assignment=report.assignment, report=report, percent=40, recorded_at=at) for report in reports
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return period


def spent(work):
    start = time.process_time()
    done = work()
    return done, time.process_time() - start


@pytest.mark.untraced
def test_a_thousand_rows_are_built_in_two_seconds_and_previewed_in_three(
    thousand, lead_agency, lead_liaison, plan, settings
):
    settings.QA_PLAN_TODAY = NOW.date()
    content, seconds = spent(lambda: issued(lead_agency, thousand, NOW))
    assert seconds < BUILT_WITHIN

    def change(workbook):
        for row in range(4, 4 + ROWS):
            workbook[FORM][f"G{row}"], workbook[FORM][f"H{row}"] = 60, f"本期完成{row}件，进展顺利。" * 10

    file = SimpleUploadedFile("填报表.xlsx", edited(content, change))
    client = Client()
    client.force_login(lead_liaison)
    sent = {"workbook": file, "plan": plan.slug, "period": "2016Q3"}
    with CaptureQueriesContext(connection) as captured:
        response, seconds = spent(lambda: client.post("/my/workbook/", sent, follow=True))
    assert response.context["page"].paginator.count == ROWS
    assert seconds < PREVIEWED_WITHIN
    assert len(captured) < 40  # of two requests, with what keeps the upload waiting


def test_what_is_known_is_collected_in_seven_queries(thousand, lead_agency, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        assert len(collect(lead_agency, thousand, NOW).rows) == ROWS
