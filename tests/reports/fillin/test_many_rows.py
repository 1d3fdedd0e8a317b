"""An agency with hundreds of tasks: its workbook goes out and comes back at queries that don't grow.

How long a thousand take is measured by `python -m benchmarks.workbook`.
"""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agencies.models import Role
from reports.fillin.known import collect
from reports.fillin.workbook import describe_fill_in
from reports.xlsx import to_bytes
from tests.support.factories import make_agency, make_period, make_plan, make_user, moment
from tests.support.thousand import give_many_tasks

NOW = moment("2016-10-10 18:00")
ROWS = 250


@pytest.fixture(scope="module")
def hundreds(rows_of_module):
    """The period and the agency."""
    period, agency = make_period(make_plan(), "2016Q3"), make_agency()
    give_many_tasks(period, agency, ROWS)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return period, agency


def filled(fill_in):
    """As it comes back with every row written in."""
    texts = {row.assignment.pk: {"percent": "60", "progress": "已办结多件，进展顺利。" * 10} for row in fill_in.rows}
    return to_bytes(describe_fill_in(fill_in, texts=texts))


@pytest.mark.django_db
@pytest.mark.untraced
def test_a_workbook_of_many_rows_is_previewed_whole(hundreds, settings):
    settings.QA_PLAN_TODAY = NOW.date()
    period, agency = hundreds
    file = SimpleUploadedFile("填报表.xlsx", filled(collect(agency, period, NOW)))
    client = Client()
    client.force_login(make_user(role=Role.LIAISON, agency=agency))
    with CaptureQueriesContext(connection) as captured:
        sent = {"workbook": file, "plan": period.plan.slug, "period": "2016Q3"}
        response = client.post("/my/workbook/", sent, follow=True)
    assert response.context["page"].paginator.count == ROWS
    assert len(captured) < 40  # of two requests, with what keeps the upload waiting


@pytest.mark.django_db
def test_what_is_known_is_collected_in_seven_queries(hundreds, django_assert_max_num_queries):
    period, agency = hundreds
    with django_assert_max_num_queries(8):
        assert len(collect(agency, period, NOW).rows) == ROWS
