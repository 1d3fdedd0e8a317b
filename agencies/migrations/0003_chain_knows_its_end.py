"""The chain's lock also keeps its length and its last hash, so that rows removed from the end are missed."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def know_the_end(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    changes = apps.get_model("agencies", "Change").objects
    last = changes.order_by("-pk").first()
    if last:
        values = {"count": changes.count(), "head": last.hash}
        apps.get_model("agencies", "ChangeChain").objects.update_or_create(pk=1, defaults=values)


class Migration(migrations.Migration):
    dependencies = [("agencies", "0002_changes_and_successions")]

    operations = [
        migrations.AddField("changechain", "count", models.PositiveBigIntegerField("行数", default=0)),
        migrations.AddField(
            "changechain", "head", models.CharField("最后一行哈希", blank=True, max_length=64)
        ),
        migrations.RunPython(know_the_end, migrations.RunPython.noop, elidable=True),
    ]
