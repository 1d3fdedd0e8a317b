"""/metrics tells how many packages were built, how long that took, what waits and what failed."""

import re
from datetime import date

import pytest
from django.utils import timezone

from reports.models import Build
from reports.packages.building import build
from tests.reports.packages.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.any_database, pytest.mark.usefixtures("light")]


def told(client):
    lines = re.findall(r"^qa_plan_(package\w+) (\S+)$", client.get("/metrics").text, re.M)
    return {name: float(value) for name, value in lines}


def test_it_tells_what_was_built_how_long_that_took_what_waits_and_what_failed(client, ask, built):
    built()
    failed = ask(day=date(2016, 10, 15))
    Build.objects.filter(package=failed).update(state=Build.State.FAILED)
    ask(day=date(2016, 10, 14))
    values = told(client)
    assert 0 < values.pop("package_build_seconds_total") < 60
    assert values == {"package_builds_total": 1, "packages_waiting": 1, "packages_failed": 1}


def test_one_that_is_built_again_counts_again(client, built):
    package = built()
    before = told(client)["package_build_seconds_total"]
    Build.objects.filter(package=package).update(state=Build.State.QUEUED)
    build(package.pk, at=NOW, tick=timezone.now)
    after = told(client)
    assert after["package_builds_total"] == 2
    assert after["package_build_seconds_total"] > before
