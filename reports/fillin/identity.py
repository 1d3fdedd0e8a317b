"""A fill-in workbook is held together by what it was issued with, signed and hidden in the file."""

import json
from dataclasses import dataclass

from django.core.signing import Signer

from reports.fillin.known import FillIn, Texts
from reports.fillin.layout import TEMPLATE


@dataclass(frozen=True, slots=True)
class IssuedRow:
    """A row as it was issued: whose it is, at which version, and what its cells held then."""

    assignment: int
    version: str
    base: Texts


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
        rows = [[row.assignment, row.version, row.base] for _, row in sorted(self.rows.items())]
        return Signer(salt="reports.fillin").signature(json.dumps([head, rows], ensure_ascii=False, sort_keys=True))


def identity_of(fill_in: FillIn) -> Identity:
    rows = {row.assignment.pk: IssuedRow(row.assignment.pk, str(row.basis), row.known) for row in fill_in.rows}
    issued_at = fill_in.issued_at.isoformat(timespec="seconds")
    return Identity(
        agency=fill_in.agency.pk, plan=fill_in.plan.slug, period=fill_in.period.code, issued_at=issued_at, rows=rows
    )
