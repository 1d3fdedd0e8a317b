"""An urge may ask for a period's reports (催报), and is answered when they are filed."""

from django.db import migrations, models
from django.db.models import PROTECT, Q

from tasks.migrations._guard import Statements, facts_stay

# SQLite makes the table anew, and loses its triggers by that; PostgreSQL's stay.
free = Statements(postgresql=[], sqlite=[f"DROP TRIGGER IF EXISTS tasks_urge_no_{each}" for each in ("update", "delete")])
kept = Statements(postgresql=[], sqlite=facts_stay("tasks_urge").statements["sqlite"])


class Migration(migrations.Migration):
    dependencies = [("tasks", "0015_words_found")]

    operations = [
        Statements(**free.statements, undone_by=kept),
        migrations.AddField(
            "urge",
            "period",
            models.ForeignKey(
                "tasks.ReportingPeriod", PROTECT, related_name="+", null=True, db_index=False, verbose_name="催报的报告期"
            ),
        ),
        Statements(**kept.statements, undone_by=free),
        migrations.AddIndex(
            "urge", models.Index(fields=("period",), condition=Q(period__isnull=False), name="urges_for_reports")
        ),
    ]
