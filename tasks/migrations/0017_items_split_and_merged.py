"""An item is split into several, or several are merged into one; both sides know it, and neither forgets it."""

import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models

from tasks.migrations._guard import ABORT, Statements, facts_stay

NAMES = ("lineage", "reshaping")


def life_stays() -> Statements:
    """Neither when an item began nor when it ended is written a second time; when it began not even once."""
    guarded = {"began_at": "TRUE", "ended_at": "OLD.ended_at IS NOT NULL"}
    return Statements(
        postgresql=[
            f"CREATE TRIGGER {column}_stays BEFORE UPDATE OF {column} ON tasks_actionitem FOR EACH ROW "
            f"WHEN ({known} AND NEW.{column} IS DISTINCT FROM OLD.{column}) EXECUTE FUNCTION refuse_change()"
            for column, known in guarded.items()
        ],
        sqlite=[
            f"CREATE TRIGGER actionitem_{column}_stays BEFORE UPDATE OF {column} ON tasks_actionitem "
            f"WHEN {known} AND NEW.{column} IS NOT OLD.{column} {ABORT}"
            for column, known in guarded.items()
        ],
        undone_by=Statements(
            postgresql=[f"DROP TRIGGER {column}_stays ON tasks_actionitem" for column in guarded],
            sqlite=[f"DROP TRIGGER IF EXISTS actionitem_{column}_stays" for column in guarded],
        ),
    )


gone_with_the_tables = Statements(postgresql=[], sqlite=[])


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0002_first_morning'),
        ('tasks', '0016_urge_period'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Lineage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
            options={
                'verbose_name': '任务沿革',
                'verbose_name_plural': '任务沿革',
            },
        ),
        migrations.CreateModel(
            name='Reshaping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(verbose_name='记录时间')),
                ('kind', models.CharField(choices=[('split', '拆分'), ('merge', '合并')], max_length=10, verbose_name='类型')),
                ('reason', models.CharField(max_length=500, verbose_name='依据文件或原因')),
            ],
            options={
                'verbose_name': '拆分合并',
                'verbose_name_plural': '拆分合并',
            },
        ),
        migrations.AlterModelOptions(
            name='actionitem',
            options={'ordering': ('plan', 'place'), 'verbose_name': '任务', 'verbose_name_plural': '任务'},
        ),
        migrations.AddField(
            model_name='actionitem',
            name='began_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='拆并产生'),
        ),
        migrations.AddField(
            model_name='actionitem',
            name='ended_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='拆并终止'),
        ),
        migrations.AddField(
            model_name='actionitem',
            name='placed',
            field=models.FloatField(blank=True, null=True, verbose_name='排列'),
        ),
        migrations.AddField(
            model_name='actionitem',
            name='spans',
            field=models.JSONField(blank=True, null=True, verbose_name='原文各段'),
        ),
        migrations.AddField(
            model_name='lineage',
            name='former',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='became', to='tasks.actionitem', verbose_name='原任务'),
        ),
        migrations.AddField(
            model_name='lineage',
            name='successor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='came_from', to='tasks.actionitem', verbose_name='新任务'),
        ),
        migrations.AddField(
            model_name='reshaping',
            name='plan',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reshapings', to='tasks.plan', verbose_name='行动计划'),
        ),
        migrations.AddField(
            model_name='reshaping',
            name='recorded_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='记录人'),
        ),
        migrations.AddField(
            model_name='lineage',
            name='reshaping',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='tasks.reshaping', verbose_name='拆分合并'),
        ),
        migrations.AddField(
            model_name='actionitem',
            name='place',
            field=models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Coalesce('placed', django.db.models.functions.comparison.Cast('number', models.FloatField())), output_field=models.FloatField()),
        ),
        migrations.AddIndex(
            model_name='actionitem',
            index=models.Index(fields=['plan', 'place'], name='item_place_in_plan'),
        ),
        migrations.AddConstraint(
            model_name='lineage',
            constraint=models.UniqueConstraint(fields=('former', 'successor'), name='successor_once'),
        ),
        migrations.AddConstraint(
            model_name='lineage',
            constraint=models.CheckConstraint(condition=models.Q(('former', models.F('successor')), _negated=True), name='becomes_another'),
        ),
        Statements(**facts_stay(*NAMES, prefix="tasks_").statements, undone_by=gone_with_the_tables),
        life_stays(),
    ]
