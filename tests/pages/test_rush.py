"""Many agencies file at the same moment, in processes of their own: what was acknowledged is there, and once."""

import subprocess
import sys
from datetime import date

import pytest
from django.conf import settings as django_settings

from benchmarks.rush import rush
from tests.support.processes import marked_environment

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


def test_six_agencies_filing_at_once_on_sqlite_lose_and_double_nothing():
    """In a process that knows only this database."""
    command = [sys.executable, "-m", "benchmarks.rush", "--agencies", str(SIX), "--reports", str(REPORTS)]
    result = subprocess.run(
        [*command, "--on", "sqlite"],
        cwd=django_settings.BASE_DIR,
        env=marked_environment(),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert_nothing_is_lost_or_doubled(result.returncode, result.stdout + result.stderr)
