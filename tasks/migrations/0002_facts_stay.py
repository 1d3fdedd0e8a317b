"""Facts are inserted and never edited: the database itself refuses UPDATE and DELETE on them, here and by hand.

Two of them have columns that may be written once, from NULL, and nothing else of them changes: an assignment is ended, a
report is settled. TRUNCATE, which tests use on PostgreSQL, passes: row triggers don't see it.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

FACTS = ("itemrevision", "indicatorreading", "review", "receipt", "closure")
# The write-once column, and all columns that never change; what is named nowhere goes along with the former.
WRITE_ONCE = {
    "assignment": (
        "ended_at",
        ("id", "item_id", "agency_id", "role", "weight", "is_inferred", "recorded_at", "recorded_by_id"),
    ),
    "progressreport": (
        "settled_at",
        (
            "id",
            "assignment_id",
            "period_id",
            "percent",
            "progress",
            "problems",
            "next_steps",
            "delay_reason",
            "is_unchanged",
            "recorded_at",
            "recorded_by_id",
        ),
    ),
}
MESSAGE = "facts are inserted, never changed"


def writes_once(table: str, same: str) -> str:
    """The condition under which an UPDATE of that table is allowed; `same` compares values, NULL included."""
    column, fixed = WRITE_ONCE[table]
    unchanged = " AND ".join(f"NEW.{name} {same} OLD.{name}" for name in fixed)
    return f"OLD.{column} IS NULL AND NEW.{column} IS NOT NULL AND {unchanged}"


def postgresql_statements() -> list[str]:
    refuse = "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    return [
        f"""CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION '{MESSAGE} (%)', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$""",
        *(f"CREATE TRIGGER facts_stay BEFORE UPDATE OR DELETE ON tasks_{table} {refuse}" for table in FACTS),
        *(f"CREATE TRIGGER facts_stay BEFORE DELETE ON tasks_{table} {refuse}" for table in WRITE_ONCE),
        *(
            f"CREATE TRIGGER written_once BEFORE UPDATE ON tasks_{table} FOR EACH ROW "
            f"WHEN (NOT ({writes_once(table, 'IS NOT DISTINCT FROM')})) EXECUTE FUNCTION refuse_change()"
            for table in WRITE_ONCE
        ),
    ]


def sqlite_statements() -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    return [
        *(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON tasks_{table} {refuse}" for table in FACTS),
        *(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON tasks_{table} {refuse}" for table in (*FACTS, *WRITE_ONCE)),
        *(
            f"CREATE TRIGGER {table}_written_once BEFORE UPDATE ON tasks_{table} "
            f"WHEN NOT ({writes_once(table, 'IS')}) {refuse}"
            for table in WRITE_ONCE
        ),
    ]


def guard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    statements = {"postgresql": postgresql_statements, "sqlite": sqlite_statements}[schema_editor.connection.vendor]
    for statement in statements():
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("tasks", "0001_initial")]
    operations = [migrations.RunPython(guard, elidable=False)]
