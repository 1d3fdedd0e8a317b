"""A demonstration of its own, served for a browser: on SQLite, frozen on a day, gone with the block."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks.environment import ROOT, environment
from benchmarks.servers import HOST, answers
from qa_plan.management.commands.run import BUFFERED
from tests.services import browser
from tests.services.server import free_port, running

PASSWORD = "zhiliang-2016"


@contextmanager
def demonstrated(day: str) -> Iterator[str]:
    """Its address."""
    with tempfile.TemporaryDirectory(prefix="qa-plan-demonstrated-") as folder:
        url = f"sqlite:///{Path(folder) / 'demonstration.sqlite3'}"
        known = environment(url, REDIS_URL="redis://127.0.0.1:1", QA_PLAN_VAR=folder, QA_PLAN_TODAY=day)
        os.environ.update(known)
        for command in ("migrate -v0", "load_demo", "daily_round", "collectstatic --noinput -v0"):
            words = [sys.executable, "manage.py", *command.split()]
            subprocess.run(words, cwd=ROOT, env=known, check=True, stdout=subprocess.DEVNULL)
        port = free_port()
        command = [sys.executable, "-m", "gunicorn", "qa_plan.wsgi", "--bind", f"{HOST}:{port}", "--threads", "4"]
        served = running(
            [*command, *BUFFERED.split(), "--chdir", str(ROOT), "--no-control-socket"],
            folder=Path(folder),
            answers=lambda: answers(port),
            stop=signal.SIGTERM,
            env=known,
        )
        with served:
            yield f"http://{HOST}:{port}"


@contextmanager
def browsing() -> Iterator[Browser]:
    os.environ["PLAYWRIGHT_NODEJS_PATH"] = str(browser.node())
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(**browser.launch_options())


def signed_in(site: Browser, url: str, username: str):  # type: ignore[no-untyped-def]
    """A window of that account, on the page where it begins."""
    context = site.new_context(base_url=url, locale="zh-CN", viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto("/accounts/login/")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.get_by_role("button", name="退出").wait_for()
    return page
