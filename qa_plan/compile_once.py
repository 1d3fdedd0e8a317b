"""Questions that are put into SQL once and then asked with other arguments.

Django builds and compiles a queryset anew for every page. For a question whose form never changes that takes longer
than the database needs for the answer: a page of a dozen such questions spends half of its time on it.

A prepared question hands its SQL to the queryset in place of `Query.get_compiler` and `SQLCompiler.as_sql`. They are no
public interface of Django; the tests hold its answers to those of the queryset.
"""

import json
from collections.abc import Callable, Hashable, Iterator
from copy import copy
from functools import cached_property, wraps
from typing import Any, Generic, TypeVar

from django.db import connections
from django.db.models import BooleanField, Expression, Field, Func, QuerySet
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row")
Answer = TypeVar("Answer")


class Param(Expression):
    """Stands in a question for an argument that is known only when it is asked."""

    def __init__(self, name: str, field: "Field[Any, Any]") -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)


class KeyList(Field):
    """Any number of keys as one argument, so that the question keeps its form."""

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return list(value) if connection.vendor == "postgresql" else json.dumps(list(value))


class InKeys(Func):
    """Whether a column is one of the `KeyList` that stand behind it."""

    output_field = BooleanField()
    template, arg_joiner = "(%(expressions)s))", " = ANY("

    def as_sqlite(self, compiler: SQLCompiler, connection: Any, **context: Any) -> Any:
        joiner = " IN (SELECT value FROM json_each("
        return self.as_sql(compiler, connection, template="(%(expressions)s)))", arg_joiner=joiner, **context)


def compile_once(
    **fields: "Field[Any, Any]",
) -> Callable[[Callable[..., QuerySet[Any, Row]]], Callable[..., list[Row]]]:
    """Turns a function that builds a queryset into one that answers with its rows.

    `@compile_once(item=IntegerField(), moment=DateTimeField())` names the arguments that are values for the database.
    The function gets a `Param` for each, to use wherever an expression may stand. What else it takes decides the form
    of the question, which is compiled once for each combination of those: there must be few.
    """
    return _asking(fields, list)


def streamed(
    chunk: int, **fields: "Field[Any, Any]"
) -> Callable[[Callable[..., QuerySet[Any, Row]]], Callable[..., Iterator[Row]]]:
    """The same, answered row by row: that many are read at a time, and none is kept."""
    return _asking(fields, lambda asked: asked.iterator(chunk))


def _asking(
    fields: "dict[str, Field[Any, Any]]", answer: Callable[[QuerySet[Any, Row]], Answer]
) -> Callable[[Callable[..., QuerySet[Any, Row]]], Callable[..., Answer]]:
    givens = {name: Param(name, field) for name, field in fields.items()}

    def decorate(build: Callable[..., QuerySet[Any, Row]]) -> Callable[..., Answer]:
        known: dict[Hashable, _Question[Row]] = {}

        @wraps(build)
        def ask(**arguments: Any) -> Answer:
            values = {name: arguments.pop(name) for name in fields}
            form = tuple(sorted(arguments.items()))
            if form not in known:
                known[form] = _Question(build(**givens, **arguments))
            return answer(known[form].asked(values))

        return ask

    return decorate


class _Question(Generic[Row]):
    def __init__(self, queryset: QuerySet[Any, Row]) -> None:
        self.queryset = queryset

    @cached_property
    def compiled(self) -> tuple[SQLCompiler, str, tuple[Any, ...]]:
        compiler = self.queryset.query.get_compiler(self.queryset.db)
        sql, params = compiler.as_sql()
        return compiler, sql, tuple(params)

    def asked(self, values: dict[str, Any]) -> QuerySet[Any, Row]:
        """Its rows are read as by the queryset itself; what that prefetches is read along."""
        compiler, sql, params = self.compiled
        connection = connections[self.queryset.db]
        bound = tuple(
            param.output_field.get_db_prep_value(values[param.name], connection) if isinstance(param, Param) else param
            for param in params
        )
        compiler = copy(compiler)  # threads ask at the same time, each on a connection of its own
        compiler.connection = connection
        compiler.as_sql = lambda *_, **__: (sql, bound)  # type: ignore[method-assign]
        asked = self.queryset._chain()  # type: ignore[attr-defined]
        asked._query = copy(asked._query)
        asked._query.get_compiler = lambda *_, **__: compiler
        return asked
