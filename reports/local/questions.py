"""What the page asks beside the picture: the words in which the plan asks for local ones, and the duty to make them."""

import re
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Right

from agencies.models import User
from tasks.access import assignments_to_urge, may
from tasks.models import ActionItem, Assignment, LocalDuty, Plan, Urge
from tasks.models.latest import Latest
from tasks.rules.asof import AsOf
from tasks.standing.course import Move, State, state_of_read

TAIL = 1200  # characters of the notice's end, in which its last paragraphs stand
ADDRESSED = re.compile(r"各地|各市|各县|各设区|各区")


class Asked(NamedTuple):
    """In which words local plans are asked for, "" where the notice has none; by the duty where there is one."""

    words: str
    duty: str  # the address of its plan, "" where there is no duty
    due_on: date | None


NOT_ASKED = Asked("", "", None)


def asked_of(plan: Plan, as_of: AsOf) -> Asked:
    """One query."""
    item = ActionItem.objects.filter(plan=OuterRef("plan")).order_by("pk")
    duty = LocalDuty.objects.filter(parent=OuterRef("pk"), recorded_at__lte=as_of.moment).annotate(
        words=Subquery(item.values("text")[:1]),
        due_on=Subquery(item.annotate(due=Latest("ItemRevision", "due_on", as_of.moment, item="pk")).values("due")[:1]),
    )
    tail, words, slug, due_on = (
        Plan.objects.filter(pk=plan.pk)
        .annotate(tail=Right("notice_text", TAIL), words=Subquery(duty.values("words")))
        .annotate(slug_of_duty=Subquery(duty.values("plan__slug")), due=Subquery(duty.values("due_on")))
        .values_list("tail", "words", "slug_of_duty", "due")
        .get()
    )
    return Asked(words or last_paragraph(tail), slug or "", due_on)


class Given(NamedTuple):
    """A government's part of the duty; `may_urge` says whether it can be urged now."""

    part: Assignment
    state: State
    may_urge: bool


def given(user: User, duty: str, moment: datetime) -> dict[int, Given]:
    """By government, its part of the duty. Only for those who steer the duty's plan; none where there is no duty."""
    parts = assignments_to_urge(user, moment).filter(item__plan__slug=duty) if duty else ()
    states = ((part, state_of_read(part)) for part in parts)
    return {part.agency_id: Given(part, state, may(user, part, state, Move.URGE)) for part, state in states}


def last_urge(part: Assignment, moment: datetime) -> Urge | None:
    """The newest that names it, with its answer."""
    return Urge.objects.as_of(moment).filter(assignments=part).first()


def last_paragraph(text: str) -> str:
    """The last paragraph that is addressed to cities and counties and asks for something; "" where there is none."""
    paragraphs = [line.strip() for line in text.splitlines()]
    return next((line for line in reversed(paragraphs) if line.endswith("。") and ADDRESSED.search(line)), "")
