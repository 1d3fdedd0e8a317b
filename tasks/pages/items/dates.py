"""完成时限 of one item or of many: what a new date would do, shown before it is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from agencies.models import Agency, User
from tasks.models import ActionItem, ItemRevision, Plan
from tasks.pages.items.questions import people_by_agency
from tasks.reminders.redated import DueReminders
from tasks.rules.asof import AsOf
from tasks.rules.status import Light
from tasks.standing.redating import ItemTurn, item_turns
from tasks.workflow import WorkflowError, amend_item, amend_items


@dataclass(frozen=True, slots=True)
class Row:
    """An item in the preview, with the next days on which its date is spoken of, now and then."""

    turn: ItemTurn
    told_now: list[date]
    told_then: list[date]


class DatePreview:
    """What the date would turn, of items that were read with their revisions."""

    def __init__(self, plan: Plan, items: Sequence[ActionItem], due_on: date | None, as_of: AsOf) -> None:
        self.plan = plan
        self.items = items
        self.due_on = due_on
        self.as_of = as_of

    @cached_property
    def turns(self) -> list[ItemTurn]:
        return item_turns(self.items, self.due_on, self.plan, self.as_of)

    @cached_property
    def rows(self) -> list[Row]:
        reminders = DueReminders(self.as_of.day)
        then = reminders.days(self.due_on, is_new=True)
        return [
            Row(turn, now := reminders.days(turn.item.due_on), then if turn.is_moved else now) for turn in self.turns
        ]

    @property
    def is_past(self) -> bool:
        return self.due_on is not None and self.due_on < self.as_of.day

    @property
    def moved(self) -> list[ItemTurn]:
        return [turn for turn in self.turns if turn.is_moved]

    @property
    def turned_items(self) -> int:
        return sum(turn.now != turn.then for turn in self.turns)

    @property
    def turned_leads(self) -> int:
        return sum(len(turn.turned) for turn in self.turns)

    @property
    def newly_red(self) -> int:
        """How many leads turn red by the date."""
        return sum(lead.then.light == Light.RED for turn in self.turns for lead in turn.turned)

    @cached_property
    def told(self) -> list[tuple[Agency, int]]:
        """The agencies that are told of it, each with how many people it has: those that lead what is moved."""
        leads = {lead.now.agency_id for turn in self.moved for lead in turn.leads if not lead.now.has_ended}
        return people_by_agency(leads)

    @property
    def told_people(self) -> int:
        return sum(people for _, people in self.told)

    @property
    def untold(self) -> list[Agency]:
        """Those that have nobody to tell."""
        return [agency for agency, people in self.told if not people]

    @property
    def basis(self) -> str:
        return basis_of(self.items)

    @property
    def revision_count(self) -> int:
        """How often the only item was revised."""
        return _revisions(self.items[0])

    @property
    def token(self) -> str:
        """Stands for what is shown: whoever confirms says that it was this, and not what has changed since."""
        lights = [[(lead.now.pk, lead.now.light, lead.then.light) for lead in turn.leads] for turn in self.turns]
        return sha256(repr((self.basis, self.due_on, lights)).encode()).hexdigest()


def basis_of(items: Sequence[ActionItem]) -> str:
    """How often each item was revised, by its number."""
    return ",".join(f"{item.number}:{_revisions(item)}" for item in items)


def _revisions(item: Any) -> int:
    """What `items_to_redate` has added."""
    count: int = item.revision_count
    return count


def redate_item(preview: DatePreview, *, token: str, basis: int | None, at: datetime, **what: Any) -> ItemRevision:
    """Gives the preview's only item its date; a confirmation of anything else than what was shown is refused."""
    item = preview.items[0]
    if basis is None or (basis == preview.revision_count and token != preview.token):
        raise WorkflowError("内容与核对时不同，请重新核对后确认。")
    return amend_item(item=item, due_on=preview.due_on, basis=basis, at=at, **what)


LONGEST_COUNT = 10  # digits


def redate_items(
    preview: DatePreview, *, token: str, basis: str, reason: str, by: User, at: datetime
) -> list[ItemRevision]:
    """The same for many. What others have changed meanwhile is refused by the deed, which names it."""
    if basis == preview.basis and token != preview.token:
        raise WorkflowError("内容与核对时不同，请重新核对后确认。")
    sent = dict(part.split(":", 1) for part in basis.split(",") if ":" in part)
    shown = {item.pk: sent.get(str(item.number), "") for item in preview.items}
    counts = {key: int(count) for key, count in shown.items() if count.isdecimal() and len(count) < LONGEST_COUNT}
    return amend_items(items=preview.items, due_on=preview.due_on, reason=reason, bases=counts, by=by, at=at)
