"""A request that meets a lost database is no fault: a page says so, and when to come again."""

import sqlite3
import threading
from unittest.mock import Mock

import psycopg2
import pytest
from django.conf import settings as django_settings
from django.db import DataError, InterfaceError, OperationalError, ProgrammingError, connection
from django.test import Client

from qa_plan import unavailable
from tests.support.reading import Page

ASKING = "/calendar/nobodys.ics"  # asks the database twice: whose session it is, and whose calendar


class Losing:
    """Lets so many statements through; before the next, the server ends the connection."""

    def __init__(self, after):
        self.left = after

    def __call__(self, execute, sql, params, many, context):
        if self.left == 0:
            end_of(context["connection"])
        self.left -= 1
        return execute(sql, params, many, context)


def end_of(lost):
    asked = psycopg2.connect(**lost.get_connection_params())
    with asked.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [lost.connection.info.backend_pid])
    asked.close()


def looked_at(url, after):
    """What a browser gets by a thread of its own, as the web process would answer it."""
    answers = []

    def look():
        client = Client(raise_request_exception=False)
        client.cookies[django_settings.SESSION_COOKIE_NAME] = "x" * 32
        with connection.execute_wrapper(Losing(after)):
            answers.append(client.get(url))
        connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join(30)
    return answers[0]


@pytest.mark.django_db
def test_a_connection_that_is_lost_amid_a_request_is_answered_by_a_sentence_and_when_to_come_again():
    answer = looked_at(ASKING, after=1)
    page = Page(answer, ASKING)
    assert (page.status, answer["Retry-After"], page.title) == (503, "5", "暂时不能办理")
    assert "系统暂时连接不上数据库" in page.main
    assert answer["X-Request-ID"][:8] in page.main
    assert looked_at(ASKING, after=9).status_code == 404


class Refusal(Exception):
    """As the driver's own, whose code nobody but the driver can set."""

    def __init__(self, pgcode):
        self.pgcode = pgcode


def refused(kind, code):
    error = kind("refused")
    error.__cause__ = Refusal(code)
    return error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (refused(OperationalError, None), True),  # the server closed the connection unexpectedly
        (refused(InterfaceError, None), True),
        (refused(OperationalError, "57P01"), True),
        (refused(OperationalError, "57P03"), True),  # it is starting up
        (refused(OperationalError, "53300"), True),  # too many connections
        (refused(OperationalError, "40P01"), True),  # deadlock
        (refused(OperationalError, "57014"), False),  # took longer than is allowed
        (refused(ProgrammingError, None), False),
        (refused(ProgrammingError, "42P01"), False),
        (refused(DataError, "22003"), False),
        (OperationalError("of nobody's"), False),
        (ValueError(), False),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_the_database_refuses_for_reasons_of_its_own_is_told_from_faults(error, expected):
    assert unavailable.is_away(error) == expected


def test_of_sqlite_one_that_waited_too_long_for_others_is_told_from_a_table_that_is_not_there(monkeypatch, tmp_path):
    monkeypatch.setattr(unavailable, "connection", Mock(vendor="sqlite"))
    first, second = (sqlite3.connect(tmp_path / "db", timeout=0) for _ in range(2))
    first.execute("BEGIN IMMEDIATE")
    said = {}
    for statement in ("BEGIN IMMEDIATE", "SELECT 1 FROM nowhere"):
        try:
            second.execute(statement)
        except sqlite3.OperationalError as cause:
            error = OperationalError(*cause.args)
            error.__cause__ = cause
            said[str(cause)] = unavailable.is_away(error)
    assert said == {"database is locked": True, "no such table: nowhere": False}
    first.close()
    second.close()
