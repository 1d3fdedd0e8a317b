"""What a connection was asked, in full."""

import re
from collections.abc import Iterable

from django.db import connection


def written_out(captured: Iterable[dict[str, str]]) -> list[str]:
    """The SQL of captured queries; of those that PostgreSQL had prepared, the statement that was prepared."""
    prepared = {}
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, statement FROM pg_prepared_statements")
            prepared = {name: re.sub(r"^PREPARE .*? AS ", "", sql) for name, sql in cursor.fetchall()}
    names = [re.match(r"EXECUTE (\w+)", query["sql"]) for query in captured]
    return [prepared[name[1]] if name else query["sql"] for name, query in zip(names, captured, strict=True)]
