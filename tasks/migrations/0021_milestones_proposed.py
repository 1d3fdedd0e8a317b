"""节点建议: agencies propose milestones of what they lead; what was asked for and what came of it stay as they were."""

import django.db.models.deletion
from django.db import migrations, models

from tasks.migrations._guard import Statements, facts_stay

NAMES = ("askedmilestone", "grantedmilestone")
gone_with_the_tables = Statements(postgresql=[], sqlite=[])


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0003_words_of_the_record'),
        ('tasks', '0020_responsibility_on_a_later_day'),
    ]

    operations = [
        migrations.AlterField(
            model_name='agencyrequest',
            name='kind',
            field=models.CharField(choices=[('decline', '申请退回（非本单位职责）'), ('extension', '延期申请'), ('completion', '申请办结'), ('milestone', '节点建议')], max_length=10, verbose_name='类型'),
        ),
        migrations.CreateModel(
            name='AskedMilestone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='名称')),
                ('planned_on', models.DateField(verbose_name='计划日期')),
                ('agency', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency', verbose_name='责任单位')),
                ('duty', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tasks.duty', verbose_name='责任句')),
                ('measure', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tasks.measure', verbose_name='举措')),
                ('request', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='asked_milestone', to='tasks.agencyrequest', verbose_name='申请')),
            ],
            options={
                'verbose_name': '建议的节点',
                'verbose_name_plural': '建议的节点',
            },
        ),
        migrations.CreateModel(
            name='GrantedMilestone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('decision', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='granted_milestone', to='tasks.decision', verbose_name='申请的决定')),
                ('milestone', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposed_by', to='tasks.milestone', verbose_name='节点')),
            ],
            options={
                'verbose_name': '采纳的节点',
                'verbose_name_plural': '采纳的节点',
            },
        ),
        Statements(**facts_stay(*NAMES, prefix="tasks_").statements, undone_by=gone_with_the_tables),
    ]
