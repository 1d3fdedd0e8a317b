"""What the search asks: one query for each kind, of what the person may see."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery

from agencies.contacts import CONTACT_FIELDS
from agencies.models import Agency, User
from tasks.access import visible_evidence, visible_notices, visible_plans, visible_reports, visible_urges
from tasks.models import ActionItem, Assignment, Evidence, Milestone, Plan
from tasks.models.querysets import ProgressReportQuerySet, UrgeQuerySet
from tasks.models.searching import REPORT_TEXTS, holding


def items(user: User, words: Sequence[str], moment: datetime) -> QuerySet[ActionItem]:
    found = ActionItem.objects.existing(moment).filter(holding(words, "title", "text"), plan__in=visible_plans(user))
    return found.select_related("plan").defer("plan__notice_text").order_by("-plan__issued_on", "plan_id", "place")


def reports(user: User, words: Sequence[str], moment: datetime) -> ProgressReportQuerySet:
    """Drafts are none of them, and another agency's reports only once they were accepted."""
    found = visible_reports(user, moment).filter(holding(words, *REPORT_TEXTS))
    found = found.select_related("assignment__agency", "assignment__item__plan", "period")
    return found.defer("assignment__item__text", "assignment__item__plan__notice_text").order_by("-recorded_at", "-pk")


def milestones(user: User, words: Sequence[str], moment: datetime) -> QuerySet[Milestone]:
    found = Milestone.objects.filter(holding(words, "name"), item__plan__in=visible_plans(user))
    return found.select_related("item__plan").defer("item__text", "item__plan__notice_text").order_by("-pk")


def urges(user: User, words: Sequence[str], moment: datetime) -> UrgeQuerySet:
    """By their own text or by the answer's."""
    found = visible_urges(user, moment).filter(holding(words, "text") | holding(words, "reply__text"))
    return found.select_related("agency", "reply").order_by("-recorded_at", "-pk")


def files(user: User, words: Sequence[str], moment: datetime) -> QuerySet[Evidence]:
    found = visible_evidence(user, moment).filter(holding(words, "name"))
    found = found.select_related("assignment__agency", "assignment__item__plan", "blob")
    return found.defer("assignment__item__text", "assignment__item__plan__notice_text").order_by("-recorded_at", "-pk")


def notices(user: User, words: Sequence[str], moment: datetime) -> QuerySet[Plan]:
    return (
        visible_notices(user).filter(holding(words, "document_number", "title", "notice_text")).order_by("-issued_on")
    )


def agencies(user: User, words: Sequence[str], moment: datetime) -> QuerySet[Agency]:
    """By name, alias or whom to call there, with the newest plan in which each has a part."""
    parts = Assignment.objects.filter(agency=OuterRef("pk")).order_by("-item__plan__issued_on")
    named = Q(pk__in=Agency.objects.filter(holding(words, "aliases__name")).values("pk"))
    found = Agency.objects.filter(holding(words, "name") | named | holding(words, *CONTACT_FIELDS))
    return found.annotate(plan_slug=Subquery(parts.values("item__plan__slug")[:1]))


def people(user: User, words: Sequence[str], moment: datetime) -> QuerySet[User]:
    """Who signs in now, by name."""
    found = User.objects.filter(holding(words, "display_name"), is_active=True)
    return found.select_related("agency").order_by("agency__ordinal", "display_name", "pk")
