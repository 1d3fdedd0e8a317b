"""单位联系人 are kept as they are now; what they were is in the record of changes."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from agencies.changes import note
from agencies.contacts import CONTACT_FIELDS
from agencies.models import Agency, User
from tasks.workflow.current import WorkflowError, deed


def contacts_of(agency: Agency) -> dict[str, str]:
    return {name: getattr(agency, name) for name in CONTACT_FIELDS}


def contacts_basis(agency: Agency) -> str:
    """Stands for what a form was made from."""
    return sha256(repr(contacts_of(agency)).encode()).hexdigest()[:16]


@deed
def keep_contacts(*, agency: Agency, contacts: Mapping[str, str], basis: str, by: User, at: datetime) -> bool:
    """Writes down whom to call; False where that is what stands there. Refused where somebody else has changed it."""
    agency = Agency.objects.select_for_update().get(pk=agency.pk)
    known = contacts_of(agency)
    wanted = {name: contacts[name].strip() for name in CONTACT_FIELDS}
    if wanted == known:
        return False
    if basis != contacts_basis(agency):
        raise WorkflowError("内容已被更新，本次未保存：该单位的联系人刚刚由他人修改，请刷新后核对再填。")
    changed = [name for name in CONTACT_FIELDS if wanted[name] != known[name]]
    for name in changed:
        setattr(agency, name, wanted[name])
    agency.save(update_fields=changed)
    old, new = ({name: values[name] for name in changed} for values in (known, wanted))
    note("登记单位联系人", agency, by=by, at=at, old=old, new=new, agency=agency)
    return True


def hand_on_contacts(old: Agency, new: Agency, *, by: User, at: datetime) -> None:
    """Part of 更名: the agency's people to call are the same under its new name, unless some are known there."""
    known = contacts_of(Agency.objects.get(pk=old.pk))
    if not any(known.values()) or any(contacts_of(Agency.objects.get(pk=new.pk)).values()):
        return
    Agency.objects.filter(pk=new.pk).update(**known)
    note(
        "登记单位联系人",
        new,
        by=by,
        at=at,
        old={},
        new={name: said for name, said in known.items() if said},
        agency=new,
    )
