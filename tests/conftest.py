"""The cast, one person per role, and three stages: a small plan, the published notice, the whole demonstration."""

import fcntl
import os
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from itertools import chain
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.core.management.color import no_style
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import override_settings
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker

from agencies.models import Agency, Role, User
from qa_plan import clock, urls
from reports.dashboard import overview_cache
from tasks.demo.papers import laid_ready, papers, upload_of
from tasks.demo.playing import load_demo
from tasks.models import ActionItem, Assignment, Plan, ReminderRule, ReportingPeriod
from tasks.notice import Notice, parse, read
from tasks.standing import pending
from tasks.workflow.importing import import_notice
from tests.services import template
from tests.support.factories import (
    ASSIST,
    LEAD,
    make_agency,
    make_assignment,
    make_item,
    make_period,
    make_plan,
    make_user,
)

NOTICE_FILE = django_settings.BASE_DIR / "fixtures" / "notices" / "皖政办秘〔2016〕76号.txt"
DEMO_DAY = date(2016, 10, 12)
# The same examples every time: a run says what a change has done, not what chance has found.
hypothesis_settings.register_profile("same", derandomize=True)
hypothesis_settings.load_profile("same")


@pytest.fixture(autouse=True, scope="session")
def _own_media_and_quick_hashes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test leaves uploaded files in the folder of the developer's own installation.

    A real hash of a password takes a tenth of a second on purpose.
    """
    quick = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media"), PASSWORD_HASHERS=quick):
        yield


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    """What a test left behind is rolled back, and its keys and heads come again in another."""
    overview_cache.clear()
    pending.forget()


@pytest.fixture(scope="module")
def rows_of_module(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """What a module's own fixtures write is there for all of its tests, each of which is rolled back to it."""
    with django_db_blocker.unblock(), to_be_rolled_back():
        if connection.vendor == "postgresql":
            # Foreign keys that wait for the end of the transaction would be checked again at the end of every test.
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        yield


@contextmanager
def to_be_rolled_back() -> Iterator[None]:
    """A transaction around tests, within which each has its own."""
    around = transaction.atomic()
    around._from_testcase = True  # as TestCase's own: a deed that must be outermost may run in it
    with around:
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> Iterator[None]:
    """The database begins as a copy of the one that the run migrated, so that it has nothing left to migrate."""
    in_memory = None
    if template.is_ready():
        if connection.vendor == "postgresql":
            connection.settings_dict["TEST"]["TEMPLATE"] = template.NAME
        else:
            in_memory = template.copied_to(connection.creation._get_test_db_name())
    yield
    if in_memory:
        in_memory.close()


# ── the cast ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def coordinator(db: None) -> User:
    return make_user("coordinator", role=Role.COORDINATOR, display_name="统筹员")


@pytest.fixture
def lead_agency(db: None) -> Agency:
    return make_agency("省商务厅")


@pytest.fixture
def lead_liaison(lead_agency: Agency) -> User:
    return make_user("lead", role=Role.LIAISON, agency=lead_agency, display_name="商务联络员")


@pytest.fixture
def approver(lead_agency: Agency) -> User:
    """Head of the lead agency."""
    return make_user("approver", role=Role.APPROVER, agency=lead_agency, display_name="商务负责人")


@pytest.fixture
def assisting_agency(db: None) -> Agency:
    return make_agency("合肥海关")


@pytest.fixture
def assisting_liaison(assisting_agency: Agency) -> User:
    return make_user("assisting", role=Role.LIAISON, agency=assisting_agency, display_name="海关联络员")


@pytest.fixture
def other_agency(db: None) -> Agency:
    """Has no part in the item."""
    return make_agency("省水利厅")


@pytest.fixture
def other_liaison(other_agency: Agency) -> User:
    return make_user("other", role=Role.LIAISON, agency=other_agency, display_name="水利联络员")


@pytest.fixture
def leader(db: None) -> User:
    return make_user("leader", role=Role.LEADER, display_name="分管领导")


@pytest.fixture
def administrator(db: None) -> User:
    return make_user("administrator", role=Role.ADMINISTRATOR, display_name="管理员")


# ── a small plan: one item, a lead and an assisting agency, the third quarter ────────────────────────────────────


@pytest.fixture
def plan(db: None) -> Plan:
    return make_plan()


@pytest.fixture
def item(plan: Plan) -> ActionItem:
    return make_item(plan)


@pytest.fixture
def lead(item: ActionItem, lead_agency: Agency) -> Assignment:
    return make_assignment(item, lead_agency, LEAD)


@pytest.fixture
def assist(item: ActionItem, assisting_agency: Agency) -> Assignment:
    return make_assignment(item, assisting_agency, ASSIST)


@pytest.fixture
def period(plan: Plan) -> ReportingPeriod:
    """2016Q3: opens on 20 September, due on 14 October."""
    return make_period(plan, "2016Q3")


# ── the published notice ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def notice_file() -> Path:
    return NOTICE_FILE


@pytest.fixture(scope="session")
def notice() -> Notice:
    return parse(read(NOTICE_FILE))


@pytest.fixture
def notice_plan(db: None, notice: Notice) -> Plan:
    return import_notice(notice, by=None, at=clock.at(notice.issued_on))[0]


# ── the demonstration ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def demo_rows(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> list[list]:
    """Every row of the demonstration, table by table; its files lie in the storage.

    It is played once per run, which takes seconds, by whichever worker needs it first; the others wait and read.
    """
    kept = Path(os.environ["QA_PLAN_VAR"]) / "demonstration"
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            with django_db_blocker.unblock():
                kept.write_bytes(pickle.dumps(played()))
    for paper in chain.from_iterable(papers().values()):
        laid_ready(upload_of(paper))
    return pickle.loads(kept.read_bytes())


def played() -> list[list]:
    """The rows of a demonstration that is rolled back."""
    with override_settings(QA_PLAN_DEMO=True), transaction.atomic():
        load_demo(on=DEMO_DAY)
        every = apps.get_models(include_auto_created=True)
        models = [model for model in every if model._meta.app_label in ("agencies", "tasks", "reports")]
        rows = [list(model._default_manager.order_by("pk")) for model in models]
        transaction.set_rollback(True)
    return rows


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests come first, so that no worker has one left when the others are done; then the demonstration's.

    One worker plays that, and the others have enough else to do.
    """

    def turn(item: pytest.Item) -> tuple[bool, bool]:
        return item.get_closest_marker("long") is None, {"demo", "demo_rows"}.isdisjoint(item.fixturenames)

    items.sort(key=turn)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--histories", type=int, default=1, help="how many random histories of splits and mergers")
    parser.addoption("--share", type=int, default=8, help="one in so many of the answers to other offices is compared")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests of the demonstration run one after the other; their names say nothing of it."""
    if "history_seed" in metafunc.fixturenames:
        metafunc.parametrize("history_seed", range(metafunc.config.getoption("histories")))
    if "demo" in metafunc.fixturenames:
        metafunc.parametrize("_stage", ["demonstration"], ids=[pytest.HIDDEN_PARAM], indirect=True, scope="session")


@pytest.fixture(scope="session", autouse=True)
def _stage(request: pytest.FixtureRequest) -> Iterator[None]:
    """What is there before a test: nothing, or the demonstration, which stays while test after test asks for it."""
    if not hasattr(request, "param"):
        yield
        return
    rows, blocker = request.getfixturevalue("demo_rows"), request.getfixturevalue("django_db_blocker")
    with blocker.unblock(), to_be_rolled_back():
        load(rows)
        yield


@transaction.atomic
def load(demo_rows: list[list]) -> None:
    """In one transaction, since some tables come before those that they refer to."""
    for rows in demo_rows:
        for model in {type(row) for row in rows}:
            # The first rules come with the database itself.
            model._default_manager.bulk_create(rows, ignore_conflicts=model is ReminderRule)
    models = list({type(row) for rows in demo_rows for row in rows})
    with connection.cursor() as cursor:  # the rows bring their keys along: the next ones come after them
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)
    connection.check_constraints()  # once, or it would be done at the end of every test


@pytest.fixture
def demo(db: None, settings) -> Plan:
    """The demonstration as loaded, with its frozen clock, which shows 2016-10-12 18:00."""
    settings.QA_PLAN_DEMO, settings.QA_PLAN_TODAY = True, DEMO_DAY
    return Plan.objects.get()


@pytest.fixture
def refusals_in_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the status alone counts: the page that says 403 or 404 takes longer than finding out."""

    def refuse(status: int) -> Callable[..., HttpResponse]:
        return lambda request, exception: HttpResponse(status=status)

    monkeypatch.setattr(urls, "handler403", refuse(403), raising=False)
    monkeypatch.setattr(urls, "handler404", refuse(404), raising=False)
