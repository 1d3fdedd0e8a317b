
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0002_first_morning'),
    ]

    operations = [
        migrations.AlterField(
            model_name='change',
            name='hash',
            field=models.CharField(max_length=64, unique=True, verbose_name='校验码'),
        ),
        migrations.AlterField(
            model_name='change',
            name='previous_hash',
            field=models.CharField(max_length=64, verbose_name='前一行校验码'),
        ),
        migrations.AlterField(
            model_name='change',
            name='request_id',
            field=models.UUIDField(verbose_name='操作编号'),
        ),
        migrations.AlterField(
            model_name='changechain',
            name='head',
            field=models.CharField(blank=True, max_length=64, verbose_name='最后一行校验码'),
        ),
        migrations.AlterField(
            model_name='setupkey',
            name='digest',
            field=models.CharField(max_length=64, verbose_name='密钥校验码'),
        ),
    ]
