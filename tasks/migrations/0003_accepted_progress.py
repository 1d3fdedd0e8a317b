"""The accepted progress of assignments over time, told from the reviews so far."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from tasks.migrations._guard import facts_stay

Change = tuple[int, int | None, int, datetime, int | None]


def changes(reviews: Iterable[Any]) -> Iterator[Change]:
    """(assignment, report, percent, recorded at, recorded by) whenever another report counts; reviews oldest first."""
    accepted: dict[int, dict[int, Any]] = defaultdict(dict)
    standing: dict[int, int | None] = {}
    for review in reviews:
        report = review.report
        reports = accepted[report.assignment_id]
        reports.pop(report.pk, None)
        if review.verdict == "accepted":
            reports[report.pk] = report
        newest = max(reports.values(), key=lambda report: (report.recorded_at, report.pk), default=None)
        key = newest.pk if newest else None
        if standing.get(report.assignment_id) != key:
            standing[report.assignment_id] = key
            percent = newest.percent if newest else 0
            yield report.assignment_id, key, percent, review.recorded_at, review.recorded_by_id


def tell(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    reviews = apps.get_model("tasks", "Review").objects.select_related("report").order_by("recorded_at", "pk")
    model = apps.get_model("tasks", "AcceptedProgress")
    columns = ("assignment_id", "report_id", "percent", "recorded_at", "recorded_by_id")
    rows = (model(**dict(zip(columns, change, strict=True))) for change in changes(reviews.iterator(1000)))
    model.objects.bulk_create(rows, batch_size=1000)


class Migration(migrations.Migration):
    dependencies = [("tasks", "0002_facts_stay"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="AcceptedProgress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("recorded_at", models.DateTimeField(verbose_name="记录时间")),
                ("percent", models.PositiveSmallIntegerField(verbose_name="进度（%）")),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="记录人",
                    ),
                ),
                (
                    "assignment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accepted_progress",
                        to="tasks.assignment",
                        verbose_name="责任分工",
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tasks.progressreport",
                        verbose_name="进展报告",
                    ),
                ),
            ],
            options={"verbose_name": "生效进度", "verbose_name_plural": "生效进度"},
        ),
        migrations.AddIndex(
            model_name="acceptedprogress",
            index=models.Index(
                fields=["assignment", "-recorded_at", "-id"], include=("percent", "report"), name="latest_progress"
            ),
        ),
        migrations.AddIndex(
            model_name="progressreport",
            index=models.Index(fields=["period", "settled_at"], name="waiting_in_period"),
        ),
        migrations.RunPython(tell, elidable=True),
        facts_stay("tasks_acceptedprogress"),
    ]
