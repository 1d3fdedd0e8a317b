"""企业微信应用消息 goes to one member, by an application whose access token is fetched, kept and renewed."""

import threading
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from tasks.channels.base import NotSent, Outgoing, Sent, fitting
from tasks.channels.http import get, post_json
from tasks.channels.replies import demand_zero
from tasks.channels.robots import REST, markdown, plain

TOKEN_OVER = ("40014", "42001")  # not valid (any more)
EARLY = 120  # seconds before its end at which a token is no longer used

_tokens: dict[tuple[str, str, str], tuple[str, float]] = {}  # (base, corp, secret) -> token, its end on this machine
_fetching = threading.Lock()


@dataclass(frozen=True)
class WeComApp:
    base: str
    corp_id: str
    agent_id: str
    secret: str = field(repr=False)

    LIMIT = 2048
    # 40003 recipient, 40008 kind of message, 40058 parameters, 44004 empty, 45002 too long, 81013 no such recipient
    PERMANENT = (40003, 40008, 40058, 44004, 45002, 81013)

    def send(self, message: Outgoing) -> Sent:
        if not message.address:
            raise NotSent("收件人没有企业微信账号。", permanent=True)
        token = self._token()
        reply = self._post(message, token)
        if str(reply.get("errcode")) in TOKEN_OVER:
            token = self._token(instead_of=token)
            reply = self._post(message, token)
        self._demand_success(reply, token)
        if reply.get("invaliduser"):  # a success that reached nobody
            raise NotSent("企业微信中没有该收件人，或不在应用可见范围内。", permanent=True)
        return Sent(str(reply.get("msgid", ""))[:100])

    def _post(self, message: Outgoing, token: str) -> dict[str, Any]:
        lines = [f"**{plain(message.subject)}**", *map(markdown, message.lines)]
        body = {
            "touser": message.address,
            "msgtype": "markdown",
            "agentid": int(self.agent_id) if self.agent_id.isdecimal() else self.agent_id,
            "markdown": {"content": fitting(lines, self.LIMIT, REST)},
            # A double within four hours is discarded by the service itself.
            "enable_duplicate_check": 1,
            "duplicate_check_interval": 4 * 60 * 60,
        }
        return post_json(self._address("message/send", access_token=token), body).json()

    def _token(self, instead_of: str = "") -> str:
        """Gives the token in use, else a new one; one thread asks for it while the others wait."""
        mine = (self.base, self.corp_id, self.secret)
        with _fetching:
            token, end = _tokens.get(mine, ("", 0.0))
            if token and token != instead_of and time.monotonic() < end:
                return token
            reply = get(self._address("gettoken", corpid=self.corp_id, corpsecret=self.secret)).json()
            self._demand_success(reply)
            token = str(reply.get("access_token") or "")
            if not token:
                raise NotSent("对方没有给出访问凭证。")
            _tokens[mine] = (token, time.monotonic() + _seconds(reply.get("expires_in")) - EARLY)
            return token

    def _address(self, path: str, **query: str) -> str:
        return f"{self.base.rstrip('/')}/cgi-bin/{path}?{urlencode(query)}"

    def _demand_success(self, reply: dict[str, Any], token: str = "") -> None:
        secrets = (self.secret, token)
        demand_zero(reply, code=("errcode",), text=("errmsg",), permanent=self.PERMANENT, secrets=secrets)


def _seconds(value: object) -> float:
    """Reads what the reply says of a token's life; two hours is what the service documents."""
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else 7200.0
