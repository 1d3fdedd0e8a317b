"""短信 goes through an HTTP gateway: a form whose field names, and a reply whose sign of success, are settings."""

from dataclasses import dataclass, field
from typing import Any

from tasks.channels.base import NotSent, Outgoing, Sent, without
from tasks.channels.http import post_form


@dataclass(frozen=True)
class TextMessage:
    url: str = field(repr=False)
    phone_field: str
    text_field: str
    fixed: dict[str, str] = field(repr=False)  # account, password, signature …
    success_field: str  # dotted: result.code
    success_value: str
    length: int

    def send(self, message: Outgoing) -> Sent:
        """Success is what the configured field says; a reply without it is none, whatever its status."""
        number = message.address.replace(" ", "").replace("-", "")
        if not number.removeprefix("+").isdecimal():
            raise NotSent("收件人没有可用的手机号码。", permanent=True)
        fields = {**self.fixed, self.phone_field: number, self.text_field: message.brief[: self.length]}
        reply = post_form(self.url, fields).json()
        result = self._result(reply)
        if str(result) != self.success_value:
            shown = "没有结果代码" if result is None else f"结果代码 {result}"
            raise NotSent(without((self.url, *self.fixed.values(), number), f"短信网关未受理：{shown}。"))
        return Sent()

    def _result(self, reply: dict[str, Any]) -> object:
        value: object = reply
        for name in self.success_field.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        return value
