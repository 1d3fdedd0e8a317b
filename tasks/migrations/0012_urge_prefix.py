"""An urge keeps the prefix under which it was numbered: the office may change its own, letters that went out stay."""

from django.db import migrations, models

from tasks.migrations._guard import Statements, facts_stay

# SQLite makes the table anew, and loses its triggers by that; PostgreSQL's stay.
free = Statements(postgresql=[], sqlite=[f"DROP TRIGGER IF EXISTS tasks_urge_no_{each}" for each in ("update", "delete")])
kept = Statements(postgresql=[], sqlite=facts_stay("tasks_urge").statements["sqlite"])


class Migration(migrations.Migration):
    dependencies = [("tasks", "0011_milestones")]

    operations = [
        Statements(**free.statements, undone_by=kept),
        migrations.AddField("urge", "prefix", models.CharField("代字", max_length=20, blank=True, default=""), preserve_default=False),
        Statements(**kept.statements, undone_by=free),
    ]
