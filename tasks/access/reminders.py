"""Who may see reminders, change their rules and read calendars."""

from django.db.models import F, QuerySet
from django.shortcuts import get_object_or_404

from agencies.models import User
from tasks.access.doing import require
from tasks.access.roles import can_administer, can_steer
from tasks.models import Delivery, Reminder, ReminderRule


def can_watch_reminders(user: User) -> bool:
    """Whether the person sees everybody's reminders: those who steer, and those who keep the channels."""
    return can_steer(user) or can_administer(user)


def visible_reminders(user: User) -> QuerySet[Reminder]:
    """A person's own reminders; all of them for those who watch."""
    reminders = Reminder.objects.all()
    return reminders if can_watch_reminders(user) else reminders.filter(recipient=user)


def get_reminder(user: User, pk: int) -> Reminder:
    related = ("rule", "recipient__agency", "digest__recipient", "assignment__item__plan", "assignment__agency")
    reminders = visible_reminders(user).select_related(*related, "period__plan", "agency")
    bulky = ("assignment__item__text", "assignment__item__plan__notice_text", "period__plan__notice_text")
    return get_object_or_404(reminders.defer(*bulky), pk=pk)


def get_delivery_to_send(user: User, pk: int) -> Delivery:
    """A delivery for those who watch; 403 for those who see it as their own and don't."""
    deliveries = Delivery.objects.filter(digest__reminders__in=visible_reminders(user)).distinct()
    delivery = get_object_or_404(deliveries.select_related("digest__recipient__agency"), pk=pk)
    require(can_watch_reminders(user))
    return delivery


def get_rule_to_change(user: User, pk: int) -> ReminderRule:
    rule = get_object_or_404(ReminderRule, pk=pk)
    require(can_steer(user))
    return rule


def person_of_calendar(token: str) -> User:
    """Whose calendar the secret address is; whoever knows it is not asked to sign in. 404 for any other."""
    people = User.objects.filter(is_active=True).select_related("agency")
    held = people.filter(reminder_preference__calendar_series=F("session_series"))
    return get_object_or_404(held, reminder_preference__calendar_token=token)
