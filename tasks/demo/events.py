"""Deeds play the demonstration's course: requests, locks, waivers, comments, consent (see `tasks.demo.playing`)."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Protocol

from agencies.changes import note, recording
from agencies.contacts import CONTACT_FIELDS
from agencies.models import Agency, User
from tasks.demo.papers import Paper
from tasks.models import (
    ActionItem,
    AgencyRequest,
    Assignment,
    Evidence,
    InstructedAssignment,
    Instruction,
    Milestone,
    ProgressReport,
    ReportingPeriod,
    Urge,
)
from tasks.workflow import (
    ReportContent,
    acknowledge,
    add_milestone,
    answer_instruction,
    answer_urge,
    close_assignment,
    comment_on_report,
    contacts_basis,
    decide_request,
    instruct,
    keep_contacts,
    lock_period,
    make_request,
    move_milestone,
    note_answer,
    report_milestone,
    review_milestone,
    unlock_period,
    urge,
    waive_report,
    withdraw_milestone,
    write_phrases,
)
from tasks.workflow.consent import hand_in
from tasks.workflow.phrases import Written

Entry = dict[str, Any]


class Stage(Protocol):
    """Who and what the story speaks of; the player knows."""

    coordinator: User
    leader: User
    administrator: User
    users: dict[str, User]
    items: dict[int, ActionItem]

    def assignment(self, entry: Entry) -> Assignment: ...
    def period(self, entry: Entry) -> ReportingPeriod: ...
    def evidence(self, entry: Entry, when: datetime) -> list[Evidence]: ...
    def paper(self, entry: Entry, paper: Paper, when: datetime) -> Evidence: ...


class Events:
    """Does what the story's entries say, each by the deed of that name."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.requests: dict[str, AgencyRequest] = {}
        self.urges: dict[str, Urge] = {}
        self.instructions: dict[str, Instruction] = {}
        self.milestones: dict[str, Milestone] = {}

    def deed_of(self, entry: Entry) -> Callable[[datetime], object]:
        deed: Callable[[Entry, datetime], object] = getattr(self, entry["deed"])
        return lambda when: deed(entry, when)

    def receipt(self, entry: Entry, when: datetime) -> None:
        acknowledge(assignment=self.stage.assignment(entry), by=self.stage.users[entry["agency"]], at=when)

    def contacts(self, entry: Entry, when: datetime) -> None:
        agency = Agency.objects.get(name=entry["agency"])
        typed = {name: entry[name] for name in CONTACT_FIELDS}
        by = self.stage.users[agency.name]
        keep_contacts(agency=agency, contacts=typed, basis=contacts_basis(agency), by=by, at=when)

    def phrases(self, entry: Entry, when: datetime) -> None:
        none = Written([], [])
        write_phrases(own=none, office=Written(entry["texts"], []), by=self.stage.coordinator, at=when)

    def request(self, entry: Entry, when: datetime) -> None:
        self.requests[entry["id"]] = make_request(
            assignment=self.stage.assignment(entry),
            kind=entry["kind"],
            reason=entry["reason"],
            due_on=date.fromisoformat(entry["due_on"]) if "due_on" in entry else None,
            evidence=self.stage.evidence(entry, when),
            by=self.stage.users[entry["agency"]],
            at=when,
        )

    def decide(self, entry: Entry, when: datetime) -> None:
        decide_request(
            request=self.requests[entry["request"]],
            is_granted=entry["is_granted"],
            comment=entry["comment"],
            by=self.stage.coordinator,
            at=when,
        )

    def waive(self, entry: Entry, when: datetime) -> None:
        assignment, period = self.stage.assignment(entry), self.stage.period(entry)
        waive_report(assignment=assignment, period=period, reason=entry["reason"], by=self.stage.coordinator, at=when)

    def lock(self, entry: Entry, when: datetime) -> None:
        period = self.stage.period(entry)
        lock_period(period=period, reason=entry["reason"], by=self.stage.coordinator, at=when)

    def unlock(self, entry: Entry, when: datetime) -> None:
        period = self.stage.period(entry)
        unlock_period(period=period, reason=entry["reason"], by=self.stage.coordinator, at=when)

    def close(self, entry: Entry, when: datetime) -> None:
        assignment, kind = self.stage.assignment(entry), entry["kind"]
        close_assignment(assignment=assignment, kind=kind, reason=entry["reason"], by=self.stage.coordinator, at=when)

    def urge(self, entry: Entry, when: datetime) -> None:
        (self.urges[entry["id"]],) = urge(
            assignments=[self.stage.assignment(entry | {"item": number}) for number in entry["items"]],
            text=entry["text"],
            reply_by=date.fromisoformat(entry["reply_by"]),
            by=self.stage.coordinator,
            at=when,
        )

    def answer(self, entry: Entry, when: datetime) -> None:
        answer_urge(urge=self.urges[entry["urge"]], text=entry["text"], by=self.stage.users[entry["agency"]], at=when)

    def instruction(self, entry: Entry, when: datetime) -> None:
        assignments = [self.stage.assignment(entry | {"agency": agency}) for agency in entry["agencies"]]
        self.instructions[entry["id"]] = instruct(
            item=self.stage.items[entry["item"]],
            assignments=assignments,
            leader=str(self.stage.leader),
            given_on=when.date(),
            text=entry["text"],
            answer_by=date.fromisoformat(entry["answer_by"]),
            by=self.stage.leader,
            at=when,
        )

    def instruction_answer(self, entry: Entry, when: datetime) -> None:
        assignment, by = self.stage.assignment(entry), self.stage.users[entry["agency"]]
        evidence = [self.stage.paper(entry, entry["paper"], when)]
        answer_instruction(
            part=self._asked(entry), assignment=assignment, text=entry["text"], evidence=evidence, by=by, at=when
        )

    def instruction_note(self, entry: Entry, when: datetime) -> None:
        note_answer(reply=self._asked(entry).reply, text=entry["text"], by=self.stage.leader, at=when)

    def _asked(self, entry: Entry) -> InstructedAssignment:
        parts = InstructedAssignment.objects.select_related("instruction__item", "assignment__agency")
        return parts.get(instruction=self.instructions[entry["instruction"]], assignment=self.stage.assignment(entry))

    def milestone(self, entry: Entry, when: datetime) -> None:
        self.milestones[entry["id"]] = add_milestone(
            item=self.stage.items[entry["item"]],
            name=entry["name"],
            planned_on=date.fromisoformat(entry["planned_on"]),
            agency=self.stage.assignment(entry).agency if "agency" in entry else None,
            by=self.stage.coordinator,
            at=when,
        )

    def move_milestone(self, entry: Entry, when: datetime) -> None:
        move_milestone(
            milestone=self.milestones[entry["milestone"]],
            planned_on=date.fromisoformat(entry["planned_on"]),
            reason=entry["reason"],
            by=self.stage.coordinator,
            at=when,
        )

    def withdraw_milestone(self, entry: Entry, when: datetime) -> None:
        milestone, by = self.milestones[entry["milestone"]], self.stage.coordinator
        withdraw_milestone(milestone=milestone, reason=entry["reason"], by=by, at=when)

    def milestone_done(self, entry: Entry, when: datetime) -> None:
        report_milestone(
            milestone=self.milestones[entry["milestone"]],
            assignment=self.stage.assignment(entry),
            done_on=date.fromisoformat(entry["done_on"]),
            words=entry["words"],
            evidence=[self.stage.paper(entry, entry["paper"], when)],
            by=self.stage.users[entry["agency"]],
            at=when,
        )

    def confirm_milestone(self, entry: Entry, when: datetime) -> None:
        review_milestone(
            milestone=self.milestones[entry["milestone"]],
            is_confirmed=entry["is_confirmed"],
            comment=entry["comment"],
            by=self.stage.coordinator,
            at=when,
        )

    def comment(self, entry: Entry, when: datetime) -> None:
        assignment, period = self.stage.assignment(entry), self.stage.period(entry)
        report = ProgressReport.objects.filter(assignment=assignment, period=period).latest("recorded_at", "pk")
        comment_on_report(report=report, text=entry["text"], mentions=(), by=self.stage.coordinator, at=when)

    def consent(self, entry: Entry, when: datetime) -> None:
        """The administrator switches 审签 on for an agency, as in the admin."""
        agency = Agency.objects.get(name=entry["agency"])
        with recording():
            Agency.objects.filter(pk=agency.pk).update(requires_consent=True)
            old, new = {"requires_consent": False}, {"requires_consent": True}
            note("修改单位", agency, by=self.stage.administrator, at=when, old=old, new=new)

    def hand_in(self, entry: Entry, when: datetime) -> None:
        names = ("percent", "progress", "problems", "next_steps", "delay_reason")
        content = {name: entry[name] for name in names}
        assignment = self.stage.assignment(entry)
        assignment.agency.refresh_from_db()  # consent was switched on after the story had begun
        hand_in(
            assignment=assignment,
            period=self.stage.period(entry),
            content=ReportContent(**content),
            fields=content | {"evidence": self.stage.evidence(entry, when)},
            by=self.stage.users[entry["agency"]],
            at=when,
        )
