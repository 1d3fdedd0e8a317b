"""核对稿: the notice verbatim on the left, what was read of it on the right, questions above, corrections below."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator

from tasks.models import ImportRevision
from tasks.notice import Item, Notice, Responsible, Section
from tasks.notice.proof import Mark, Piece, deadline_words, marks_of, pieces, unit_keys
from tasks.pages.importing.forms import AnswerForm, HeadForm, Typed, alike, typed_in
from tasks.rules.textdiff import changed_paragraphs
from tasks.standing.hand_out import HandOut, plan_of_number
from tasks.standing.proofs import Asked, Proof
from tasks.standing.proposals import Proposal, proposals_of_notice

ROWS_PER_PAGE = 80
CHANGES_SHOWN = 40  # paragraphs in which a copy differs


@dataclass
class Row:
    """One passage of the notice, and the section or item that was read from it."""

    start: int
    end: int
    section: Section | None = None
    item: Item | None = None
    marks: list[Mark] = field(default_factory=list)
    text: str = ""
    questions: list[int] = field(default_factory=list)

    @property
    def pieces(self) -> list[Piece]:
        return pieces(self.text, self.start, self.end, self.marks)

    @property
    def units(self) -> list[tuple[str, list[tuple[Responsible, str]]]]:
        """By role, each office with the key that it shares with its words in the notice; none for what isn't there."""
        if self.item is None:
            return []
        there = {mark.key for mark in self.marks}
        keys = {name: key if key in there else "" for name, key in unit_keys(self.item).items()}
        roles = (("负责", self.item.leads), ("协助", self.item.assists))
        return [(word, [(unit, keys[unit.name]) for unit in units]) for word, units in roles]

    @property
    def due_key(self) -> str:
        return next((mark.key for mark in self.marks if mark.key == f"d{self.start}"), "")

    @property
    def due(self) -> str:
        return deadline_words(self.item.deadline) if self.item else ""


class Question(NamedTuple):
    number: int
    asked: Asked
    form: AnswerForm
    others: int  # of its kind, with the same choices and still open
    page: int  # of the rows, on which its words stand


class Line(NamedTuple):
    """One correction in the list: taken back by another, or lapsed, or in force."""

    revision: ImportRevision
    undone: ImportRevision | None
    has_lapsed: bool

    @property
    def can_be_undone(self) -> bool:
        return self.undone is None and self.revision.undoes is None


class ProofPage:
    def __init__(self, proof: Proof, *, sent: dict[str, Any] | None = None) -> None:
        """`sent` is an answer that was refused, to be shown as it was typed."""
        self.proof, self.notice, self._sent = proof, proof.notice, sent or {}

    @cached_property
    def head(self) -> HeadForm:
        sent = self._sent if self._sent.get("action") == "head" else None
        return HeadForm(sent, notice=self.notice, basis=self.proof.version)

    @property
    def typed(self) -> list[Typed]:
        """What was sent, where it isn't to be shown in its form."""
        forms = [self.head, *(question.form for question in self.questions)]
        return next((typed_in(form) for form in forms if form.is_bound), [])

    @cached_property
    def questions(self) -> list[Question]:
        open_ones = [asked.question for asked in self.proof.open_questions]
        return [
            Question(
                number, asked, self._form(number, asked), len(alike(asked.question, open_ones)), self._page_of(asked)
            )
            for number, asked in enumerate(self.proof.asked, start=1)
        ]

    def _form(self, number: int, asked: Asked) -> AnswerForm:
        sent = self._sent if self._sent.get("question") == asked.question.key else None
        what: dict[str, Any] = {"asked": asked.question, "known": self.proof.known, "basis": self.proof.version}
        what["text"] = self.notice.text
        return AnswerForm(sent, prefix=f"q{number}", **what)

    def _page_of(self, asked: Asked) -> int:
        start = asked.question.place
        if start is None:
            return 1
        return max(0, bisect_right([row.start for row in self.rows], start) - 1) // ROWS_PER_PAGE + 1

    @property
    def open_count(self) -> int:
        return len(self.proof.open_questions)

    @cached_property
    def rows(self) -> list[Row]:
        """Every passage of the text once, in order; each with the marks in it."""
        rows = list(self._passages())
        starts = [row.start for row in rows]
        asked = [(number, one.question) for number, one in enumerate(self.proof.asked, start=1) if one.is_open]
        for mark in marks_of(self.notice, asked):
            at = max(0, bisect_right(starts, mark.start) - 1)
            while at < len(rows) and rows[at].start < mark.end:
                rows[at].marks.append(mark)
                at += 1
        for number, question in asked:
            row = next((row for row in rows if row.item and row.item.start == question.item), None)
            if row:
                row.questions.append(number)
        return rows

    def _passages(self) -> Iterator[Row]:
        at = 0
        for section in self.notice.sections:
            yield from self._between(at, section.start)
            at = max(at, section.start)
            first = min((item.start for item in section.items), default=section.end)
            if first > at:
                yield Row(at, first, section=section, text=self.notice.text)
                at = first
            for item in section.items:
                yield from self._between(at, item.start)
                yield Row(item.start, item.end, item=item, text=self.notice.text)
                at = item.end
        yield from self._between(at, len(self.notice.text))

    def _between(self, start: int, end: int) -> Iterator[Row]:
        if self.notice.text[start:end].strip():
            yield Row(start, end, text=self.notice.text)

    def page(self, number: str | None) -> Page:
        return Paginator(self.rows, ROWS_PER_PAGE).get_page(number)

    @property
    def units(self) -> dict[str, bool]:
        """Each office that the notice names, and whether it is new."""
        used = [self.notice.aliases.get(unit.name, unit.name) for item in self.notice.items for unit in _units(item)]
        return {name: name not in self.proof.known for name in used}

    @cached_property
    def starts(self) -> set[int]:
        """Of the items that there are."""
        return {item.start for item in self.notice.items}

    @property
    def offices(self) -> list[str]:
        """Those that a name may mean."""
        return sorted(set(self.proof.known.values()))

    @property
    def lines(self) -> list[Line]:
        """The newest first."""
        return [
            Line(each, self.proof.undone.get(each.number), each.number in self.proof.lapsed)
            for each in reversed(self.proof.revisions)
        ]

    @property
    def counts(self) -> dict[str, int]:
        items = self.notice.items
        return {
            "measures": sum(len(item.measures) for item in items),
            "indicators": sum(len(item.indicators) for item in items),
        }

    @cached_property
    def imported(self) -> "Imported | None":
        plan = plan_of_number(self.notice.document_number)
        if plan is None or plan.pk == self.proof.draft.plan_id:
            return None
        is_same = plan.notice_sha256 == self.proof.finding.sha256
        changes = [] if is_same else changed_paragraphs(plan.notice_text, self.notice.text)
        return Imported(plan, is_same, changes[:CHANGES_SHOWN], len(changes))


class Imported(NamedTuple):
    """The plan that bears the draft's number already, and where its notice differs."""

    plan: Any
    is_same: bool
    changes: Sequence[Any]
    changed: int


def _units(item: Item) -> tuple:
    return (*item.leads, *item.assists)


class OfferedMilestone(NamedTuple):
    """A day that the notice writes, offered as 节点; `is_between` unless it is the item's own due date."""

    proposal: Proposal
    is_between: bool

    @property
    def key(self) -> str:
        return self.proposal.place


def offered_milestones(notice: Notice) -> list[OfferedMilestone]:
    """What 确认交办 can plan along with the plan, in the notice's order."""
    due = {number: item.deadline and item.deadline.on for number, item in enumerate(notice.items, start=1)}
    return [OfferedMilestone(each, each.planned_on != due[each.item.number]) for each in proposals_of_notice(notice)]


def told_words(will: HandOut) -> str:
    """How many people a plan that was handed out was told to, and to how many agencies nobody could tell it."""
    told = f"{will.told}人已收到站内消息" if will.told else "尚无人收到站内消息"
    lacking = len(will.without_account)
    return f"{told}；没有账号的单位{lacking}家，开通账号前收不到消息" if lacking else told
