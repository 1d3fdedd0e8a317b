"""Who has an account: what the page lists, and what the workbook is filled with."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import F, Q

from agencies.models import Agency, Change, Office, User
from qa_plan.addresses import key_in
from tasks.access import agencies_kept, can_administer, may_open_account, may_open_account_at, person_roles
from tasks.pages.setup.questions import agencies_of_tasks


class Person(NamedTuple):
    user: User
    mobile: str
    email: str


class AgencyAccounts(NamedTuple):
    agency: Agency
    has_tasks: bool
    people: list[Person]

    @property
    def has_liaison(self) -> bool:
        return any(person.user.is_liaison for person in self.people)


class Accounts(NamedTuple):
    """All agencies in their order, and the people of the office itself that the reader may make accounts for."""

    agencies: list[AgencyAccounts]
    office: list[Person]
    areas: dict[str, str]  # of the offices below by path, for who makes accounts of all levels; none where there is one
    top: str = ""  # what belonging to none of them is called, where there are some: 省级, 市级

    @property
    def expected(self) -> list[AgencyAccounts]:
        return [row for row in self.agencies if row.has_tasks]

    @property
    def missing(self) -> list[AgencyAccounts]:
        return [row for row in self.expected if not row.has_liaison]

    @property
    def not_yet_in(self) -> list[User]:
        """Who still has the password that was given: for them, slips can be printed anew at once."""
        people = [*self.office, *(person for row in self.agencies for person in row.people)]
        return [person.user for person in people if person.user.must_change_password]


def accounts(reader: User) -> Accounts:
    """In the same number of queries whatever there is."""
    active = User.objects.filter(is_active=True).select_related("agency", "office", "reminder_preference")
    by_agency: dict[int | None, list[Person]] = {}
    for user in active.order_by("role", "username"):
        if may_open_account_at(reader, user.role, user.agency):
            by_agency.setdefault(user.agency_id, []).append(_person(user))
    busy = set(agencies_of_tasks().values_list("pk", flat=True))
    agencies = agencies_kept(reader).filter(ended_on=None, is_collective=False)
    agencies = agencies.order_by(F("office").asc(nulls_first=True), "ordinal", "pk")  # the top office's first
    rows = [AgencyAccounts(agency, agency.pk in busy, by_agency.get(agency.pk, [])) for agency in agencies]
    areas = areas_of_levels(reader)
    return Accounts(rows, by_agency.get(None, []), areas, Office.current().place if areas else "")


def areas_of_levels(reader: User) -> dict[str, str]:
    """Where people can belong beside the top office; nowhere for who makes accounts of the own office alone."""
    return dict(Office.objects.local().values_list("path", "area")) if can_administer(reader) else {}


def _person(user: User) -> Person:
    preference = getattr(user, "reminder_preference", None)
    return Person(user, preference.mobile if preference else "", preference.email if preference else "")


def roles_offered(reader: User) -> Sequence[tuple[str, str]]:
    """The roles that the reader's list may name, with their words."""
    return [(role, word) for role, word in person_roles() if may_open_account(reader, role)]


def opened_since(moment: datetime, people: Sequence[User], *, by: User) -> list[User]:
    """Whose accounts that person has opened since then, in the order given."""
    rows = Change.objects.filter(action="开通账号", by=by, recorded_at__gte=moment, subject_type=User._meta.label_lower)
    keys = set(rows.filter(subject_id__in=[str(user.pk) for user in people]).values_list("subject_id", flat=True))
    return [user for user in people if str(user.pk) in keys]


def people_chosen(keys: Sequence[str], reader: User) -> list[User]:
    """Who is active among those and of no other office, by agency; what is no key names nobody."""
    known = {key for text in keys if (key := key_in(text)) is not None}
    people = User.objects.filter(pk__in=known, is_active=True).select_related("agency")
    people = people.filter(Q(agency=None) | Q(agency__in=agencies_kept(reader)))
    return list(people.order_by("agency__ordinal", "username"))
