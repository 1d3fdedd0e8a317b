"""The small plan as a module's tests of offline workbooks find it: its rows and its workbook are written once.

A module that imports these fixtures has them in place of those that write the rows for each test.
"""

import pytest

from agencies.models import Agency, Role, User
from tasks.models import ActionItem, Assignment, Plan, ReportingPeriod
from tests.support.factories import (
    LEAD,
    make_agency,
    make_assignment,
    make_item,
    make_period,
    make_plan,
    make_user,
    moment,
)
from tests.support.workbooks import filled, issued

NOW = moment("2016-10-10 09:00")
WHOLE = {"percent": 80, "progress": "已开展3次检查。"}


@pytest.fixture(scope="module")
def downloaded(rows_of_module: None) -> bytes:
    """The workbook of an agency that leads one item: written once, as are its rows."""
    plan, agency = make_plan(), make_agency("省商务厅")
    make_assignment(make_item(plan), agency, LEAD)
    make_user("lead", role=Role.LIAISON, agency=agency, display_name="商务联络员")
    return issued(agency, make_period(plan, "2016Q3"), NOW)


@pytest.fixture(scope="module")
def filled_in(downloaded: bytes) -> bytes:
    """The same as it comes back."""
    return filled(downloaded, **WHOLE)


@pytest.fixture
def sent(db: None, downloaded: bytes) -> bytes:
    return downloaded


@pytest.fixture
def plan(sent: bytes) -> Plan:
    return Plan.objects.earliest("pk")


@pytest.fixture
def item(sent: bytes) -> ActionItem:
    return ActionItem.objects.earliest("pk")


@pytest.fixture
def lead(sent: bytes) -> Assignment:
    return Assignment.objects.earliest("pk")


@pytest.fixture
def lead_agency(sent: bytes) -> Agency:
    return Agency.objects.get(name="省商务厅")


@pytest.fixture
def lead_liaison(sent: bytes) -> User:
    return User.objects.get(username="lead")


@pytest.fixture
def period(sent: bytes) -> ReportingPeriod:
    return ReportingPeriod.objects.earliest("pk")
