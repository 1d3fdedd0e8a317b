"""What the review desk asks besides its queue."""

from django.db.models import QuerySet

from agencies.models import User


def colleagues_of(user: User) -> QuerySet[User]:
    """The other coordinators, whom a comment may mention."""
    return User.objects.coordinators().exclude(pk=user.pk).order_by("display_name", "pk")
