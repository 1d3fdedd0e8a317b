from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# 催办 reaches the agency by message at once; by the channels of its people with the digest of the next working day.
RULE = {
    "name": "收到催办",
    "kind": "urged",
    "offset": 1,
    "repeats": False,
    "audience": "liaison",
    "ordinal": 295,
}


def begin_with_rule(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("tasks", "ReminderRule").objects.get_or_create(code="urged", defaults=RULE)


class Migration(migrations.Migration):
    dependencies = [("tasks", "0006_reminders")]

    operations = [
        migrations.AlterField(
            model_name="reminderrule",
            name="kind",
            field=models.CharField(
                choices=[
                    ("due", "任务完成时限"),
                    ("opens", "报告期开放填报"),
                    ("filing", "报告报送截止"),
                    ("receipt", "签收期限"),
                    ("sent_back", "报告退回之日"),
                    ("review", "报告报送之日"),
                    ("request", "申请提出之日"),
                    ("urged", "催办发出之日"),
                    ("urge", "催办答复期限"),
                ],
                max_length=10,
                verbose_name="起算日期",
            ),
        ),
        migrations.RunPython(begin_with_rule, migrations.RunPython.noop, elidable=False),
    ]
