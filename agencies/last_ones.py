"""Nobody locks everybody out: there is always an administrator, a coordinator, and a head where one has to consent.

Asked within the transaction that changes the person. Whoever asks holds the rows of all who count until it ends, so of
two who switch the last two off at once, the second is refused.
"""

from agencies.models import User, UserQuerySet

LAST_ADMINISTRATOR = "这是最后一名在用的系统管理员，请先另设一名。"
LAST_SECURITY = "这是最后一名在用的安全管理员，请先另设一名。"
LAST_AUDITOR = "这是最后一名在用的审计管理员，请先另设一名。"
LAST_COORDINATOR = "这是最后一名在用的统筹人员，请先另设一名。"
LAST_HEAD = "{}须单位负责人审签，而这是该单位最后一名在用的单位负责人，请先另设一名，或取消审签。"


def refusal_of(before: User, after: User) -> str:
    """Says why the person may not become what they would be; "" where they may."""
    if not before.is_active:
        return ""
    if _loses(before, after, "keeps_accounts") and _is_alone(before, User.objects.administrators()):
        return LAST_ADMINISTRATOR
    if _loses(before, after, "keeps_rights") and _is_alone(before, User.objects.keepers_of_rights()):
        return LAST_SECURITY
    if _loses(before, after, "audits") and _is_alone(before, User.objects.auditors()):
        return LAST_AUDITOR
    moves = before.coordinates and after.office_id != before.office_id
    colleagues = User.objects.of_office(before.office_id).coordinators()
    if (moves or _loses(before, after, "coordinates")) and _is_alone(before, colleagues):
        return LAST_COORDINATOR
    agency = before.agency
    if agency is not None and agency.requires_consent:
        leaves = after.agency_id != before.agency_id and before.is_head
        if (leaves or _loses(before, after, "is_head")) and _is_alone(
            before, User.objects.of_agency(agency).approvers()
        ):
            return LAST_HEAD.format(agency)
    return ""


def _loses(before: User, after: User, what: str) -> bool:
    return getattr(before, what) and not (after.is_active and getattr(after, what))


def _is_alone(person: User, people: UserQuerySet) -> bool:
    locked = people.select_related(None).select_for_update().order_by("pk")
    return not set(locked.values_list("pk", flat=True)) - {person.pk}
