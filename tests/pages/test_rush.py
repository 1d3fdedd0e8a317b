"""Many agencies file at the same moment, in processes of their own: what was acknowledged is there, and once."""

from argparse import Namespace
from datetime import date

import pytest

from benchmarks.rush import run_on, rush
from tests.services import template

SIX, REPORTS = 6, 2


def assert_nothing_is_lost_or_doubled(code, said):
    assert code == 0, said
    assert "12 acknowledged, 12 stored, 12 on record" in said
    assert "{204: 24}" in said  # the second press of a button is told of what the first has filed


@pytest.mark.django_db(transaction=True)
def test_six_agencies_filing_at_once_on_postgresql_lose_and_double_nothing(settings, capsys):
    settings.ALLOWED_HOSTS, settings.QA_PLAN_TODAY = ["127.0.0.1"], date(2016, 10, 12)
    code = rush(SIX, REPORTS)
    assert_nothing_is_lost_or_doubled(code, capsys.readouterr().out)


@pytest.mark.long
def test_six_agencies_filing_at_once_on_sqlite_lose_and_double_nothing(tmp_path, capfd):
    """In a process that knows only this database."""
    template.migrated_sqlite(tmp_path / "rush.sqlite3")
    code = run_on(f"sqlite:///{tmp_path / 'rush.sqlite3'}", tmp_path, Namespace(agencies=SIX, reports=REPORTS))
    assert_nothing_is_lost_or_doubled(code, "".join(capfd.readouterr()))
