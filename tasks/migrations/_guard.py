"""What later migrations need to keep facts as they were recorded; migration 0002 explains it and guards the first ones."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

MESSAGE = "facts are inserted, never changed"


def written_once(table: str, column: str, fixed: tuple[str, ...]) -> migrations.RunPython:
    """The same for a table of which one column may be written once; replaces the guard that an earlier version has.

    SQLite loses a table's triggers when a column is added to it, and PostgreSQL's don't know the new column.
    """
    same = {"postgresql": "IS NOT DISTINCT FROM", "sqlite": "IS"}

    def guard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        vendor = schema_editor.connection.vendor
        unchanged = " AND ".join(f"NEW.{name} {same[vendor]} OLD.{name}" for name in fixed)
        allowed = f"OLD.{column} IS NULL AND NEW.{column} IS NOT NULL AND {unchanged}"
        for statement in once_statements(vendor, table, allowed):
            schema_editor.execute(statement, params=None)

    return migrations.RunPython(guard, elidable=False)


def once_statements(vendor: str, table: str, allowed: str) -> list[str]:
    if vendor == "postgresql":
        return [
            f"DROP TRIGGER IF EXISTS written_once ON tasks_{table}",
            f"CREATE TRIGGER written_once BEFORE UPDATE ON tasks_{table} FOR EACH ROW "
            f"WHEN (NOT ({allowed})) EXECUTE FUNCTION refuse_change()",
        ]
    refuse = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    return [
        f"DROP TRIGGER IF EXISTS {table}_written_once",
        f"CREATE TRIGGER {table}_written_once BEFORE UPDATE ON tasks_{table} WHEN NOT ({allowed}) {refuse}",
        f"DROP TRIGGER IF EXISTS {table}_no_delete",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON tasks_{table} {refuse}",
    ]


def facts_stay(*tables: str) -> migrations.RunPython:
    """The operation after which the database refuses UPDATE and DELETE on those tables, named with their app."""

    def guard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        for table in tables:
            for statement in statements(schema_editor.connection.vendor, table):
                schema_editor.execute(statement, params=None)

    return migrations.RunPython(guard, elidable=False)


def statements(vendor: str, table: str) -> list[str]:
    if vendor == "postgresql":
        trigger = f"CREATE TRIGGER facts_stay BEFORE UPDATE OR DELETE ON {table}"
        return [f"{trigger} FOR EACH ROW EXECUTE FUNCTION refuse_change()"]
    refuse = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    return [
        f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table} {refuse}"
        for deed in ("UPDATE", "DELETE")
    ]
