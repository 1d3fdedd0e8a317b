"""节点: dated steps with their plans, proofs and verdicts, kept as facts; and the rules by which they are reminded of."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from tasks.migrations._guard import Statements, facts_stay
from tasks.migrations._rules import add_missing_rules

NAMES = (
    "milestone",
    "milestoneplan",
    "milestonedone",
    "milestoneevidence",
    "milestonereview",
    "milestonewithdrawal",
)
gone_with_the_tables = Statements(postgresql=[], sqlite=[])


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0001_initial'),
        ('tasks', '0010_dates_and_periods'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='reminder',
            name='kind',
            field=models.CharField(choices=[('due', '任务完成时限'), ('opens', '报告期开放填报'), ('filing', '报告报送截止'), ('receipt', '签收期限'), ('sent_back', '报告退回之日'), ('review', '报告报送之日'), ('request', '申请提出之日'), ('urged', '催办发出之日'), ('urge', '催办答复期限'), ('milestone', '节点计划日期')], max_length=10, verbose_name='类型'),
        ),
        migrations.AlterField(
            model_name='reminderrule',
            name='kind',
            field=models.CharField(choices=[('due', '任务完成时限'), ('opens', '报告期开放填报'), ('filing', '报告报送截止'), ('receipt', '签收期限'), ('sent_back', '报告退回之日'), ('review', '报告报送之日'), ('request', '申请提出之日'), ('urged', '催办发出之日'), ('urge', '催办答复期限'), ('milestone', '节点计划日期')], max_length=10, verbose_name='起算日期'),
        ),
        migrations.CreateModel(
            name='Milestone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(verbose_name='记录时间')),
                ('name', models.CharField(max_length=60, verbose_name='名称')),
                ('agency', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='milestones', to='agencies.agency', verbose_name='责任单位')),
                ('duty', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='milestones', to='tasks.duty', verbose_name='责任句')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='milestones', to='tasks.actionitem', verbose_name='任务')),
                ('measure', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='milestones', to='tasks.measure', verbose_name='举措')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='记录人')),
            ],
            options={
                'verbose_name': '节点',
                'verbose_name_plural': '节点',
                'ordering': ('item', 'pk'),
            },
        ),
        migrations.CreateModel(
            name='MilestoneDone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(verbose_name='记录时间')),
                ('done_on', models.DateField(verbose_name='完成日期')),
                ('words', models.TextField(verbose_name='完成情况')),
                ('assignment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='milestones_done', to='tasks.assignment', verbose_name='责任分工')),
                ('milestone', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='tasks.milestone', verbose_name='节点')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='记录人')),
            ],
            options={
                'verbose_name': '节点完成',
                'verbose_name_plural': '节点完成',
            },
        ),
        migrations.CreateModel(
            name='MilestoneEvidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('done', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tasks.milestonedone', verbose_name='节点完成')),
                ('evidence', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tasks.evidence', verbose_name='佐证材料')),
            ],
            options={
                'verbose_name': '节点附件',
                'verbose_name_plural': '节点附件',
            },
        ),
        migrations.AddField(
            model_name='milestonedone',
            name='evidence',
            field=models.ManyToManyField(related_name='milestones', through='tasks.MilestoneEvidence', to='tasks.evidence', verbose_name='佐证材料'),
        ),
        migrations.CreateModel(
            name='MilestonePlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(verbose_name='记录时间')),
                ('planned_on', models.DateField(verbose_name='计划日期')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='原因')),
                ('milestone', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='plans', to='tasks.milestone', verbose_name='节点')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='记录人')),
            ],
            options={
                'verbose_name': '节点日期',
                'verbose_name_plural': '节点日期',
            },
        ),
        migrations.CreateModel(
            name='MilestoneReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(verbose_name='记录时间')),
                ('is_confirmed', models.BooleanField(verbose_name='确认')),
                ('comment', models.CharField(blank=True, max_length=500, verbose_name='意见')),
                ('done', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='tasks.milestonedone', verbose_name='节点完成')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='记录人')),
            ],
            options={
                'verbose_name': '节点确认',
                'verbose_name_plural': '节点确认',
            },
        ),
        migrations.CreateModel(
            name='MilestoneWithdrawal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(verbose_name='记录时间')),
                ('reason', models.CharField(max_length=500, verbose_name='原因')),
                ('milestone', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='withdrawal', to='tasks.milestone', verbose_name='节点')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='记录人')),
            ],
            options={
                'verbose_name': '节点撤销',
                'verbose_name_plural': '节点撤销',
            },
        ),
        migrations.AddConstraint(
            model_name='milestoneevidence',
            constraint=models.UniqueConstraint(fields=('done', 'evidence'), name='evidence_once_per_milestone'),
        ),
        migrations.AddIndex(
            model_name='milestonedone',
            index=models.Index(fields=['milestone', '-recorded_at', '-id'], name='latest_milestone_done'),
        ),
        migrations.AddIndex(
            model_name='milestoneplan',
            index=models.Index(fields=['milestone', '-recorded_at', '-id'], include=('planned_on',), name='latest_milestone_plan'),
        ),
        migrations.AddIndex(
            model_name='milestonereview',
            index=models.Index(fields=['done', '-recorded_at', '-id'], name='latest_milestone_review'),
        ),
        migrations.AddConstraint(
            model_name='milestonereview',
            constraint=models.CheckConstraint(condition=models.Q(('is_confirmed', True), models.Q(('comment', ''), _negated=True), _connector='OR'), name='milestone_sent_back_says_why'),
        ),
        Statements(**facts_stay(*NAMES, prefix="tasks_").statements, undone_by=gone_with_the_tables),
        migrations.RunPython(add_missing_rules, migrations.RunPython.noop),
    ]
