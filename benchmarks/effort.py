"""What it costs an agency to file a quarter: typed fields, clicks and pages, counted in a real browser.

    python -m benchmarks.effort [--reports 9]

One liaison files every report that 省质监局 owes, from an opened period to the last one submitted: two of three items
have changed (text, percentage, readings as far as the item has any), every third has not. Needs no preparation.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.environment import ROOT, environment
from benchmarks.servers import HOST, answers
from qa_plan.management.commands.run import BUFFERED
from tests.services.server import free_port, running

USERNAME, PASSWORD, DAY = "zhijian", "zhiliang-2016", "2016-09-20"  # on which the third quarter opens


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.effort")
    parser.add_argument("--reports", type=int, default=9)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="qa-plan-effort-") as folder:
        url = f"sqlite:///{Path(folder) / 'effort.sqlite3'}"
        known = environment(url, REDIS_URL="redis://127.0.0.1:1", QA_PLAN_VAR=folder, QA_PLAN_TODAY=DAY)
        os.environ.update(known)
        for command in ("migrate -v0", "load_demo", "daily_round", "collectstatic --noinput -v0"):
            quiet = subprocess.DEVNULL
            subprocess.run(
                [sys.executable, "manage.py", *command.split()], cwd=ROOT, env=known, check=True, stdout=quiet
            )
        port = free_port()
        command = [sys.executable, "-m", "gunicorn", "qa_plan.wsgi", "--bind", f"{HOST}:{port}", "--threads", "4"]
        command += BUFFERED.split()
        served = running(
            [*command, "--chdir", str(ROOT), "--no-control-socket"],
            folder=Path(folder),
            answers=lambda: answers(port),
            stop=signal.SIGTERM,
            env=known,
        )
        with served:
            measure(f"http://{HOST}:{port}", options.reports)


class Hand:
    """Counts what a person does: fields typed into, clicks, and pages that the browser loads."""

    def __init__(self, page) -> None:
        self.page = page
        self.typed = self.clicks = self.pages = 0
        page.on("framenavigated", lambda frame: self._navigated(frame))

    def _navigated(self, frame) -> None:
        if frame == self.page.main_frame:
            self.pages += 1

    def type(self, field, text: str) -> None:
        field.fill(text)
        self.typed += 1

    def choose(self, field, number: int) -> None:
        """From a drop-down list: one click opens it, one chooses."""
        field.select_option(index=number)
        self.clicks += 2

    def click(self, button) -> None:
        button.click()
        self.clicks += 1


def measure(url: str, reports: int) -> None:
    from playwright.sync_api import sync_playwright

    from tests.services import browser

    os.environ["PLAYWRIGHT_NODEJS_PATH"] = str(browser.node())
    with sync_playwright() as playwright:
        context = playwright.chromium.launch(**browser.launch_options()).new_context(locale="zh-CN")
        page = context.new_page()
        page.goto(f"{url}/accounts/login/?next=/my/")
        page.get_by_label("用户名").fill(USERNAME)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(f"{url}/my/")
        hand, rows = Hand(page), []
        cards = [card.get_attribute("id") for card in page.locator("form.report").all()][:reports]
        for number, slot in enumerate(cards, 1):
            before = (hand.typed, hand.clicks, hand.pages)
            is_changed = number % 3 != 0
            file_one(hand, page.locator(f"form#{slot}"), is_changed=is_changed)
            page.locator(f"p#{slot}", has_text="已报送").wait_for()
            now = (hand.typed, hand.clicks, hand.pages)
            rows.append((is_changed, *(after - start for after, start in zip(now, before, strict=True))))
        say(rows)


def file_one(hand: Hand, card, *, is_changed: bool) -> None:
    """The reason for being behind is chosen only where the product asks for it and knows none yet."""
    if is_changed:
        hand.type(card.get_by_label("本期进展"), "本期检查企业126家，发现问题38个，已整改35个。")
        percent = card.get_by_label("进度", exact=True)
        hand.type(percent, str(min(int(percent.input_value()) + 12, 100)))
        for reading in card.locator("input[name^=reading_]").all()[:1]:
            hand.type(reading, str(int(float(reading.input_value() or 0)) + 5))
    else:
        hand.click(card.get_by_label("无变化：按计划推进，未到下一节点"))
    reason = card.get_by_label("滞后原因")
    if reason.is_visible() and not reason.input_value() and is_behind(card):
        hand.choose(card.get_by_label("滞后的常见原因"), 1)
    hand.click(card.get_by_role("button", name="报送", exact=True))


def is_behind(card) -> bool:
    """As the card says it: the percentage is under its yellow line."""
    hint = card.locator("input[name=percent] + .hint, input[name=percent] ~ .hint").first.inner_text()
    line = float(hint.rpartition("黄灯线")[2] or 0) if "黄灯线" in hint else 0.0
    return int(card.get_by_label("进度", exact=True).input_value()) < line


def say(rows: list[tuple[bool, int, int, int]]) -> None:
    print("| report | changed | typed fields | clicks | pages |")
    print("| ---: | --- | ---: | ---: | ---: |")
    for number, (is_changed, typed, clicks, pages) in enumerate(rows, 1):
        print(f"| {number} | {'yes' if is_changed else 'no'} | {typed} | {clicks} | {pages} |")
    totals = [sum(column) for column in zip(*(row[1:] for row in rows), strict=True)]
    print(f"| all {len(rows)} | | {totals[0]} | {totals[1]} | {totals[2] + 1} |")


if __name__ == "__main__":
    main()
