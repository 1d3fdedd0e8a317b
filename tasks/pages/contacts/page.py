"""通讯录: the agencies that are there, by the groups to which they belong."""

from typing import NamedTuple

from agencies.models import Agency, GroupMembership


class Listed(NamedTuple):
    """A heading and its agencies, in their order."""

    title: str
    agencies: list[Agency]

    @property
    def known(self) -> int:
        return sum(bool(agency.contacts) for agency in self.agencies)


def directory(office: str) -> list[Listed]:
    """Of that office's agencies each group's members, and then those that belong to none. Two queries."""
    listed = Agency.objects.of_office(office).filter(ended_on=None, is_collective=False)
    agencies = {agency.pk: agency for agency in listed}
    groups: dict[str, list[Agency]] = {}
    members = set()
    rows = GroupMembership.objects.order_by("group__pk", "agency__ordinal", "agency__pk")
    for group, agency in rows.values_list("group__name", "agency"):
        if agency in agencies:
            groups.setdefault(f"{group}成员单位", []).append(agencies[agency])
            members.add(agency)
    others = [agency for key, agency in agencies.items() if key not in members]
    parts = [Listed(title, members_of) for title, members_of in groups.items()]
    return [*parts, Listed("其他单位", others)] if others else parts
