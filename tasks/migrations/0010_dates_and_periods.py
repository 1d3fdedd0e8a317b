"""Until when an extension was granted, where it may be another day than the one that was asked for."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tasks", "0009_item_corrections")]

    operations = [
        migrations.AddField("decision", "due_on", models.DateField("同意延至", null=True, blank=True)),
    ]
