"""Servers that sign people on, on this machine: they speak as the real ones do, well or, as a test wants, wrongly."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from django.utils.crypto import get_random_string
from environs import Env
from jwt.algorithms import RSAAlgorithm

from agencies.oidc import SIGNED_OUT
from qa_plan.signon import sign_on
from tests.support.peers import Asked, Handler, Peer, says, serving

CLIENT, SECRET = "qa-plan", "secret-of-the-client"
Answer = tuple[object, int]


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    """The key of that name; made once, since that takes a tenth of a second."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def query_of(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))


@contextmanager
def answering(routes: dict[str, Callable[[Asked], Answer]]) -> Iterator[Peer]:
    """A server whose paths are answered by functions of what was asked."""

    def answer(handler: Handler) -> None:
        asked = handler.peer.asked[-1]
        body, status = routes[asked.path](asked)
        kind = "application/xml" if isinstance(body, bytes) else "application/json"
        says(body, status, **{"Content-Type": kind})(handler)

    with serving() as peer:
        yield peer.will(answer)


@dataclass
class OpenIDServer:
    """An OpenID Connect provider with one person, whose tokens are signed; a test changes what it says."""

    url: str = ""
    subject: str = "1001"
    claims: dict[str, Any] = field(default_factory=dict)  # beside or in place of those that a token has
    info: dict[str, Any] = field(default_factory=dict)  # beside the subject, of whom it is asked about
    signed_by: str = "key of the server"
    algorithm: str = "RS256"
    token_status: int = 200
    ends_sessions: bool = False
    nonces: dict[str, str] = field(default_factory=dict)
    peer: Peer = field(default_factory=Peer)

    @property
    def routes(self) -> dict[str, Callable[[Asked], Answer]]:
        return {
            "/.well-known/openid-configuration": lambda asked: (self.described, 200),
            "/keys": lambda asked: ({"keys": [self.published]}, 200),
            "/token": self.token,
            "/userinfo": lambda asked: ({"sub": self.subject, **self.info}, 200),
        }

    @property
    def described(self) -> dict[str, object]:
        ends = {"authorization_endpoint": "authorize", "token_endpoint": "token", "userinfo_endpoint": "userinfo"}
        ends |= {"end_session_endpoint": "end"} if self.ends_sessions else {}
        found: dict[str, object] = {name: f"{self.url}/{path}" for name, path in ends.items()}
        methods = ["client_secret_post"]
        return {
            **found,
            "issuer": self.url,
            "jwks_uri": f"{self.url}/keys",
            "token_endpoint_auth_methods_supported": methods,
        }

    @property
    def published(self) -> dict[str, object]:
        public = json.loads(RSAAlgorithm.to_jwk(key("key of the server").public_key()))
        return {**public, "kid": "1", "alg": "RS256", "use": "sig"}

    def token(self, asked: Asked) -> Answer:
        form = asked.form()
        assert (form["client_id"], form["client_secret"]) == (CLIENT, SECRET)
        assert form["code_verifier"]
        if self.token_status != 200:
            return {"error": "invalid_grant"}, self.token_status
        token = self.signed({"sub": self.subject, "nonce": self.nonces[form["code"]], **self.claims})
        return {"access_token": "access", "token_type": "Bearer", "expires_in": 300, "id_token": token}, 200

    def signed(self, claims: dict[str, Any]) -> str:
        """A token of the server's with those claims; without one that is None."""
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, **claims}
        claims = {name: value for name, value in claims.items() if value is not None}
        secret = {"RS256": key(self.signed_by), "HS256": "k" * 64, "none": None}[self.algorithm]
        return jwt.encode(claims, secret, self.algorithm, headers={"kid": "1"})

    def word_of_sign_out(self, **claims: Any) -> str:
        """What the server posts when a session of its own has ended."""
        return self.signed({"jti": get_random_string(12), "events": {SIGNED_OUT: {}}, **claims})

    def signs_on(self, sent_to: str) -> str:
        """The person at the browser, sent here with that address, signs on: the query with which they come back."""
        asked = query_of(sent_to)
        assert (asked["client_id"], asked["code_challenge_method"]) == (CLIENT, "S256")
        code = f"code{len(self.nonces)}"
        self.nonces[code] = asked["nonce"]
        return urlencode({"code": code, "state": asked["state"]})

    def environment(self) -> dict[str, str]:
        return {"OIDC_SERVER": self.url, "OIDC_CLIENT": CLIENT, "OIDC_SECRET": SECRET}


def set_up(settings, monkeypatch, **environment: str) -> None:
    """Sets the ways from outside up as the environment names them."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    found = sign_on(Env())
    settings.EXTERNAL_WAYS, settings.EXTERNAL_SERVERS = found.ways, found.servers
    settings.SECOND_FACTOR_LEFT_TO = found.second_factor_left_to
    settings.SOCIALACCOUNT_PROVIDERS, settings.GATEWAY = found.providers, found.gateway
    settings.CAS, settings.DIRECTORY = found.cas, found.directory


@contextmanager
def openid_server() -> Iterator[OpenIDServer]:
    server = OpenIDServer()
    with answering(server.routes) as server.peer:
        server.url = server.peer.url
        yield server


CAS_SIGNED_OUT = (
    '<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="LR-1" Version="2.0"'
    ' IssueInstant="2016-10-12T08:00:00Z">'
    '<saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">@NOT_USED@</saml:NameID>'
    "<samlp:SessionIndex>{}</samlp:SessionIndex></samlp:LogoutRequest>"
)
CAS_ANSWER = '<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas">{}</cas:serviceResponse>'


@dataclass
class CasServer:
    """A CAS server with one person. A ticket is good once, and for the address for which it was given."""

    url: str = ""
    user: str = "zhangsan"
    number: str = "1001"
    tickets: dict[str, str] = field(default_factory=dict)

    @property
    def routes(self) -> dict[str, Callable[[Asked], Answer]]:
        return {"/cas/p3/serviceValidate": self.validate}

    def signs_on(self, sent_to: str) -> str:
        """The person at the browser, sent here with that address, signs on: the address at which they come back."""
        service = query_of(sent_to)["service"]
        ticket = f"ST-{get_random_string(12)}"
        self.tickets[ticket] = service
        return f"{service}&ticket={ticket}"

    def validate(self, asked: Asked) -> Answer:
        query = asked.query
        if self.tickets.pop(query["ticket"], None) != query["service"]:
            failure = '<cas:authenticationFailure code="INVALID_TICKET">no such ticket</cas:authenticationFailure>'
            return CAS_ANSWER.format(failure).encode(), 200
        attributes = f"<cas:attributes><cas:number>{self.number}</cas:number></cas:attributes>" if self.number else ""
        success = f"<cas:authenticationSuccess><cas:user>{self.user}</cas:user>{attributes}</cas:authenticationSuccess>"
        return CAS_ANSWER.format(success).encode(), 200


@contextmanager
def cas_server() -> Iterator[CasServer]:
    server = CasServer()
    with answering(server.routes) as peer:
        server.url = f"{peer.url}/cas"
        yield server


@dataclass
class DingTalkServer:
    """What 钉钉 answers to an application: a token for a code, and whose it is."""

    person: dict[str, str] = field(default_factory=lambda: {"unionId": "union-1", "openId": "open-1", "nick": "张三"})

    @property
    def routes(self) -> dict[str, Callable[[Asked], Answer]]:
        return {"/v1.0/oauth2/userAccessToken": self.token, "/v1.0/contact/users/me": self.me}

    def token(self, asked: Asked) -> Answer:
        sent = {"clientId": CLIENT, "clientSecret": SECRET, "code": "code", "grantType": "authorization_code"}
        assert asked.json() == sent
        return {"accessToken": "access", "refreshToken": "refresh", "expireIn": 7200, "corpId": "corp"}, 200

    def me(self, asked: Asked) -> Answer:
        assert asked.headers["x-acs-dingtalk-access-token"] == "access"
        return self.person, 200

    @staticmethod
    def signs_on(sent_to: str) -> str:
        asked = query_of(sent_to)
        assert (asked["client_id"], asked["prompt"], asked["response_type"]) == (CLIENT, "consent", "code")
        return urlencode({"authCode": "code", "state": asked["state"]})


@dataclass
class FeishuServer:
    """What 飞书 answers to an application: its own token, then one for a code, and whose that is."""

    person: dict[str, str] = field(default_factory=lambda: {"union_id": "on-1", "open_id": "ou-1", "name": "张三"})

    @property
    def routes(self) -> dict[str, Callable[[Asked], Answer]]:
        return {
            "/open-apis/auth/v3/app_access_token/internal/": self.app_token,
            "/open-apis/authen/v1/access_token": self.token,
            "/open-apis/authen/v1/user_info": self.me,
        }

    def app_token(self, asked: Asked) -> Answer:
        assert asked.form() == {"app_id": CLIENT, "app_secret": SECRET}
        return {"code": 0, "app_access_token": "app"}, 200

    def token(self, asked: Asked) -> Answer:
        assert asked.json() == {"grant_type": "authorization_code", "code": "code", "app_access_token": "app"}
        return {"code": 0, "data": {"access_token": "access", "expires_in": 7200}}, 200

    def me(self, asked: Asked) -> Answer:
        assert asked.headers["Authorization"] == "Bearer access"
        return {"code": 0, "msg": "", "data": self.person}, 200

    @staticmethod
    def signs_on(sent_to: str) -> str:
        asked = query_of(sent_to)
        assert asked["app_id"] == CLIENT
        return urlencode({"code": "code", "state": asked["state"]})
