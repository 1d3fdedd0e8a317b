"""One 节点 as of a day: where it is planned, who answers, and all that happened to it, newest first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.utils import timezone

from agencies.models import User
from tasks.access import milestone_moves, visible_milestone_reports, whose_comments
from tasks.access.milestones import own_part
from tasks.models import ActionItem, Evidence, Milestone, MilestoneDone
from tasks.pages.milestones.questions import (
    agency_names,
    fact_count,
    items_of_agency,
    places_of,
    reports_of,
    reviews_of,
    withdrawal_of,
)
from tasks.rules.asof import AsOf
from tasks.rules.milestones import MilestoneMove, MilestoneState
from tasks.standing.milestones import (
    MilestoneStanding,
    Part,
    Successors,
    answering_parts,
    milestones_of_items,
    parts_in_force,
)


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of what happened; what the reader may not read is left out of `note` and `evidence`."""

    day: date
    text: str
    note: str = ""
    by: str = ""
    evidence: tuple[Evidence, ...] = ()


class MilestonePage:
    """What the page says; `basis` is how many facts there are, which its forms carry along."""

    def __init__(self, milestone: Milestone, as_of: AsOf, viewer: User) -> None:
        self.milestone = milestone
        self.as_of = as_of
        self.viewer = viewer

    @cached_property
    def standing(self) -> MilestoneStanding:
        milestone, moment = self.milestone, self.as_of.moment
        plan = milestone.item.plan.at(moment)
        found = milestones_of_items([milestone.item_id], moment, self.as_of.day, plan.soon_days)
        return next(each for each in found if each.pk == milestone.pk)

    @cached_property
    def _parts(self) -> dict[int, list[Part]]:
        return parts_in_force([self.milestone.item_id], self.as_of.moment)

    @cached_property
    def _successors(self) -> Successors:
        return Successors(self.as_of.day)

    @cached_property
    def answering(self) -> list[str]:
        """The names of those who answer for it on the day."""
        parts = self._parts[self.milestone.item_id]
        answering = answering_parts(self.milestone.agency_id, parts, self._successors)
        return agency_names(part.agency_id for part in answering)

    @cached_property
    def moves(self) -> list[MilestoneMove]:
        """What the viewer may do with it now."""
        if not self.as_of.is_today:
            return []
        allowed = milestone_moves([self.standing], self.viewer, self.milestone.item.plan, self._parts, self._successors)
        return allowed.get(self.milestone.pk, [])

    @cached_property
    def reports(self) -> list[MilestoneDone]:
        return list(reports_of(self.milestone, self.as_of.moment))

    @cached_property
    def happenings(self) -> list[Happening]:
        lines = sorted(self._happenings(), key=lambda line: line[0])
        return [happening for _, happening in reversed(lines)]

    @property
    def basis(self) -> int:
        return fact_count(self.milestone)

    def _happenings(self) -> Iterator[tuple[tuple[float, int], Happening]]:
        """Each with its instant, and its rank among those of the same."""
        before: date | None = None
        for place in places_of(self.milestone, self.as_of.moment):
            text = f"计划于{place.planned_on:%Y-%m-%d}完成"
            if before is not None:
                text = f"由{before:%Y-%m-%d}改期至{place.planned_on:%Y-%m-%d}"
            before = place.planned_on
            yield (place.recorded_at.timestamp(), 0), Happening(_day(place), text, place.reason, _name(place))
        readable = {
            report.pk
            for report in visible_milestone_reports(self.viewer, self.as_of.moment).filter(milestone=self.milestone)
        }
        agencies = {report.assignment.agency_id: report.assignment.agency.ended_on for report in self.reports}
        open_comments = whose_comments(self.viewer, agencies, self.milestone.item.plan) if agencies else set()
        agency_of = {report.pk: report.assignment.agency_id for report in self.reports}
        for report in self.reports:
            is_open = report.pk in readable
            yield (
                (report.recorded_at.timestamp(), 1),
                Happening(
                    _day(report),
                    f"{report.assignment.agency}报{report.done_on:%Y-%m-%d}完成",
                    report.words if is_open else "",
                    evidence=tuple(report.evidence.all()) if is_open else (),
                ),
            )
        for review in reviews_of(self.milestone, self.as_of.moment):
            comment = review.comment if agency_of[review.done_id] in open_comments else ""
            text = "确认完成" if review.is_confirmed else "退回"
            yield (review.recorded_at.timestamp(), 2), Happening(_day(review), text, comment, _name(review))
        if withdrawal := withdrawal_of(self.milestone, self.as_of.moment):
            text = "撤销节点"
            yield (
                (withdrawal.recorded_at.timestamp(), 3),
                Happening(_day(withdrawal), text, withdrawal.reason, _name(withdrawal)),
            )


def _day(fact: object) -> date:
    return timezone.localdate(fact.recorded_at)  # type: ignore[attr-defined]


def _name(fact: object) -> str:
    """The office's people are named, as in the item's own record."""
    by = fact.recorded_by  # type: ignore[attr-defined]
    return by.display_name if by else ""


def own_milestones(user: User, as_of: AsOf) -> list[tuple[ActionItem, MilestoneStanding]]:
    """What the person's agency has yet to report done, or waits to be confirmed, the nearest first, each with its item.

    Over all plans, in four queries.
    """
    items = {item.pk: item for item in items_of_agency(user.agency_id, as_of.moment)}
    soon_days = {pk: item.plan.at(as_of.moment).soon_days for pk, item in items.items()}
    every = milestones_of_items(items, as_of.moment, as_of.day, soon_days)
    asked = [each for each in every if each.state.is_open or each.state == MilestoneState.WAITING]
    parts, successors = parts_in_force({each.item_id for each in asked}, as_of.moment), Successors(as_of.day)
    return [
        (items[each.item_id], each)
        for each in asked
        if own_part(user, each.row.agency_id, parts[each.item_id], successors)
    ]
