"""批示: leaders' written words with their answers, kept as facts; and the rules by which they are reminded of."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from tasks.migrations._guard import Statements, facts_stay
from tasks.migrations._rules import add_missing_rules

NAMES = ("instruction", "instructedassignment", "instructionreply", "instructionevidence", "instructionnote")
gone_with_the_tables = Statements(postgresql=[], sqlite=[])

class Migration(migrations.Migration):

    dependencies = [
        ('tasks', '0018_urge_replies_by_task'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='message',
            name='kind',
            field=models.CharField(choices=[('sent_back', '退回'), ('accepted', '通过'), ('decided', '申请答复'), ('requested', '申请'), ('urged', '催办'), ('instructed', '批示'), ('mentioned', '提到'), ('assigned', '交办'), ('withdrawn', '撤回'), ('consent', '审签'), ('reminded', '提醒'), ('other', '通知')], max_length=10, verbose_name='类型'),
        ),
        migrations.AlterField(
            model_name='reminder',
            name='kind',
            field=models.CharField(choices=[('due', '任务完成时限'), ('opens', '报告期开放填报'), ('filing', '报告报送截止'), ('receipt', '签收期限'), ('sent_back', '报告退回之日'), ('review', '报告报送之日'), ('request', '申请提出之日'), ('urged', '催办发出之日'), ('urge', '催办答复期限'), ('milestone', '节点计划日期'), ('instructed', '批示下达之日'), ('instruct', '批示答复期限')], max_length=10, verbose_name='类型'),
        ),
        migrations.AlterField(
            model_name='reminderrule',
            name='kind',
            field=models.CharField(choices=[('due', '任务完成时限'), ('opens', '报告期开放填报'), ('filing', '报告报送截止'), ('receipt', '签收期限'), ('sent_back', '报告退回之日'), ('review', '报告报送之日'), ('request', '申请提出之日'), ('urged', '催办发出之日'), ('urge', '催办答复期限'), ('milestone', '节点计划日期'), ('instructed', '批示下达之日'), ('instruct', '批示答复期限')], max_length=10, verbose_name='起算日期'),
        ),
        migrations.CreateModel(
            name='Instruction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(verbose_name='记录时间')),
                ('leader', models.CharField(max_length=60, verbose_name='批示领导')),
                ('given_on', models.DateField(verbose_name='批示日期')),
                ('document', models.CharField(blank=True, max_length=200, verbose_name='批示件')),
                ('text', models.TextField(verbose_name='批示内容')),
                ('answer_by', models.DateField(verbose_name='答复期限')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='instructions', to='tasks.actionitem', verbose_name='任务')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='记录人')),
            ],
            options={
                'verbose_name': '批示',
                'verbose_name_plural': '批示',
                'ordering': ('-recorded_at', '-pk'),
            },
        ),
        migrations.CreateModel(
            name='InstructedAssignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('assignment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='instructed', to='tasks.assignment', verbose_name='责任分工')),
                ('instruction', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='tasks.instruction', verbose_name='批示')),
            ],
            options={
                'verbose_name': '批示单位',
                'verbose_name_plural': '批示单位',
            },
        ),
        migrations.CreateModel(
            name='InstructionEvidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('evidence', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tasks.evidence', verbose_name='佐证材料')),
            ],
            options={
                'verbose_name': '批示答复附件',
                'verbose_name_plural': '批示答复附件',
            },
        ),
        migrations.CreateModel(
            name='InstructionReply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(verbose_name='记录时间')),
                ('text', models.TextField(verbose_name='答复')),
                ('evidence', models.ManyToManyField(related_name='instruction_replies', through='tasks.InstructionEvidence', to='tasks.evidence', verbose_name='佐证材料')),
                ('part', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='reply', to='tasks.instructedassignment', verbose_name='批示单位')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='记录人')),
            ],
            options={
                'verbose_name': '批示答复',
                'verbose_name_plural': '批示答复',
            },
        ),
        migrations.CreateModel(
            name='InstructionNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(verbose_name='记录时间')),
                ('text', models.CharField(blank=True, max_length=500, verbose_name='意见')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='记录人')),
                ('reply', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='note', to='tasks.instructionreply', verbose_name='批示答复')),
            ],
            options={
                'verbose_name': '批示阅知',
                'verbose_name_plural': '批示阅知',
            },
        ),
        migrations.AddField(
            model_name='instructionevidence',
            name='reply',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tasks.instructionreply', verbose_name='批示答复'),
        ),
        migrations.AddConstraint(
            model_name='instructedassignment',
            constraint=models.UniqueConstraint(fields=('instruction', 'assignment'), name='assignment_once_per_instruction'),
        ),
        migrations.AddConstraint(
            model_name='instructionevidence',
            constraint=models.UniqueConstraint(fields=('reply', 'evidence'), name='evidence_once_per_instruction'),
        ),
        Statements(**facts_stay(*NAMES, prefix="tasks_").statements, undone_by=gone_with_the_tables),
        migrations.RunPython(add_missing_rules, migrations.RunPython.noop),
    ]
