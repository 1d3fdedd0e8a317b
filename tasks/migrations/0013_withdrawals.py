"""撤回: what an agency takes back before a coordinator has reviewed or decided it, kept as facts."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from tasks.migrations._guard import Statements, facts_stay

NAMES = ("reportwithdrawal", "requestwithdrawal")
gone_with_the_tables = Statements(postgresql=[], sqlite=[])


class Migration(migrations.Migration):

    dependencies = [
        ('tasks', '0012_urge_prefix'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ReportWithdrawal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(verbose_name='记录时间')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='撤回原因')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='记录人')),
                ('report', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='withdrawal', to='tasks.progressreport', verbose_name='进展报告')),
            ],
            options={
                'verbose_name': '报告撤回',
                'verbose_name_plural': '报告撤回',
            },
        ),
        migrations.CreateModel(
            name='RequestWithdrawal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(verbose_name='记录时间')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='撤回原因')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='记录人')),
                ('request', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='withdrawal', to='tasks.agencyrequest', verbose_name='申请')),
            ],
            options={
                'verbose_name': '申请撤回',
                'verbose_name_plural': '申请撤回',
            },
        ),
        Statements(**facts_stay(*NAMES, prefix="tasks_").statements, undone_by=gone_with_the_tables),
    ]
