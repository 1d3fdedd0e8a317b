"""Columns say what a reminder is about; only the text of its subject did."""

from django.db import migrations, models

from tasks.migrations._guard import facts_rewritten

KINDS = [
    ("due", "任务完成时限"),
    ("opens", "报告期开放填报"),
    ("filing", "报告报送截止"),
    ("receipt", "签收期限"),
    ("sent_back", "报告退回之日"),
    ("review", "报告报送之日"),
    ("request", "申请提出之日"),
    ("urged", "催办发出之日"),
    ("urge", "催办答复期限"),
]
# The first number of `report:9` or `period:3-2016Q3/agency:5` is the key; the period's code follows the hyphen.
FILL = """UPDATE tasks_reminder SET
    kind = (SELECT rule.kind FROM tasks_reminderrule rule WHERE rule.id = tasks_reminder.rule_id),
    key = {key},
    period_code = COALESCE(
        (SELECT period.code FROM tasks_reportingperiod period WHERE period.id = tasks_reminder.period_id),
        CASE WHEN subject LIKE 'period:%-%' THEN substr(subject, {hyphen} + 1, 6) ELSE '' END
    )"""
may_change, stay = facts_rewritten(
    "tasks_reminder",
    postgresql=FILL.format(key="CAST(substring(subject FROM '[0-9]+') AS bigint)", hyphen="strpos(subject, '-')"),
    sqlite=FILL.format(
        key="CAST(substr(subject, instr(subject, ':') + 1) AS integer)", hyphen="instr(subject, '-')"
    ),
)


class Migration(migrations.Migration):
    dependencies = [("tasks", "0002_facts_stay")]

    operations = [
        may_change,
        migrations.AddField(
            "reminder",
            "kind",
            models.CharField("类型", max_length=10, choices=KINDS, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            "reminder", "key", models.BigIntegerField("事项主键", default=0), preserve_default=False
        ),
        migrations.AddField(
            "reminder", "period_code", models.CharField("报告期代码", max_length=6, blank=True), preserve_default=False
        ),
        stay,
    ]
