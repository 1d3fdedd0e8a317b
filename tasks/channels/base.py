"""What the sender of every channel is given, gives back, and raises."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tasks.rules.texts import shortened

REASON_LIMIT = 200


@dataclass(frozen=True)
class ShortLine:
    """One line of the short form: people's text and the page that it opens. Each channel escapes both for itself."""

    text: str
    link: str = ""


@dataclass(frozen=True)
class Attachment:
    """A file that goes along with a mail; no other channel takes any."""

    name: str
    content: bytes
    media_type: str


@dataclass(frozen=True)
class Outgoing:
    """One message to one person, in every form that some channel needs. It says the same in all of them.

    `message_id` is the same at every try, so that a receiver who looks at it can discard a double.
    """

    message_id: str  # without angle brackets: <name>@<host>
    recipient_id: int
    address: str  # what the channel calls the recipient; "" where it has one place for everybody (a robot's group)
    subject: str
    text: str
    html: str
    lines: tuple[ShortLine, ...]  # for robots
    brief: str  # for text messages: counts only
    link: str  # the page that the whole message speaks of, absolute
    at: datetime  # of this try, in real time: robots sign it
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class Sent:
    """The receiver has taken the message over; `reference` is what it calls it, if it said."""

    reference: str = ""


class NotSent(Exception):
    """The message was not taken over. The reason is fit for a page: Chinese, on one line, without any secret.

    `permanent` blames the message or its recipient: no later try can succeed. A refused credential is not: somebody may
    put the setting right before the tries end, and nothing is lost meanwhile.

    `is_too_large` says that the receiver takes no message of that size: without its attachments it may pass.

    It is raised outside of any `except`, so that no chained exception carries an address with a token in it.
    """

    def __init__(self, reason: str, *, permanent: bool = False, is_too_large: bool = False) -> None:
        self.reason = shortened(reason, REASON_LIMIT)
        self.permanent = permanent
        self.is_too_large = is_too_large
        super().__init__(self.reason)


class Sender(Protocol):
    """One way by which a message leaves; each channel has one."""

    def send(self, message: Outgoing) -> Sent:
        """Returns when the receiver has taken the message over, and raises NotSent otherwise, within a bounded time."""


def without(secrets: tuple[str, ...], text: str) -> str:
    """Takes the secrets out of a text: what the other side says may repeat what it was given."""
    for secret in filter(None, secrets):
        text = text.replace(secret, "***")
    return text


def fitting(rendered: list[str], limit: int, rest: str) -> str:
    """Joins as many whole lines as fit into so many bytes; where some don't, `rest` says so at the end."""
    whole = "\n".join(rendered)
    if len(whole.encode()) <= limit:
        return whole
    room = limit - len(rest.encode())
    kept: list[str] = []
    for line in rendered:
        room -= len(line.encode()) + 1
        if room < 0:
            break
        kept.append(line)
    return "\n".join([*kept, rest])
