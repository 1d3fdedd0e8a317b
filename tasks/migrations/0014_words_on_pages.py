
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

RULES = {"due-today": ("今日到期", "今日截止"), "milestone-today": ("节点今日到期", "节点今日截止")}


def rename_rules(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """A rule that still has the name it was made with has today's; whoever gave it another keeps that."""
    for code, (old, new) in RULES.items():
        apps.get_model("tasks", "ReminderRule").objects.filter(code=code, name=old).update(name=new)



class Migration(migrations.Migration):

    dependencies = [
        ('tasks', '0013_withdrawals'),
    ]

    operations = [
        migrations.RunPython(rename_rules, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='agencyrequest',
            name='kind',
            field=models.CharField(choices=[('decline', '申请退回（非本单位职责）'), ('extension', '延期申请'), ('completion', '申请办结')], max_length=10, verbose_name='类型'),
        ),
        migrations.AlterField(
            model_name='blob',
            name='sha256',
            field=models.CharField(max_length=64, unique=True, verbose_name='校验码'),
        ),
        migrations.AlterField(
            model_name='importdraft',
            name='upload_sha256',
            field=models.CharField(max_length=64, verbose_name='上传内容校验码'),
        ),
        migrations.AlterField(
            model_name='importfinding',
            name='sha256',
            field=models.CharField(max_length=64, verbose_name='全文校验码'),
        ),
        migrations.AlterField(
            model_name='plan',
            name='notice_sha256',
            field=models.CharField(max_length=64, verbose_name='公文校验码'),
        ),
    ]
