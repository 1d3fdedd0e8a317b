"""A month's code has one sign more than a quarter's."""

from django.db import migrations, models

from tasks.migrations._guard import Statements

# SQLite doesn't look at lengths, and a table of facts that isn't made anew keeps its triggers.
wider = Statements(postgresql=["ALTER TABLE reports_package ALTER COLUMN period TYPE varchar(7)"], sqlite=[])
as_wide = Statements(postgresql=[], sqlite=[])


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_packages")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[Statements(**wider.statements, undone_by=as_wide)],
            state_operations=[
                migrations.AlterField("package", "period", models.CharField("报告期", max_length=7)),
            ],
        ),
    ]
