"""提交全部: every draft that can be filed now, read once more on one page, and filed together by one press."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.http import QueryDict

from agencies.models import User
from tasks.access import awaits_consent, consents
from tasks.pages.filing.buttons import Sheet, button_of
from tasks.pages.filing.cards import Card, cards_of
from tasks.pages.filing.forms import ReportForm
from tasks.pages.filing.page import MyPage, OwedReport
from tasks.workflow import ReportContent, StaleError, check_content
from tasks.workflow.current import WorkflowError


@dataclass(frozen=True)
class Row:
    """A draft as it would be filed. `lacks` says why it can't be, `pointed_out` what speaks against itself."""

    card: Card
    form: ReportForm
    lacks: list[str]
    pointed_out: list[str]

    @property
    def owed(self) -> OwedReport:
        return self.card.owed

    @property
    def token(self) -> str:
        """The version that was looked at: what was saved since is never filed unseen."""
        return f"{self.owed.slot}@{self.card.basis}"

    @property
    def is_ticked(self) -> bool:
        """What was pointed out is filed only where somebody ticks it."""
        return not self.lacks and not self.pointed_out


@dataclass
class Pressed:
    done: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


class Batch:
    """The drafts of one agency that its liaison may file or hand in; for its head, those that lie with the head."""

    def __init__(self, mine: MyPage, user: User) -> None:
        self.mine, self.user = mine, user
        self.is_consent = consents(user, mine.agency)
        self.hands_in = awaits_consent(user, mine.agency)

    @cached_property
    def rows(self) -> list[Row]:
        drafted = [owed for owed in self.mine.reports if owed.draft and owed.can_file and self._is_his_turn(owed)]
        return [self._row(card) for card in cards_of(drafted, self.mine.moment)]

    @property
    def ready(self) -> list[Row]:
        return [row for row in self.rows if not row.lacks]

    def _is_his_turn(self, owed: OwedReport) -> bool:
        if owed.is_waived or (owed.period and getattr(owed.period, "is_locked", False)):
            return False
        return owed.is_handed_in if self.is_consent else not (self.hands_in and owed.is_handed_in)

    def _row(self, card: Card) -> Row:
        typed = QueryDict(mutable=True)
        typed.update({name: _text(value) for name, value in card.form.initial.items() if value is not None})
        period, assignment = card.owed.period, card.owed.assignment
        form = ReportForm(typed, indicators=card.form.indicators, period=period)
        form.hold(assignment, card.form.holding)
        lacks = []
        if form.is_valid():
            lacks = self._refusals(card, form)
        lacks += [str(error) for errors in form.errors.values() for error in errors]
        last = card.last
        said = form.contradictions(last.percent if last else None, card.last_readings) if not lacks else []
        return Row(card, form, lacks, said)

    def _refusals(self, card: Card, form: ReportForm) -> list[str]:
        """As the deed would say it, without asking the database for each row."""
        period, standing = card.owed.period, card.owed.standing
        assert period is not None
        newer = card.last is not None and card.last.period.starts_on > period.starts_on
        unchanged = form.is_unchanged and card.last is not None
        progress = form.progress_after(card.last_text) if unchanged else form.cleaned_data["progress"]
        reasons = {name: form.cleaned_data[name] for name in ("delay_reason", "lower_reason")}
        if unchanged and card.last and not reasons["delay_reason"]:
            reasons["delay_reason"] = card.last.delay_reason
        try:
            check_content(
                ReportContent(percent=form.cleaned_data["percent"], progress=progress, **reasons),
                due_on=standing.due_on,
                period=period,
                day=self.mine.day,
                accepted=0 if newer else standing.percent,
            )
        except WorkflowError as error:
            return [error.message]
        return []

    def press(self, chosen: Collection[str], *, at: datetime) -> Pressed:
        """Each by itself: one that is refused keeps none of the others."""
        pressed, rows = Pressed(), {row.token: row for row in self.rows}
        labels = {row.owed.slot: row.owed.assignment.item.label for row in self.rows}
        for token in chosen:
            row = rows.get(token)
            slot = token.partition("@")[0]
            if row is None:
                why = "内容已被更新，本次未报送，请核对后再按。"
                pressed.refused.append((labels.get(slot, "一份报告"), why))
                continue
            why = self._file(row, at)
            label = row.owed.assignment.item.label
            if why:
                pressed.refused.append((label, why))
            else:
                pressed.done.append(label)
        return pressed

    def _file(self, row: Row, at: datetime) -> str:
        """Why it was not filed; "" where it was."""
        if row.lacks:
            return "；".join(row.lacks)
        assert row.owed.period is not None
        assignment = row.owed.assignment
        assignment.agency = self.mine.agency
        sheet = Sheet(assignment, row.owed.period, self.user, at, row.card.basis)
        try:
            button_of("submit", sheet).deed(sheet, row.form)
        except StaleError:
            return "内容已被更新，本次未报送，请核对后再按。"
        except WorkflowError as error:
            return error.message
        return ""


def _text(value: Any) -> str:
    return str(value)
