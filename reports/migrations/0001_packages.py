"""Quarterly packages. All but the progress of a build and of a mail are facts, which the database keeps as they are."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from tasks.migrations._guard import facts_stay

FACTS = (
    "reports_package",
    "reports_package_plans",
    "reports_edition",
    "reports_packagefile",
    "reports_briefingwording",
    "reports_issue",
    "reports_issuewithdrawal",
)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('tasks', '0006_reminders'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Package',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(verbose_name='记录时间')),
                ('period', models.CharField(max_length=6, verbose_name='报告期')),
                ('as_of', models.DateTimeField(verbose_name='截至时刻')),
                ('definition', models.TextField(verbose_name='定义')),
                ('definition_sha256', models.CharField(max_length=64, verbose_name='定义 SHA-256')),
                ('key', models.CharField(max_length=64, unique=True, verbose_name='申请标识')),
                ('plans', models.ManyToManyField(related_name='packages', to='tasks.plan', verbose_name='行动计划')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='记录人')),
            ],
            options={
                'verbose_name': '季度汇总',
                'verbose_name_plural': '季度汇总',
                'ordering': ('-recorded_at', '-pk'),
            },
        ),
        migrations.CreateModel(
            name='Edition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(verbose_name='记录时间')),
                ('number', models.PositiveSmallIntegerField(verbose_name='版次')),
                ('facts_sha256', models.CharField(max_length=64, verbose_name='数据 SHA-256')),
                ('package', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='editions', to='reports.package', verbose_name='季度汇总')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='记录人')),
            ],
            options={
                'verbose_name': '汇总版次',
                'verbose_name_plural': '汇总版次',
                'ordering': ('package', '-number'),
            },
        ),
        migrations.CreateModel(
            name='Issue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(verbose_name='记录时间')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年度')),
                ('number', models.PositiveSmallIntegerField(verbose_name='期号')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='issues', to='reports.edition', verbose_name='版次')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='issues', to='tasks.plan', verbose_name='行动计划')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='记录人')),
            ],
            options={
                'verbose_name': '印发',
                'verbose_name_plural': '印发',
                'ordering': ('-recorded_at', '-pk'),
            },
        ),
        migrations.CreateModel(
            name='IssueWithdrawal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(verbose_name='记录时间')),
                ('reason', models.CharField(max_length=500, verbose_name='原因')),
                ('issue', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='withdrawal', to='reports.issue', verbose_name='印发')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='记录人')),
            ],
            options={
                'verbose_name': '撤回印发',
                'verbose_name_plural': '撤回印发',
            },
        ),
        migrations.CreateModel(
            name='PackageFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('xlsx', 'Excel工作簿'), ('docx', '通报（Word）'), ('json', '数据（JSON）')], max_length=4, verbose_name='类型')),
                ('name', models.CharField(max_length=200, verbose_name='文件名')),
                ('blob', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='package_files', to='tasks.blob', verbose_name='文件内容')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='reports.edition', verbose_name='版次')),
            ],
            options={
                'verbose_name': '汇总文件',
                'verbose_name_plural': '汇总文件',
                'ordering': ('edition', '-kind'),
            },
        ),
        migrations.CreateModel(
            name='PackageMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.EmailField(blank=True, max_length=254, verbose_name='邮箱')),
                ('claimed_at', models.DateTimeField(null=True, verbose_name='开始发送')),
                ('sent_at', models.DateTimeField(null=True, verbose_name='发出时间')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='次数')),
                ('error', models.CharField(blank=True, max_length=300, verbose_name='原因')),
                ('package', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mails', to='reports.package', verbose_name='季度汇总')),
                ('recipient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='收件人')),
            ],
            options={
                'verbose_name': '汇总邮件通知',
                'verbose_name_plural': '汇总邮件通知',
            },
        ),
        migrations.CreateModel(
            name='Build',
            fields=[
                ('package', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to='reports.package', verbose_name='季度汇总')),
                ('state', models.CharField(choices=[('queued', '排队中'), ('building', '正在生成'), ('done', '已生成'), ('failed', '生成失败'), ('cancelled', '已取消')], default='queued', max_length=10, verbose_name='状态')),
                ('stage', models.CharField(blank=True, max_length=50, verbose_name='步骤')),
                ('share', models.PositiveSmallIntegerField(default=0, verbose_name='完成（%）')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='原因')),
                ('attempt', models.PositiveSmallIntegerField(default=0, verbose_name='第几次')),
                ('token', models.UUIDField(null=True, verbose_name='占用标识')),
                ('lease_until', models.DateTimeField(null=True, verbose_name='占用至')),
            ],
            options={
                'verbose_name': '生成进度',
                'verbose_name_plural': '生成进度',
                'indexes': [models.Index(condition=models.Q(('state__in', ('queued', 'building'))), fields=['package'], name='unbuilt')],
            },
        ),
        migrations.CreateModel(
            name='BriefingWording',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(verbose_name='记录时间')),
                ('paragraph', models.CharField(max_length=50, verbose_name='段落')),
                ('text', models.TextField(verbose_name='措辞')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='记录人')),
                ('package', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='wordings', to='reports.package', verbose_name='季度汇总')),
            ],
            options={
                'verbose_name': '通报措辞',
                'verbose_name_plural': '通报措辞',
                'indexes': [models.Index(fields=['package', 'paragraph', '-recorded_at', '-id'], name='latest_wording')],
            },
        ),
        migrations.AddConstraint(
            model_name='edition',
            constraint=models.UniqueConstraint(fields=('package', 'number'), name='edition_number_of_package'),
        ),
        migrations.AddConstraint(
            model_name='issue',
            constraint=models.UniqueConstraint(fields=('plan', 'year', 'number'), name='issue_number_in_year'),
        ),
        migrations.AddConstraint(
            model_name='packagefile',
            constraint=models.UniqueConstraint(fields=('edition', 'kind'), name='one_file_of_a_kind'),
        ),
        migrations.AddConstraint(
            model_name='packagemail',
            constraint=models.UniqueConstraint(fields=('package', 'recipient'), name='one_mail_of_a_package'),
        ),
        facts_stay(*FACTS),
    ]
