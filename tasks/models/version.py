"""The version of what is known of a plan, asked of the database."""

from typing import Any

from django.apps import apps
from django.db.models import CharField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat


def version() -> Concat:
    """Key and hash of the last row in the record of changes, and the last day that the daily round recorded.

    All deeds and changes of master data leave a row there under one lock, kept until they commit; the daily round
    leaves none. Whoever reads the version first and the facts afterwards knows at least all that belongs to it.
    """
    days = _rows("tasks", "DailySnapshot").filter(plan=OuterRef("pk")).order_by("-day").values("day")
    return Concat(*_record(), Value(" "), _text(days), output_field=CharField())


def version_of_record() -> Concat:
    """The same of all plans together, for what no daily round changes: key and hash of the record's last row."""
    return Concat(*_record(), output_field=CharField())


def _record() -> tuple[Cast, Value, Cast]:
    changes = _rows("agencies", "Change").order_by("-pk").values("pk")
    return _text(changes), Value(" "), _text(_rows("agencies", "ChangeChain").values("head"))


def _text(rows: QuerySet[Any]) -> Cast:
    return Cast(Subquery(rows[:1]), CharField())


def _rows(app: str, model: str) -> QuerySet[Any]:
    return apps.get_model(app, model)._default_manager.all()
