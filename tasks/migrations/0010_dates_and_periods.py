"""Until when an extension was granted; on which periods a plan reports, and what was changed of them beforehand.

What was there before goes on: plans report each quarter, and decisions granted what was asked.
"""

from django.db import migrations, models
from django.db.models import PROTECT

from tasks.migrations._guard import Statements, facts_stay

FREQUENCIES = [("month", "月报"), ("two_months", "双月报"), ("quarter", "季报"), ("half_year", "半年报")]
WIDER = {"tasks_reportingperiod": "code", "tasks_reminder": "period_code"}

# SQLite makes the table anew, and loses its triggers by that; PostgreSQL's stay.
free = Statements(postgresql=[], sqlite=[f"DROP TRIGGER IF EXISTS planrevision_no_{each}" for each in ("update", "delete")])
kept = Statements(postgresql=[], sqlite=facts_stay("planrevision", prefix="tasks_").statements["sqlite"])
# SQLite doesn't look at lengths, and its tables of facts keep their triggers where they aren't made anew.
wider = Statements(
    postgresql=[f"ALTER TABLE {table} ALTER COLUMN {column} TYPE varchar(7)" for table, column in WIDER.items()],
    sqlite=[],
)
as_wide = Statements(postgresql=[], sqlite=[])
gone_with_the_table = Statements(postgresql=[], sqlite=[])


def settings():
    return {
        "frequency": models.CharField("报告频次", max_length=10, choices=FREQUENCIES, default="quarter"),
        "first_period": models.CharField("首个报告期", max_length=7, blank=True, default=""),
        "last_period": models.CharField("末个报告期", max_length=7, blank=True, default=""),
    }


class Migration(migrations.Migration):
    dependencies = [("agencies", "0001_initial"), ("tasks", "0009_item_corrections")]

    operations = [
        migrations.AddField("decision", "due_on", models.DateField("同意延至", null=True, blank=True)),
        *(migrations.AddField("plan", name, field) for name, field in settings().items()),
        migrations.AddField(
            "plan", "period_changes", models.JSONField("报告期调整", default=list, editable=False)
        ),
        Statements(**free.statements, undone_by=kept),
        *(migrations.AddField("planrevision", name, field) for name, field in settings().items()),
        Statements(**kept.statements, undone_by=free),
        migrations.SeparateDatabaseAndState(
            database_operations=[Statements(**wider.statements, undone_by=as_wide)],
            state_operations=[
                migrations.AlterField("reportingperiod", "code", models.CharField("报告期", max_length=7)),
                migrations.AlterField(
                    "reminder", "period_code", models.CharField("报告期代码", max_length=7, blank=True)
                ),
            ],
        ),
        migrations.CreateModel(
            "PeriodRevision",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("recorded_at", models.DateTimeField("记录时间")),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True, on_delete=PROTECT, related_name="+", to="agencies.user", verbose_name="记录人"
                    ),
                ),
                ("code", models.CharField("报告期", max_length=7)),
                ("opens_on", models.DateField("开放填报")),
                ("due_on", models.DateField("报送截止")),
                ("is_held", models.BooleanField("设此期", default=True)),
                ("reason", models.CharField("原因", max_length=500)),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=PROTECT, related_name="period_revisions", to="tasks.plan", verbose_name="行动计划"
                    ),
                ),
            ],
            {
                "verbose_name": "报告期调整",
                "verbose_name_plural": "报告期调整",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(opens_on__lt=models.F("due_on")), name="revised_opens_before_due"
                    )
                ],
            },
        ),
        Statements(**facts_stay("tasks_periodrevision").statements, undone_by=gone_with_the_table),
    ]
