"""The pytest plugin that gives every run its own servers, before Django's settings are read.

    TEST_DATABASE_URL   a database server to use instead of the own PostgreSQL; `sqlite:///:memory:` for SQLite
    CHROMIUM            the browser to use instead of the machine's or the installed one

With pytest-xdist the controller starts the servers and the workers share them, each with a database of its own.
"""

import gc
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import pytest
from coverage import Coverage

from tests.services import browser, template

BROWSER_FIXTURES = {"page", "context", "browser", "browser_context", "new_context"}
# What the developer's shell says must not decide a test; the rest comes from the defaults in settings.
FORGOTTEN = ["ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "DEBUG", "QA_PLAN_TODAY", "SITE_URL"]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Runs before pytest-django, which imports the settings in this same hook."""
    if not early_config.known_args_namespace.help and not early_config.known_args_namespace.version:
        prepare(early_config)
    return (yield)


def prepare(config: pytest.Config) -> None:
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        os.environ["REDIS_URL"] += f"/{int(worker.removeprefix('gw')) + 1}"
        return
    given = os.environ.get("TEST_DATABASE_URL")
    names = ["redis", "folder"] if given else ["postgres", "redis", "folder"]
    services = ExitStack()
    config.add_cleanup(services.close)
    os.environ.update(services.enter_context(running(names)))
    if given:
        os.environ["DATABASE_URL"] = given
    for name in FORGOTTEN:
        os.environ.pop(name, None)
    os.environ.update(
        SECRET_KEY=secrets.token_hex(32),
        QA_PLAN_DEMO="0",
        HTTPS="0",
        ACCESS_LOG="0",
        EMAIL_URL="memory:",
        DJANGO_ALLOW_ASYNC_UNSAFE="true",  # Playwright's synchronous interface runs an event loop in the test's thread
        PLAYWRIGHT_NODEJS_PATH=str(browser.node()),
    )
    (Path(os.environ["QA_PLAN_VAR"]) / "static").mkdir()
    if migrating := template.begin(given or ""):
        config.add_cleanup(partial(template.end, migrating))


@contextmanager
def running(names: list[str]) -> Iterator[dict[str, str]]:
    """Yields the environment that leads to the services. They end with the block, or with this process if it dies."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.services", "--until-eof", *names],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        lines = [process.stdout.readline() for _ in names]
        if not all(lines):
            raise pytest.UsageError("The servers for the tests did not start (测试所需的服务没有启动).")
        try:
            yield dict(line.strip().removeprefix("export ").split("=", 1) for line in lines)
        finally:
            process.stdin.close()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Of a run of one mark, modules that never name it aren't even imported."""
    mark = config.option.markexpr
    is_module = mark.isidentifier() and mark != "browser" and collection_path.match("test_*.py")
    return True if is_module and mark not in collection_path.read_text() else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever opens a page is a browser test; `-m browser` and `-m 'not browser'` tell them apart."""
    for item in items:
        if BROWSER_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker("browser")


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """The thousands of collected tests stay until the end: no collection of garbage need look at them, nor often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """What is marked as untraced counts for coverage in nothing, its fixtures included."""
    tracing = Coverage.current() if item.get_closest_marker("untraced") else None
    if tracing is None:
        return (yield)
    tracing.stop()
    try:
        return (yield)
    finally:
        tracing.start()


@pytest.fixture(scope="session", autouse=True)
def files_as_they_lie() -> Iterator[None]:
    """Static files without the manifest that only `collectstatic` writes."""
    from django.conf import settings
    from django.test import override_settings

    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(STORAGES={**settings.STORAGES, "staticfiles": plain}):
        yield
