"""The newest fact of a kind at a moment, found by (`recorded_at`, `pk`), as a column of a question."""

from datetime import datetime

from django.apps import apps
from django.db import models
from django.db.models import Expression, F, Func

Moment = datetime | Expression
Key = int | Expression | F


class Latest(Func):
    """A column of the newest fact of a kind at the moment, None before there is one; `of` names the row it belongs to.

    `Latest("Closure", "kind", moment, assignment="pk")` of an assignment; with `within=7`, only of that period. The
    same as a `Subquery` with an `OuterRef`, ordered and cut to one row, at a tenth of its price: a page asks for dozens
    of them, and each would be resolved and compiled anew. `first` asks for the oldest fact instead.
    """

    arity = 2
    arg_joiner = " AND recorded_at <= "
    template = "(SELECT %(column)s FROM %(table)s WHERE %(link)s = %(expressions)s ORDER BY %(order)s LIMIT 1)"
    WITHIN = " AND period_id = "
    NEWEST, OLDEST = "recorded_at DESC, id DESC", "recorded_at ASC, id ASC"

    def __init__(
        self, model: str, column: str, moment: Moment, *, first: bool = False, within: Key | None = None, **of: str
    ) -> None:
        (link, row), facts = next(iter(of.items())), apps.get_model("tasks", model)._meta
        field = facts.get_field(column)
        super().__init__(
            F(row),
            moment if within is None else Func(moment, within, template="%(expressions)s", arg_joiner=self.WITHIN),
            output_field=field.target_field if isinstance(field, models.ForeignKey) else field,
            column=field.column,
            table=facts.db_table,
            link=facts.get_field(link).column,
            order=self.OLDEST if first else self.NEWEST,
        )
