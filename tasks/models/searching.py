"""Whether a word stands in somebody's text, with the same answer on both databases.

The answer is always plain containment, letters A to Z in either case. PostgreSQL first narrows to the rows that hold
every two signs of the word: that is what the indexes of migration 0015 are over, which the database keeps itself.
"""

import re
from collections.abc import Iterable
from string import ascii_lowercase, ascii_uppercase
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Func, Lookup, Q, TextField
from django.db.models.sql.compiler import SQLCompiler

REPORT_TEXTS = ("progress", "problems", "next_steps", "delay_reason")  # what of a report is searched
LETTER = re.compile("[a-z]")
WILD = str.maketrans({sign: f"\\{sign}" for sign in "\\%_"})


class Texts(Func):
    """The texts of a row as one, each on lines of its own; none of them is NULL."""

    output_field = TextField()
    template = "(%(expressions)s)"
    arg_joiner = " || chr(10) || "

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self.as_sql(compiler, connection, arg_joiner=" || char(10) || ", **context)


@TextField.register_lookup
class Spells(Lookup):
    """`texts__spells="研讨班"`: whether the word stands in it, of rows that are few."""

    lookup_name = "spells"
    prepare_rhs = False

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        texts, params = self.process_lhs(compiler, connection)
        if not LETTER.search(self._folded):  # then case is nothing to look at, and the texts are read as they stand
            return f"{texts} LIKE %s", [*params, f"%{self._escaped}%"]
        return f"translate({texts}, '{ascii_uppercase}', '{ascii_lowercase}') LIKE %s", [*params, f"%{self._escaped}%"]

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[str | int, ...]]:
        texts, params = self.process_lhs(compiler, connection)
        return f"{texts} LIKE %s ESCAPE '\\'", (*params, f"%{self._escaped}%")

    @property
    def _folded(self) -> str:
        return str(self.rhs).translate(str.maketrans(ascii_uppercase, ascii_lowercase))

    @property
    def _escaped(self) -> str:
        return self._folded.translate(WILD)


@TextField.register_lookup
class Holds(Spells):
    """`texts__holds="研讨班"`: the same of rows that are many."""

    lookup_name = "holds"

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        spells, of_spells = super().as_postgresql(compiler, connection)
        if len(self._folded) < 2:  # has no bigram: every row would be taken apart, and none left out for it
            return spells, of_spells
        texts, params = self.process_lhs(compiler, connection)
        return f"(bigrams({texts}) @> bigrams(%s) AND {spells})", [*params, self._folded, *of_spells]


def holding(words: Iterable[str], *fields: str, lookup: type[Spells] = Holds) -> Q:
    """The rows in whose fields every word stands, each by itself and wherever it is."""
    texts = Texts(*fields)
    return Q(*(lookup(texts, word) for word in words))
