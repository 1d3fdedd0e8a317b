"""Finds whether a file was built here, which of its cells are not as built, and what has changed since."""

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import BinaryIO, cast

from django.core.files.base import File
from django.db.models import QuerySet

from reports.models import PackageFile
from reports.packages.comparing import Comparison, compare
from reports.packages.keeping import digest_of, is_whole
from reports.packages.kept_facts import FactsUnreadable, kept_facts
from reports.quarter import BadDefinition, Definition, Snapshot, facts_sha256, take_snapshot
from reports.quarter.alterations import Alterations, CoverIdentity, alterations_of, cover_identity, open_quarterly
from reports.quarter.book import build_workbook
from reports.xlsx import WorkbookValues

Kind = PackageFile.Kind
Told = Callable[[str, int], None]  # of a step, and of how much is done by then, in percent
SINCE = "与现在对比"


def _untold(stage: str, share: int) -> None:
    """Nobody waits for the progress of what is checked at once."""


@dataclass(frozen=True)
class Finding:
    """What was found out of a file. `file` is the one of ours that it is, or was made from; else None.

    `is_genuine`: to the last byte. `altered` None: its cells could not be compared. `since` tells what has changed.
    """

    name: str
    sha256: str
    file: PackageFile | None = None
    definition: Definition | None = None
    is_genuine: bool = False
    altered: Alterations | None = None
    since: Comparison | None = None

    @property
    def is_ours(self) -> bool:
        return self.is_genuine or self.altered is not None


def verify(
    upload: File, files: QuerySet[PackageFile], *, compares: bool, at: datetime, told: Told = _untold
) -> Finding:
    """Checks an upload against `files`, which the person may see; only those who oversee learn which cells differ.

    First by its bytes alone, whatever it is and however large. Raises WorkbookRefused for a file that can't be read.
    """
    finding = Finding(str(upload.name), digest_of(upload.chunks()))
    same = files.filter(blob__sha256=finding.sha256).exclude(kind=Kind.FACTS)
    file = same.select_related("edition__package", "blob").order_by("pk").first()
    if file is not None:
        definition = Definition.from_json(file.edition.package.definition)
        told(SINCE, 50)
        since = _since(file, definition, at) if compares else None
        return replace(finding, file=file, definition=definition, is_genuine=True, since=since)
    is_workbook = finding.name.lower().endswith(".xlsx")
    return _compared(finding, cast(BinaryIO, upload), files, at, told) if compares and is_workbook else finding


def _compared(finding: Finding, content: BinaryIO, files: QuerySet[PackageFile], at: datetime, told: Told) -> Finding:
    """Compares cell by cell with the workbook that its own cover names; what names none of ours is none of ours."""
    workbook = open_quarterly(content)
    identity = cover_identity(workbook)
    file = _named(identity, files)
    told("逐格比对", 10)
    if file is not None and is_whole(file.blob):
        with file.blob.file.open() as built:
            altered = alterations_of(workbook, WorkbookValues(cast(BinaryIO, built)))
    else:
        taken = _taken(identity)
        if taken is None:
            return finding
        altered = alterations_of(workbook, WorkbookValues(io.BytesIO(build_workbook(taken))))
    told(SINCE, 60)
    since = _since(file, identity.definition, at)
    return replace(finding, file=file, definition=identity.definition, altered=altered, since=since)


def _named(identity: CoverIdentity, files: QuerySet[PackageFile]) -> PackageFile | None:
    named = files.filter(
        kind=Kind.XLSX,
        edition__facts_sha256=identity.facts_sha256,
        edition__package__definition=identity.definition.to_json(),
    )
    return named.select_related("edition__package", "blob").order_by("-edition__number").first()


def _taken(identity: CoverIdentity) -> Snapshot | None:
    """Takes anew the facts of a workbook that was made by command and kept nowhere, if they are still the same."""
    try:
        snapshot = take_snapshot(identity.definition)
    except BadDefinition:
        return None
    return snapshot if facts_sha256(snapshot) == identity.facts_sha256 else None


def _since(file: PackageFile | None, definition: Definition, at: datetime) -> Comparison | None:
    """Finds what has changed between its moment and now; None where one of them can't be told."""
    try:
        before = kept_facts(file.edition) if file else take_snapshot(definition)
        return compare(before, take_snapshot(replace(definition, as_of=at)))
    except (BadDefinition, FactsUnreadable):
        return None
