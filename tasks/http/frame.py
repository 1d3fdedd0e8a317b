"""What the frame of every page shows: who is signed in, where they may go, for which day the page speaks."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple, cast

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from agencies.models import TOP, Office, User
from qa_plan import clock
from qa_plan.version import VERSION
from tasks.access import (
    can_administer,
    can_enter_administration,
    can_file_reports,
    can_instruct,
    can_move_people,
    can_read_changes,
    can_read_security_log,
    can_steer,
    can_watch_reminders,
    newest_plan,
    watches_channels,
)
from tasks.http.questions import BADGE_LIMIT, badge_counts
from tasks.reminders.warnings import calendar_warning
from tasks.reminders.watch import JOBS, Seen, troubles
from tasks.rules.asof import AsOf
from tasks.standing.pending import Pending, Wait, known_on, renewed


def frame(request: HttpRequest) -> dict[str, Any]:
    today = clock.today()
    context: dict[str, Any] = {
        "product": settings.PRODUCT_NAME,
        "office": SimpleLazyObject(lambda: Office.current().name),
        "version": VERSION,
        "is_demo": settings.QA_PLAN_DEMO,
        "today": today,
        "as_of": getattr(request, "as_of", AsOf(today, today)),
    }
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return context
    steers, watches = can_steer(user), can_watch_reminders(user)
    badges = SimpleLazyObject(lambda: badges_for(request))
    return context | {
        "office": SimpleLazyObject(lambda: badges.office or _office_name(user)),
        "can_steer": steers,
        "can_file_reports": can_file_reports(user),
        "can_instruct": can_instruct(user),
        "can_administer": can_administer(user),
        "can_enter_administration": can_enter_administration(user),
        "can_read_changes": can_read_changes(user),
        "can_read_security_log": can_read_security_log(user),
        "can_move_people": can_move_people(user),
        "can_watch_reminders": watches,
        "newest_plan": SimpleLazyObject(lambda: newest_plan(user)),
        "badges": badges,
    }


def _office_name(user: User) -> str:
    """Where it was not read along: of the office that runs the installation, as the settings have it."""
    return Office.at(user.scope).name if user.scope else settings.COORDINATING_OFFICE


class Badges(NamedTuple):
    """What the frame counts, as it says it."""

    unread: str  # "" where there is none
    above: frozenset[str] = frozenset()  # the paths of the offices that have others directly below them
    of_cities: frozenset[str] = frozenset()  # of those that have cities among them
    duties: frozenset[int] = frozenset()  # the plans of nothing but the duty to make local ones
    office: str = ""  # as it calls itself; only for those who steer
    pending: Pending | None = None  # what waits for the office; the same
    calendar: str = ""  # what the calendar lacks, and what keeps reminders from going out; only for those who watch
    troubles: Sequence[str] = ()

    @property
    def desk(self) -> str:
        """How many rows the office's first page has."""
        return capped(self.pending.total + len(self.troubles)) if self.pending else ""

    @property
    def waiting(self) -> str:
        return capped(self.pending.counts[Wait.REVIEW]) if self.pending else ""

    @property
    def requests(self) -> str:
        return capped(self.pending.counts[Wait.REQUEST]) if self.pending else ""


def _paths(parents: Sequence[str | None] | None) -> frozenset[str]:
    return frozenset(path or TOP for path in parents or ())


def badges_of(user: User, *, steers: bool, watches: bool) -> Badges:
    """One query for all badges, for what waits for the office, and for what the watch goes by.

    What waits is a column of NULL for each kind where this process knows it: whether it does is a look at the version,
    a tenth of the price, so that it is asked for in a second query where that is another.
    """
    day = clock.today()
    known = known_on(day, user.scope) if steers else None
    asked = {"known": known.version if known else -1, "moment": clock.end_of(day), "day": day, "home": user.scope}

    def told(*, waits: bool) -> tuple[Any, ...]:
        (row,) = badge_counts(user=user.pk, steers=steers, watches=watches, waits=waits, **asked)
        return (*row, *(() if waits else AS_KNOWN))

    row = told(waits=steers and known is None)
    if known and known.version != row[VERSION_AT]:
        row = told(waits=True)
    (unread, above, cities, duties, *columns), kinds = row[: -len(AS_KNOWN)], row[-len(AS_KNOWN) :]
    badges = Badges(capped(unread) if unread else "", _paths(above), _paths(cities), frozenset(duties or ()))
    corrections = columns.pop(0) if columns else None
    overrides = {date.fromisoformat(day): bool(is_workday) for day, is_workday in (corrections or {}).items()}
    if steers:
        office, version, *columns = columns
        badges = badges._replace(
            office=office or "", pending=renewed(known, day, version, kinds, overrides, user.scope)
        )
    if watches:
        last_sweep, begun_at, failed, *signs = columns
        seen = Seen(last_sweep, begun_at, overrides, failed, dict(zip(JOBS, signs, strict=True)))
        wrong = troubles(seen, at=clock.now(), now=timezone.now())
        badges = badges._replace(calendar=calendar_warning(day, overrides), troubles=list(wrong.values()))
    return badges


VERSION_AT = 6  # the column
AS_KNOWN = (None,) * (len(Wait) + 1)  # the columns of what waits, of which nothing is another than is known


def badges_for(request: HttpRequest) -> Badges:
    """The frame's, asked for once: a page that shows what they count says the same."""
    user = cast(User, request.user)
    if not hasattr(request, "badges"):
        request.badges = badges_of(user, steers=can_steer(user), watches=watches_channels(user))  # type: ignore[attr-defined]
    return cast(Badges, request.badges)  # type: ignore[attr-defined]


def capped(count: int) -> str:
    """The number as a badge shows it, which is never wider than three characters."""
    return str(count) if count <= BADGE_LIMIT else f"{BADGE_LIMIT}+"
