"""The newest fact of a kind at a moment, found by (`recorded_at`, `pk`), as a column of a question."""

from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Expression, F, Value
from django.db.models.sql.compiler import SQLCompiler

Moment = datetime | Expression
Key = int | Expression | F


class Latest(Expression):
    """A column of the newest fact of a kind at the moment, None before there is one; `of` names the row it belongs to.

    `Latest("Closure", "kind", moment, assignment="pk")` of an assignment; with `within=7`, only of that period. The
    same as a `Subquery` with an `OuterRef`, ordered and cut to one row, at a tenth of its price: a page asks for dozens
    of them, and each would be resolved and compiled anew. `first` asks for the oldest fact instead.
    """

    def __init__(
        self, model: str, column: str, moment: Moment, *, first: bool = False, within: Key | None = None, **of: str
    ) -> None:
        (link, row), facts = next(iter(of.items())), apps.get_model("tasks", model)._meta
        field = facts.get_field(column)
        super().__init__(output_field=field.target_field if isinstance(field, models.ForeignKey) else field)
        self.table, self.column, self.link = facts.db_table, field.column, facts.get_field(link).column
        self.order = "recorded_at ASC, id ASC" if first else "recorded_at DESC, id DESC"
        self.row: Any = F(row)
        self.moment: Any = moment if isinstance(moment, Expression) else Value(moment)
        self.within: Any = Value(within) if isinstance(within, int) else within

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        (row, of_row), (moment, of_moment) = compiler.compile(self.row), compiler.compile(self.moment)
        where, params = f"{self.link} = {row} AND recorded_at <= {moment}", (*of_row, *of_moment)
        if self.within is not None:
            period, of_period = compiler.compile(self.within)
            where, params = f"{where} AND period_id = {period}", (*params, *of_period)
        return f"(SELECT {self.column} FROM {self.table} WHERE {where} ORDER BY {self.order} LIMIT 1)", params

    @property
    def convert_value(self) -> Any:
        """The database gives numbers as they are wanted: thousands of rows need no second look at each."""
        return Expression._convert_value_noop  # type: ignore[attr-defined]

    def get_source_expressions(self) -> list[Any]:
        return [self.row, self.moment, self.within]

    def set_source_expressions(self, exprs: Any) -> None:
        self.row, self.moment, self.within = exprs


class AcceptedPercent(Latest):
    """The accepted percentage that counts for an assignment, None where no accepted report stands."""

    def __init__(self, moment: Moment) -> None:
        super().__init__("AcceptedProgress", "percent", moment, assignment="pk")
        self.column = "CASE WHEN report_id IS NULL AND percent = 0 THEN NULL ELSE percent END"
