"""The cards of 我的填报: each owed report with its form filled in as far as is known, and what people look at then."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.http import QueryDict

from tasks.http.fields import READING
from tasks.models import (
    Assignment,
    Evidence,
    Indicator,
    IndicatorReading,
    ProgressReport,
    ReportingPeriod,
    Review,
)
from tasks.pages.filing.forms import OTHER, Conflict, Difference, ReportForm
from tasks.pages.filing.page import OwedReport
from tasks.pages.filing.questions import attached_evidence, drafted_evidence, indicators_read, reports_with_origins
from tasks.rules.figures import NotAFigure, figure_in
from tasks.rules.hints import hints
from tasks.rules.unchanged import REASONS, split_reason
from tasks.standing.filing import Filing
from tasks.standing.indicators import targets_of
from tasks.workflow.versions import Basis, basis_of


@dataclass
class Card:
    """An owed report ready to be filed: its form, and the reports that people look at while they fill it in."""

    owed: OwedReport
    form: ReportForm
    basis: Basis  # what the form was made from
    last: ProgressReport | None  # the accepted report at which the assignment stands
    last_as_filed: list[ProgressReport]  # the same as the agency filed it, or those in whose place it is
    returned: list[ProgressReport]  # what was sent back, as it was filed
    last_readings: dict[int, Decimal]
    conflict: Conflict | None = None
    refusal: str = ""  # why nothing was done, where nothing had been typed
    is_saved: bool = False
    is_restored: bool = False  # typed before the session ended, and not yet saved

    @property
    def last_text(self) -> str:
        return split_reason(self.last.progress)[1] if self.last else ""

    @cached_property
    def readings(self) -> list[tuple[Any, Any, Any]]:
        """Each indicator with its field and the reading that was accepted last."""
        return [(indicator, bound, self.last_readings.get(indicator.pk)) for indicator, bound in self.form.readings]

    @property
    def hints(self) -> list[str]:
        """On what was saved; a report without change may repeat itself."""
        draft = self.owed.draft
        return hints(draft.progress, self.last_text) if draft and not draft.is_unchanged else []

    @property
    def asks_no_delay(self) -> bool:
        """Whether nothing calls for the reason of a delay: neither the percentage nor what was typed."""
        form = self.form
        typed = form["delay_choice"].value() or form["delay_reason"].value()
        wrong = form["delay_reason"].errors or form["lower_reason"].errors
        percent = self.typed_percent
        line = self.owed.behind_line
        is_behind = self.owed.is_behind if percent is None else line is not None and percent < line
        return not (is_behind or typed or wrong)

    @property
    def typed_percent(self) -> Decimal | None:
        """What stands in the field, as far as it is a number."""
        value = self.form["percent"].value()
        try:
            return figure_in(value) if isinstance(value, str) else None if value is None else Decimal(value)
        except NotAFigure:
            return None

    @property
    def asks_no_lowering(self) -> bool:
        """Whether nothing calls for the reason why a percentage is lower than the last."""
        percent = self.typed_percent
        is_lower = percent is not None and self.owed.standing.has_accepted and percent < self.owed.standing.percent
        return not (is_lower or self.form["lower_reason"].errors or self.form["lower_reason"].value())

    @property
    def has_notes(self) -> bool:
        """Whether anything is said above the text: most cards are as they were made."""
        owed, form = self.owed, self.form
        of_report = self.returned or owed.returned_comment or owed.is_handed_in
        return bool(form.is_bound or self.refusal or self.is_restored or self.is_saved or of_report)

    @property
    def opens_unchanged(self) -> bool:
        return self._says("unchanged")

    @property
    def opens_texts(self) -> bool:
        return self._says("problems", "next_steps")

    @property
    def opens_evidence(self) -> bool:
        return bool(self.form.evidence_holdings or self.form["evidence"].errors)

    @property
    def shows_lowering(self) -> bool:
        return self.last is not None or self._says("lower_reason")

    def _says(self, *names: str) -> bool:
        """Whether something stands in one of the fields, or is wrong there."""
        bound = [self.form[name] for name in names]
        return any(each.value() or each.errors for each in bound)

    def refuse(self, typed: ReportForm, action: str, filed: ProgressReport | None) -> None:
        """Shows what was typed beside what is there now; whoever saves once more knows of it."""
        theirs = self.owed.draft or filed
        self.form = typed
        if theirs is None:
            return
        is_filed = isinstance(theirs, ProgressReport)
        by, at = (
            (theirs.recorded_by, theirs.recorded_at)
            if isinstance(theirs, ProgressReport)
            else (
                theirs.saved_by,
                theirs.saved_at,
            )
        )
        stored, mine = initial_of(theirs, values_of(theirs)), {name: typed[name].value() for name in typed.fields}
        mine["delay_reason"] = typed.whole_delay_reason
        fields = [
            Difference(str(typed[name].label), shown(name, stored), shown(name, mine))
            for name in typed.fields
            if name in stored
        ]
        self.conflict = Conflict(by, at, is_filed, [field for field in fields if field.theirs or field.mine], action)


def cards_of(owed_reports: Sequence[OwedReport], moment: datetime) -> list[Card]:
    """The owed reports with their forms, filled in as far as is known."""
    wanted = {owed.assignment.standing_report for owed in owed_reports if owed.assignment.standing_report}
    wanted |= {owed.newest.pk for owed in owed_reports if owed.newest}
    by_pk, sources = _with_sources(wanted, moment)
    indicators, read = indicators_of(owed_reports, wanted)
    evidence = evidence_of(owed_reports)
    cards = []
    for owed in owed_reports:
        filed = by_pk[owed.newest.pk] if owed.newest else None
        returned = filed if owed.filing == Filing.SENT_BACK else None
        last = by_pk.get(owed.assignment.standing_report or 0)
        form = ReportForm(
            indicators=indicators[owed.assignment.item_id],
            period=owed.period,
            initial=initial(owed, filed, last, read),
            auto_id=f"id_{owed.slot}_%s",
        )
        form.hold(owed.assignment, evidence[owed.slot])
        basis = basis_of(owed.draft, owed.newest.pk if owed.newest else None)
        cards.append(
            Card(
                owed,
                form,
                basis,
                last=last,
                last_as_filed=sources[last.pk] if last else [],
                returned=_sent_back(returned, sources) if returned else [],
                last_readings=read[last.pk] if last else {},
            )
        )
    return cards


def typed_form(
    typed: QueryDict, assignment: Assignment, period: ReportingPeriod, *, is_draft: bool, files: Any = None
) -> ReportForm:
    """The form as it was sent, holding what the draft holds."""
    auto_id = f"id_{assignment.pk}-{period.code}_%s"
    indicators = targets_of(assignment.item_id)
    form = ReportForm(typed, files, indicators=indicators, period=period, is_draft=is_draft, auto_id=auto_id)
    form.hold(assignment, drafted_evidence(assignment=assignment.pk, period=period.pk))
    return form


def _sent_back(returned: ProgressReport, sources: Mapping[int, list[ProgressReport]]) -> list[ProgressReport]:
    """What of it was sent back as it was filed, with the comment on it; else the report itself."""
    return [each for each in sources[returned.pk] if each.verdict == Review.Verdict.SENT_BACK] or [returned]


def _with_sources(
    keys: Collection[int], moment: datetime
) -> tuple[dict[int, ProgressReport], dict[int, list[ProgressReport]]]:
    """The reports by key, and by the same keys as they were filed: by the agency itself, or by predecessors. One query.

    A row for each report, and one for each that it goes on with.
    """
    by_pk: dict[int, ProgressReport] = {}
    sources: dict[int, list[ProgressReport]] = defaultdict(list)
    for report in reversed(reports_with_origins(keys=keys, moment=moment)):
        by_pk[report.pk] = report
        if not report.goes_on:
            sources[report.continued_by or report.pk].append(report)
    return by_pk, sources


def indicators_of(
    owed_reports: Sequence[OwedReport], reports: Collection[int]
) -> tuple[dict[int, list[Indicator]], dict[int, dict[int, Decimal]]]:
    """By item its indicators, and by report the readings of those reports. One query."""
    indicators: dict[int, list[Indicator]] = defaultdict(list)
    read: dict[int, dict[int, Decimal]] = defaultdict(dict)
    items = {owed.assignment.item_id for owed in owed_reports}
    for indicator in indicators_read(items=items, reports=reports):
        if indicator not in indicators[indicator.item_id]:
            indicators[indicator.item_id].append(indicator)
        if indicator.read_by is not None:
            read[indicator.read_by][indicator.pk] = indicator.value_read
    return indicators, read


def evidence_of(owed_reports: Sequence[OwedReport]) -> dict[str, list[Evidence]]:
    """By slot: what the draft holds, or the report that was filed last. One query."""
    drafts = {owed.draft.pk: owed.slot for owed in owed_reports if owed.draft}
    reports = {owed.newest.pk: owed.slot for owed in owed_reports if owed.newest}
    assignments = [owed.assignment.pk for owed in owed_reports]
    by_slot: dict[str, list[Evidence]] = defaultdict(list)
    for evidence in attached_evidence(assignments=assignments, drafts=drafts, reports=reports):
        slot = drafts.get(evidence.draft_key, "")
        if not slot and (slot := reports.get(evidence.report_key, "")) in drafts.values():
            continue  # the draft goes on from it and may have dropped this one
        if evidence not in by_slot[slot]:
            by_slot[slot].append(evidence)
    return by_slot


def initial(
    owed: OwedReport,
    filed: ProgressReport | None,
    last: ProgressReport | None,
    read: Mapping[int, dict[int, Decimal]],
) -> dict[str, Any]:
    """What the form holds before anybody types: the draft, else what was filed last, else what was accepted last."""
    if owed.draft is not None:
        return initial_of(owed.draft, values_of(owed.draft))
    if filed is not None:
        return initial_of(filed, read[filed.pk])
    known = {"percent": owed.standing.percent} | fields_of(read[last.pk] if last else {})
    return known | {"delay_reason": last.delay_reason} if last and owed.is_behind else known


def initial_of(source: Any, readings: Mapping[int, Any]) -> dict[str, Any]:
    """A draft or a report as the form shows it: the reason of 本期无变化 apart from the text."""
    names = ("progress", "percent", "problems", "next_steps", "delay_reason", "lower_reason")
    values = {name: getattr(source, name) for name in names}
    reason, text = split_reason(source.progress)
    if source.is_unchanged and reason in REASONS:
        values |= {"unchanged": reason, "progress": text}
    elif source.is_unchanged and reason:
        values |= {"unchanged": OTHER, "progress": reason}
    return values | fields_of(readings)


def fields_of(readings: Mapping[int, Any]) -> dict[str, Any]:
    return {f"{READING}{pk}": value for pk, value in readings.items()}


def values_of(source: Any) -> dict[int, Any]:
    """The readings of a report or of a draft, by indicator."""
    if isinstance(source, ProgressReport):
        readings: Iterable[IndicatorReading] = source.readings.all()
        return {reading.indicator_id: reading.value for reading in readings}
    return {int(pk): value for pk, value in source.readings.items()}


def shown(name: str, values: dict[str, Any]) -> str:
    value = values.get(name)
    if value in (None, ""):
        return ""
    if name == "percent":
        return f"{value}%"
    if name == "unchanged":
        return "其他原因" if value == OTHER else str(value)
    return f"{float(value):g}" if name.startswith(READING) and str(value).replace(".", "", 1).isdigit() else str(value)
