"""搜索: what was found, by kind, each with the place where the words stand."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, User
from tasks.models import ActionItem, Evidence, Milestone, Plan, ProgressReport, Urge
from tasks.models.searching import REPORT_TEXTS
from tasks.pages.search import questions
from tasks.pages.search.questions import Asked
from tasks.rules.texts import Piece, excerpt, marked

MOST_WORDS = 6
SHOWN, PER_PAGE = 5, 20  # of a kind beside the others, and by itself


class Found(NamedTuple):
    """One result: what it is, where it leads ("" nowhere), where the words stand in it, and whose it is."""

    title: Sequence[Piece]
    url: str
    place: Sequence[Piece] = ()
    whose: str = ""
    day: date | None = None


class Kind(NamedTuple):
    """A kind of thing that is searched."""

    key: str
    name: str
    ask: Callable[[Asked], QuerySet[Any]]
    tell: Callable[[Any, Sequence[str]], Found]


class Results(NamedTuple):
    """What was found of a kind; whether there is more of it."""

    kind: Kind
    rows: Sequence[Found]
    has_more: bool


def words_of(typed: str) -> list[str]:
    """The words, each sought by itself; what follows the sixth is one too many to mean anything."""
    return list(dict.fromkeys(typed.split()))[:MOST_WORDS]


class SearchPage:
    """Asks every kind for its first few, or one kind for a page of them."""

    def __init__(self, user: User, typed: str, kind: str, number: int, moment: datetime) -> None:
        self.user, self.moment = user, moment
        self.words = words_of(typed)
        self.kinds = KINDS
        self.only = next((one for one in KINDS if one.key == kind), None)
        self.number = number if self.only else 1
        # One sign is in nearly every report: all of them would be read for it.
        self.is_too_short = bool(self.words) and max(map(len, self.words)) < 2
        self.results = list(self._results()) if self.words else []

    def _results(self) -> Iterator[Results]:
        size = PER_PAGE if self.only else SHOWN
        first = (self.number - 1) * size
        for kind in [self.only] if self.only else KINDS:
            if self.is_too_short and kind.key == "reports":
                continue
            asked = Asked(self.user, self.words, self.moment, first + size + 1)
            rows = list(kind.ask(asked)[first : asked.upto])
            if rows:
                yield Results(kind, [kind.tell(row, self.words) for row in rows[:size]], len(rows) > size)


def _item(item: ActionItem, words: Sequence[str]) -> Found:
    title = marked(f"{item.label}{item.title}", words)
    said: str | None = item.instruction  # type: ignore[attr-defined]  # annotated by the question
    place = excerpt(item.text if said is None else f"批示：{said}", words)
    return Found(title, item.get_absolute_url(), place, item.plan.document_number)


def _report(report: ProgressReport, words: Sequence[str]) -> Found:
    part = report.assignment
    said = "\n".join(getattr(report, name) for name in REPORT_TEXTS)
    return Found(
        marked(f"{part.agency} · {part.item.label}{part.item.title} · {report.period}", words),
        part.get_absolute_url(),
        excerpt(said, words),
        part.item.plan.document_number,
        timezone.localdate(report.recorded_at),
    )


def _milestone(milestone: Milestone, words: Sequence[str]) -> Found:
    whose = f"{milestone.item.label}{milestone.item.title}"
    return Found(marked(milestone.name, words), milestone.get_absolute_url(), whose=whose)


def _urge(urge: Urge, words: Sequence[str]) -> Found:
    answer = urge.reply.text if hasattr(urge, "reply") else ""
    url = reverse("tasks:urge-detail", args=[urge.pk])
    title = marked(f"{urge.label} · {urge.agency}", words)
    return Found(title, url, excerpt(f"{urge.text}\n{answer}", words), "", timezone.localdate(urge.recorded_at))


def _file(evidence: Evidence, words: Sequence[str]) -> Found:
    part = evidence.assignment
    whose = f"{part.agency} · {part.item.label}{part.item.title}"
    return Found(
        marked(evidence.name, words), evidence.get_absolute_url(), (), whose, timezone.localdate(evidence.recorded_at)
    )


def _notice(plan: Plan, words: Sequence[str]) -> Found:
    title = marked(f"{plan.document_number} {plan.name}", words)
    return Found(title, reverse("tasks:notice", args=[plan.slug]), excerpt(plan.notice_text, words), "", plan.issued_on)


def _agency(agency: Agency, words: Sequence[str]) -> Found:
    slug = agency.plan_slug  # type: ignore[attr-defined]  # annotated by the question
    url = reverse("reports:agency-detail", args=[slug, agency.pk]) if slug else ""
    people = (" ".join(filter(None, contact)) for contact in agency.contacts)
    return Found(marked(agency.name, words), url, marked("；".join(people), words))


def _person(person: User, words: Sequence[str]) -> Found:
    whose = " · ".join(str(one) for one in (person.agency, person.get_role_display()) if one)
    return Found(marked(person.display_name, words), "", (), whose)


KINDS = (
    Kind("items", "任务", questions.items, _item),
    Kind("reports", "进展报告", questions.reports, _report),
    Kind("milestones", "节点", questions.milestones, _milestone),
    Kind("urges", "催办", questions.urges, _urge),
    Kind("files", "佐证材料", questions.files, _file),
    Kind("notices", "公文", questions.notices, _notice),
    Kind("agencies", "单位", questions.agencies, _agency),
    Kind("people", "人员", questions.people, _person),
)
