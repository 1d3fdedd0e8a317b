"""Facts are inserted and never edited: the database itself refuses UPDATE and DELETE on them, here and by hand.

An assignment may be ended once, by writing `ended_at` and `end_reason`; nothing else of it changes. TRUNCATE, which tests
use on PostgreSQL, passes: row triggers don't see it.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

FACTS = (
    "tasks_itemrevision",
    "tasks_progressreport",
    "tasks_indicatorreading",
    "tasks_review",
    "tasks_receipt",
    "tasks_closure",
)
ASSIGNMENT = "tasks_assignment"
FIXED_COLUMNS = (
    "id",
    "item_id",
    "agency_id",
    "role",
    "weight",
    "is_inferred",
    "recorded_at",
    "recorded_by_id",
)
MESSAGE = "facts are inserted, never changed"


def unchanged(operator: str) -> str:
    return " AND ".join(f"NEW.{column} {operator} OLD.{column}" for column in FIXED_COLUMNS)


def postgresql_statements() -> list[str]:
    ends_once = f"OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL AND {unchanged('IS NOT DISTINCT FROM')}"
    return [
        f"""CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION '{MESSAGE} (%)', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$""",
        *(
            f"CREATE TRIGGER facts_stay BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            for table in FACTS
        ),
        f"CREATE TRIGGER facts_stay BEFORE DELETE ON {ASSIGNMENT} FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        f"CREATE TRIGGER ends_once BEFORE UPDATE ON {ASSIGNMENT} "
        f"FOR EACH ROW WHEN (NOT ({ends_once})) EXECUTE FUNCTION refuse_change()",
    ]


def sqlite_statements() -> list[str]:
    ends_once = f"OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL AND {unchanged('IS')}"
    refuse = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    return [
        *(
            f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table} {refuse}"
            for table in FACTS
            for deed in ("UPDATE", "DELETE")
        ),
        f"CREATE TRIGGER {ASSIGNMENT}_no_delete BEFORE DELETE ON {ASSIGNMENT} {refuse}",
        f"CREATE TRIGGER {ASSIGNMENT}_ends_once BEFORE UPDATE ON {ASSIGNMENT} WHEN NOT ({ends_once}) {refuse}",
    ]


def guard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    statements = {"postgresql": postgresql_statements, "sqlite": sqlite_statements}[schema_editor.connection.vendor]
    for statement in statements():
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("tasks", "0001_initial")]
    operations = [migrations.RunPython(guard, elidable=False)]
