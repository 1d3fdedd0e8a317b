"""Operations with which the database itself keeps facts as they were recorded, whoever asks and by whatever way.

TRUNCATE, which row triggers don't see, has a trigger of its own: it passes for the tests' role alone.
"""

from collections.abc import Iterable

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

MESSAGE = "facts are inserted, never changed"
CALL = "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
EMPTIED_BY = "qa_plan_tests"  # the role of the tests' own server; no installation has it
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


def refuse_truncate() -> Statements:
    """The function that PostgreSQL calls before a table is emptied, and its triggers on all facts that there are."""
    function = f"""CREATE OR REPLACE FUNCTION refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN IF current_user <> '{EMPTIED_BY}' THEN
            RAISE EXCEPTION '{MESSAGE} (%)', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END IF;
            RETURN NULL; END $$"""
    triggers = """DO $$ DECLARE name regclass; BEGIN
            FOR name IN SELECT tgrelid::regclass FROM pg_trigger WHERE tgname = 'facts_stay' LOOP
            EXECUTE format('CREATE OR REPLACE TRIGGER never_emptied BEFORE TRUNCATE ON %s EXECUTE FUNCTION
            refuse_truncate()', name); END LOOP; END $$"""
    return Statements(postgresql=[function, triggers], sqlite=[], undone_by=truncate_passes())


def truncate_passes() -> Statements:
    return Statements(postgresql=["DROP FUNCTION refuse_truncate CASCADE"], sqlite=[])


def _never_emptied(table: str) -> str:
    """The same for a table that comes later; earlier ones had their triggers before there was the function."""
    return f"""DO $$ BEGIN IF to_regproc('refuse_truncate') IS NOT NULL THEN
            CREATE OR REPLACE TRIGGER never_emptied BEFORE TRUNCATE ON {table} EXECUTE FUNCTION refuse_truncate();
            END IF; END $$"""


def facts_stay(*names: str, prefix: str = "") -> Statements:
    """Refuses UPDATE and DELETE on those tables. The prefix belongs to their names, but not to those of triggers."""
    return Statements(
        postgresql=[
            statement
            for name in names
            for statement in (
                f"CREATE TRIGGER facts_stay BEFORE UPDATE OR DELETE ON {prefix}{name} {CALL}",
                _never_emptied(f"{prefix}{name}"),
            )
        ],
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
            _never_emptied(table),
        ],
        sqlite=[
            f"CREATE TRIGGER {name}_no_delete BEFORE DELETE ON {table} {ABORT}",
            f"CREATE TRIGGER {name}_written_once BEFORE UPDATE ON {table} WHEN NOT ({allowed('IS')}) {ABORT}",
        ],
    )


def kept_for_days(table: str, days: int, *, moment: str, counts: str, fixed: Iterable[str]) -> Statements:
    """Rows may go once they are that old, and until then nothing of them changes but a count, which only grows."""

    def allowed(same: str) -> str:
        unchanged = " AND ".join(f"NEW.{other} {same} OLD.{other}" for other in fixed)
        return f"NEW.{counts} > OLD.{counts} AND {unchanged}"

    return Statements(
        postgresql=[
            f"CREATE TRIGGER facts_stay BEFORE DELETE ON {table} FOR EACH ROW "
            f"WHEN (OLD.{moment} >= now() - interval '{days} days') EXECUTE FUNCTION refuse_change()",
            f"CREATE TRIGGER only_counted BEFORE UPDATE ON {table} FOR EACH ROW "
            f"WHEN (NOT ({allowed('IS NOT DISTINCT FROM')})) EXECUTE FUNCTION refuse_change()",
            _never_emptied(table),
        ],
        sqlite=[
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
            f"WHEN OLD.{moment} >= datetime('now', '-{days} days') {ABORT}",
            f"CREATE TRIGGER {table}_only_counted BEFORE UPDATE ON {table} WHEN NOT ({allowed('IS')}) {ABORT}",
        ],
        undone_by=Statements(
            postgresql=[f"DROP TRIGGER {name} ON {table}" for name in ("facts_stay", "only_counted")],
            sqlite=[f"DROP TRIGGER {table}_{name}" for name in ("no_delete", "only_counted")],
        ),
    )
