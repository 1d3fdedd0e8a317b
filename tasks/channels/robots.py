"""Robots speak in a group chat of DingTalk, WeCom or Feishu: one group for the office; who has an address is mentioned.

The codes that are permanent blame the message; all others (rate limits, signature, address list, a disabled robot) may
be gone at a later try.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from tasks.channels.base import Outgoing, Sent, ShortLine, fitting
from tasks.channels.http import post_json
from tasks.channels.replies import demand_zero

# People's text can't become markup, a link or a mention in a chat: what would be read as such is written full-width.
HARMLESS = str.maketrans("[]()<>*_`#@!|~\\", "［］（）＜＞＊＿｀＃＠！｜～＼")
REST = "……其余事项请登录平台查看。"


def plain(text: str) -> str:
    return " ".join(text.split()).translate(HARMLESS)


def mention(address: str) -> str:
    """Whom to mention; an address that could be anything but a name or a number mentions nobody."""
    return address if re.fullmatch(r"[\w.+-]+", address) and address.lower() != "all" else ""


def markdown(line: ShortLine) -> str:
    """A line as a markdown link. Brackets and spaces in an address would end it."""
    return f"[{plain(line.text)}]({quote(line.link, safe=':/?#&=%@+,;~.-_')})" if line.link else plain(line.text)


@dataclass(frozen=True)
class DingTalkRobot:
    base: str
    token: str = field(repr=False)
    secret: str = field(repr=False)

    LIMIT = 20_000
    # 40035 parameters, 400105 kind of message, 430101 to 430104 content
    PERMANENT = (40035, 400105, 430101, 430102, 430103, 430104)

    def send(self, message: Outgoing) -> Sent:
        mobile = mention(message.address)
        head = [f"#### {plain(message.subject)}", f"@{mobile}" if mobile else ""]
        text = fitting(head + [f"- {markdown(line)}" for line in message.lines], self.LIMIT, REST)
        body = {
            "msgtype": "markdown",
            "markdown": {"title": message.subject, "text": text},
            "at": {"atMobiles": [mobile] if mobile else [], "isAtAll": False},
        }
        reply = post_json(self._address(message), body).json()
        secrets = (self.token, self.secret)
        demand_zero(reply, code=("errcode",), text=("errmsg",), permanent=self.PERMANENT, secrets=secrets)
        return Sent()

    def _address(self, message: Outgoing) -> str:
        query = {"access_token": self.token}
        if self.secret:
            timestamp = str(int(message.at.timestamp() * 1000))
            query |= {"timestamp": timestamp, "sign": signed(self.secret, f"{timestamp}\n{self.secret}")}
        return f"{self.base.rstrip('/')}/robot/send?{urlencode(query)}"  # encodes the sign once


@dataclass(frozen=True)
class WeComRobot:
    base: str
    key: str = field(repr=False)

    LIMIT = 4096
    # 40008 kind of message, 40058 parameters, 44004 empty, 45002 too long
    PERMANENT = (40008, 40058, 44004, 45002)

    def send(self, message: Outgoing) -> Sent:
        member = mention(message.address)
        head = f"**{plain(message.subject)}**" + (f" <@{member}>" if member else "")
        content = fitting([head, *map(markdown, message.lines)], self.LIMIT, REST)
        body = {"msgtype": "markdown", "markdown": {"content": content}}
        address = f"{self.base.rstrip('/')}/cgi-bin/webhook/send?{urlencode({'key': self.key})}"
        reply = post_json(address, body).json()
        demand_zero(reply, code=("errcode",), text=("errmsg",), permanent=self.PERMANENT, secrets=(self.key,))
        return Sent()


@dataclass(frozen=True)
class FeishuRobot:
    base: str
    token: str = field(repr=False)
    secret: str = field(repr=False)

    LIMIT = 18_000  # of 20 KB for the whole request
    # 9499 request, 19002 parameters, 11246 content
    PERMANENT = (9499, 19002, 11246)

    def send(self, message: Outgoing) -> Sent:
        """Sends a rich text of plain pieces and links: nothing in it is read as markup."""
        member = mention(message.address)
        content = [[{"tag": "at", "user_id": member}]] if member else []
        room = self.LIMIT
        for line in message.lines:
            room -= len((line.text + line.link).encode()) + 60
            if room < 0:
                content.append([{"tag": "text", "text": REST}])
                break
            content.append([self._piece(line)])
        body: dict[str, object] = {
            "msg_type": "post",
            "content": {"post": {"zh_cn": {"title": message.subject, "content": content}}},
        }
        if self.secret:
            timestamp = str(int(message.at.timestamp()))
            # The text to sign is the key here, and nothing is signed with it: so the service wants it.
            body |= {"timestamp": timestamp, "sign": signed(f"{timestamp}\n{self.secret}", "")}
        reply = post_json(f"{self.base.rstrip('/')}/open-apis/bot/v2/hook/{quote(self.token, safe='')}", body).json()
        names = {"code": ("code", "StatusCode"), "text": ("msg", "StatusMessage")}
        demand_zero(reply, **names, permanent=self.PERMANENT, secrets=(self.token, self.secret))
        return Sent()

    @staticmethod
    def _piece(line: ShortLine) -> dict[str, str]:
        text = " ".join(line.text.split())
        return {"tag": "a", "text": text, "href": line.link} if line.link else {"tag": "text", "text": text}


def signed(key: str, text: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()
