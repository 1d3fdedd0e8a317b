"""Rows that are chained: each has a hash over what it says and over the hash of the row before it.

A row that was altered, removed or slipped in breaks the chain. Whoever can write to the database can also reckon a new
chain: that shows only against a head noted elsewhere.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

START = "0" * 64  # stands for the row before the first


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a look at the whole chain found: how many rows it has, and what is wrong first, "" where all hold.

    `broken` is the first row that doesn't hold; None as well where only rows of the end are missing.
    """

    count: int
    head: str
    problem: str = ""
    broken: Any = None


def hash_over(row: models.Model, names: Iterable[str]) -> str:
    """SHA-256 over those fields of the row; the hash of the row before it is one of them."""
    content = {name: getattr(row, name) for name in names}
    content["recorded_at"] = content["recorded_at"].timestamp()
    text = json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def chained(rows: Sequence[Any], last: str, names: Iterable[str]) -> str:
    """Chains the rows one after another to the row with that hash, and returns the hash of the last of them."""
    for row in rows:
        row.previous_hash = last
        row.hash = last = hash_over(row, names)
    return last


def walked(rows: models.QuerySet, last: str, names: Sequence[str]) -> Verdict:
    """Reckons every row anew, oldest first, from the one that follows the row with that hash."""
    count = 0
    for row in rows.order_by("pk").iterator(1000):
        if hash_over(row, names) != row.hash:
            return Verdict(count, last, "内容与校验码不符，该行被改动过", row)
        if row.previous_hash != last:
            return Verdict(count, last, "与前一行不相接，前面有行被删除、插入或调换", row)
        last, count = row.hash, count + 1
    return Verdict(count, last)
