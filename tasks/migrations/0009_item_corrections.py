"""What was read wrongly of an item, and as what it was read before: recorded, never edited."""

from django.db import migrations, models
from django.db.models import PROTECT

from tasks.migrations._guard import Statements, facts_stay

gone_with_the_table = Statements(postgresql=[], sqlite=[])


class Migration(migrations.Migration):
    dependencies = [("agencies", "0001_initial"), ("tasks", "0008_importing_with_proof")]

    operations = [
        migrations.CreateModel(
            "ItemCorrection",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("recorded_at", models.DateTimeField("记录时间")),
                ("title_before", models.CharField("更正前标题", max_length=300)),
                ("before", models.JSONField("更正前")),
                ("after", models.JSONField("更正后")),
                ("reason", models.CharField("原因", max_length=500)),
                (
                    "item",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=PROTECT,
                        related_name="corrections",
                        to="tasks.actionitem",
                        verbose_name="任务",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True, on_delete=PROTECT, related_name="+", to="agencies.user", verbose_name="记录人"
                    ),
                ),
            ],
            {
                "verbose_name": "任务更正",
                "verbose_name_plural": "任务更正",
                "ordering": ("recorded_at", "pk"),
                "indexes": [models.Index(fields=["item", "recorded_at", "id"], name="first_correction")],
            },
        ),
        Statements(**facts_stay("tasks_itemcorrection").statements, undone_by=gone_with_the_table),
    ]
