"""Does what a checked workbook says: the chosen rows, all of them or none."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from agencies.changes import recording
from agencies.models import User
from reports.fillin.checking import CheckedFile, CheckedRow, RowState
from reports.fillin.known import KnownRow
from tasks.access import awaits_consent
from tasks.pages.filing.forms import ReportForm
from tasks.workflow import WorkflowError, save_draft, submit_report
from tasks.workflow.consent import hand_in


class RowRefused(Exception):
    """A chosen row can't be taken after all, so nothing was."""

    def __init__(self, row: CheckedRow, message: str) -> None:
        super().__init__(f"{row.file.place}：{message}")
        self.row = row


def take_rows(check: CheckedFile, chosen: Collection[str], *, files: bool, by: User, at: datetime) -> list[CheckedRow]:
    """Files the rows whose tokens are chosen, or saves them as drafts. One transaction, one request in the record.

    A token names the version that was looked at: what was saved since is never written over. Where the agency's head
    consents first (审签), what a liaison files is handed in to the head.
    """
    rows = [row for row in check.rows if row.can_choose and row.token in chosen]
    known = {row.token for row in rows}
    for token in chosen:
        if token not in known:
            raise RowRefused(_named(check, token), "核对之后网上又有改动，或该行已不能导入，请重新核对后再确认。")
    with recording():
        for row in rows:
            _take(check, row, files=files, by=by, at=at)
    return rows


def _take(check: CheckedFile, row: CheckedRow, *, files: bool, by: User, at: datetime) -> None:
    assert row.row is not None
    assignment, period, basis = row.row.assignment, check.fill_in.period, row.row.basis
    evidence = _evidence_along(row.row)
    if files and (row.gaps or row.content is None):
        raise RowRefused(row, f"{'；'.join(row.gaps.values())}补全后才能报送，也可以先存草稿。")
    try:
        if not files:
            fields = draft_fields(row) | evidence
            save_draft(assignment=assignment, period=period, by=by, at=at, fields=fields, basis=basis)
        elif awaits_consent(by, assignment.agency):
            assert row.content is not None
            hand_in(
                assignment=assignment,
                period=period,
                content=row.content,
                fields=draft_fields(row) | evidence,
                by=by,
                at=at,
                basis=basis,
            )
        else:
            assert row.content is not None
            content = replace(row.content, **evidence)
            submit_report(assignment=assignment, period=period, content=content, by=by, at=at, basis=basis)
    except WorkflowError as error:
        raise RowRefused(row, error.message) from error


def _evidence_along(row: KnownRow) -> dict[str, Any]:
    """Keeps evidence, which no workbook carries: a draft's own, or that of the report whose place is taken."""
    if row.draft or row.newest is None:
        return {}
    return {"evidence": list(row.newest.evidence.all())}


def draft_fields(row: CheckedRow) -> dict[str, object]:
    """Gives the fields as the form keeps a draft, which may lack anything."""
    assert row.form is not None
    draft = ReportForm(row.form.data, indicators=row.form.indicators, is_draft=True)
    draft.is_valid()
    return draft.draft_fields


def _named(check: CheckedFile, token: str) -> CheckedRow:
    pk = token.partition("@")[0]
    rows = [row for row in check.rows if str(row.pk) == pk]
    return rows[0] if rows else check.rows[0]


def tokens(check: CheckedFile, *states: RowState) -> list[str]:
    return [row.token for row in check.rows if row.state in states]
