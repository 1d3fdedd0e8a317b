"""Files of packages that are made in no time: for tests of what becomes of files, whatever is in them.

Modules ask for `light`, those of their tests that read files for `real_files`.
"""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from reports.models import PackageFile
from reports.packages import building, issuing
from reports.packages.files import PARTS, Part, briefing_of
from reports.quarter import Snapshot, canonical


def lightly(part: Part) -> Part:
    """Other facts and another wording give other bytes, as ever. The facts themselves are kept as they are."""

    def make(snapshot: Snapshot, wording: Mapping[str, str]) -> bytes:
        return f"{part.kind} {sorted(wording.items())}\n".encode() + canonical(snapshot)

    return part if part.kind == PackageFile.Kind.FACTS else replace(part, make=make)


@pytest.fixture
def light(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = tuple(map(lightly, PARTS))
    [briefing] = [part for part in parts if part.kind == PackageFile.Kind.DOCX]
    monkeypatch.setattr(building, "PARTS", parts)
    monkeypatch.setattr(issuing, "briefing_of", briefing.make)


@pytest.fixture
def real_files(light: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "PARTS", PARTS)
    monkeypatch.setattr(issuing, "briefing_of", briefing_of)
