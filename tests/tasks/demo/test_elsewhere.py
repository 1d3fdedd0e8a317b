"""The demonstration of another installation: another process, on SQLite, whose first load was killed."""

import pickle
import subprocess
import sys

import pytest
from django.conf import settings

from agencies.models import Change
from tests.conftest import DEMO_DAY
from tests.services import template
from tests.support.installation import RECORDS
from tests.support.processes import marked_environment

# django_db, or no database is made when these tests run alone
pytestmark = [pytest.mark.django_db, pytest.mark.long]

# A salt, real time, how long a sweep took, and what names rows by their keys.
DIFFERS = {"password", "date_joined", "finished_at", "link", "subject", "key"}
LOAD = f"import django; django.setup(); from tests.support.installation import load; load('{DEMO_DAY}')"


@pytest.fixture(scope="module")
def elsewhere(demo_rows, tmp_path_factory):
    folder = tmp_path_factory.mktemp("elsewhere")
    template.migrated_sqlite(folder / "demo.sqlite3")
    environment = marked_environment(
        DATABASE_URL=None,
        REDIS_URL=None,
        QA_PLAN_DEMO="1",
        QA_PLAN_VAR=str(folder),
        DJANGO_SETTINGS_MODULE="qa_plan.settings",
    )
    place = {"cwd": settings.BASE_DIR, "env": environment, "check": True}
    loaded = subprocess.run([sys.executable, "-c", LOAD], stdout=subprocess.PIPE, **place)
    return pickle.loads(loaded.stdout)


def without_keys(tables):
    """The rows with every key replaced by its rank in its table, so that two installations compare."""
    rank = {(type(row), row.pk): n for rows in tables for n, row in enumerate(rows)}

    def plain(row):
        for field in row._meta.concrete_fields:
            value = getattr(row, field.attname)
            if field.is_relation and value is not None:
                yield field.name, rank[field.related_model, value]
            elif not field.primary_key and field.name not in DIFFERS:
                yield field.name, value

    return [(type(row).__name__, dict(plain(row))) for rows in tables for row in rows]


def test_it_is_the_same_in_every_installation(elsewhere, demo_rows):
    assert without_keys(elsewhere.rows) == without_keys(
        [rows for rows in demo_rows if not rows or type(rows[0]) not in RECORDS]
    )


def test_its_record_of_changes_is_one_chain_and_the_same_in_every_installation(elsewhere, demo_rows):
    """Who did what, when, and in which request; the keys of what it names differ, and so do the hashes."""

    def contents(rows):
        requests = list(dict.fromkeys(row.request_id for row in rows))
        columns = ("recorded_at", "by_name", "action", "subject_type", "subject", "reason")
        return [(requests.index(row.request_id), *(getattr(row, name) for name in columns)) for row in rows]

    [recorded] = [rows for rows in demo_rows if rows and type(rows[0]) is Change]
    assert contents(elsewhere.changes) == contents(recorded)
    assert elsewhere.problem == ""


def test_a_load_that_was_killed_leaves_files_that_the_next_one_uses(elsewhere):
    assert elsewhere.faults == []
    assert elsewhere.left
    assert elsewhere.files == elsewhere.used | elsewhere.left
