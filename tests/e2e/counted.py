"""A hand at a browser that counts what it does: pages seen, clicks, fields typed, seconds."""

import time

from playwright.sync_api import Locator, Page


class Hand:
    """One person at one or several windows; every click and every field goes through here."""

    def __init__(self) -> None:
        self.clicks = self.typed = self.pages = 0
        self.begun = time.monotonic()

    def at(self, page: Page) -> Page:
        """From now on the pages that this window shows count."""
        page.on("framenavigated", lambda frame: self._saw(is_page=frame == page.main_frame))
        return page

    def _saw(self, *, is_page: bool) -> None:
        self.pages += is_page

    def click(self, what: Locator) -> None:
        self.clicks += 1
        what.click()

    def fill(self, field: Locator, text: str) -> None:
        self.typed += 1
        field.fill(text)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.begun

    def __str__(self) -> str:
        return f"{self.pages} pages, {self.clicks} clicks, {self.typed} fields typed, {self.seconds:.0f} s"
