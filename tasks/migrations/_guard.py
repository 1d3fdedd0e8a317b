"""Operations with which the database itself keeps facts as they were recorded, whoever asks and by whatever way.

TRUNCATE, which tests use on PostgreSQL, passes: row triggers don't see it.
"""

from collections.abc import Iterable

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

MESSAGE = "facts are inserted, never changed"
CALL = "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
ABORT = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"


class Guard(Operation):
    """Statements for the database at hand. They need no models, which RunPython would have rendered, every one."""

    reversible = False

    def __init__(self, *, postgresql: Iterable[str], sqlite: Iterable[str]) -> None:
        self.statements = {"postgresql": postgresql, "sqlite": sqlite}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        pass

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for statement in self.statements[schema_editor.connection.vendor]:
            schema_editor.execute(statement, params=None)

    def describe(self) -> str:
        return "Keep facts as they were recorded"


def refuse_change() -> Guard:
    """The function that PostgreSQL's triggers call."""
    function = f"""CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION '{MESSAGE} (%)', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$"""
    return Guard(postgresql=[function], sqlite=[])


def facts_stay(*names: str, prefix: str = "") -> Guard:
    """Refuses UPDATE and DELETE on those tables. The prefix belongs to their names, but not to those of triggers."""
    return Guard(
        postgresql=[f"CREATE TRIGGER facts_stay BEFORE UPDATE OR DELETE ON {prefix}{name} {CALL}" for name in names],
        sqlite=[
            f"CREATE TRIGGER {name}_no_{deed.lower()} BEFORE {deed} ON {prefix}{name} {ABORT}"
            for name in names
            for deed in ("UPDATE", "DELETE")
        ],
    )


def written_once(name: str, column: str, fixed: Iterable[str], *, prefix: str) -> Guard:
    """The same, except for the one UPDATE that gives the column a value and changes nothing that is fixed.

    A column that is neither of them is written along with it.
    """

    def allowed(same: str) -> str:
        unchanged = " AND ".join(f"NEW.{other} {same} OLD.{other}" for other in fixed)
        return f"OLD.{column} IS NULL AND NEW.{column} IS NOT NULL AND {unchanged}"

    table = f"{prefix}{name}"
    return Guard(
        postgresql=[
            f"CREATE TRIGGER facts_stay BEFORE DELETE ON {table} {CALL}",
            f"CREATE TRIGGER written_once BEFORE UPDATE ON {table} FOR EACH ROW "
            f"WHEN (NOT ({allowed('IS NOT DISTINCT FROM')})) EXECUTE FUNCTION refuse_change()",
        ],
        sqlite=[
            f"CREATE TRIGGER {name}_no_delete BEFORE DELETE ON {table} {ABORT}",
            f"CREATE TRIGGER {name}_written_once BEFORE UPDATE ON {table} WHEN NOT ({allowed('IS')}) {ABORT}",
        ],
    )
