"""The office that runs the installation was given its number by hand, of which PostgreSQL's counter knew nothing.

The first office of a city that was opened afterwards met that number and was refused. The counter goes on behind it.
"""

from django.core.management.color import no_style
from django.db import migrations


def count_on(apps, schema_editor):
    office = apps.get_model("agencies", "Office")
    for statement in schema_editor.connection.ops.sequence_reset_sql(no_style(), [office]):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("agencies", "0014_words_of_offices")]

    operations = [migrations.RunPython(count_on, migrations.RunPython.noop)]
