"""待生效: changes of who answers that are decided for a later day, and what becomes of them, kept as facts."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from tasks.migrations._guard import Statements, facts_stay

NAMES = ("plannedsteering", "plannedsteeringend", "plannedstep")
gone_with_the_tables = Statements(postgresql=[], sqlite=[])


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0003_words_of_the_record'),
        ('tasks', '0019_instructions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PlannedSteering',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(verbose_name='记录时间')),
                ('effective_on', models.DateField(verbose_name='生效日')),
                ('reason', models.CharField(max_length=200, verbose_name='依据文件或原因')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='planned_steerings', to='tasks.plan', verbose_name='行动计划')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='记录人')),
            ],
            options={
                'verbose_name': '待生效的责任调整',
                'verbose_name_plural': '待生效的责任调整',
                'ordering': ('effective_on', 'pk'),
            },
        ),
        migrations.CreateModel(
            name='PlannedSteeringEnd',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(verbose_name='记录时间')),
                ('kind', models.CharField(choices=[('done', '已生效'), ('taken_back', '已撤回'), ('void', '未能生效')], max_length=10, verbose_name='结果')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='说明')),
                ('planned', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='end', to='tasks.plannedsteering', verbose_name='责任调整')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='记录人')),
            ],
            options={
                'verbose_name': '责任调整的结果',
                'verbose_name_plural': '责任调整的结果',
            },
        ),
        migrations.CreateModel(
            name='PlannedStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('withdraw', '退出'), ('replace', '更换'), ('role', '改角色'), ('add', '新增')], max_length=10, verbose_name='调整')),
                ('role', models.CharField(blank=True, choices=[('lead', '负责'), ('assist', '协助')], max_length=10, verbose_name='角色')),
                ('keeps_progress', models.BooleanField(default=False, verbose_name='沿用进度')),
                ('agency', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency', verbose_name='单位')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='planned_steps', to='tasks.actionitem', verbose_name='任务')),
                ('part', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tasks.assignment', verbose_name='原责任分工')),
                ('planned', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='tasks.plannedsteering', verbose_name='责任调整')),
            ],
            options={
                'verbose_name': '待生效的调整项',
                'verbose_name_plural': '待生效的调整项',
                'ordering': ('pk',),
            },
        ),
        Statements(**facts_stay(*NAMES, prefix="tasks_").statements, undone_by=gone_with_the_tables),
    ]
