"""A generic webhook gets the message as JSON, for whatever the office has."""

from dataclasses import dataclass, field

from tasks.channels.base import NotSent, Outgoing, Sent, without
from tasks.channels.http import post_json

FINE = {"0", "200", "ok", "success"}


@dataclass(frozen=True)
class Webhook:
    url: str = field(repr=False)  # may carry a key
    token: str = field(repr=False)

    def send(self, message: Outgoing) -> Sent:
        """Any answer 2xx is a success, unless it is a JSON object whose `errcode` or `code` says otherwise."""
        body = {
            "id": message.message_id,
            "recipient": message.address,
            "subject": message.subject,
            "text": message.text,
            "lines": [{"text": line.text, "link": line.link} for line in message.lines],
            "link": message.link,
        }
        # The same key at every try: the receiver may discard a double.
        headers = {"Idempotency-Key": message.message_id}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        answer = post_json(self.url, body, headers)
        try:
            reply = answer.json()
        except NotSent:
            return Sent()  # many receivers answer with a word, or with nothing
        code = reply.get("errcode", reply.get("code", 0))
        if str(code).lower() not in FINE:
            raise NotSent(without((self.url, self.token), f"对方拒绝，代码 {code}。"))
        return Sent(without((self.url, self.token), str(reply.get("id", "")))[:100])
