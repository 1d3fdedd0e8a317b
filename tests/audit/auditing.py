"""One audit: every page and file of a plan on one day, read and held against what is right."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import cached_property, partial
from typing import Any, Protocol

import pytest

from agencies.models import User
from reports.briefing import build_briefing
from reports.models import Package
from reports.packages.onepage import OnePage
from reports.quarter import Definition, Snapshot, take_snapshot
from reports.quarter.book import build_workbook
from tests.audit import city_pages, pages, spreadsheets, texts, workbook
from tests.audit.cities import Cities, RightOfCities
from tests.audit.recomputed import Stand
from tests.audit.right import Right
from tests.audit.rows import Row, Rows
from tests.audit.subjects import Difference, Figure
from tests.pages.conftest import Reader
from tests.support.reading import Page


class Judge(Protocol):
    """Whoever says how a figure should read."""

    def difference(self, figure: Figure) -> Difference | None: ...


class Audit:
    """Reads the pages of a plan for one day, and holds every figure against what is right."""

    def __init__(self, rows: Rows, person: User, day: date, today: date) -> None:
        self.stand = Stand(rows, day)
        self.right = Right(self.stand)
        self.reader, self.root = Reader(person), f"/plans/{rows.plan['slug']}/"
        self.query = "" if day == today else f"as_of={day}"
        self.counts: Counter[str] = Counter()
        self.differences: list[Difference] = []

    def page(self, path: str) -> Page:
        mark = "&" if "?" in path else "?"
        return self.reader.get(f"{self.root}{path}{mark}{self.query}" if self.query else f"{self.root}{path}")

    def look(self, path: str, read: Callable[..., Iterator[Figure]], *args: Any, right: Judge | None = None) -> None:
        self.compare(path, lambda: read(self.page(path), *args), right or self.right)

    def compare(self, what: str, figures: Callable[[], Iterable[Figure]], right: Judge) -> None:
        """Notes what differs. A page or file that can't be read any more is a difference, too."""
        place = what
        try:
            for figure in figures():
                place = figure.place
                self.counts[place.partition("·")[0]] += 1
                if difference := right.difference(figure):
                    self.differences.append(difference)
        except Exception as error:
            unread = Figure(f"{what} after {place}", (), "unreadable", repr(error))
            self.differences.append(Difference(unread, ("to be read",)))

    def pages(self) -> None:
        stand = self.stand
        self.look("", pages.dashboard)
        for section in stand.rows.sections:
            self.look(f"sections/{section['number']}/", pages.section, section["number"])
        for item in stand.items:
            self.look(f"items/{item.row['number']}/", pages.item, item.row["number"])
        self.look("agencies/", pages.agency_list)
        for pk in stand.agencies:
            self.look(f"agencies/{pk}/", pages.agency, pk)
        for period in stand.opened:
            right = Right(stand, periods=[period])
            self.look(f"periods/{period['code']}/", pages.period, right=right)
            self.look(f"periods/{period['code']}/reports/?per_page=200", pages.period_rows, right=right)
        self.look("items/?per_page=100", pages.ledger, "任务台账")
        for number in range(1, 3):
            self.look(f"assignments/?per_page=100&page={number}", pages.ledger, "分工台账")

    def files(self) -> None:
        """The workbook and the briefing of the current period, and the ledgers to take away."""
        period = self.stand.period
        if period is None:
            return
        right = Right(self.stand, self.before(period), [period])
        self.compare("workbook", lambda: workbook.workbook(self.sheets, right), right)
        self.compare("briefing", lambda: texts.briefing(self.briefing, right), right)
        for kind in ("items", "assignments"):
            for form in ("xlsx", "csv"):
                address = f"{self.root}{kind}/export/{form}/{f'?{self.query}' if self.query else ''}"
                self.compare(address, partial(self._ledger, address, form, right), right)

    @cached_property
    def snapshot(self) -> Snapshot:
        """Of the current period's package."""
        assert self.stand.period
        slug = self.stand.rows.plan["slug"]
        return take_snapshot(Definition((slug,), self.stand.period["code"], self.stand.moment))

    @cached_property
    def sheets(self) -> dict[str, list[list[str]]]:
        return spreadsheets.sheets(build_workbook(self.snapshot))

    @cached_property
    def briefing(self) -> bytes:
        return build_briefing(self.snapshot)

    def cities(self, codes: Iterable[str]) -> None:
        """The pages of the offices below, and those files that speak of them."""
        right = RightOfCities(Cities(self.stand, {}))
        self.look("local/", city_pages.whole, right=right)
        self.look("local/ranking/", city_pages.ranking, right=right)
        for code in codes:
            self.look(f"local/{code}/", city_pages.city, code, right=right)
        exported = self.reader.client.get(f"{self.root}local/export/{f'?{self.query}' if self.query else ''}")
        sheets = spreadsheets.sheets(b"".join(exported.streaming_content))
        self.compare("export of cities", lambda: city_pages.export(sheets, right), right)
        self.compare("workbook of cities", lambda: city_pages.workbook(self.sheets, right), right)
        line = OnePage(self.snapshot.plans[0], Package(as_of=self.stand.moment)).local
        self.compare("one page of cities", lambda: city_pages.one_page(line), right)
        self.compare("briefing of cities", lambda: city_pages.briefing(self.briefing), right)

    def one_page(self, package: Package) -> None:
        period = self.stand.period
        assert period
        right = Right(self.stand, self.before(period), [period])
        page = self.reader.get(f"/reports/{package.pk}/page/")
        self.compare("one page", lambda: texts.one_page(page, right), right)

    def _ledger(self, address: str, form: str, right: Right) -> Iterator[Figure]:
        response = self.reader.client.get(address)
        return texts.ledger(b"".join(response.streaming_content), form, right)

    def before(self, period: Row) -> Stand | None:
        """The plan at the close of the period before, if that has come."""
        earlier = [row for row in self.stand.rows.periods if row["ends_on"] < period["starts_on"]]
        closed = [row for row in earlier if row["due_on"] < self.stand.day]
        return Stand(self.stand.rows, closed[-1]["due_on"]) if closed else None

    def require(self, at_least: int) -> None:
        """Fails with every difference, each on a line of its own; otherwise says how many figures were compared."""
        lines = [f"{self.stand.rows.plan['slug']}@{self.stand.day} | {difference}" for difference in self.differences]
        print(f"{self.stand.day}: {self.counts.total()} figures, {len(lines)} differences; {dict(self.counts)}")
        if lines:
            pytest.fail("\n".join(lines), pytrace=False)
        assert self.counts.total() >= at_least
