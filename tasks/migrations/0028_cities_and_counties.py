"""市县落实: plans of cities and counties, what their items correspond to, and the duty to make them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from tasks.migrations._guard import Statements, facts_stay

NAMES = ("correspondence", "correspondingitem", "localduty", "localduty_items")
gone_with_the_tables = Statements(postgresql=[], sqlite=[])


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0008_offices'),
        ('tasks', '0027_messages_of_splits'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Correspondence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(verbose_name='记录时间')),
            ],
            options={
                'verbose_name': '对应关系',
                'verbose_name_plural': '对应关系',
            },
        ),
        migrations.CreateModel(
            name='CorrespondingItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
            options={
                'verbose_name': '对应的上级任务',
                'verbose_name_plural': '对应的上级任务',
            },
        ),
        migrations.CreateModel(
            name='LocalDuty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(verbose_name='记录时间')),
            ],
            options={
                'verbose_name': '印发本地区工作方案',
                'verbose_name_plural': '印发本地区工作方案',
            },
        ),
        migrations.AddField(
            model_name='importdraft',
            name='drawn_from',
            field=models.JSONField(default=list, verbose_name='取自上级任务'),
        ),
        migrations.AddField(
            model_name='importdraft',
            name='office',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.office', to_field='path', verbose_name='统筹机构'),
        ),
        migrations.AddField(
            model_name='importdraft',
            name='parent',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tasks.plan', verbose_name='上级行动计划'),
        ),
        migrations.AddField(
            model_name='plan',
            name='office',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='agencies.office', to_field='path', verbose_name='统筹机构'),
        ),
        migrations.AddField(
            model_name='plan',
            name='parent',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='local_plans', to='tasks.plan', verbose_name='上级计划'),
        ),
        migrations.AddConstraint(
            model_name='plan',
            constraint=models.CheckConstraint(condition=models.Q(('parent', None), ('office__isnull', False), _connector='OR'), name='local_plans_have_an_office'),
        ),
        migrations.AddConstraint(
            model_name='plan',
            constraint=models.UniqueConstraint(condition=models.Q(('parent__isnull', False)), fields=('office', 'parent'), name='one_local_plan_per_office'),
        ),
        migrations.AddField(
            model_name='correspondence',
            name='item',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='correspondences', to='tasks.actionitem', verbose_name='本地任务'),
        ),
        migrations.AddField(
            model_name='correspondence',
            name='recorded_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='记录人'),
        ),
        migrations.AddField(
            model_name='correspondingitem',
            name='correspondence',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='targets', to='tasks.correspondence', verbose_name='对应关系'),
        ),
        migrations.AddField(
            model_name='correspondingitem',
            name='parent_item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='carried_out_by', to='tasks.actionitem', verbose_name='上级任务'),
        ),
        migrations.AddField(
            model_name='correspondence',
            name='parent_items',
            field=models.ManyToManyField(related_name='+', through='tasks.CorrespondingItem', to='tasks.actionitem', verbose_name='上级任务'),
        ),
        migrations.AddField(
            model_name='localduty',
            name='items',
            field=models.ManyToManyField(blank=True, related_name='+', to='tasks.actionitem', verbose_name='须覆盖的任务'),
        ),
        migrations.AddField(
            model_name='localduty',
            name='parent',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='local_duty', to='tasks.plan', verbose_name='行动计划'),
        ),
        migrations.AddField(
            model_name='localduty',
            name='plan',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='duty_of', to='tasks.plan', verbose_name='印发任务'),
        ),
        migrations.AddField(
            model_name='localduty',
            name='recorded_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='记录人'),
        ),
        migrations.AddConstraint(
            model_name='correspondingitem',
            constraint=models.UniqueConstraint(fields=('correspondence', 'parent_item'), name='parent_item_once_per_decision'),
        ),
        migrations.AddIndex(
            model_name='correspondence',
            index=models.Index(fields=['item', '-recorded_at', '-id'], name='latest_correspondence'),
        ),
        Statements(**facts_stay(*NAMES, prefix="tasks_").statements, undone_by=gone_with_the_tables),
    ]
