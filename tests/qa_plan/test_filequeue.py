"""The queue of files: what is written is read once and whole, whoever looks when."""

from contextlib import suppress
from queue import Empty
from threading import Thread, Timer
from uuid import uuid4

import pytest
from celery.worker import state
from kombu import Connection

from qa_plan import filequeue
from qa_plan.celery import app
from tests.support.processes import eventually

MESSAGES = 400


@pytest.fixture
def name():
    """A queue of its own: kombu remembers for the whole process which ones are there."""
    return f"work-{uuid4()}"


@pytest.fixture
def connect(tmp_path):
    """A connection to a queue of files, as an embedded installation has it."""
    folders = {name: tmp_path / name for name in ("messages", "control")}
    folders["messages"].mkdir()
    options = {
        "data_folder_in": str(folders["messages"]),
        "data_folder_out": str(folders["messages"]),
        "control_folder": str(folders["control"]),
        "polling_interval": 0.001,
    }
    return lambda: Connection("files://localhost//", transport_options=options)


def test_the_product_uses_it_where_there_is_no_redis(settings):
    assert app.connection_for_write("files://").transport_cls == "files"


def test_readers_who_poll_all_the_time_get_every_message_once_and_whole(connect, name):
    found, failed = [], []

    def read():
        try:
            with connect() as connection, connection.SimpleQueue(name) as queue:
                while (message := queue.get(timeout=30)).payload != "end":
                    found.append(message.payload["number"])
                    message.ack()  # or it would be put back when the reader leaves
                message.ack()
        except Exception as error:
            failed.append(error)

    readers = [Thread(target=read) for _ in range(2)]
    with connect() as connection, connection.SimpleQueue(name) as queue:
        for reader in readers:
            reader.start()
        for number in range(MESSAGES):
            queue.put({"number": number, "text": "进展" * 500})
        eventually(lambda: len(found) >= MESSAGES)  # of messages of one millisecond, any may come first
        for _ in readers:
            queue.put("end")
    for reader in readers:
        reader.join(60)
    assert failed == []
    assert sorted(found) == list(range(MESSAGES))


@pytest.mark.parametrize("broken", ["", "{}", "null", "[]", "7", '"text"', '{"body": ""}', '{"body": "', "\udcff"])
def test_a_message_that_cannot_be_read_is_dropped_and_the_next_one_is_read(connect, name, tmp_path, caplog, broken):
    (tmp_path / "messages" / f"0_broken.{name}.msg").write_bytes(broken.encode(errors="surrogateescape"))
    with connect() as connection, connection.SimpleQueue(name) as queue:
        queue.put("whole")
        assert queue.get(timeout=10).payload == "whole"
    assert "could not be read" in caplog.text


@pytest.mark.parametrize("cut", [b"", b"[", b"null", b"[[]]", b"[7]", b"{}", b"\xff\xfe"])
def test_a_table_of_queues_that_was_cut_is_set_aside_and_made_anew(connect, name, tmp_path, cut):
    with connect() as connection, connection.SimpleQueue(name):
        pass
    (table,) = (tmp_path / "control").glob("*.exchange")
    whole = table.read_bytes()
    table.write_bytes(cut)
    with connect() as connection, connection.SimpleQueue(name) as queue:
        queue.put("whole")
        assert queue.get(timeout=10).payload == "whole"
    assert table.read_bytes() == whole


def test_many_who_open_a_queue_for_the_first_time_hinder_nobody(connect, name):
    failed = []

    def open_queue():
        try:
            with connect() as connection, connection.SimpleQueue(name) as queue:
                queue.put("early")
        except Exception as error:
            failed.append(error)

    openers = [Thread(target=open_queue) for _ in range(20)]
    for opener in openers:
        opener.start()
    for opener in openers:
        opener.join(60)
    assert failed == []
    with connect() as connection, connection.SimpleQueue(name) as queue:
        queue.clear()
        queue.put("late")
        assert queue.get(timeout=10).payload == "late"


def test_a_reader_waits_as_long_as_it_asked_to(connect, name, monkeypatch):
    monkeypatch.setattr(filequeue, "PIECE", 0.001)

    def write():
        with connect() as connection, connection.SimpleQueue(name) as queue:
            queue.put("late")

    with connect() as connection, connection.SimpleQueue(name) as queue:
        Timer(0.1, write).start()
        assert queue.get(timeout=30).payload == "late"
        with pytest.raises(Empty):
            queue.get(timeout=0.01)


def test_a_worker_that_is_told_to_end_waits_for_no_message(connect, name, monkeypatch):
    def read():
        with connect() as connection, connection.SimpleQueue(name) as queue, suppress(Empty):
            queue.get(timeout=600)

    reader = Thread(target=read, daemon=True)
    reader.start()
    monkeypatch.setattr(state, "should_stop", 0)
    reader.join(60)
    assert not reader.is_alive()
