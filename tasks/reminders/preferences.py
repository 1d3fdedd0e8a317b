"""What a person's preferences come to: by which channels a digest goes out, and from which hour on."""

from datetime import date, datetime, time
from typing import NamedTuple

from qa_plan import clock
from tasks.channels import is_configured
from tasks.models import Channel, ReminderPreference
from tasks.reminders.quiet import awake
from tasks.rules.workdays import Overrides

# What a channel calls a person; robots and the webhook have one place for everybody.
ADDRESSES = {Channel.EMAIL: "email", Channel.WECOM_APP: "wecom_id", Channel.SMS: "mobile"}
NOT_CONFIGURED = "本系统没有开通这一渠道。"
NO_ADDRESS = "没有登记接收地址。"


class Route(NamedTuple):
    """A channel of one digest; `obstacle` says why nothing can be sent by it, "" where it can."""

    channel: Channel
    obstacle: str = ""


def preferences() -> dict[int, ReminderPreference]:
    """Each person's own, by key; who never chose has none."""
    return {preference.user_id: preference for preference in ReminderPreference.objects.all()}


def routes(preference: ReminderPreference | None, *, has_overdue: bool) -> list[Route]:
    """A digest goes out in-app always, and by what the person chose.

    Where that reaches nobody outside the product and something is overdue, the first channel by which the person can
    be reached is taken all the same: what is overdue can't be switched off.
    """
    preference = preference or ReminderPreference()
    chosen = [Route(channel, obstacle(preference, channel)) for channel in Channel if channel in preference.channels]
    outside = [route for route in chosen if route.channel != Channel.IN_APP]
    if has_overdue and all(route.obstacle for route in outside):
        outside += [Route(channel) for channel in ADDRESSES if not obstacle(preference, channel)][:1]
    return [Route(Channel.IN_APP), *outside]


def obstacle(preference: ReminderPreference, channel: Channel) -> str:
    """Says why nothing can be sent by the channel; "" where it can."""
    if not is_configured(channel):
        return NOT_CONFIGURED
    return NO_ADDRESS if channel in ADDRESSES and not getattr(preference, ADDRESSES[channel]) else ""


def planned_at(preference: ReminderPreference | None, day: date, at: datetime, overrides: Overrides) -> datetime:
    """The person's hour of that day, or at once where that has passed; never at night."""
    hour = (preference or ReminderPreference()).digest_hour
    return awake(max(clock.at(day, time(hour)), at), overrides)
