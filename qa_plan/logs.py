"""How the log is written: a line for each event, for people or as JSON, with the number of its request or job."""

import json
import logging
from contextvars import ContextVar
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

# Shared by all that one request, command or job does, in the record of changes and in the log.
request_id: ContextVar[UUID | None] = ContextVar("request_id", default=None)


class Numbered(logging.Filter):
    """Gives each event the number of the request or job that it belongs to; "-" where it belongs to none."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.number = str(request_id.get() or "-")
        return True


class OneLine(logging.Filter):
    """Takes what strangers send for what it is: no fault of the product, and nothing to trace."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.levelno, record.levelname = logging.WARNING, "WARNING"
        record.exc_info = record.exc_text = None
        return True


class JsonLine(logging.Formatter):
    """An event as one line of JSON; what its call gives as `fields` stands beside the rest."""

    def format(self, record: logging.LogRecord) -> str:
        event = {
            "time": datetime.fromtimestamp(record.created, timezone.get_default_timezone()).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "number": getattr(record, "number", "-"),
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            event["exception"] = self.formatException(record.exc_info)
        return json.dumps(event, ensure_ascii=False, default=str)


def as_settings(form: str, *, with_requests: bool) -> dict[str, Any]:
    """Everything on standard error, as text or JSON; a line for each request where that is wanted."""
    stderr = {"class": "logging.StreamHandler", "formatter": form, "filters": ["numbered"]}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"numbered": {"()": "qa_plan.logs.Numbered"}, "one_line": {"()": "qa_plan.logs.OneLine"}},
        "formatters": {
            "text": {"format": "%(asctime)s %(levelname)s %(name)s %(number)s: %(message)s"},
            "json": {"()": "qa_plan.logs.JsonLine"},
        },
        "handlers": {"stderr": stderr},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "django.request": {"level": "ERROR"},  # a page not found is no fault of the product
            "django.security.DisallowedHost": {"filters": ["one_line"]},  # whoever scans a network asks by number
            "waitress.queue": {"level": "ERROR"},  # that somebody waits a moment for a thread
            "qa_plan.access": {"level": "INFO" if with_requests else "WARNING"},
        },
    }
