"""The scheduler's file and the clock may be damaged or wrong: jobs go on."""

from datetime import timedelta

import pytest

from qa_plan.celery import app
from qa_plan.schedule import LastingScheduler


@pytest.fixture
def begin(tmp_path):
    """Starts the scheduler upon the file of the test; nothing is sent."""
    begun = []

    def start():
        begun.append(LastingScheduler(app=app, schedule_filename=str(tmp_path / "schedule")))
        begun[-1].apply_entry = lambda entry, producer=None: begun[-1].sent.append(entry.name)
        begun[-1].sent, begun[-1].__dict__["producer"] = [], None
        return begun[-1]

    yield start
    for scheduler in begun:
        scheduler.close()


@pytest.fixture
def file(begin, tmp_path):
    begin().close()
    return next(path for path in tmp_path.iterdir() if path.name.startswith("schedule"))


@pytest.mark.parametrize("length", [0, 10, 100, 5000])
def test_a_file_that_was_cut_begins_anew(begin, file, length):
    file.write_bytes(file.read_bytes()[:length])
    assert set(begin().schedule) >= set(app.conf.beat_schedule)


@pytest.mark.parametrize("content", [b"{}", b"\0" * 20_000, b"celery" * 4000])
def test_a_file_that_holds_something_else_begins_anew(begin, file, content):
    file.write_bytes(content)
    assert set(begin().schedule) >= set(app.conf.beat_schedule)


def test_entries_that_cannot_be_read_are_set_aside(begin, file, monkeypatch, tmp_path):
    read = LastingScheduler._create_schedule

    def fails_once(scheduler):
        monkeypatch.setattr(LastingScheduler, "_create_schedule", read)
        raise EOFError

    monkeypatch.setattr(LastingScheduler, "_create_schedule", fails_once)
    assert set(begin().schedule) >= set(app.conf.beat_schedule)
    assert f"{file.name}.damaged" in {path.name for path in tmp_path.iterdir()}


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(days=2)])
def test_what_was_sent_by_a_clock_that_ran_ahead_is_sent_again_in_its_time(begin, ahead):
    scheduler = begin()
    entry = scheduler.schedule["send-due"]
    entry.last_run_at = entry.default_now() + ahead
    scheduler.tick()
    assert entry.last_run_at <= entry.default_now()
    assert min(event.time for event in scheduler._heap if event.entry is entry) - scheduler._when(entry, 0) <= 60


def test_a_clock_that_is_set_back_meanwhile_stops_nothing(begin):
    scheduler = begin()
    while scheduler.tick() == 0:
        pass
    entry = scheduler.schedule["send-due"]
    entry.last_run_at += timedelta(days=2)
    scheduler._heap = [event._replace(time=event.time + 2 * 86400) for event in scheduler._heap]
    scheduler.tick()
    assert min(event.time for event in scheduler._heap) - scheduler._when(entry, 0) <= 60
