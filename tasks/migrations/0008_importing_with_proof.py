"""核对稿: a notice that is being proofread, what the reader found in it, and what people correct."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from tasks.migrations._guard import Statements, facts_stay

gone_with_the_table = Statements(postgresql=[], sqlite=[])


class Migration(migrations.Migration):

    dependencies = [
        ('tasks', '0007_duties_and_due_words'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_name', models.CharField(max_length=200, verbose_name='文件名')),
                ('upload_sha256', models.CharField(max_length=64, verbose_name='上传内容SHA-256')),
                ('source', models.BinaryField(null=True, verbose_name='待读取的文件')),
                ('state', models.CharField(
 choices=[
('waiting', '等候读取'),
 ('reading', '正在读取'),
 ('refused', '无法读取'),
 ('open', '核对中'),
 ('confirmed', '已交办'),
 ('discarded', '已放弃'),
], max_length=10, verbose_name='状态')),
                ('refusal', models.TextField(blank=True, verbose_name='无法读取的原因')),
                ('started_at', models.DateTimeField(verbose_name='上传时间')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='结束时间')),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='结束人')),
                ('plan', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='import_draft', to='tasks.plan', verbose_name='行动计划')),
                ('started_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='上传人')),
            ],
            options={
                'verbose_name': '核对稿',
                'verbose_name_plural': '核对稿',
                'ordering': ('-started_at', '-pk'),
                'constraints': [
                    models.UniqueConstraint(
                        condition=models.Q(('state__in', ('waiting', 'reading', 'open'))),
                        fields=('upload_sha256',),
                        name='one_open_draft_per_upload',
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name='ImportFinding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(verbose_name='记录时间')),
                ('text', models.TextField(verbose_name='公文全文')),
                ('sha256', models.CharField(max_length=64, verbose_name='全文SHA-256')),
                ('found', models.JSONField(verbose_name='读取结果')),
                ('draft', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='finding', to='tasks.importdraft', verbose_name='核对稿')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='记录人')),
            ],
            options={
                'verbose_name': '读取结果',
                'verbose_name_plural': '读取结果',
            },
        ),
        migrations.CreateModel(
            name='ImportRevision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(verbose_name='记录时间')),
                ('number', models.PositiveIntegerField(verbose_name='序号')),
                ('question', models.CharField(blank=True, max_length=200, verbose_name='所答问题')),
                ('corrections', models.JSONField(default=list, verbose_name='更正内容')),
                ('about', models.TextField(verbose_name='更正对象')),
                ('was', models.TextField(verbose_name='原读为')),
                ('now', models.TextField(verbose_name='改为')),
                ('undoes', models.PositiveIntegerField(null=True, verbose_name='撤销的更正')),
                ('draft', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='revisions', to='tasks.importdraft', verbose_name='核对稿')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='记录人')),
            ],
            options={
                'verbose_name': '更正',
                'verbose_name_plural': '更正',
                'ordering': ('draft', 'number'),
                'constraints': [models.UniqueConstraint(fields=('draft', 'number'), name='one_revision_per_number')],
            },
        ),
        Statements(
            **facts_stay("tasks_importfinding", "tasks_importrevision").statements, undone_by=gone_with_the_table
        ),
    ]
