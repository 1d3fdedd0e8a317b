"""Offices of cities and counties below the one that runs the installation, and what belongs to each."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0007_three_administrators'),
    ]

    operations = [
        migrations.AddField(
            model_name='office',
            name='path',
            field=models.CharField(default='', editable=False, max_length=100, unique=True, verbose_name='位置'),
        ),
        migrations.AddField(
            model_name='office',
            name='area',
            field=models.CharField(blank=True, default='', help_text='如“合肥市”“肥东县”', max_length=30, verbose_name='所在地区'),
        ),
        migrations.AddField(
            model_name='office',
            name='code',
            field=models.CharField(blank=True, default='', max_length=12, validators=[django.core.validators.RegexValidator('^\\d{6,12}$')], verbose_name='行政区划代码'),
        ),
        migrations.AddField(
            model_name='office',
            name='government',
            field=models.OneToOneField(blank=True, help_text='对上级承担“印发本地区工作方案”的单位', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='local_office', to='agencies.agency', verbose_name='本级政府'),
        ),
        migrations.AddField(
            model_name='office',
            name='level',
            field=models.CharField(choices=[('province', '省'), ('city', '市'), ('county', '县（市、区）')], default='province', max_length=10, verbose_name='层级'),
        ),
        migrations.AddField(
            model_name='office',
            name='ordinal',
            field=models.PositiveIntegerField(default=0, help_text='按公文列名次序', verbose_name='排序'),
        ),
        migrations.AddField(
            model_name='office',
            name='parent',
            field=models.ForeignKey(blank=True, help_text='空着为省级直接下设', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='agencies.office', to_field='path', verbose_name='上级机构'),
        ),
        migrations.AlterModelOptions(
            name='office',
            options={'ordering': ('ordinal', 'pk'), 'verbose_name': '统筹机构', 'verbose_name_plural': '统筹机构'},
        ),
        migrations.AddField(
            model_name='agency',
            name='office',
            field=models.ForeignKey(blank=True, help_text='空着为省级', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='agencies', to='agencies.office', to_field='path', verbose_name='统筹机构'),
        ),
        migrations.AddField(
            model_name='agencygroup',
            name='office',
            field=models.ForeignKey(blank=True, help_text='空着为省级', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='groups', to='agencies.office', to_field='path', verbose_name='统筹机构'),
        ),
        migrations.AddField(
            model_name='user',
            name='office',
            field=models.ForeignKey(blank=True, help_text='空着为省级', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='people', to='agencies.office', to_field='path', verbose_name='统筹机构'),
        ),
        migrations.AddConstraint(
            model_name='office',
            constraint=models.UniqueConstraint(condition=models.Q(('code', ''), _negated=True), fields=('code',), name='one_office_per_code'),
        ),
        migrations.AddConstraint(
            model_name='office',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('code', ''), ('parent', None), ('path', '')), models.Q(models.Q(('path', ''), _negated=True), models.Q(('code', ''), _negated=True), models.Q(('area', ''), _negated=True)), _connector='OR'), name='local_offices_have_a_code_and_an_area'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('office', None), ('role__in', ('coordinator', 'leader')), _connector='OR'), name='office_people_coordinate_or_lead', violation_error_message='只有统筹人员和领导属于某个统筹机构；联络员和单位负责人随所属单位。'),
        ),
    ]
