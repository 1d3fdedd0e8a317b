"""成员单位: who belongs to a group, and with it who assists."""

from collections.abc import Iterable
from datetime import datetime

from agencies.changes import note
from agencies.models import Agency, AgencyGroup, GroupMembership, User
from tasks.workflow.current import deed
from tasks.workflow.responsibility import follow_group


@deed
def change_members(
    *,
    group: AgencyGroup,
    add: Iterable[Agency] = (),
    remove: Iterable[Agency] = (),
    confirm: bool = False,
    by: User,
    at: datetime,
) -> None:
    """Adds and removes members; `confirm` says that a document bears the list out: no member is 推定 any more.

    Each member that comes, goes or is confirmed is on the record. The assisting assignments follow.
    """
    AgencyGroup.objects.select_for_update().filter(pk=group.pk).first()
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
