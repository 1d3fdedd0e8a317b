"""What the pages of 提醒规则 and 提醒设置 ask."""

from agencies.models import User
from tasks.models import ReminderPreference, ReminderRule


def rules_in_order() -> list[ReminderRule]:
    """By the date that they count from, in the order of the kinds, then the earliest first."""
    order = list(ReminderRule.Kind)
    rules = ReminderRule.objects.order_by("offset", "pk")
    return sorted(rules, key=lambda rule: (order.index(ReminderRule.Kind(rule.kind)), rule.offset, rule.ordinal))


def preference_of(user: User) -> ReminderPreference:
    """What the person chose; what everybody begins with, not yet saved, where there was no choice."""
    return ReminderPreference.objects.filter(user=user).first() or ReminderPreference(user=user)
