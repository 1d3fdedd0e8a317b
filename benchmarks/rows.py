"""Many rows at once: model instances with their keys given beforehand, written with COPY where there is one."""

import csv
import io
from collections.abc import Sequence
from itertools import count
from operator import attrgetter
from typing import TypeVar

from django.core.management.color import no_style
from django.db import connection
from django.db.models import Max, Model

from agencies.models import Agency, AgencyGroup, GroupMembership, Office, User
from tasks.models import (
    AcceptedProgress,
    ActionItem,
    Assignment,
    Closure,
    Correspondence,
    CorrespondingItem,
    DailySnapshot,
    Indicator,
    IndicatorReading,
    ItemRevision,
    LegalBasis,
    LightChange,
    Measure,
    Message,
    Plan,
    ProgressReport,
    Receipt,
    ReportingPeriod,
    Review,
    Section,
)

# Every table after those that its rows refer to.
MODELS: tuple[type[Model], ...] = (
    Office,
    Agency,
    User,
    AgencyGroup,
    GroupMembership,
    Plan,
    LegalBasis,
    ReportingPeriod,
    Section,
    ActionItem,
    ItemRevision,
    Correspondence,
    CorrespondingItem,
    Measure,
    Indicator,
    Assignment,
    Receipt,
    ProgressReport,
    IndicatorReading,
    Review,
    AcceptedProgress,
    Closure,
    Message,
    DailySnapshot,
    LightChange,
)
NULL = r"\N"

AnyModel = TypeVar("AnyModel", bound=Model)


class Rows:
    """Collects rows and writes them in one go. Keys go on from the greatest one that each table has."""

    def __init__(self) -> None:
        self.written = dict.fromkeys(MODELS, 0)
        self._waiting: dict[type[Model], list[Model]] = {model: [] for model in MODELS}
        self._keys = {model: count(greatest_key(model) + 1) for model in MODELS}

    def add(self, row: AnyModel) -> AnyModel:
        """The row, now with its key."""
        row.pk = next(self._keys[type(row)])
        self._waiting[type(row)].append(row)
        return row

    def write(self) -> None:
        for model, rows in self._waiting.items():
            copy(model, rows)
            self.written[model] += len(rows)
            rows.clear()

    def finish(self) -> None:
        """Lets the database's own numbering go on behind the rows."""
        self.write()
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), list(MODELS)):
                cursor.execute(statement)


def greatest_key(model: type[Model]) -> int:
    return model._default_manager.aggregate(key=Max("pk"))["key"] or 0


def copy(model: type[Model], rows: Sequence[Model]) -> None:
    """COPY of whole rows, several times as fast as `bulk_create`; what the database generates is left to it."""
    if connection.vendor != "postgresql":
        model._base_manager.bulk_create(rows)
        return
    names = [field.get_attname_column() for field in model._meta.concrete_fields if not field.generated]
    values = attrgetter(*(attribute for attribute, _ in names))
    text = io.StringIO()
    csv.writer(text).writerows([NULL if value is None else value for value in values(row)] for row in rows)
    text.seek(0)
    columns = ", ".join(connection.ops.quote_name(str(column)) for _, column in names)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN (FORMAT csv, NULL '{NULL}')", text)
