"""What 确认交办 will do, in numbers, before anything is done."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from agencies.models import GroupMembership, Office, User
from tasks.models import Plan
from tasks.notice import Item
from tasks.standing.proofs import Proof, owner_of


@dataclass(frozen=True)
class Share:
    """One agency's part of the plan. `is_told` counts those of its people who get a message."""

    name: str
    leads: int
    assists: int
    is_new: bool
    is_collective: bool
    people: int

    @property
    def lacks_account(self) -> bool:
        return not self.people and not self.is_collective


@dataclass(frozen=True)
class HandOut:
    """Guaranteed: what `confirm_draft` makes of the same version has these numbers."""

    sections: int
    items: int
    shares: list[Share]
    written: int  # due dates in the notice's words
    set: int  # by whoever proofread it
    inferred: int
    collective: list[str]  # names that stand for many (泛指) and lead something: assigned nothing
    foreign: list[str]  # names of other offices' agencies: assigned nothing
    unassigned: list[str]  # items that nobody leads who could file, each with the collective names (泛指) that do

    @property
    def leads(self) -> int:
        return sum(share.leads for share in self.shares)

    @property
    def assists(self) -> int:
        return sum(share.assists for share in self.shares)

    @property
    def new(self) -> list[str]:
        return [share.name for share in self.shares if share.is_new]

    @property
    def without_account(self) -> list[str]:
        return [share.name for share in self.shares if share.lacks_account]

    @property
    def told(self) -> int:
        return sum(share.people for share in self.shares)


def hand_out(proof: Proof) -> HandOut:
    """Two queries, whatever the plan's size."""
    reading = _Reading(proof)
    counts = Counter((name, role) for roles in reading.roles for name, role in roles.items())
    active = User.objects.filter(is_active=True, agency__isnull=False).order_by()
    people = Counter(active.values_list("agency__name", flat=True))
    shares = [
        Share(
            name,
            counts[name, "lead"],
            counts[name, "assist"],
            name not in proof.known,
            name in reading.collective,
            people[name],
        )
        for name in dict.fromkeys(name for roles in reading.roles for name in roles)
    ]
    items = proof.notice.items
    deadlines = [item.deadline for item in items]
    return HandOut(
        sections=len(proof.notice.sections),
        items=len(items),
        shares=shares,
        written=sum(1 for each in deadlines if each and each.text),
        set=sum(1 for each in deadlines if each and not each.text),
        inferred=sum(1 for each in deadlines if each is None),
        collective=list(dict.fromkeys(name for item in items for name in reading.collective_leads(item))),
        foreign=reading.foreign,
        unassigned=[
            f"{item.label}{item.title}{_printed(reading.collective_leads(item))}"
            for item, roles in zip(items, reading.roles, strict=True)
            if "lead" not in roles.values()
        ],
    )


def _printed(names: Sequence[str]) -> str:
    """「（公文写“各市人民政府”）」, "" where there is none."""
    return f"（公文写“{'、'.join(names)}”）" if names else ""


class _Reading:
    """Whose names are whose, and who has which role in each item, those included whom 「其他成员单位」 means."""

    def __init__(self, proof: Proof) -> None:
        self._aliases, self._known = proof.notice.aliases, proof.known
        items = proof.notice.items
        named = {self.office(unit.name): unit for item in items for unit in (*item.leads, *item.assists)}
        new_ones = (name for name, unit in named.items() if unit.is_collective and name not in proof.known)
        self.collective = {*proof.collective, *new_ones}
        path, line = proof.draft.office_id, proof.draft.office.line if proof.draft.office else []
        top = Office.current() if line else None
        self.foreign = [
            name
            for name in named
            if (name in proof.foreign if name in proof.known.values() else owner_of(name, line, top) != path)
        ]
        self._inferred = [name for name in named if name not in self.collective and name not in self.foreign]
        self._members: dict[str, list[str]] = {}
        rules = {item.assist_rule.group for item in items if item.assist_rule}
        listed = GroupMembership.objects.filter(group__name__in=rules).order_by("agency__ordinal")
        for group, agency in listed.values_list("group__name", "agency__name"):
            self._members.setdefault(group, []).append(agency)
        self.roles = [self._roles(item) for item in items]

    def office(self, name: str) -> str:
        used = self._aliases.get(name, name)
        return self._known.get(used, used)

    def collective_leads(self, item: Item) -> list[str]:
        return [unit.name for unit in item.leads if self.office(unit.name) in self.collective]

    def _roles(self, item: Item) -> dict[str, str]:
        roles: dict[str, str] = {}
        for units, role in ((item.leads, "lead"), (item.assists, "assist")):
            for unit in units:
                roles.setdefault(self.office(unit.name), role)
        roles = {
            name: role
            for name, role in roles.items()
            if name not in self.foreign and (role != "lead" or name not in self.collective)
        }
        if item.assist_rule and item.assist_rule.group:
            for name in self._members.get(item.assist_rule.group, self._inferred):
                roles.setdefault(name, "assist")
        return roles


def plan_of_number(number: str) -> Plan | None:
    """The plan that was imported under this number."""
    return Plan.objects.filter(document_number=number).first() if number else None
