"""What an answer to an urge says of each task, and the evidence that it brings."""

import django.db.models.deletion
from django.db import migrations, models

from tasks.migrations._guard import Statements, facts_stay

NAMES = ("urgereplypart", "urgereplyevidence")
gone_with_the_tables = Statements(postgresql=[], sqlite=[])
# SQLite makes a table with a new field anew, and loses its triggers by that.
free = Statements(postgresql=[], sqlite=[f"DROP TRIGGER IF EXISTS urgereply_no_{each}" for each in ("update", "delete")])
kept = Statements(postgresql=[], sqlite=facts_stay("urgereply", prefix="tasks_").statements["sqlite"])


class Migration(migrations.Migration):

    dependencies = [
        ('tasks', '0017_items_split_and_merged'),
    ]

    operations = [
        migrations.CreateModel(
            name='UrgeReplyEvidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('evidence', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tasks.evidence', verbose_name='佐证材料')),
                ('reply', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tasks.urgereply', verbose_name='答复')),
            ],
            options={
                'verbose_name': '答复附件',
                'verbose_name_plural': '答复附件',
            },
        ),
        Statements(**free.statements, undone_by=kept),
        migrations.AddField(
            model_name='urgereply',
            name='evidence',
            field=models.ManyToManyField(related_name='urge_replies', through='tasks.UrgeReplyEvidence', to='tasks.evidence', verbose_name='佐证材料'),
        ),
        Statements(**kept.statements, undone_by=free),
        migrations.CreateModel(
            name='UrgeReplyPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(verbose_name='分项答复')),
                ('assignment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tasks.assignment', verbose_name='责任分工')),
                ('reply', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='tasks.urgereply', verbose_name='答复')),
            ],
            options={
                'verbose_name': '分项答复',
                'verbose_name_plural': '分项答复',
            },
        ),
        migrations.AddConstraint(
            model_name='urgereplyevidence',
            constraint=models.UniqueConstraint(fields=('reply', 'evidence'), name='evidence_once_per_reply'),
        ),
        migrations.AddConstraint(
            model_name='urgereplypart',
            constraint=models.UniqueConstraint(fields=('reply', 'assignment'), name='part_once_per_reply'),
        ),
        Statements(**facts_stay(*NAMES, prefix="tasks_").statements, undone_by=gone_with_the_tables),
    ]
