"""An agency with a thousand tasks: its workbook goes out and comes back at queries that don't grow.

How long it takes is measured by `python -m benchmarks.workbook`.
"""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from reports.fillin.layout import FORM
from reports.fillin.rows import collect
from tests.factories import moment
from tests.reports.thousand import give_many_tasks
from tests.reports.workbooks import edited, issued

NOW = moment("2016-10-10 18:00")
ROWS = 1000


@pytest.fixture
def thousand(plan, period, lead_agency):
    give_many_tasks(period, lead_agency, ROWS)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return period


@pytest.mark.untraced
def test_a_workbook_of_a_thousand_rows_is_previewed_whole(thousand, lead_agency, lead_liaison, plan, settings):
    settings.QA_PLAN_TODAY = NOW.date()

    def change(workbook):
        for row in range(4, 4 + ROWS):
            workbook[FORM][f"G{row}"], workbook[FORM][f"H{row}"] = 60, f"本期完成{row}件，进展顺利。" * 10

    file = SimpleUploadedFile("填报表.xlsx", edited(issued(lead_agency, thousand, NOW), change))
    client = Client()
    client.force_login(lead_liaison)
    with CaptureQueriesContext(connection) as captured:
        sent = {"workbook": file, "plan": plan.slug, "period": "2016Q3"}
        response = client.post("/my/workbook/", sent, follow=True)
    assert response.context["page"].paginator.count == ROWS
    assert len(captured) < 40  # of two requests, with what keeps the upload waiting


def test_what_is_known_is_collected_in_seven_queries(thousand, lead_agency, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        assert len(collect(lead_agency, thousand, NOW).rows) == ROWS
