
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0002_longer_period_codes'),
    ]

    operations = [
        migrations.AlterField(
            model_name='edition',
            name='facts_sha256',
            field=models.CharField(max_length=64, verbose_name='数据校验码'),
        ),
        migrations.AlterField(
            model_name='package',
            name='definition_sha256',
            field=models.CharField(max_length=64, verbose_name='生成条件校验码'),
        ),
    ]
