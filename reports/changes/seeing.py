"""Who reads which rows of the record of changes: an office what its own people did, those who audit all of it."""

from django.db.models import Q, QuerySet

from agencies.models import TOP, Agency, Change, User
from tasks.access import at_home, of_people


def visible_changes(user: User) -> QuerySet[Change]:
    """All rows for whoever audits; else what the own office's people did, or what was done to one of its agencies.

    What no person did is the top office's, unless it was done to an agency of another one.
    """
    changes = Change.objects.all()
    if user.audits:
        return changes
    if user.scope == TOP:  # asked the other way round: where there is one office, there is nobody to look for
        others = User.objects.filter(Q(office__isnull=False) | Q(agency__office__isnull=False)).values("pk")
        elsewhere = Agency.objects.filter(office__isnull=False).values("pk")
        return changes.exclude(by__in=others).exclude(by=None, agency__in=elsewhere)
    return changes.filter(Q(by__in=people_on_record(user).values("pk")) | Q(agency__in=agencies_on_record(user)))


def people_on_record(user: User) -> QuerySet[User]:
    return User.objects.all() if user.audits else User.objects.filter(of_people(user))


def agencies_on_record(user: User) -> QuerySet[Agency]:
    return Agency.objects.all() if user.audits else Agency.objects.filter(at_home(user))
