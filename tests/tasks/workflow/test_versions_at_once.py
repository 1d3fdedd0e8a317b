"""Two connections with the same form. On PostgreSQL alone: a database in memory has one; `test_rush.py` tries files."""

import threading

import pytest
from django.db import connection

from agencies.models import ChangeChain
from tasks.models import ProgressReport, ReportDraft
from tasks.workflow import ReportContent, save_draft, submit_report
from tasks.workflow.versions import Basis, StaleError
from tests.support.factories import make_assignment, make_item, make_period, make_user, moment

NOW = moment("2016-10-12 10:00")
NOTHING = Basis()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("deed", ["save", "file"])
def test_of_two_connections_with_the_same_form_one_is_taken_and_one_refused(deed):
    ChangeChain.objects.get_or_create(pk=1)
    assignment = make_assignment(make_item())
    period = make_period(assignment.item.plan)
    people = [make_user(role="liaison", agency=assignment.agency) for _ in range(2)]
    start, outcomes = threading.Barrier(2), []

    def act(person):
        where = {"assignment": assignment, "period": period, "by": person, "at": NOW, "basis": NOTHING}
        try:
            start.wait(30)
            if deed == "save":
                save_draft(fields={"progress": person.username}, **where)
            else:
                submit_report(content=ReportContent(80, f"{person.username}做了12件事。"), **where)
            outcomes.append("taken")
        except StaleError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["refused", "taken"]
    assert (ReportDraft if deed == "save" else ProgressReport).objects.count() == 1
