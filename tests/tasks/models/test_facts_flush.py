"""Row triggers don't see PostgreSQL's TRUNCATE: tests with transactions of their own can empty the tables."""

import pytest
from django.core.management import call_command

from tasks.models import Assignment, ItemRevision, Plan, Review
from tests.support.factories import file_report, moment, review, withdraw


@pytest.mark.django_db(transaction=True)
def test_flush_empties_the_tables_facts_included(lead):
    review(file_report(lead, at=moment("2016-10-12")))
    withdraw(lead, at=moment("2016-10-12"))
    call_command("flush", interactive=False, verbosity=0)
    assert [model.objects.count() for model in (Review, Assignment, ItemRevision, Plan)] == [0, 0, 0, 0]
