"""Many rows in one value of another question."""

from typing import Any

from django.db.models import JSONField, Subquery
from django.db.models.sql.compiler import SQLCompiler


class Collected(Subquery):
    """What the query gives, one column of it, all in one value; null where there is nothing."""

    template = "(WITH rows(given) AS (%(subquery)s) SELECT jsonb_agg(given) FROM rows)"
    output_field = JSONField()

    def as_sqlite(self, compiler: SQLCompiler, connection: Any) -> Any:
        return self.as_sql(compiler, connection, self.template.replace("jsonb_agg", "json_group_array"))
