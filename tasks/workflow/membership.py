"""成员单位: who belongs to a group, and with it who assists."""

from collections.abc import Iterable
from datetime import datetime

from agencies.changes import note
from agencies.models import Agency, AgencyGroup, GroupMembership, User
from tasks.standing.membership import membership_basis
from tasks.workflow.current import WorkflowError, deed
from tasks.workflow.responsibility import follow_group


@deed
def change_members(
    *,
    group: AgencyGroup,
    add: Iterable[Agency] = (),
    remove: Iterable[Agency] = (),
    confirm: bool = False,
    basis: str = "",
    by: User,
    at: datetime,
) -> None:
    """Adds and removes members; `confirm` says that a document bears the list out: no member is 推定 any more.

    Each member that comes, goes or is confirmed is on the record. The assisting assignments follow. `basis` stands for
    what was shown before (`membership_basis`): of two at once, the second is refused, but for the same form sent twice.
    """
    AgencyGroup.objects.select_for_update().filter(pk=group.pk).first()
    add, remove = list(add), list(remove)
    if basis and basis != membership_basis(group):
        if _is_done(group, add, remove, confirm=confirm):
            return
        raise WorkflowError("核对之后，名单或责任分工又有变化。请重新核对后再确认。")
    for agency in remove:
        if group.memberships.filter(agency=agency).delete()[0]:
            note("移出成员单位", group, by=by, at=at, old={"member": str(agency)}, agency=agency)
    for agency in add:
        if GroupMembership.objects.get_or_create(group=group, agency=agency)[1]:
            note("增加成员单位", group, by=by, at=at, new={"member": str(agency)}, agency=agency)
    inferred = group.memberships.filter(is_inferred=True).select_related("agency")
    for membership in inferred if confirm else ():
        was, now = {"is_inferred": True}, {"is_inferred": False}
        note("核对成员单位", group, by=by, at=at, old=was, new=now, agency=membership.agency)
    if confirm:
        inferred.update(is_inferred=False)
    follow_group(group=group, by=by, at=at)


def _is_done(group: AgencyGroup, add: list[Agency], remove: list[Agency], *, confirm: bool) -> bool:
    """Whether the list is as it would be: the same form was sent before."""
    members = dict(group.memberships.values_list("agency", "is_inferred"))
    is_listed = all(agency.pk in members for agency in add) and not any(agency.pk in members for agency in remove)
    return is_listed and not (confirm and any(members.values()))
