"""LDAP: the name and password that somebody types are shown to the directory, which says by which id it knows them.

The local passwords come first, and stay. ldap3 speaks with the directory; it is installed with requirements-ldap.txt,
where the settings name one.
"""

import logging
import ssl
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from agencies.identities import person_known_as, way_named
from agencies.models import User
from agencies.outside import logged_of, told_of
from qa_plan.signon import LDAP, Directory

if TYPE_CHECKING:
    from ldap3 import Connection

logger = logging.getLogger(__name__)
OF_BYTES = "objectguid"  # Active Directory's id is no text
SECONDS = 5  # for a connection, and for each answer


class Answer(NamedTuple):
    """What the directory said of a sign-in: by which id it knows the person, or what the person is told instead."""

    subject: str = ""
    told: str = ""
    detail: str = ""  # for the log


def answer_to(request: HttpRequest) -> Answer:
    answer: Answer = getattr(request, "_answer_of_directory", Answer())
    return answer


class DirectoryBackend(ModelBackend):
    """Asks the directory, once the local password doesn't fit. Whom it knows by an id that nobody tied isn't let in."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        if settings.DIRECTORY is None or request is None or not username or not password:
            return None  # a bind without a password succeeds, and proves nothing
        subject, answer = "", Answer()
        try:
            subject = _proven(settings.DIRECTORY, username, password)
        except _problems() as error:
            logger.warning("The directory gives no answer: %s: %.300r", type(error).__name__, str(error))
            name = way_named(LDAP)
            answer = Answer(told=f"{name}无法访问，其密码暂时不能用于登录。", detail=f"{name}：无法访问")
        user = person_known_as(LDAP, subject) if subject else None
        if subject and (user is None or not user.is_active):
            answer = Answer(told=told_of(LDAP, subject, user), detail=logged_of(LDAP, subject, user))
            user = None
        request._answer_of_directory = Answer(subject) if user else answer  # type: ignore[attr-defined]
        return user


def _problems() -> tuple[type[Exception], ...]:
    from ldap3.core.exceptions import LDAPException

    return (LDAPException, OSError, UnicodeError)


def _proven(directory: Directory, username: str, password: str) -> str:
    """The id of whom the directory knows by that name, once it takes the password; "" where it doesn't."""
    from ldap3.utils.conv import escape_filter_chars

    with _connection(directory, directory.bind_dn, directory.bind_password) as connection:
        asked = directory.filter.replace("{username}", escape_filter_chars(username))
        connection.search(directory.base, asked, attributes=[directory.attribute], size_limit=2)
        found = [entry for entry in connection.response or [] if entry["type"] == "searchResEntry"]
    if len(found) != 1:
        return ""
    [entry] = found
    attribute = directory.attribute.lower()
    values = [value for name, of in entry["raw_attributes"].items() if name.lower() == attribute for value in of]
    if not values or not _is_theirs(directory, entry["dn"], password):
        return ""
    value: bytes = values[0]
    return value.hex() if attribute == OF_BYTES else value.decode()


def _connection(directory: Directory, user: str, password: str) -> "Connection":
    """A connection that is bound; encrypted, unless the settings want it otherwise."""
    from ldap3 import AUTO_BIND_NO_TLS, AUTO_BIND_TLS_BEFORE_BIND, NONE, Connection, Server, Tls

    tls = Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=ssl.get_default_verify_paths().cafile)
    server = Server(directory.server, get_info=NONE, tls=tls, connect_timeout=SECONDS)
    return Connection(
        server,
        user=user or None,
        password=password or None,
        auto_bind=AUTO_BIND_TLS_BEFORE_BIND if directory.starts_tls else AUTO_BIND_NO_TLS,
        read_only=True,
        receive_timeout=SECONDS,
        check_names=False,
        raise_exceptions=True,
        auto_referrals=False,
    )


def _is_theirs(directory: Directory, name: str, password: str) -> bool:
    from ldap3.core.exceptions import LDAPInvalidCredentialsResult

    try:
        with _connection(directory, name, password):
            return True
    except LDAPInvalidCredentialsResult:
        return False
