"""What later migrations need to keep facts as they were recorded; migration 0002 explains it and guards the first ones."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

MESSAGE = "facts are inserted, never changed"


def facts_stay(*tables: str) -> migrations.RunPython:
    """The operation after which the database refuses UPDATE and DELETE on those tables."""

    def guard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        for table in tables:
            for statement in statements(schema_editor.connection.vendor, table):
                schema_editor.execute(statement, params=None)

    return migrations.RunPython(guard, elidable=False)


def statements(vendor: str, table: str) -> list[str]:
    if vendor == "postgresql":
        trigger = f"CREATE TRIGGER facts_stay BEFORE UPDATE OR DELETE ON tasks_{table}"
        return [f"{trigger} FOR EACH ROW EXECUTE FUNCTION refuse_change()"]
    refuse = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    return [
        f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON tasks_{table} {refuse}"
        for deed in ("UPDATE", "DELETE")
    ]
