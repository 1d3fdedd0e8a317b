"""Each office numbers its urges by itself, and has review phrases of its own."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from tasks.migrations._guard import Statements, facts_stay

# SQLite makes the table anew, and loses its triggers by that; PostgreSQL's stay.
free = Statements(postgresql=[], sqlite=[f"DROP TRIGGER IF EXISTS tasks_urge_no_{each}" for each in ("update", "delete")])
kept = Statements(postgresql=[], sqlite=facts_stay("tasks_urge").statements["sqlite"])


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0008_offices'),
        ('tasks', '0030_drafts_of_offices'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Statements(**free.statements, undone_by=kept),
        migrations.RemoveConstraint(
            model_name='urge',
            name='urge_number_once_per_year',
        ),
        migrations.AddField(
            model_name='reviewphrase',
            name='office',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.office', to_field='path', verbose_name='统筹机构'),
        ),
        migrations.AddField(
            model_name='urge',
            name='office',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.office', to_field='path', verbose_name='统筹机构'),
        ),
        migrations.AddConstraint(
            model_name='urge',
            constraint=models.UniqueConstraint(condition=models.Q(('office', None)), fields=('year', 'number'), name='urge_number_once_per_year'),
        ),
        migrations.AddConstraint(
            model_name='urge',
            constraint=models.UniqueConstraint(fields=('office', 'year', 'number'), name='urge_number_once_per_office'),
        ),
        Statements(**kept.statements, undone_by=free),
    ]
