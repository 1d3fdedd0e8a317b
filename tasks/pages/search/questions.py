"""What the search asks: one query for each kind, of what the person may see."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from agencies.contacts import CONTACT_FIELDS
from agencies.models import Agency, User
from tasks.access import (
    on_line,
    visible_evidence,
    visible_instructions,
    visible_notices,
    visible_plans,
    visible_reports,
    visible_urges,
)
from tasks.models import ActionItem, Assignment, Evidence, Instruction, Milestone, Plan, ProgressReport
from tasks.models.querysets import UrgeQuerySet
from tasks.models.searching import REPORT_TEXTS, Spells, holding

RECENT = 5000  # reports: as many are read through in some hundredths of a second


class Asked(NamedTuple):
    """Who asks, for which words, of which moment; and how many of a kind are wanted at most."""

    user: User
    words: Sequence[str]
    moment: datetime
    upto: int


def items(asked: Asked) -> QuerySet[ActionItem]:
    """By their own words, or by those of a 批示 on them, which they then have as `instruction`."""
    visible = ActionItem.objects.existing(asked.moment).filter(on_line(asked.user, "plan__office")).order_by()
    said = _instructions(asked)
    keys = visible.filter(holding(asked.words, "title", "text")).values("pk").union(said.values("item"), all=True)
    instruction = said.filter(item=OuterRef("pk")).order_by("-recorded_at", "-pk")
    found = visible.filter(pk__in=keys).annotate(instruction=Subquery(instruction.values("text")[:1]))
    return found.select_related("plan").defer("plan__notice_text").order_by("-plan__issued_on", "plan_id", "place")


def reports(asked: Asked) -> QuerySet[ProgressReport]:
    """Drafts are none of them, and another agency's reports only once they were accepted; the newest first."""
    visible = visible_reports(asked.user, asked.moment).order_by()
    if connection.vendor == "postgresql":
        visible = ProgressReport.objects.filter(pk__in=_first_the_newest(visible, asked))
    else:  # reads from the newest on, and stops when it has enough
        visible = visible.filter(holding(asked.words, *REPORT_TEXTS))
    found = visible.select_related("assignment__agency", "assignment__item__plan", "period")
    return found.defer("assignment__item__text", "assignment__item__plan__notice_text").order_by("-pk")


def _first_the_newest(reports: QuerySet[ProgressReport], asked: Asked) -> QuerySet[ProgressReport, Any]:
    """The keys of those that have the words, as many as are wanted, or all.

    A word that stands in many reports is found often enough among the newest: only where it isn't, the older ones are
    asked, whose index is of use for rare words alone. All in one query.
    """
    older = Subquery(ProgressReport.objects.order_by("-pk").values("pk")[RECENT : RECENT + 1])
    since = Coalesce(older, 0)
    newest = reports.filter(holding(asked.words, *REPORT_TEXTS, lookup=Spells), pk__gt=since).values("pk")
    is_enough = Exists(newest[asked.upto - 1 : asked.upto])
    others = reports.filter(~is_enough, holding(asked.words, *REPORT_TEXTS), pk__lte=since).values("pk")
    return newest.union(others, all=True)


def _instructions(asked: Asked) -> QuerySet[Instruction]:
    """批示 by the leader's name, the paper and the words. There are few of them."""
    wanted = holding(asked.words, "leader", "document", "text", lookup=Spells)
    return visible_instructions(asked.user, asked.moment).filter(wanted).order_by()


def milestones(asked: Asked) -> QuerySet[Milestone]:
    found = Milestone.objects.filter(holding(asked.words, "name"), item__plan__in=visible_plans(asked.user))
    return found.select_related("item__plan").defer("item__text", "item__plan__notice_text").order_by("-pk")


def urges(asked: Asked) -> UrgeQuerySet:
    """By their own text or by the answer's."""
    found = visible_urges(asked.user, asked.moment).filter(
        holding(asked.words, "text") | holding(asked.words, "reply__text")
    )
    return found.select_related("agency", "reply").order_by("-recorded_at", "-pk")


def files(asked: Asked) -> QuerySet[Evidence]:
    found = visible_evidence(asked.user, asked.moment).filter(holding(asked.words, "name"))
    found = found.select_related("assignment__agency", "assignment__item__plan", "blob")
    return found.defer("assignment__item__text", "assignment__item__plan__notice_text").order_by("-recorded_at", "-pk")


def notices(asked: Asked) -> QuerySet[Plan]:
    """There are few of them, and each is long."""
    wanted = holding(asked.words, "document_number", "title", "notice_text", lookup=Spells)
    return visible_notices(asked.user).filter(wanted).order_by("-issued_on")


def agencies(asked: Asked) -> QuerySet[Agency]:
    """By name, alias or whom to call there, with the newest plan in which each has a part."""
    parts = Assignment.objects.filter(agency=OuterRef("pk"), item__plan__in=visible_plans(asked.user))
    parts = parts.order_by("-item__plan__issued_on")
    named = Q(pk__in=Agency.objects.filter(holding(asked.words, "aliases__name")).values("pk"))
    found = Agency.objects.filter(holding(asked.words, "name") | named | holding(asked.words, *CONTACT_FIELDS))
    found = found.filter(on_line(asked.user))
    return found.annotate(plan_slug=Subquery(parts.values("item__plan__slug")[:1]))


def people(asked: Asked) -> QuerySet[User]:
    """Who signs in now, by name."""
    found = User.objects.filter(holding(asked.words, "display_name"), is_active=True)
    found = found.filter(on_line(asked.user), on_line(asked.user, "agency__office"))
    return found.select_related("agency").order_by("agency__ordinal", "display_name", "pk")
