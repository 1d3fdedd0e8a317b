"""What PostgreSQL finds words by: every two neighbouring signs of a text, in indexes over expressions.

An index over an expression is kept by the database itself and can't fall behind. SQLite reads the texts through.
"""

from string import ascii_lowercase, ascii_uppercase

from django.db import migrations

from tasks.migrations._guard import Statements

BIGRAMS = f"""CREATE FUNCTION bigrams(words text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT sign || follower), '{{}}') FROM (
        SELECT sign, lead(sign) OVER (ORDER BY place) AS follower
        FROM unnest(string_to_array(translate(words, '{ascii_uppercase}', '{ascii_lowercase}'), NULL))
            WITH ORDINALITY AS signs(sign, place)
    ) AS pairs WHERE follower IS NOT NULL $$"""
INDEXES = {
    "words_of_reports": ("tasks_progressreport", ("progress", "problems", "next_steps", "delay_reason")),
    "words_of_items": ("tasks_actionitem", ("title", "text")),
    "words_of_evidence": ("tasks_evidence", ("name",)),
}


def index(name: str, table: str, columns: tuple[str, ...]) -> str:
    return f"CREATE INDEX {name} ON {table} USING gin (bigrams(({' || chr(10) || '.join(columns)})))"


undo = Statements(postgresql=[*(f"DROP INDEX {name}" for name in INDEXES), "DROP FUNCTION bigrams(text)"], sqlite=[])


class Migration(migrations.Migration):
    dependencies = [("tasks", "0014_words_on_pages")]

    operations = [
        Statements(
            postgresql=[BIGRAMS, *(index(name, *where) for name, where in INDEXES.items())], sqlite=[], undone_by=undo
        ),
    ]
