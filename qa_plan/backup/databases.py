"""Either kind of database behind the same few functions, and which migrations it has seen."""

from types import ModuleType

from django.apps import apps
from django.core.management.base import CommandError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from qa_plan.backup import postgres, sqlite

ASKED = {"agencies_changechain", "tasks_heartbeat"}  # the tables of which a backup asks something, or tells


def kind_of(connection: BaseDatabaseWrapper) -> ModuleType:
    return postgres if connection.vendor == "postgresql" else sqlite


def migrations_of(connection: BaseDatabaseWrapper) -> dict[str, list[str]]:
    """The migrations that the database has seen, by app."""
    if "django_migrations" not in connection.introspection.table_names():
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        rows = cursor.fetchall()
    return {app: [name for each, name in rows if each == app] for app, _ in rows}


def unknown_migrations(seen: dict[str, list[str]]) -> list[str]:
    """Those of all apps but Django's that this version doesn't have: another version made or changed that database."""
    loader = MigrationLoader(None)
    known = set(loader.disk_migrations) | {key for each in loader.disk_migrations.values() for key in each.replaces}
    ours = {config.label for config in apps.get_app_configs() if not config.name.startswith("django.")}
    return [f"{app}.{name}" for app in sorted(ours & seen.keys()) for name in seen[app] if (app, name) not in known]


def refuse_foreign(connection: BaseDatabaseWrapper) -> None:
    """Raises CommandError for a database that another version made or changed."""
    if unknown := unknown_migrations(migrations_of(connection)):
        raise CommandError(
            f"这个数据库不能由本版本使用：其中有本版本没有的迁移 {unknown[0]}（共{len(unknown)}个），"
            "它由 1.0.0 之前的试用版建立，或已由更新的版本升级；请换用相应的版本，或另建数据库。"
        )


def pending_migrations(connection: BaseDatabaseWrapper) -> int:
    """How many migrations of this version the database has yet to see."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def has_begun(connection: BaseDatabaseWrapper) -> bool:
    """Whether a backup can be made of it. A first migration that was broken off has left nothing that is worth one."""
    return set(connection.introspection.table_names()) >= ASKED


def is_behind(connection: BaseDatabaseWrapper) -> bool:
    """Whether there is something in the database, and this version will change its shape."""
    return has_begun(connection) and pending_migrations(connection) > 0
