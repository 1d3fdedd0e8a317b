"""What people do while `benchmarks.chaos` kills: they file, keep drafts, review, ask for packages and fetch them.

Each person works over a connection of their own, presses again where no answer came, and writes down what the product
acknowledged: that has to be there afterwards, once.
"""

import hashlib
import http.client
import random
import re
import threading
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import NamedTuple

from benchmarks.crowd import PROGRESS, Links
from benchmarks.visitor import Answer, Visitor, read_form

HOST = "127.0.0.1"
BY_SCRIPT = {"HX-Request": "true"}
THINKS = (0.4, 1.6)  # seconds between two deeds of a person
AGAIN = 0.4  # seconds until somebody presses again who got no answer
LONGEST = 240.0  # seconds that anybody waits for a package once nothing is killed any more
KEPT = 5  # of so many assignments one stays a draft, and one of so many reports is filed by two presses


class Fault(NamedTuple):
    """An answer of 500 or above, or none (0): what was asked, from when until when."""

    status: int
    asked: str
    since: float
    until: float
    number: str  # under which the log tells of it


@dataclass
class Journal:
    """What all of them were told; lists only grow, so that threads need no lock."""

    drafts: list[tuple[int, str]] = field(default_factory=list)
    reports: list[tuple[int, str]] = field(default_factory=list)
    reviews: list[int] = field(default_factory=list)
    packages: list[str] = field(default_factory=list)
    built: list[float] = field(default_factory=list)  # seconds from asking to having
    downloads: list[tuple[str, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)  # people whose work ended by an error of their own
    answers: list[int] = field(default_factory=list)


class Person(threading.Thread):
    def __init__(self, port: int, username: str, password: str, journal: Journal, over: threading.Event) -> None:
        super().__init__(name=username, daemon=True)
        self.port, self.username, self.journal, self.over = port, username, journal, over
        self.visitor = Visitor(HOST, port)
        self.visitor.sign_in(username, password)
        self.chance = random.Random(username)

    def run(self) -> None:
        try:
            while not self.over.is_set():
                self.work()
                self.over.wait(self.chance.uniform(*THINKS))
        except Exception as error:
            self.journal.broken.append(f"{self.username}: {error!r}")

    def work(self) -> None:
        raise AssertionError("Each kind of person has work of its own.")

    def ask(self, path: str, fields: dict[str, str] | None = None, headers: dict[str, str] | None = None) -> Answer:
        """Pressed until there is an answer below 500, whatever it says."""
        while True:
            since = time.monotonic()
            try:
                sent = {**fields, "csrfmiddlewaretoken": self.visitor.cookies["csrftoken"]} if fields else None
                answer = self.visitor.post(path, sent, headers) if sent else self.visitor.get(path, headers)
            except (OSError, http.client.HTTPException):
                self.visitor = self.visitor.colleague()
                answer = Answer(0, 0, b"")
            self.journal.answers.append(answer.status)
            if 0 < answer.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                return answer
            asked = f"{'POST' if fields else 'GET'} {path}"
            self.journal.faults.append(Fault(answer.status, asked, since, time.monotonic(), answer.number))
            time.sleep(AGAIN)


class Filer(Person):
    """A liaison: a draft, then the report, from the form that the page gives."""

    def __init__(self, *given: object, assignments: list[int]) -> None:
        super().__init__(*given)
        self.left = iter(assignments)
        self.count = 0

    def work(self) -> None:
        assignment = next(self.left, None)
        if assignment is None:
            self.over.wait()
            return
        self.count += 1
        self.press(assignment, "draft", "草稿", self.journal.drafts)
        self.over.wait(self.chance.uniform(*THINKS))
        if self.count % KEPT and not self.over.is_set():
            self.press(assignment, "submit", "报告", self.journal.reports, twice=self.count % KEPT == 1)

    def press(
        self, assignment: int, action: str, what: str, told: list[tuple[int, str]], *, twice: bool = False
    ) -> None:
        path, text = f"/my/{assignment}/", f"{self.username}办结第{assignment}项，{what}。"
        page = self.ask(path)
        if page.status != HTTPStatus.OK:
            self.journal.refused.append((page.status, path))
            return
        typed = {**read_form(page.body, having="basis").fields, "percent": "60", "progress": text, "action": action}
        for _ in range(1 + twice):
            answer = self.ask(path, typed)
            if answer.status == HTTPStatus.FOUND:
                told.append((assignment, text))
            else:
                self.journal.refused.append((answer.status, f"{action} {path}"))


class Reviewer(Person):
    """A coordinator: takes any report of the queue, and accepts it or, one in five, sends it back."""

    def work(self) -> None:
        waiting = re.findall(rb'href="/reviews/(\d+)/', self.ask("/reviews/").body)
        if not waiting:
            return
        report = int(self.chance.choice(waiting))
        verdict = {"verdict": "accepted", "comment": ""}
        if self.chance.random() < 1 / KEPT:
            verdict = {"verdict": "sent_back", "comment": "请补充佐证材料。"}
        answer = self.ask(f"/reviews/{report}/", verdict)
        if answer.status == HTTPStatus.FOUND:
            self.journal.reviews.append(report)
        else:
            self.journal.refused.append((answer.status, "review"))


class Requester(Person):
    """A coordinator: asks for a package, looks until it is there, and saves its workbook."""

    def __init__(self, *given: object, plan: str, asked: list[tuple[str, str]]) -> None:
        super().__init__(*given)
        self.plan, self.asked = plan, iter(asked)

    def work(self) -> None:
        period, day = next(self.asked, ("", ""))
        if not period:
            self.over.wait()
            return
        looked = self.ask(f"{self.plan}reports/", {"period": period, "as_of": day}, BY_SCRIPT)
        if looked.status not in (HTTPStatus.OK, HTTPStatus.NO_CONTENT):
            self.journal.refused.append((looked.status, f"package {period} {day}"))
            return
        self.journal.packages.append(f"{period} {day}")
        began = since = time.monotonic()
        while progress := PROGRESS.search(looked.body):
            since = time.monotonic() if not self.over.is_set() else since
            if time.monotonic() > since + LONGEST:
                raise AssertionError(f"The package {period} {day} was not built within {LONGEST:.0f} seconds.")
            time.sleep(int(progress[2]) / 1000)
            looked = self.ask(progress[1].decode(), None, BY_SCRIPT)
        self.journal.built.append(time.monotonic() - began)
        links = Links()
        links.feed(self.ask(looked.location).body.decode())
        file = next(href for href, _ in links.found if "/files/" in href)
        self.journal.downloads.append((file, hashlib.sha256(self.ask(file).body).hexdigest()))
