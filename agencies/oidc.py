"""OpenID Connect as the library has it, held to the standard: signature, nonce and times of every token are checked."""

import time
from typing import Any
from urllib.parse import urlencode, urlsplit

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, get_random_string
from requests import RequestException

from agencies.providers import ByTheSettings
from agencies.sessions import Arrival, EndedThere
from qa_plan.signon import OIDC

# By public keys alone: with a shared secret, whoever knows the client's could sign for anybody.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
CLAIMS = ["exp", "iat", "iss", "aud", "sub", "nonce"]
ADDRESSES = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
OF_SIGNING_OUT = ["iat", "iss", "aud", "jti", "events"]
SIGNED_OUT = "http://schemas.openid.net/event/backchannel-logout"
TOLD_WITHIN = 600  # seconds that the word of a sign-out is new
CLOCKS_DIFFER = 60  # seconds
KNOWN_FOR = 600  # seconds that the server's own description is taken as it was
KEYS_KNOWN_FOR = 120
AWAY_FOR = 10
NONCE = "nonce"
TOKEN = "id_token"  # the token itself, beside what it says


class Adapter(OpenIDConnectOAuth2Adapter):
    """One conversation with the server."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """The server's description of itself, kept for some minutes."""
        address = self.get_provider().server_url
        found: dict[str, Any] | None = cache.get(address)
        if found is None:
            found = _fetched(address)
            if not all(isinstance(found.get(name), str) for name in ADDRESSES):
                raise OAuth2Error(f"{address} does not describe an OpenID Connect server.")
            cache.set(address, found, KNOWN_FOR)
        return found

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        """Who it is by the signed token; where that lacks the claim, by what the server says of the same subject."""
        claims = self._decode_id_token(app, kwargs["response"].get("id_token"))
        if app.settings["uid_field"] not in claims:
            said = _fetched(self.profile_url, token.token)
            if said.get("sub") != claims["sub"]:
                raise OAuth2Error("The server speaks of another subject than its token.")
            claims = {**said, **claims}
        return self.get_provider().sociallogin_from_response(request, {**claims, TOKEN: kwargs["response"]["id_token"]})

    def _decode_id_token(self, app: SocialApp, id_token: Any) -> dict[str, Any]:
        """The token's claims, once its signature, times, issuer, audience and nonce are as they must be."""
        claims = self._proven(app, id_token, _fetched(self.openid_config["jwks_uri"]), CLAIMS)
        if claims.get("azp", app.client_id) != app.client_id:
            raise OAuth2Error("The token was made for another client.")
        return claims

    def _proven(self, app: SocialApp, token: Any, keys: dict[str, Any], required: list[str]) -> dict[str, Any]:
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                _key_of(token, keys),
                algorithms=ALGORITHMS,
                audience=app.client_id,
                issuer=self.openid_config["issuer"],
                leeway=CLOCKS_DIFFER,
                options={"require": required},
            )
        except jwt.PyJWTError as error:
            raise OAuth2Error(f"The token is refused: {error}") from error
        return claims

    def end_of_session(self, token: str, back_to: str) -> str:
        """Where a browser goes to end the server's own session, and comes back from; "" where it has no such place."""
        place = self.openid_config.get("end_session_endpoint")
        if not isinstance(place, str) or urlsplit(place).scheme not in ("http", "https"):
            return ""
        said = {"client_id": self.get_provider().app.client_id, "post_logout_redirect_uri": back_to}
        if token:
            said["id_token_hint"] = token
        return f"{place}{'&' if urlsplit(place).query else '?'}{urlencode(said)}"

    def signed_out(self, token: str) -> EndedThere:
        """Whose session the server says has ended, by a token of its own.

        Whoever asks makes this product ask the server for its keys once in some minutes at most; where it is away,
        once in some seconds, so that what anybody posts keeps no thread waiting for it again and again.
        """
        app = self.get_provider().app
        away = f"away-{self.get_provider().server_url}"
        if cache.get(away):
            raise OAuth2Error("The server was out of reach a moment ago.")
        try:
            keys = self._known_keys()
        except RequestException:
            cache.set(away, 1, AWAY_FOR)
            raise
        claims = self._proven(app, token, keys, OF_SIGNING_OUT)
        events, said = claims["events"], {name: claims.get(name, "") for name in ("sid", "sub")}
        if not isinstance(events, dict) or not isinstance(events.get(SIGNED_OUT), dict) or NONCE in claims:
            raise OAuth2Error("The token is not the word of a sign-out.")
        if not any(said.values()) or not all(isinstance(each, str) for each in (claims["jti"], *said.values())):
            raise OAuth2Error("The token doesn't say whose session has ended.")
        if time.time() - claims["iat"] > TOLD_WITHIN:
            raise OAuth2Error("The token is too old.")
        return EndedThere(Arrival(OIDC, session=said["sid"], person=said["sub"]), number=claims["jti"])

    def _known_keys(self) -> dict[str, Any]:
        address = self.openid_config["jwks_uri"]
        found: dict[str, Any] | None = cache.get(address)
        if found is None:
            found = _fetched(address)
            cache.set(address, found, KEYS_KNOWN_FOR)
        return found


def _fetched(address: str, bearer: str = "") -> dict[str, Any]:
    with get_adapter().get_requests_session() as session:
        answer = session.get(address, headers={"Authorization": f"Bearer {bearer}"} if bearer else {})
        answer.raise_for_status()
        said = answer.json()
    if not isinstance(said, dict):
        raise OAuth2Error(f"{address} answers with something else than an object.")
    return said


def _key_of(id_token: Any, keys: dict[str, Any]) -> jwt.PyJWK:
    """The key that the token names, or the only one there is."""
    if not isinstance(id_token, str):
        raise OAuth2Error("The server sent no token.")
    name, known = jwt.get_unverified_header(id_token).get("kid"), jwt.PyJWKSet.from_dict(keys).keys
    found = [key for key in known if key.key_id == name] or (known if name is None and len(known) == 1 else [])
    if not found:
        raise OAuth2Error("The token is signed with a key that the server doesn't publish.")
    return found[0]


class Provider(ByTheSettings, OpenIDConnectProvider):
    """Each time one is sent to the server with a nonce of its own."""

    oauth2_adapter_class = Adapter

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        nonce = get_random_string(32)
        given = super().get_redirect_from_request_kwargs(request)
        return {**given, "auth_params": {**given["auth_params"], NONCE: nonce}, NONCE: nonce}


def arrival_of(login: SocialLogin) -> Arrival:
    """Who comes in by the way of the login, and what an OpenID Connect server will say when it signs them out."""
    account, said = login.account, login.account.extra_data
    if account.provider != OIDC:
        return Arrival(account.provider, account.uid)
    session = said.get("sid", "")
    session = session if isinstance(session, str) else ""
    return Arrival(OIDC, account.uid, session=session, person=said["sub"], token=said[TOKEN])


def is_answer_to(login: SocialLogin) -> bool:
    """Whether the token carries the nonce with which this browser was sent to the server."""
    asked, said = login.state.get(NONCE), login.account.extra_data.get(NONCE)
    return bool(asked) and constant_time_compare(asked, str(said))
