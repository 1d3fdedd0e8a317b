"""What a person is. Only here are roles compared."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings

from agencies.models import ADMINISTRATIVE_ROLES, AGENCY_ROLES, Agency, Role, User


def can_steer(user: User) -> bool:
    """Whether the person may amend, close, edit group members: the coordinators' work."""
    return user.role == Role.COORDINATOR


def can_review(user: User) -> bool:
    """Whether the person accepts reports and sends them back, and reads the queue of those that wait."""
    return can_steer(user)


def can_file_reports(user: User) -> bool:
    """Whether the person belongs to an agency and writes in its name."""
    return user.role in AGENCY_ROLES


def can_administer(user: User) -> bool:
    """Whether the person keeps master data in the admin; never business data."""
    return user.keeps_accounts


def can_enter_administration(user: User) -> bool:
    """Whether the person has any page in the admin: who keeps master data, and who keeps rights the people alone."""
    return user.is_staff


def awaits_consent(user: User, agency: Agency) -> bool:
    """审签: whether what the person writes for the agency reaches the coordinators only after its head's consent."""
    return agency.requires_consent and not is_approver(user)


def consents(user: User, agency: Agency) -> bool:
    """审签: whether the person is the head whose consent the agency's reports wait for."""
    return agency.requires_consent and is_approver(user) and user.agency_id == agency.pk


def can_read_changes(user: User) -> bool:
    """Whether the person reads the record of changes: those who steer, and those who audit."""
    return can_steer(user) or user.audits


def can_read_security_log(user: User) -> bool:
    """Whether the person reads who signed in and took files away: those who audit."""
    return user.audits


def may_open_account(user: User, role: str) -> bool:
    """Whether the person makes accounts of that role, and new passwords for them.

    Coordinators do so for agencies; people of the office itself are the administrators' matter, and the three
    administrators that of who keeps rights.
    """
    if role in ADMINISTRATIVE_ROLES:
        return user.keeps_rights
    return can_administer(user) or (can_steer(user) and role in AGENCY_ROLES)


def person_roles() -> Sequence[tuple[str, str]]:
    """The roles that a list of accounts may name, with their words; administrators are made one by one."""
    listed = (Role.LIAISON, Role.APPROVER, Role.COORDINATOR, Role.LEADER)
    return [(role.value, role.label) for role in listed]


def is_agency_role(role: str) -> bool:
    return role in AGENCY_ROLES


def username_letters(role: str) -> str:
    """With what a proposed user name begins: 单位, 统筹, 领导."""
    return {Role.COORDINATOR.value: "tc", Role.LEADER.value: "ld"}.get(role, "dw")


def first_role(*, also_coordinates: bool) -> dict[str, Any]:
    """What the first account of an installation is: it keeps accounts, and in a small office coordinates too."""
    if also_coordinates and settings.ADMINISTRATORS_JOINED:
        return {"role": Role.COORDINATOR, "also_administers": True}
    return {"role": Role.ADMINISTRATOR}


def can_move_people(user: User) -> bool:
    """Whether the person may hand an agency's account over, or record what became of agencies."""
    return can_steer(user) or can_administer(user)


def is_liaison(user: User) -> bool:
    return user.role == Role.LIAISON


def is_approver(user: User) -> bool:
    """Whether the person is head of an agency."""
    return user.role == Role.APPROVER


def is_leader(user: User) -> bool:
    return user.role == Role.LEADER


def can_instruct(user: User) -> bool:
    """Whether the person writes a leader's word on an item: a leader, or a coordinator on a leader's behalf."""
    return is_leader(user) or can_steer(user)
