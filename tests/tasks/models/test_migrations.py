"""A database with rows of an earlier release is migrated as if the present one had written them."""

import sqlite3
from contextlib import closing
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from tasks.models import ItemRevision, Reminder
from tests.support.digests import DAY, Kind, make_digest, remind
from tests.support.factories import make_period, moment, revise

pytestmark = pytest.mark.any_database

OLD = [("tasks", "0002_facts_stay")]
NEXT_DAY = date(2016, 10, 13)
ADDED = ("kind", "key", "period_code")


@pytest.fixture
def as_before():
    """SQLite can't be emptied of facts; it gets back what there was before the test."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    with closing(sqlite3.connect(":memory:")) as copy:
        connection.connection.backup(copy)
        yield
        copy.backup(connection.connection)


def migrate(targets):
    """The models of that state."""
    return MigrationExecutor(connection).migrate(targets).apps


def write_again(apps, rows):
    """The same of the next day, as the code of that state wrote them: without the columns that it didn't have."""
    model = apps.get_model("tasks", "Reminder")
    columns = {field.attname for field in model._meta.concrete_fields}
    assert columns.isdisjoint(ADDED)
    model.objects.bulk_create(
        model(**{name: value for name, value in row.items() if name in columns - {"id"}} | {"day": NEXT_DAY})
        for row in rows
    )


def of_day(day):
    rows = Reminder.objects.filter(day=day).order_by("pk").values()
    return [{name: value for name, value in row.items() if name not in ("id", "day")} for row in rows]


@pytest.mark.django_db(transaction=True)
@pytest.mark.long
def test_what_was_stored_is_as_if_it_were_written_now_and_stays_guarded(as_before, lead, lead_liaison):
    """There and back takes half a minute of work, so that both tables go together, each by way of its own release."""
    item, period = lead.item, make_period(lead.item.plan)
    reports = f"period:{item.plan_id}-%s/agency:{lead.agency_id}"
    digest = make_digest(lead_liaison)
    remind(digest, Kind.DUE, assignment=lead)
    remind(digest, Kind.RECEIPT, assignment=lead, offset=1)
    remind(digest, Kind.OPENS, period=period, subject=reports % period.code)
    remind(digest, Kind.FILING, subject=reports % "2016Q4")
    remind(digest, Kind.SENT_BACK, assignment=lead, period=period, subject="report:12")
    remind(digest, Kind.REVIEW, assignment=lead, subject="report:3")
    remind(digest, Kind.REQUEST, assignment=lead, subject="request:4567890123")
    remind(digest, Kind.URGED, subject="urge:4")
    expected, rows = of_day(DAY), list(Reminder.objects.order_by("pk").values())
    revise(item, date(2016, 10, 31), at=moment("2016-06-01"))
    columns = ("pk", "due_on", "is_inferred", "reason", "recorded_at")
    kept = list(item.revisions.order_by("pk").values_list(*columns))
    try:
        write_again(migrate(OLD), rows)
        then = migrate([("tasks", "0006_reports_that_go_on")])
        old = then.get_model("tasks", "ItemRevision")
        assert "due_words" not in {field.name for field in old._meta.concrete_fields}
        with pytest.raises(DatabaseError, match="facts are inserted"), transaction.atomic():
            old.objects.update(reason="改写")
        old.objects.create(item_id=item.pk, due_on=None, reason="长期", recorded_at=moment("2016-07-01"))
    finally:
        migrate(MigrationExecutor(connection).loader.graph.leaf_nodes("tasks"))
    assert len(expected) == 8
    assert of_day(DAY) == of_day(NEXT_DAY) == expected
    revisions = ItemRevision.objects.order_by("pk")
    assert list(revisions.values_list(*columns))[:2] == kept
    assert list(revisions.values_list("due_source", "due_words")) == [("inferred", ""), ("set", ""), ("set", "")]
    for attempt in (
        lambda: Reminder.objects.update(key=1),
        lambda: Reminder.objects.all()._raw_delete("default"),
        lambda: revisions.update(due_words="6月底前"),
        lambda: revisions._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="facts are inserted"), transaction.atomic():
            attempt()
