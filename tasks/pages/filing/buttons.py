"""The buttons of a report's form: what each of them does with what was typed."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from agencies.models import User
from tasks.access import awaits_consent, consents, require
from tasks.http.forms import refuse
from tasks.models import Assignment, ProgressReport, ReportDraft, ReportingPeriod
from tasks.pages.filing.forms import UNCHANGED, ReportForm
from tasks.pages.filing.questions import last_accepted, readings_of
from tasks.workflow import WorkflowError, consent, save_draft, submit_report
from tasks.workflow.filing import ReportContent
from tasks.workflow.versions import Basis, StaleError


@dataclass(frozen=True)
class Sheet:
    """The report that a form was sent for, and by whom and when; `basis` is what the form was made from."""

    assignment: Assignment
    period: ReportingPeriod
    by: User
    at: datetime
    basis: Basis | None

    @property
    def slot(self) -> str:
        """Names its card on the page."""
        return f"{self.assignment.pk}-{self.period.code}"

    @property
    def given(self) -> dict[str, Any]:
        """As deeds take it."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @cached_property
    def last_accepted(self) -> ProgressReport | None:
        """As it stood before anything was done."""
        return next(iter(last_accepted(assignment=self.assignment.pk, moment=self.at)), None)


def keep(sheet: Sheet, form: ReportForm) -> ReportDraft:
    return save_draft(fields=form.draft_fields, **sheet.given)


def submit(sheet: Sheet, form: ReportForm) -> ProgressReport:
    return submit_report(content=content_of(sheet, form), **sheet.given)


def hand_in(sheet: Sheet, form: ReportForm) -> ReportDraft:
    return consent.hand_in(content=content_of(sheet, form), fields=form.draft_fields, **sheet.given)


def take_back(sheet: Sheet, form: ReportForm) -> ReportDraft:
    return consent.take_back(**sheet.given)


def send_back(sheet: Sheet, form: ReportForm) -> ReportDraft:
    """Only by the agency's head, to the liaison who handed it in."""
    require(consents(sheet.by, sheet.assignment.agency))
    return consent.return_draft(comment=form.cleaned_data["returned_comment"], **sheet.given)


def contradictions_of(sheet: Sheet, form: ReportForm) -> list[str]:
    last = sheet.last_accepted
    readings = dict(readings_of(report=last.pk)) if last and form.indicators else {}
    return form.contradictions(last.percent if last else None, readings)


def content_of(sheet: Sheet, form: ReportForm) -> ReportContent:
    return form.content_after(sheet.last_accepted if form.is_unchanged else None)


class Button(NamedTuple):
    """What a button does, what people are told when it is done, and what it asks of the form.

    `is_whole` asks for a whole report, `brings_files` takes new evidence along, `leaves` ends the work on the report.
    """

    deed: Callable[[Sheet, ReportForm], object]
    done: str
    is_whole: bool = False
    brings_files: bool = False
    leaves: bool = False

    def press(self, sheet: Sheet, form: ReportForm) -> bool:
        """Whether it was done; if not, the form says why. Files are kept either way. StaleError is left to the page."""
        is_valid = form.is_valid()
        if is_valid and self.is_whole:
            form.pointed_out = contradictions_of(sheet, form)
            is_valid = not form.pointed_out or form.meant == form.are_meant
        try:
            if self.brings_files:
                form.stored_evidence(by=sheet.by, at=sheet.at)
            if is_valid:
                self.deed(sheet, form)
        except StaleError:
            raise
        except WorkflowError as error:
            refuse(form, error)
            return False
        return is_valid


BUTTONS = {
    "draft": Button(keep, "草稿已保存。", brings_files=True),
    "submit": Button(submit, "已报送，等待审核。", is_whole=True, brings_files=True, leaves=True),
    "hand_in": Button(hand_in, "已送单位负责人审签。", is_whole=True, brings_files=True),
    "take_back": Button(take_back, "已取回，可继续修改。"),
    "return": Button(send_back, "已退回联络员修改。"),
}
DRAFT, TAKE_BACK = BUTTONS["draft"], BUTTONS["take_back"]


def button_of(action: str, sheet: Sheet) -> Button:
    """The one that was pressed; what a liaison files where the head consents first is handed in to the head.

    本期无变化 files too: the form takes its usual reason with it.
    """
    action = "submit" if action == UNCHANGED else action
    if action == "submit" and awaits_consent(sheet.by, sheet.assignment.agency):
        return BUTTONS["hand_in"]
    return BUTTONS.get(action, DRAFT)
