from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0012_people_of_offices_do_not_administer'),
    ]

    operations = [
        migrations.AddField(
            model_name='signedin',
            name='person_there',
            field=models.CharField(blank=True, db_index=True, default='', max_length=64, verbose_name='对方用户'),
        ),
        migrations.AddField(
            model_name='signedin',
            name='session_there',
            field=models.CharField(blank=True, db_index=True, default='', max_length=64, verbose_name='对方会话'),
        ),
    ]
