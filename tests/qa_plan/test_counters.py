"""What processes of one host have answered is counted together, also when one of them is killed."""

import os
import signal

import pytest

from qa_plan import counters


@pytest.fixture(autouse=True)
def anew(monkeypatch):
    monkeypatch.setattr(counters, "_shared", counters._Shared())


def test_answers_are_counted_by_view_and_kind_with_their_seconds():
    for status in (200, 204, 302, 404, 500, 101):
        counters.count("login", status, 0.25)
    counters.count("no-such-view", 404, 1)
    assert counters.answered() == [
        counters.Answered("login", (3, 1, 1, 1), 1.5),
        counters.Answered("other", (0, 0, 1, 0), 1),
    ]


def test_every_page_has_a_place():
    known = counters.places()
    assert {"healthz", "tasks:desk", "reports:home", "admin:index", "other"} <= known.keys()
    assert len(known) < counters.PLACES


def test_processes_count_together_and_one_that_is_killed_holds_up_nobody():
    children = []
    for _ in range(3):
        if not (child := os.fork()):
            for _ in range(200):
                counters.count("login", 200, 0)
            counters.fcntl.lockf(counters._shared.file, counters.fcntl.LOCK_EX)
            os.kill(os.getpid(), signal.SIGKILL)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    counters.count("login", 200, 0)
    assert counters.answered() == [counters.Answered("login", (601, 0, 0, 0), 0)]
