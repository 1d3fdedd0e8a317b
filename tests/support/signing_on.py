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
from jwt.algorithms import RSAAlgorithm

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
        says(body, status, **{"Content-Type": "application/json"})(handler)

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
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "sub": self.subject, "iat": now, "exp": now + 300}
        claims = {**claims, "nonce": self.nonces[form["code"]], **self.claims}
        claims = {name: value for name, value in claims.items() if value is not None}
        secret = {"RS256": key(self.signed_by), "HS256": "k" * 64, "none": None}[self.algorithm]
        token = jwt.encode(claims, secret, self.algorithm, headers={"kid": "1"})
        return {"access_token": "access", "token_type": "Bearer", "expires_in": 300, "id_token": token}, 200

    def signs_on(self, sent_to: str) -> str:
        """The person at the browser, sent here with that address, signs on: the query with which they come back."""
        asked = query_of(sent_to)
        assert (asked["client_id"], asked["code_challenge_method"]) == (CLIENT, "S256")
        code = f"code{len(self.nonces)}"
        self.nonces[code] = asked["nonce"]
        return urlencode({"code": code, "state": asked["state"]})

    def environment(self) -> dict[str, str]:
        return {"OIDC_SERVER": self.url, "OIDC_CLIENT": CLIENT, "OIDC_SECRET": SECRET}


@contextmanager
def openid_server() -> Iterator[OpenIDServer]:
    server = OpenIDServer()
    with answering(server.routes) as server.peer:
        server.url = server.peer.url
        yield server
