"""Whose 常用视图 a coordinator sees and changes; nobody else has any."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from agencies.models import User
from tasks.access.roles import can_steer
from tasks.models import SavedView


def visible_saved_views(user: User) -> QuerySet[SavedView]:
    """The person's own, and those that are for all coordinators."""
    return SavedView.objects.seen_by(user) if can_steer(user) else SavedView.objects.none()


def get_saved_view(user: User, pk: int) -> SavedView:
    return get_object_or_404(visible_saved_views(user), pk=pk)


def owns_saved_view(user: User, view: SavedView) -> bool:
    """Whether the person changes it: their own, or one for all whose owner doesn't sign in any more."""
    return view.owner_id == user.pk or (view.is_shared and not view.owner.is_active)
