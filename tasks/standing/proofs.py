"""What a 核对稿 comes to: what was read, what was corrected of it, and what is still asked."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from agencies.models import Agency, Level, Office, Succession
from tasks.models import ImportDraft, ImportFinding, ImportRevision
from tasks.notice import Notice
from tasks.notice.areas import is_of_above
from tasks.notice.proof import Correction, Question, corrected, from_kept, questions, settles


@dataclass(frozen=True)
class Asked:
    """A question and the revision that answers it, or that corrects what it is about; None while it is open."""

    question: Question
    answer: ImportRevision | None

    @property
    def is_open(self) -> bool:
        return self.answer is None


@dataclass
class Proof:
    """One draft at one version. `version` is the number of its newest revision: what a form was made from."""

    draft: ImportDraft
    finding: ImportFinding
    revisions: Sequence[ImportRevision]
    known: dict[str, str]  # each name and alias → the office's name
    ended: dict[str, list[str]] = field(default_factory=dict)  # each name of one that is no more → who followed it
    collective: frozenset[str] = frozenset()  # the offices' names that stand for many (泛指)
    foreign: frozenset[str] = frozenset()  # names of those that are another office's, who answer for nothing here
    lapsed: frozenset[int] = field(init=False)  # numbers of revisions that found no longer what they were about

    def __post_init__(self) -> None:
        self.found: Notice = from_kept(self.finding.found, self.finding.text)
        owners = [revision.number for revision in self.valid for _ in revision.corrections]
        result = corrected(self.found, self.corrections)
        self.notice: Notice = result.notice
        self.lapsed = frozenset(owners[place] for place in result.lapsed)

    @property
    def version(self) -> int:
        return self.revisions[-1].number if self.revisions else 0

    @cached_property
    def undone(self) -> dict[int, ImportRevision]:
        """By number of the revision that was taken back, the one that did it."""
        return {revision.undoes: revision for revision in self.revisions if revision.undoes is not None}

    @property
    def valid(self) -> list[ImportRevision]:
        """Those that count: neither taken back, nor what took one back."""
        return [each for each in self.revisions if each.number not in self.undone and each.undoes is None]

    @property
    def corrections(self) -> list[Correction]:
        return [correction for revision in self.valid for correction in revision.corrections]

    def at(self, version: int) -> "Proof":
        """As it was at that version."""
        revisions = [each for each in self.revisions if each.number <= version]
        return replace(self, revisions=revisions)

    def before(self, number: int) -> Notice:
        """As it was read without the revisions from that number on."""
        earlier = [correction for each in self.valid if each.number < number for correction in each.corrections]
        return corrected(self.found, earlier).notice

    @cached_property
    def asked(self) -> list[Asked]:
        area = self.draft.office.area if self.draft.office else ""
        known = self.known
        if area:
            named = {unit.name for item in self.found.items for unit in (*item.leads, *item.assists)}
            known = {name: office for name, office in known.items() if office not in self.foreign or name in named}
        asked = questions(self.found, known, self.ended, area)
        in_force = [each for each in reversed(self.valid) if each.number not in self.lapsed]
        return [Asked(question, _answer(question, in_force)) for question in asked]

    @property
    def open_questions(self) -> list[Asked]:
        return [asked for asked in self.asked if asked.is_open]


def _answer(question: Question, revisions: Sequence[ImportRevision]) -> ImportRevision | None:
    return next(
        (
            each
            for each in revisions
            if each.question == question.key or any(settles(question, correction) for correction in each.corrections)
        ),
        None,
    )


def proof_of(draft: ImportDraft) -> Proof:
    """Four queries at most, whatever the draft's size."""
    revisions = draft.revisions.select_related("recorded_by").order_by("number")
    return Proof(draft, ImportFinding.objects.get(draft=draft), list(revisions), *known_names(draft.office_id))


def owner_of(name: str, line: Sequence[Office], top: Office | None) -> str | None:
    """The path of the office whose agency a new one of that name is: the first of the line with its area in the name.

    What says that it is of the top office's level is its own; whatever else the notice names is of its own office. For
    a notice of the top office there is neither.
    """
    if top is None or is_of_above(name, Level(top.level).signs, top.area):
        return None
    return next((office for office in line if name.startswith(office.area)), line[0]).path


def known_names(
    office: str | None = None,
) -> tuple[dict[str, str], dict[str, list[str]], frozenset[str], frozenset[str]]:
    """Each name and alias with its office; those that an office alone bore that is no more, with who followed.

    And the names of those that stand for many, and of those that aren't agencies of the coordinating office.
    """
    columns = ("pk", "name", "ended_on", "aliases__name", "is_collective", "office")
    rows = list(Agency.objects.order_by("ordinal", "pk").values_list(*columns))
    collective = frozenset(name for _, name, _, _, is_collective, _ in rows if is_collective)
    foreign = frozenset(name for _, name, *_, owner in rows if owner != office)
    offices = [row[:4] for row in rows]
    bearers = [(name, pk) for pk, name, _, _ in offices] + [(alias, pk) for pk, _, _, alias in offices if alias]
    current = {pk: name for pk, name, ended_on, _ in offices if ended_on is None}
    known = {name: current[pk] for name, pk in bearers if pk in current}
    gone = {name: pk for name, pk in bearers if name not in known}
    followers: dict[int, list[int]] = defaultdict(list)
    successions = Succession.objects.filter(successor__isnull=False).order_by("pk")
    for predecessor, successor in successions.values_list("predecessor", "successor") if gone else ():
        followers[predecessor].append(successor)

    def last(office: int) -> list[str]:
        return [current[office]] if office in current else [name for each in followers[office] for name in last(each)]

    return known, {name: list(dict.fromkeys(last(pk))) for name, pk in gone.items()}, collective, foreign
