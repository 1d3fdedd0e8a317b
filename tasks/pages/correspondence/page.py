"""What the page of 对应关系 shows: each local item with what is proposed for it, and what nothing corresponds to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator

from tasks.models import ActionItem, Assignment, LocalDuty, Plan
from tasks.pages.correspondence.forms import RowForm
from tasks.rules.likeness import Likeness, Parents, Wording, agreeing
from tasks.rules.texts import Piece
from tasks.standing.correspondence import Decision, decisions, goes_on_in, running_items
from tasks.standing.course import state_of_read

PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the parent's items that a row offers, with its words that agree with the local text."""

    item: ActionItem
    pieces: Sequence[Piece]
    is_ticked: bool
    is_proposed: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A local item: what was decided of it, what is offered, and its own text with the words that agree."""

    item: ActionItem
    form: RowForm
    choices: Sequence[Choice]
    pieces: Sequence[Piece]
    decided: Sequence[ActionItem]
    is_decided: bool
    is_outdated: bool  # what it corresponds to was split or merged since

    @property
    def is_added(self) -> bool:
        return self.is_decided and not self.decided


class CorrespondencePage:
    """A local plan's items, those first that wait for a decision; `sent` is a form that is shown again."""

    def __init__(
        self,
        plan: Plan,
        parent: Plan,
        moment: datetime,
        *,
        shows_all: bool,
        number: str | None,
        sent: Mapping[str, Any] | None,
    ) -> None:
        self.plan, self.parent, self.moment, self.sent = plan, parent, moment, sent
        self.items = list(plan.items.existing(moment).order_by("place").defer("text"))
        self.known = decisions([item.pk for item in self.items], moment)
        all_parents = parent.items.order_by("place").defer("assist_rule", "spans")
        self.every_parent = {item.pk: item for item in all_parents}
        self.shows_all = shows_all or not self.waiting
        shown = self._sent_items(sent) if sent is not None else self.items if self.shows_all else self.waiting
        self.page: Page[ActionItem] = Paginator(shown, PER_PAGE).get_page(number if sent is None else 1)

    @cached_property
    def duty(self) -> Assignment | None:
        """The office's part of the duty to make this plan, where it was asked for one."""
        parts = Assignment.objects.as_of(self.moment).with_course(self.moment)
        asked = parts.filter(item__plan__duty_of__parent=self.parent, agency__local_office__path=self.plan.office_id)
        return asked.select_related("item__plan").defer("item__text", "item__plan__notice_text").first()

    @property
    def duty_state(self) -> str:
        return state_of_read(self.duty).label if self.duty else ""

    def _sent_items(self, sent: Mapping[str, Any]) -> list[ActionItem]:
        """The rows that a form was sent with, whatever waits by now."""
        return [item for item in self.items if f"i{item.number}-basis" in sent]

    @property
    def parents(self) -> list[ActionItem]:
        """Those of the parent's items that can be chosen."""
        return [item for item in self.every_parent.values() if item.ended_at is None]

    @cached_property
    def waiting(self) -> list[ActionItem]:
        """Those that nobody has decided on, and those whose parent's item was split or merged since."""
        return [item for item in self.items if item.pk not in self.known or self._is_outdated(self.known[item.pk])]

    @property
    def undecided(self) -> int:
        return sum(item.pk not in self.known for item in self.items)

    @property
    def outdated(self) -> int:
        return len(self.waiting) - self.undecided

    @property
    def is_settled(self) -> bool:
        """Whether what nothing corresponds to is a gap: not while an item waits that may carry it out yet.

        As the office above counts it: what keeps one of its parent's items waits for no more.
        """
        return all(item.pk in self.known and not self._is_lost(self.known[item.pk]) for item in self.items)

    def _is_lost(self, decision: Decision) -> bool:
        ended = [self.every_parent[key].ended_at is not None for key in decision.targets]
        return bool(ended) and all(ended)

    @property
    def added(self) -> int:
        return sum(not decision.targets for decision in self.known.values())

    @property
    def corresponding(self) -> int:
        return len(self.known) - self.added

    @cached_property
    def asked(self) -> list[ActionItem]:
        """The parent's items that have to be covered: those that run, or those of them that the duty names."""
        running = set(running_items(self.parent, self.moment).values_list("pk", flat=True))
        named = set(LocalDuty.objects.filter(parent=self.parent).values_list("items", flat=True)) - {None}
        return [item for item in self.parents if item.pk in (running & named if named else running)]

    @cached_property
    def gaps(self) -> list[ActionItem]:
        """The parent's items to which nothing corresponds as far as it is confirmed: 空缺 once `is_settled`."""
        carried = frozenset[int]().union(*(decision.targets for decision in self.known.values()))
        return [item for item in self.asked if item.pk not in carried]

    def _is_outdated(self, decision: Decision) -> bool:
        return any(self.every_parent[key].ended_at is not None for key in decision.targets)

    @cached_property
    def rows(self) -> list[Row]:
        texts = dict(ActionItem.objects.filter(pk__in=[item.pk for item in self.page]).values_list("pk", "text"))
        parents = Parents(Wording(item.pk, item.title, item.text) for item in self.parents)
        ended = {key for each in self.known.values() for key in each.targets if self.every_parent[key].ended_at}
        heirs = goes_on_in(ended) if ended else {}
        return [self._row(item, texts[item.pk], parents, heirs) for item in self.page]

    def _row(self, item: ActionItem, text: str, parents: Parents, heirs: Mapping[int, list[int]]) -> Row:
        decision = self.known.get(item.pk)
        likes = {each.key: each for each in parents.like(Wording(item.pk, item.title, text))}
        chosen = self._chosen(decision, likes, heirs)
        form = RowForm(
            self.sent,
            item=item,
            basis=decision.key if decision else 0,
            numbers={each.number: each.pk for each in self.parents},
            ticked=[self.every_parent[key].number for key in chosen],
            is_picked=bool(chosen) and (decision is None or self._is_outdated(decision)),
            is_added=decision is not None and not decision.targets,
        )
        offered = dict.fromkeys([*chosen, *likes])
        choices = [self._choice(self.every_parent[key], likes.get(key), form) for key in offered]
        pairs = frozenset[str]().union(*(each.pairs for each in likes.values()))
        decided = [self.every_parent[key] for key in self.every_parent if decision and key in decision.targets]
        is_outdated = decision is not None and self._is_outdated(decision)
        return Row(item, form, choices, agreeing(text, pairs), decided, decision is not None, is_outdated)

    def _chosen(
        self, decision: Decision | None, likes: Mapping[int, Likeness], heirs: Mapping[int, list[int]]
    ) -> list[int]:
        """What is ticked: what was decided, with what goes on with it; of an undecided item what is proposed."""
        if decision is None:
            return list(likes)
        present = [key for key in decision.targets if self.every_parent[key].ended_at is None]
        followers = [heir for key in decision.targets for heir in heirs.get(key, ()) if heir in self.every_parent]
        return sorted({*present, *followers}, key=lambda key: self.every_parent[key].place)

    @staticmethod
    def _choice(item: ActionItem, like: Likeness | None, form: RowForm) -> Choice:
        pieces = agreeing(item.title, like.pairs) if like else [Piece(item.title)]
        return Choice(item, pieces, item.number in form.ticked, like is not None)
