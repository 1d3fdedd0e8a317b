"""The agencies that a notice names: found by name or alias, or made, in the order of precedence that its lists show."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from django.db.models import F, Max

from agencies.changes import note
from agencies.models import Agency, AgencyAlias, AgencyGroup, GroupMembership, Office, User
from tasks.notice import Notice, as_spelled, level_of
from tasks.standing.proofs import owner_of


def import_agencies(
    notice: Notice, office: Office | None = None, *, by: User | None, at: datetime
) -> dict[str, Agency]:
    """Finds every agency that the notice names, by that name and in its order: known by name or alias, or made now.

    A new one is of the office in whose area it is (`owner_of`).

    Other forms of its name in the notice lead to the same agency. They are kept as its aliases, but for those without
    a level (发改委), which mean another agency in another notice; the same name in another spelling is kept.
    """
    units = [unit for item in notice.items for unit in (*item.leads, *item.assists)]
    collective = {unit.name: unit.is_collective for unit in units}
    lists = [
        list(dict.fromkeys(used_name(notice, unit.name) for unit in (*item.leads, *item.assists)))
        for item in notice.items
    ]
    agencies: dict[str, Agency] = {}
    line, top = (office.line, Office.current()) if office else ([], None)
    last = Agency.objects.aggregate(last=Max("ordinal"))["last"] or 0
    for name in order_of_precedence(lists):
        agency = Agency.objects.named(name).order_by(F("ended_on").asc(nulls_first=True), "pk").first()
        if agency is None:
            last += 1
            agency = Agency.objects.create(
                name=name,
                ordinal=last,
                is_collective=collective.get(name, False),
                office_id=owner_of(name, line, top),
            )
            note("新增单位", agency, by=by, at=at, new={"name": name, "ordinal": last})
        agencies[name] = agency
    for form in collective:
        used = used_name(notice, form)
        agencies[form] = agencies[used]
        if form in notice.aliases and is_kept(form, used) and not Agency.objects.named(form).exists():
            AgencyAlias.objects.create(agency=agencies[form], name=form)
            note("新增单位别称", agencies[form], by=by, at=at, new={"alias": form})
    return agencies


def is_kept(form: str, name: str) -> bool:
    return bool(level_of(form)) or as_spelled(form) == as_spelled(name)


def used_name(notice: Notice, name: str) -> str:
    return notice.aliases.get(name, name)


def order_of_precedence(lists: Iterable[Sequence[str]]) -> list[str]:
    """Puts all names into one order that keeps the order within every list, as offices have a fixed precedence.

    Where the lists leave it open, or contradict each other, the name mentioned first comes first.
    """
    lists = list(lists)
    mention = {name: rank for rank, name in enumerate(dict.fromkeys(name for names in lists for name in names))}
    sorter: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(mention, ()))
    for names in lists:
        for before, after in pairwise(names):
            sorter.add(after, before)
    try:
        sorter.prepare()
    except CycleError:
        return list(mention)
    order: list[str] = []
    ready: list[str] = []
    while sorter.is_active():
        ready = sorted([*ready, *sorter.get_ready()], key=mention.__getitem__)
        order.append(ready.pop(0))
        sorter.done(order[-1])
    return order


def infer_members(group: AgencyGroup, named: Iterable[Agency], *, by: User | None, at: datetime) -> None:
    """Gives a group that no document lists its members: the agencies that the notice names, marked 推定.

    A group that has members already is left as its coordinators made it.
    """
    if group.memberships.exists():
        return
    members = [agency for agency in dict.fromkeys(named) if not (agency.is_collective or agency.ended_on)]
    GroupMembership.objects.bulk_create(
        GroupMembership(group=group, agency=agency, is_inferred=True) for agency in members
    )
    for agency in members:
        new = {"member": str(agency), "is_inferred": True}
        note("增加成员单位", group, by=by, at=at, new=new, agency=agency)
