"""A fill-in workbook is held together by what it was issued with, signed and hidden in the file."""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from django.core.signing import Signer

from reports.fillin.cell_values import text_of
from reports.fillin.known import FillIn, KnownRow, Texts
from reports.fillin.layout import SEEN, TEMPLATE
from tasks.http.fields import READING


@dataclass(frozen=True, slots=True)
class IssuedRow:
    """A row as it was issued: whose it is, at which version, and what its cells held then.

    `seen` is what people see of it, by which a row of other cells is recognised: 序号, 任务, 角色, by indicator its
    name on 指标读数, and under "last" a digest of how the task stood.
    """

    assignment: int
    version: str
    base: Texts
    seen: Texts = field(default_factory=dict)


@dataclass(slots=True)
class Identity:
    """Says whose workbook it is. The signature covers every id and version: an altered one is recognised."""

    agency: int
    plan: str
    period: str
    issued_at: str
    rows: dict[int, IssuedRow]
    template: str = TEMPLATE

    @property
    def signature(self) -> str:
        head = [self.template, self.agency, self.plan, self.period, self.issued_at]
        rows = [[row.assignment, row.version, row.base, row.seen] for _, row in sorted(self.rows.items())]
        return Signer(salt="reports.fillin").signature(json.dumps([head, rows], ensure_ascii=False, sort_keys=True))


def identity_of(fill_in: FillIn) -> Identity:
    rows = {
        row.assignment.pk: IssuedRow(row.assignment.pk, str(row.basis), row.known, seen_of(row)) for row in fill_in.rows
    }
    issued_at = fill_in.issued_at.isoformat(timespec="seconds")
    return Identity(
        agency=fill_in.agency.pk, plan=fill_in.plan.slug, period=fill_in.period.code, issued_at=issued_at, rows=rows
    )


def seen_anew(identity: Identity, rows: Iterable[KnownRow]) -> Identity:
    """The same identity for a file that is written again, and shows the rows as they are called now."""
    now = {row.assignment.pk: seen_of(row) for row in rows}
    kept = {pk: replace(row, seen=now.get(pk, row.seen)) for pk, row in identity.rows.items()}
    return replace(identity, rows=kept)


def seen_of(row: KnownRow) -> Texts:
    item = row.assignment.item
    names = {f"{READING}{indicator.pk}": indicator.name for indicator in row.indicators}
    words = (item.label, item.title, row.assignment.get_role_display())
    last = standing_digest(row.assignment.percent, row.last.progress if row.last else "")
    return {name: squeezed(text) for name, text in {**dict(zip(SEEN, words, strict=True)), **names}.items()} | {
        "last": last
    }


def squeezed(value: object) -> str:
    """A cell's words without blanks and line breaks, which programs set as they like."""
    return re.sub(r"\s+", "", text_of(value))


def standing_digest(percent: object, progress: object) -> str:
    """Stands for 上次进度 and 上次进展, which are too long to be kept twice."""
    return hashlib.sha256(f"{squeezed(percent)} {squeezed(progress)}".encode()).hexdigest()[:12]
