"""The pictures of the help page, taken from a running demonstration: the beginning of a page as its reader sees it.

    make run                                     in another window
    python -m tests.support.help_pictures [ADDRESS [NAME …]]

They are small: what surrounds the matter is left out, and a screen is as wide as its words need.
"""

import sys
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, sync_playwright

from tests.services.browser import launch_options

FOLDER = Path(__file__).resolve().parents[2] / "static" / "help"
PASSWORD = "zhiliang-2016"  # the demonstration's sign-in page shows it
WIDTH = 1120


class Picture(NamedTuple):
    """What is taken: the name of the file, whose page, its address, and how much of it below the header."""

    name: str
    account: str
    address: str
    height: int


PICTURES = (
    Picture("my", "shangwu", "/my/", 500),
    Picture("desk", "coordinator", "/desk/", 500),
    Picture("review", "coordinator", "/reviews/", 500),
    Picture("dashboard", "leader", "/plans/2016-76/", 620),
    Picture("ranking", "leader", "/plans/2016-76/ranking/", 620),
    Picture("cities", "leader", "/plans/2016-76/local/", 740),
    Picture("correspondence", "hefei", "/plans/2016-901/correspondence/?show=all", 520),
    Picture("drawing", "bozhou", "/plans/2016-76/local/new/", 640),
    Picture("accounts", "admin", "/admin/agencies/user/", 480),
)


def take(browser: Browser, site: str, picture: Picture) -> None:
    page = browser.new_page(viewport={"width": WIDTH, "height": 1000}, locale="zh-CN", timezone_id="Asia/Shanghai")
    page.goto(f"{site}/accounts/login/")
    page.get_by_label("用户名").fill(picture.account)
    page.get_by_label("密码").fill(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.goto(site + picture.address)
    page.wait_for_load_state("networkidle")
    top = page.locator("main").bounding_box()
    assert top is not None
    clip = {"x": 0, "y": top["y"], "width": WIDTH, "height": picture.height}
    page.screenshot(path=FOLDER / f"{picture.name}.png", clip=clip, full_page=True)
    page.close()


def main(site: str, *names: str) -> None:
    """Takes those of the names, all of them where none is given."""
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as started:
        browser = started.chromium.launch(**launch_options())
        for picture in (each for each in PICTURES if each.name in names or not names):
            take(browser, site, picture)
        browser.close()


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["http://127.0.0.1:8000"]))
