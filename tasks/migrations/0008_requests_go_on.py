import django.db.models.deletion
from django.db import migrations, models

from tasks.migrations._guard import facts_stay


class Migration(migrations.Migration):

    dependencies = [
        ('tasks', '0007_urged'),
    ]

    operations = [
        migrations.CreateModel(
            name='RequestOrigin',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('origin', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='continuations', to='tasks.agencyrequest', verbose_name='原申请')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='origins', to='tasks.agencyrequest', verbose_name='申请')),
            ],
            options={
                'verbose_name': '承接的申请',
                'verbose_name_plural': '承接的申请',
                'constraints': [models.UniqueConstraint(fields=('request', 'origin'), name='origin_once_per_request')],
            },
        ),
        facts_stay('tasks_requestorigin'),
    ]
