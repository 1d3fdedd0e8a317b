"""The demonstration's rows are read once for the whole audit."""

import pytest

from tasks.models import Plan
from tests.audit.rows import Rows


@pytest.fixture(scope="session")
def rows_known() -> dict[str, Rows]:
    return {}


@pytest.fixture
def demo_rows_read(demo: Plan, rows_known: dict[str, Rows]) -> Rows:
    if demo.slug not in rows_known:
        rows_known[demo.slug] = Rows.of(demo.slug)
    return rows_known[demo.slug]
