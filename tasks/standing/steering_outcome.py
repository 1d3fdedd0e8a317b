"""调整责任单位, before it is done: what the changes would come to, beside what there is. Nothing of it is kept."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from django.utils import timezone

from agencies.models import Agency, User
from tasks.models import ActionItem, Assignment, Plan, ReportingPeriod, WorkdayOverride
from tasks.rules.rounding import half_up
from tasks.rules.workdays import workdays_after
from tasks.standing.course import open_requests
from tasks.standing.planned_steering import Held, falling_away, held
from tasks.standing.rollup import ItemStanding, columns_of, item_standings, standings_from_rows
from tasks.standing.steering import LEAD, Kind, Step, basis_of, normalised, parts_of_items


@dataclass(slots=True)
class Told:
    """An agency that the change concerns: what it loses and gets, and how many people are told."""

    agency: Agency
    people: int = 0
    gained: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    @property
    def words(self) -> str:
        """「不再承担（三）；新交办（四）负责」."""
        lost = [f"不再承担{'、'.join(self.lost)}"] if self.lost else []
        gained = [f"新交办{'、'.join(self.gained)}"] if self.gained else []
        return "；".join([*lost, *self.changed, *gained])


def told_of(
    steps: Iterable[Step], parts: Mapping[int, Assignment], agencies: Mapping[int, Agency], labels: Mapping[int, str]
) -> list[Told]:
    """What each agency concerned is told, in the order of agencies; parts, agencies and items' labels by their keys."""
    rows: dict[int, Told] = {}

    def row(key: int) -> Told:
        return rows.setdefault(key, Told(agencies[key]))

    for step in steps:
        part = parts.get(step.part or 0)
        if step.kind == Kind.ROLE and part:
            row(part.agency_id).changed.append(f"{labels[step.item]}改为{Assignment.Role(step.role).label}")
            continue
        if part:
            row(part.agency_id).lost.append(labels[step.item])
        if step.agency:
            row(step.agency).gained.append(f"{labels[step.item]}{Assignment.Role(step.role).label}")
    return sorted(rows.values(), key=lambda told: (told.agency.ordinal, told.agency.pk))


class Outcome:
    """What the changes would come to on that day, beside what there is: nothing of it is kept."""

    def __init__(
        self, plan: Plan, items: Sequence[ActionItem], steps: Sequence[Step], day: date, now: datetime
    ) -> None:
        self.plan, self.items, self.day, self.now = plan, items, day, now
        self.asked = steps
        self.token = ""  # stands for all that is shown, in the form that confirms it

    @cached_property
    def parts(self) -> list[Assignment]:
        return parts_of_items([item.pk for item in self.items], self.now)

    @cached_property
    def steps(self) -> list[Step]:
        return normalised(self.asked, self.parts)

    @property
    def basis(self) -> str:
        return basis_of(self.parts)

    @property
    def later_day(self) -> date | None:
        """The day to come from which it would hold; None where it is at once."""
        return self.day if self.day > timezone.localdate(self.now) else None

    @property
    def before_word(self) -> str:
        """What stands beside 「之后」."""
        return "不调整" if self.later_day else "现在"

    @cached_property
    def by_key(self) -> dict[int, Assignment]:
        return {part.pk: part for part in self.parts}

    @cached_property
    def agencies(self) -> dict[int, Agency]:
        """All that are concerned."""
        keys = {step.agency for step in self.steps if step.agency} | {part.agency_id for _, part in self._with_part}
        return dict(Agency.objects.in_bulk(list(keys)))

    @cached_property
    def people(self) -> dict[int, int]:
        """How many accounts are told, by agency."""
        users = User.objects.filter(agency__in=list(self.agencies), is_active=True)
        return Counter(users.order_by().values_list("agency_id", flat=True))

    @property
    def _with_part(self) -> list[tuple[Step, Assignment]]:
        parts = ((step, self.by_key.get(step.part or 0)) for step in self.steps)
        return [(step, part) for step, part in parts if part]

    # ── the items before and after ──

    @cached_property
    def before(self) -> list[ItemStanding[ActionItem]]:
        rows = standings_from_rows([columns_of(part) for part in self.parts], self.plan, self.day)
        return item_standings(self.items, rows, self.plan, self.day)

    @cached_property
    def after(self) -> list[ItemStanding[ActionItem]]:
        rows = standings_from_rows(self._rows_after(), self.plan, self.day)
        return item_standings(self.items, rows, self.plan, self.day)

    @property
    def compared(self) -> list[tuple[ItemStanding[ActionItem], ItemStanding[ActionItem]]]:
        return list(zip(self.before, self.after, strict=True))

    def _rows_after(self) -> list[tuple[object, ...]]:
        due_dates = {item.pk: item.due_on for item in self.items}
        rows = {part.pk: list(columns_of(part)) for part in self.parts}
        for number, step in enumerate(self.steps):
            part = self.by_key.get(step.part or 0)
            if step.kind == Kind.ROLE and part:
                rows[part.pk][3] = step.role
                if step.role == LEAD:
                    rows[part.pk][8] = self.first_due
                continue
            if part:
                del rows[part.pk]
            if step.agency:
                weight = part.weight_now if part else 1
                percent = part.accepted_percent if part and step.keeps_progress else None
                due_on = due_dates[step.item]
                new = (-1 - number, step.item, step.agency, step.role, weight, percent, "", "", self.first_due, due_on)
                rows[new[0]] = list(new)
        return [tuple(row) for row in rows.values()]

    @property
    def is_slower(self) -> bool:
        """Whether an item's progress, as it is shown, falls because a lead begins anew."""
        begun_anew = {step.item for step in self.steps if step.role == LEAD and step.kind in (Kind.ADD, Kind.REPLACE)}
        return any(
            after.counts and before.pk in begun_anew and half_up(after.percent) < half_up(before.percent)
            for before, after in self.compared
        )

    @property
    def left_alone(self) -> list[ActionItem]:
        """Items that have a lead now and would have none."""
        return [after.item for before, after in self.compared if before.leads and not after.leads]

    # ── what is under way ──

    @cached_property
    def ending(self) -> list[Assignment]:
        kinds = (Kind.WITHDRAW, Kind.REPLACE)
        return [part for step, part in self._with_part if step.kind in kinds]

    @cached_property
    def going_on(self) -> list[Assignment]:
        return [part for step, part in self._with_part if step.kind == Kind.ROLE]

    @property
    def ends(self) -> dict[str, int]:
        return begun(self.ending)

    @property
    def goes_on(self) -> dict[str, int]:
        return begun(self.going_on)

    @cached_property
    def falling_away(self) -> list[str]:
        """What waits for its day already and could not be done any more; nothing where this waits for its own."""
        if self.later_day:
            return []
        items = [item.pk for item in self.items]
        return falling_away(items, self.now, self.parts, self._held_after())

    def _held_after(self) -> list[Held]:
        there = {part.pk: held(part) for part in self.parts}
        for number, step in enumerate(self.steps):
            part = there.get(step.part or 0)
            if step.kind == Kind.ROLE and part:
                there[part.pk] = part._replace(role=step.role)
                continue
            there.pop(step.part or 0, None)
            if step.agency:
                there[-1 - number] = Held(-1 - number, step.item, step.agency, step.role, "")
        return list(there.values())

    # ── what comes ──

    @cached_property
    def next_period(self) -> ReportingPeriod | None:
        """The first period that a new lead owes: the earliest whose reports are not yet due."""
        periods = ReportingPeriod.objects.filter(plan=self.plan, due_on__gte=self.day)
        return periods.select_related("plan").defer("plan__notice_text").order_by("due_on").first()

    @property
    def first_due(self) -> date | None:
        return self.next_period.due_on if self.next_period else None

    @cached_property
    def to_sign_by(self) -> date:
        return workdays_after(self.day, self.plan.receipt_days, WorkdayOverride.objects.as_overrides())

    @property
    def new_leads(self) -> int:
        """How many parts as lead there would be that owe the next report and owed none before."""
        return sum(1 for step in self.steps if step.role == LEAD and step.kind in (Kind.ADD, Kind.REPLACE, Kind.ROLE))

    @cached_property
    def told(self) -> list[Told]:
        """Every agency that a message goes to, in the order of agencies."""
        told = told_of(self.steps, self.by_key, self.agencies, {item.pk: item.label for item in self.items})
        for each in told:
            each.people = self.people.get(each.agency.pk, 0)
        return told

    @property
    def lines(self) -> list[tuple[ActionItem, str, str, str]]:
        """Each change in words: of which item, what, of whom, and to what."""
        items = {item.pk: item for item in self.items}
        lines = []
        for step in self.steps:
            part = self.by_key.get(step.part or 0)
            was = f"{part.agency}（{part.get_role_display()}，{part.percent}%）" if part else ""
            role = Assignment.Role(step.role).label if step.role else ""
            to = "" if step.kind == Kind.WITHDRAW else role
            if step.agency and step.kind != Kind.ROLE:
                to = f"{self.agencies[step.agency]}（{role}{self._kept(step, part)}）"
            lines.append((items[step.item], step.kind.label, was, to))
        return lines

    def _kept(self, step: Step, part: Assignment | None) -> str:
        return f"，沿用{part.percent}%" if part and step.keeps_progress and part.accepted_percent is not None else ""


def begun(parts: Sequence[Assignment]) -> dict[str, int]:
    """On how many of them something is under way: drafts, reports that wait, requests, urges without an answer."""
    return {
        "drafts": sum(part.has_draft for part in parts),  # type: ignore[attr-defined]
        "waiting": sum(part.waits for part in parts),  # type: ignore[attr-defined]
        "requests": sum(len(open_requests(part)) for part in parts),
        "urges": sum(part.is_urged for part in parts),  # type: ignore[attr-defined]
    }
