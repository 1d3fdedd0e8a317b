"""A request that meets a database which is away or overrun is told so, and when to come again: nothing is broken."""

import sys
from collections.abc import Iterator

from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.defaults import server_error as default_server_error

PAUSE = 5  # seconds; a server that is started anew takes connections again by then
# By the first signs of PostgreSQL's codes: no connection, undone for the sake of others, no room, shutting down.
AWAY = ("08", "40", "53", "57P")
BROKEN_OFF = (DatabaseError, InterfaceError, OperationalError)  # of which no code tells more
FULL_OR_BUSY = {5, 6, 13}  # SQLITE_BUSY, SQLITE_LOCKED, SQLITE_FULL


def server_error(request: HttpRequest) -> HttpResponse:
    """The handler of 500, which answers 503 where the database couldn't be asked."""
    if not any(map(is_away, _causes(sys.exc_info()[1]))):
        return default_server_error(request)
    if hasattr(request, "session"):
        request.session.modified = False  # half of a deed is no state to keep; after a 500 none is kept either
    response = render(None, "503.html", status=503)
    response["Retry-After"] = str(PAUSE)
    return response


def is_away(error: BaseException) -> bool:
    """Whether the database refused for reasons of its own: what was asked may well be right in a moment."""
    if not isinstance(error, DatabaseError | InterfaceError) or error.__cause__ is None:
        return False
    if connection.vendor == "sqlite":
        return getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF in FULL_OR_BUSY
    code: str | None = getattr(error.__cause__, "pgcode", None)
    return code.startswith(AWAY) if code else type(error) in BROKEN_OFF


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and those in the course of which it came."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
