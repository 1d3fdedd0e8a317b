"""A notice's file → Notice: its text is read, or, where the tasks stand in a table, the table."""

from __future__ import annotations

import dataclasses
import os
from typing import Any

from .files import Document, read_document
from .model import Notice, NoticeError
from .reading import parse


def read_notice(path_or_bytes: str | os.PathLike[str] | bytes, filename: str = "", **given: Any) -> Notice:
    """The notice in a file of any kind that can be read; `given` goes to `parse`.

    What the file itself leaves in doubt (tracked changes, numbers that can't be printed) stands among the problems.
    """
    document = read_document(path_or_bytes, filename)
    notice = _parse(document, given)
    return dataclasses.replace(notice, problems=(*document.notes, *notice.problems))


def _parse(document: Document, given: dict[str, Any]) -> Notice:
    """A table is the plan unless the prose is one: beside a plan in prose, a table repeats what that says."""
    if not document.tables or _answered(document.prose, given) * 2 >= document.tasks_in_tables:
        return parse(document.plain, **given)
    return parse(document.text, tables=[table.roots for table in document.tables], **given)


def _answered(prose: str, given: dict[str, Any]) -> int:
    """How many tasks somebody answers for."""
    try:
        return sum(1 for item in parse(prose, **given).items if item.leads)
    except NoticeError:
        return 0
