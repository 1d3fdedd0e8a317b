"""What processes of one host have answered is counted together, also when one of them is killed."""

import os
import signal
from pathlib import Path

import pytest

from qa_plan import counters


@pytest.fixture(autouse=True)
def anew(monkeypatch):
    counts = counters._Shared()
    monkeypatch.setattr(counters, "shared", lambda: counts)


def test_answers_are_counted_by_view_and_kind_with_their_seconds():
    for status in (200, 204, 302, 404, 500, 101):
        counters.count("login", status, 0.25)
    counters.count("no-such-view", 404, 1)
    assert counters.answered() == [
        counters.Answered("login", (3, 1, 1, 1), 1.5),
        counters.Answered("other", (0, 0, 1, 0), 1),
    ]


def test_services_of_one_host_count_together_and_go_on_after_they_are_started_anew(tmp_path):
    one, other = counters._Shared(str(tmp_path)), counters._Shared(str(tmp_path))
    one.add(3, 0, 0.5)
    other.add(3, 0, 0.25)
    assert one.row(3) == other.row(3) == counters._Shared(str(tmp_path)).row(3) == ((2, 0, 0, 0), 0.75)


def test_what_another_version_counted_in_goes_once_no_service_of_it_runs_any_more(tmp_path, monkeypatch):
    before = counters._Shared(str(tmp_path))
    (tmp_path / "answered-long-ago").touch()
    (tmp_path / "celerybeat-schedule").touch()
    monkeypatch.setattr(counters, "places", lambda: {"other": 0})
    after = counters._Shared(str(tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        ["celerybeat-schedule", *(Path(each.file.name).name for each in (before, after))]
    )
    before.file.close()
    before.memory.close()
    again = counters._Shared(str(tmp_path))
    assert {path.name for path in tmp_path.iterdir()} == {"celerybeat-schedule", Path(again.file.name).name}


def test_without_room_for_that_a_service_counts_for_itself(tmp_path):
    alone = counters._Shared(str(tmp_path / "not there"))
    alone.add(3, 0, 0.5)
    assert alone.row(3) == ((1, 0, 0, 0), 0.5)


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
            counters.fcntl.lockf(counters.shared().file, counters.fcntl.LOCK_EX)
            os.kill(os.getpid(), signal.SIGKILL)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    counters.count("login", 200, 0)
    assert counters.answered() == [counters.Answered("login", (601, 0, 0, 0), 0)]
