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


class Statements(Operation):
    """Statements for the database at hand. They need no models, which RunPython would have rendered, every one.

    With `undone_by`, those that lead back, it can be reversed.
    """

    def __init__(
        self, *, postgresql: Iterable[str], sqlite: Iterable[str], undone_by: "Statements | None" = None
    ) -> None:
        self.statements = {"postgresql": postgresql, "sqlite": sqlite}
        self.undone_by = undone_by
        self.reversible = undone_by is not None

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

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        assert self.undone_by is not None
        self.undone_by.database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return "Keep facts as they were recorded"


def refuse_change() -> Statements:
    """The function that PostgreSQL's triggers call."""
    function = f"""CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION '{MESSAGE} (%)', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$"""
    return Statements(postgresql=[function], sqlite=[])


def facts_stay(*names: str, prefix: str = "") -> Statements:
    """Refuses UPDATE and DELETE on those tables. The prefix belongs to their names, but not to those of triggers."""
    return Statements(
        postgresql=[f"CREATE TRIGGER facts_stay BEFORE UPDATE OR DELETE ON {prefix}{name} {CALL}" for name in names],
        sqlite=[
            f"CREATE TRIGGER {name}_no_{deed.lower()} BEFORE {deed} ON {prefix}{name} {ABORT}"
            for name in names
            for deed in ("UPDATE", "DELETE")
        ],
    )


def facts_rewritten(table: str, *, postgresql: str, sqlite: str) -> tuple[Statements, Statements]:
    """What comes before and after new columns of a table of facts: its facts may change, and they stay again.

    In between the migration adds the columns; afterwards the statement gives them their values for the rows that are
    there already. SQLite makes a table with new columns anew, and loses its triggers by that.
    """
    stay = facts_stay(table)
    change = Statements(
        postgresql=[f"DROP TRIGGER facts_stay ON {table}"],
        sqlite=[f"DROP TRIGGER IF EXISTS {table}_no_{deed}" for deed in ("update", "delete")],
    )
    before = Statements(**change.statements, undone_by=stay)
    after = Statements(
        postgresql=[postgresql, *stay.statements["postgresql"]],
        sqlite=[sqlite, *stay.statements["sqlite"]],
        undone_by=change,
    )
    return before, after


def written_once(name: str, column: str, fixed: Iterable[str], *, prefix: str) -> Statements:
    """The same, except for the one UPDATE that gives the column a value and changes nothing that is fixed.

    A column that is neither of them is written along with it.
    """

    def allowed(same: str) -> str:
        unchanged = " AND ".join(f"NEW.{other} {same} OLD.{other}" for other in fixed)
        return f"OLD.{column} IS NULL AND NEW.{column} IS NOT NULL AND {unchanged}"

    table = f"{prefix}{name}"
    return Statements(
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
