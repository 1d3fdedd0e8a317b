"""Who may see reminders, change their rules and read calendars."""

from django.db.models import F, Q, QuerySet
from django.shortcuts import get_object_or_404

from agencies.models import TOP, User
from tasks.access.doing import require
from tasks.access.offices import belongs_to, of_people
from tasks.access.roles import can_administer, can_steer
from tasks.models import Delivery, Reminder, ReminderRule


def can_watch_reminders(user: User) -> bool:
    """Whether the person sees others' reminders: those who steer their office's, those who keep the channels all."""
    return can_steer(user) or can_administer(user)


def watches_over(user: User, person: User) -> bool:
    """Whether the person sees that other one's reminders, too."""
    return can_administer(user) or (can_steer(user) and person.scope == user.scope)


def watches_channels(user: User) -> bool:
    """Whether the person is told that reminders don't go out, or that the calendar lacks a year.

    The channels, the calendar and the rules are the whole installation's: they are kept by the office that runs it.
    """
    return can_administer(user) or keeps_rules(user)


def keeps_rules(user: User) -> bool:
    """Whether the person changes the rules by which everybody is reminded."""
    return can_steer(user) and belongs_to(user, TOP)


def visible_reminders(user: User) -> QuerySet[Reminder]:
    """A person's own reminders; their office's for those who steer, all of them for those who keep the channels."""
    reminders = Reminder.objects.all()
    if can_administer(user):
        return reminders
    return reminders.filter(of_people(user, "recipient") if can_steer(user) else Q(recipient=user))


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
    require(keeps_rules(user))
    return rule


def person_of_calendar(token: str) -> User:
    """Whose calendar the secret address is; whoever knows it is not asked to sign in. 404 for any other."""
    people = User.objects.filter(is_active=True).select_related("agency")
    held = people.filter(reminder_preference__calendar_series=F("session_series"))
    return get_object_or_404(held, reminder_preference__calendar_token=token)
