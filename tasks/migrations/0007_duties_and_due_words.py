"""The notice's duties, with who answers by each and until when; and the words behind an item's due date.

What was imported before keeps what was recorded of it: it has no duties and no words.
"""

from django.db import migrations, models
from django.db.models import CASCADE, PROTECT

from tasks.migrations._guard import Statements, facts_stay

RECURRENCE = [("week", "每周"), ("month", "每月"), ("quarter", "每季度"), ("half-year", "每半年"), ("year", "每年")]
ROLES = [("lead", "负责"), ("assist", "协助")]
SOURCES = [("written", "公文载明"), ("inferred", "推定"), ("set", "调整")]

# SQLite makes the table anew, and loses its triggers by that; PostgreSQL's stay.
free = Statements(postgresql=[], sqlite=[f"DROP TRIGGER IF EXISTS itemrevision_no_{each}" for each in ("update", "delete")])
kept = Statements(postgresql=[], sqlite=facts_stay("itemrevision", prefix="tasks_").statements["sqlite"])


def key():
    return ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


def deadline():
    return [
        ("due_words", models.TextField("时限原文", blank=True)),
        ("due_start", models.PositiveIntegerField(null=True, blank=True)),
        ("due_on", models.DateField("完成时限", null=True, blank=True)),
        ("recurs", models.CharField("周期", max_length=10, choices=RECURRENCE, blank=True)),
    ]


class Migration(migrations.Migration):
    dependencies = [("agencies", "0001_initial"), ("tasks", "0006_reports_that_go_on")]

    operations = [
        Statements(**free.statements, undone_by=kept),
        migrations.AddField("itemrevision", "due_words", models.TextField("时限原文", blank=True)),
        migrations.AddField(
            "itemrevision",
            "due_source",
            models.GeneratedField(
                expression=models.Case(
                    models.When(is_inferred=True, then=models.Value("inferred")),
                    models.When(~models.Q(due_words=""), then=models.Value("written")),
                    default=models.Value("set"),
                ),
                output_field=models.CharField("时限出处", max_length=10, choices=SOURCES),
                db_persist=True,
            ),
        ),
        Statements(**kept.statements, undone_by=free),
        *(migrations.AddField("measure", name, field) for name, field in deadline()),
        migrations.CreateModel(
            "Duty",
            [
                key(),
                *deadline(),
                ("number", models.PositiveSmallIntegerField("序号")),
                ("ending", models.TextField("责任表述")),
                ("start", models.PositiveIntegerField()),
                ("end", models.PositiveIntegerField()),
                ("assist_rule", models.CharField("协助规则", max_length=200, blank=True)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=CASCADE, related_name="duties", to="tasks.actionitem", verbose_name="任务"
                    ),
                ),
            ],
            {
                "verbose_name": "责任句",
                "verbose_name_plural": "责任句",
                "ordering": ("item", "number"),
                "constraints": [models.UniqueConstraint(fields=("item", "number"), name="duty_number_in_item")],
            },
        ),
        migrations.CreateModel(
            "DutyAgency",
            [
                key(),
                ("role", models.CharField("角色", max_length=10, choices=ROLES)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=PROTECT, related_name="+", to="agencies.agency", verbose_name="单位"
                    ),
                ),
                (
                    "duty",
                    models.ForeignKey(
                        on_delete=CASCADE, related_name="named", to="tasks.duty", verbose_name="责任句"
                    ),
                ),
            ],
            {
                "verbose_name": "责任句单位",
                "verbose_name_plural": "责任句单位",
                "ordering": ("duty", "pk"),
                "constraints": [
                    models.UniqueConstraint(fields=("duty", "agency"), name="agency_once_in_duty"),
                    models.CheckConstraint(condition=models.Q(role__in=["lead", "assist"]), name="role_in_duty"),
                ],
            },
        ),
    ]
