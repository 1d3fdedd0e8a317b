"""Which reports of its predecessors an agency's report goes on with."""

from django.db import migrations, models
from django.db.models import PROTECT

from tasks.migrations._guard import Statements, facts_stay

gone_with_the_table = Statements(postgresql=[], sqlite=[])


class Migration(migrations.Migration):
    dependencies = [("tasks", "0005_lights_apart")]

    operations = [
        migrations.CreateModel(
            "ReportOrigin",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=PROTECT,
                        related_name="origins",
                        to="tasks.progressreport",
                        verbose_name="进展报告",
                    ),
                ),
                (
                    "origin",
                    models.ForeignKey(
                        on_delete=PROTECT,
                        related_name="continuations",
                        to="tasks.progressreport",
                        verbose_name="原报告",
                    ),
                ),
            ],
            {
                "verbose_name": "承接的报告",
                "verbose_name_plural": "承接的报告",
                "constraints": [models.UniqueConstraint(fields=("report", "origin"), name="origin_once_per_report")],
            },
        ),
        Statements(**facts_stay("tasks_reportorigin").statements, undone_by=gone_with_the_table),
    ]
