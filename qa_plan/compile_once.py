"""Questions that are put into SQL once and then asked with other arguments.

Django builds and compiles a queryset anew for every page. For a question of many subqueries that takes ten times as
long as the database needs for the answer. `compile_once` stands where that was measured to pay: on questions that cost
a page a twentieth of its time or more, and on small ones that deeds ask a hundred times in a row. Any other question is
a plain queryset.

A compiled question is a queryset whose query is a `CompiledQuery`: its compiler has done its work, and has been told
the values. No more than the signatures of `Query.get_compiler` and `SQLCompiler.as_sql` is relied upon; the tests hold
the answers to those of the plain queryset.
"""

import json
from collections.abc import Callable, Hashable, Iterator
from copy import copy
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar

from django.db import connections
from django.db.models import BooleanField, Expression, Field, Func, QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.sql.query import Query
from django.utils.functional import cached_property

from qa_plan.prepared import Statement, can_prepare

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

    arity = 2
    output_field = BooleanField()

    def as_sql(self, compiler: SQLCompiler, connection: Any, *args: Any, **kwargs: Any) -> tuple[str, tuple[Any, ...]]:
        sources = self.get_source_expressions()
        (column, of_column), (keys, of_keys) = (compiler.compile(source) for source in sources)
        if connection.vendor != "postgresql":
            return f"({column} IN (SELECT value FROM json_each({keys})))", (*of_column, *of_keys)
        kind = sources[0].output_field.cast_db_type(connection)  # keys of the column's own type can be hashed
        return f"({column} = ANY({keys}::{kind}[]))", (*of_column, *of_keys)


class AmongFew(Func):
    """Whether a column is one of a few values that a query gives: PostgreSQL looks each of them up in the index."""

    arity = 2
    template = "(%(expressions)s)"
    output_field = BooleanField()

    def as_postgresql(self, compiler: SQLCompiler, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, arg_joiner=" = ANY(ARRAY", template="(%(expressions)s))")

    def as_sqlite(self, compiler: SQLCompiler, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, arg_joiner=" IN ")


class KeyMap(Field):
    """Values by key as one argument, however many there are; `AtKey` looks one up."""

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        known = {
            key: connection.ops.adapt_datetimefield_value(of) if isinstance(of, datetime) else of
            for key, of in value.items()
        }
        return json.dumps(known, default=str)


class AtKey(Func):
    """The value that a `KeyMap` has for a key, None where it has none."""

    arity = 2
    output_field: "Field[Any, Any]"

    def as_sql(self, compiler: SQLCompiler, connection: Any, *args: Any, **kwargs: Any) -> tuple[str, tuple[Any, ...]]:
        (values, of_values), (key, of_key) = map(compiler.compile, self.get_source_expressions())
        if connection.vendor == "postgresql":
            kind = self.output_field.cast_db_type(connection)
            return f"({values}::jsonb ->> ({key})::text)::{kind}", (*of_values, *of_key)
        return f"json_extract({values}, '$.\"' || {key} || '\"')", (*of_values, *of_key)


def compile_once(
    **fields: "Field[Any, Any]",
) -> Callable[[Callable[..., QuerySet[Any, Row]]], Callable[..., list[Row]]]:
    """Turns a function that builds a queryset into one that answers with its rows.

    `@compile_once(item=IntegerField(), moment=DateTimeField())` names the arguments that are values for the database.
    The function gets a `Param` for each, to use wherever an expression may stand. What else it takes decides the form
    of the question, which is compiled once for each combination of those: there must be few.
    """
    return _asking(fields, PreparedSQL, list)


def streamed(
    chunk: int, **fields: "Field[Any, Any]"
) -> Callable[[Callable[..., QuerySet[Any, Row]]], Callable[..., Iterator[Row]]]:
    """The same, answered row by row: that many are read at a time, and none is kept."""
    return _asking(fields, CompiledSQL, lambda rows: rows.iterator(chunk))


def _asking(
    fields: "dict[str, Field[Any, Any]]", kind: "type[CompiledSQL]", answer: Callable[[QuerySet[Any, Row]], Answer]
) -> Callable[[Callable[..., QuerySet[Any, Row]]], Callable[..., Answer]]:
    params = {name: Param(name, field) for name, field in fields.items()}

    def decorate(build: Callable[..., QuerySet[Any, Row]]) -> Callable[..., Answer]:
        compiled: dict[Hashable, QuerySet[Any, Row]] = {}

        @wraps(build)
        def ask(**arguments: Any) -> Answer:
            values = {name: arguments.pop(name) for name in fields}
            form = tuple(sorted(arguments.items()))
            if form not in compiled:
                compiled[form] = _compiled(build(**params, **arguments), kind)
            question = compiled[form].all()
            question.query.bind(values)  # type: ignore[attr-defined]
            return answer(question)

        return ask

    return decorate


def _compiled(queryset: QuerySet[Any, Row], kind: "type[CompiledSQL]") -> QuerySet[Any, Row]:
    queryset.query.__class__ = CompiledQuery  # as `Query.chain` does it; assigned anew, it would forget `values_list`
    queryset.query.compile(queryset.db, kind)  # type: ignore[attr-defined]
    return queryset


class CompiledQuery(Query):
    """A query that was compiled already, and of which every copy has values of its own."""

    compiled: "CompiledSQL"

    def compile(self, using: str, kind: "type[CompiledSQL]") -> None:
        self.compiled = kind(self, connections[using], using)
        self.compiled.sql, self.compiled.params = SQLCompiler.as_sql(self.compiled)

    def bind(self, values: dict[str, Any]) -> None:
        self.compiled = self.compiled.bound(values)

    def get_compiler(self, *args: Any, **kwargs: Any) -> SQLCompiler:
        return self.compiled


class CompiledSQL(SQLCompiler):
    """A compiler that knows its SQL, and from compiling it which columns make which objects."""

    using: str
    sql: str
    params: tuple[Any, ...]

    def bound(self, values: dict[str, Any]) -> "CompiledSQL":
        """A copy with these values in place of each `Param`, for the thread that asks, on its own connection."""
        bound = copy(self)
        bound.connection = connections[self.using]
        bound.params = tuple(bound.value_of(param, values) for param in self.params)
        return bound

    def value_of(self, param: Any, values: dict[str, Any]) -> Any:
        if not isinstance(param, Param):
            return param
        return param.output_field.get_db_prep_value(values[param.name], self.connection)

    def as_sql(self, *args: Any, **kwargs: Any) -> tuple[str, tuple[Any, ...]]:
        return self.sql, self.params


class PreparedSQL(CompiledSQL):
    """The same, which each connection to PostgreSQL plans a few times and then keeps the plan of.

    Planning a question of many subqueries takes several times as long as answering it.
    """

    def bound(self, values: dict[str, Any]) -> CompiledSQL:
        connection = connections[self.using]
        if not can_prepare(connection):
            return super().bound(values)
        bound = copy(self)
        bound.connection = connection
        bound.sql = self.statement.prepared_on(connection)
        bound.params = tuple(bound.value_of(param, values) for param in self.statement.arguments)
        return bound

    @cached_property
    def statement(self) -> Statement:
        return Statement(self.sql, self.params, Param)
