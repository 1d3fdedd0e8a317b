"""Statements that a connection to PostgreSQL plans once, and then keeps the plan of (PREPARE, EXECUTE).

Left to itself it would plan the first five executions for their values, at ten times the cost of the answer.

psycopg2 has no prepared statements of its own. A server between the product and PostgreSQL that gives each
transaction another connection can't keep them: there Django's setting for such servers, DISABLE_SERVER_SIDE_CURSORS,
turns them off.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any
from weakref import WeakKeyDictionary

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field

KINDS = {
    "BooleanField": "boolean",
    "CharField": "text",
    "DateField": "date",
    "DateTimeField": "timestamp with time zone",
    "IntegerField": "bigint",
}
ONCE = "SET plan_cache_mode = force_generic_plan"  # with each one: a transaction that is undone takes it back
_prepared: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()  # by connection, the names that it knows


def can_prepare(connection: BaseDatabaseWrapper) -> bool:
    return connection.vendor == "postgresql" and not connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"]


class Statement:
    """A compiled SELECT whose parameters are constants, which are written into it, or arguments that come later."""

    def __init__(self, sql: str, params: Sequence[Any], argument: type) -> None:
        self.arguments = list(dict.fromkeys(param for param in params if isinstance(param, argument)))
        self.constants = tuple(param for param in params if not isinstance(param, argument))
        places = {param: f"${place}" for place, param in enumerate(self.arguments, 1)}
        self.sql = sql.replace("%%", "%%%%") % tuple(
            places[param] if isinstance(param, argument) else "%s" for param in params
        )
        self.name = f"qa_{sha256(repr((self.sql, self.constants)).encode()).hexdigest()[:16]}"

    def prepared_on(self, connection: BaseDatabaseWrapper) -> str:
        """The SQL that executes it, with a place for each of `arguments`; prepared first where this is new to it."""
        connection.close_if_health_check_failed()
        connection.ensure_connection()
        names = _prepared.setdefault(connection.connection, set())
        if self.name not in names:
            kinds = ", ".join(map(_kind, self.arguments))
            with connection.wrap_database_errors, connection.connection.cursor() as cursor:
                cursor.execute(f"{ONCE}; PREPARE {self._call(kinds)} AS {self.sql}", self.constants)
            names.add(self.name)
        return f"EXECUTE {self._call(', '.join(['%s'] * len(self.arguments)))}"

    def _call(self, arguments: str) -> str:
        return f"{self.name}({arguments})" if arguments else self.name


def _kind(argument: Any) -> str:
    """PostgreSQL's type of an argument; of a list or a map it sees it from where the argument stands."""
    field: Field[Any, Any] = argument.output_field
    return KINDS.get(field.get_internal_type(), "unknown")
