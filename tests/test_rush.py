"""Many agencies file at the same moment, in processes of their own: what was acknowledged is there, and once."""

import subprocess
import sys

import pytest
from django.conf import settings

from tests.processes import marked_environment


@pytest.mark.parametrize("engine", ["postgresql", "sqlite"])
def test_six_agencies_filing_at_once_lose_and_double_nothing(engine):
    command = [sys.executable, "-m", "benchmarks.rush", "--agencies", "6", "--reports", "2", "--on", engine]
    result = subprocess.run(
        command, cwd=settings.BASE_DIR, env=marked_environment(), capture_output=True, text=True, timeout=300
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "12 acknowledged, 12 stored, 12 on record" in result.stdout
    assert "{204: 12, 409: 12}" in result.stdout
