"""A package of the small plan, and of the demonstration; storage of their own."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.utils import timezone

from agencies.models import User
from reports.models import Package
from reports.packages.asking import request_package
from reports.packages.building import build
from tasks.models import Assignment, Plan, ReportingPeriod
from tests.support.factories import moment
from tests.support.light_packages import light, real_files

__all__ = ["light", "real_files"]

NOW = moment("2016-10-17 10:00")
DAY = date(2016, 10, 16)


@pytest.fixture(autouse=True)
def storage(settings, tmp_path):
    """Where the files of this test lie."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def ask(plan: Plan, period: ReportingPeriod, lead: Assignment, coordinator: User) -> Callable[..., Package]:
    """Asks for the small plan's third quarter; what a test cares about it says itself."""

    def asked(**changes: object) -> Package:
        wanted = {"plans": [plan], "period": "2016Q3", "day": DAY, "by": coordinator, "at": NOW}
        return request_package(**{**wanted, **changes})

    return asked


@pytest.fixture
def built(ask: Callable[..., Package]) -> Callable[..., Package]:
    """The same, built."""

    def made(*, tick: Callable[[], datetime] = timezone.now, **changes: object) -> Package:
        package = ask(**changes)
        assert build(package.pk, at=NOW, tick=tick)
        return Package.objects.with_all().get(pk=package.pk)

    return made
