"""Every figure of the demonstration that is printed, as it is printed, against a plain recomputation from the rows."""

from datetime import date, datetime
from functools import partial
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from agencies.models import User
from qa_plan import clock
from reports.packages.asking import request_package
from reports.packages.building import build
from tasks.models import Digest, Plan
from tasks.reminders.digest import composed
from tests.audit import texts
from tests.audit.auditing import Audit
from tests.audit.recomputed import Stand
from tests.audit.right import Right
from tests.audit.rows import Rows
from tests.support.light_packages import light

__all__ = ["light"]

DAYS = ("2016-07-10", "2016-07-15", "2016-07-18", "2016-08-31", "2016-09-30", "2016-10-12")
TODAY = date(2016, 10, 12)


@pytest.mark.parametrize("day", DAYS)
def test_pages_of_the_demonstration(demo: Plan, demo_rows_read: Rows, day: str) -> None:
    leader = User.objects.get(username="leader")
    audit = Audit(demo_rows_read, leader, date.fromisoformat(day), TODAY)
    audit.pages()
    audit.require(at_least=3300)


@pytest.mark.parametrize("day", DAYS[::2] + DAYS[-1:])
def test_files_of_the_demonstration(demo: Plan, demo_rows_read: Rows, day: str) -> None:
    leader = User.objects.get(username="leader")
    audit = Audit(demo_rows_read, leader, date.fromisoformat(day), TODAY)
    audit.files()
    audit.require(at_least=5000)


@pytest.mark.parametrize("day", ["2016-07-18", "2016-10-12"])
def test_one_page_of_the_demonstration(
    demo: Plan, demo_rows_read: Rows, light: None, settings: Settings, tmp_path: Path, day: str
) -> None:
    settings.MEDIA_ROOT = tmp_path
    shown = date.fromisoformat(day)
    code = Stand(demo_rows_read, shown).period["code"]
    coordinator = User.objects.get(username="coordinator")
    package = request_package(plans=[demo], period=code, day=shown, by=coordinator, at=clock.now())
    assert build(package.pk, at=clock.now(), tick=clock.now)
    audit = Audit(demo_rows_read, coordinator, shown, TODAY)
    audit.one_page(package)
    audit.require(at_least=110)


def test_mails_of_the_demonstration(demo: Plan, demo_rows_read: Rows) -> None:
    """What every mail says, as of the moment at which it was planned."""
    audit = Audit(demo_rows_read, User.objects.get(username="leader"), TODAY, TODAY)
    rights: dict[tuple[date, datetime], Right] = {}
    for digest in Digest.objects.select_related("recipient__agency").order_by("pk"):
        moment = (digest.day, digest.planned_at)
        if moment not in rights:
            rights[moment] = Right(Stand(demo_rows_read, *moment))
        mail, right = composed(digest), rights[moment]
        audit.compare(f"mail {digest}", partial(texts.mail, mail.subject, mail.text, right), right)
    audit.require(at_least=200)
