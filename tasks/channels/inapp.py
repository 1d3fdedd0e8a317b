"""站内消息 is a row in our own database, hence in one transaction with the record that it was sent: exactly once."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.db import transaction

from tasks.channels.base import Outgoing, Sent
from tasks.models import Message

TEXT_LIMIT, LINK_LIMIT = 500, 200


@dataclass(frozen=True)
class InApp:
    def send(self, message: Outgoing) -> Sent:
        parts = urlsplit(message.link)
        link = (
            parts.path + (f"?{parts.query}" if parts.query else "") + (f"#{parts.fragment}" if parts.fragment else "")
        )
        with transaction.atomic():  # what the database refuses leaves the record around it able to say so
            made = Message.objects.create(
                recipient_id=message.recipient_id,
                kind=Message.Kind.REMINDED,
                text=message.brief[:TEXT_LIMIT],
                link=link[:LINK_LIMIT],
                sent_at=message.at,
            )
        return Sent(str(made.pk))
