"""CAS: a ticket that somebody brings back is shown to the server that gave it, which says whose it is.

python-cas speaks with the server; it is installed with requirements-cas.txt, where the settings name one.
"""

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from allauth.socialaccount.adapter import get_adapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

if TYPE_CHECKING:
    from cas import CASClientV3


class Declined(ValueError):
    """The server knows nothing of the ticket, or doesn't say whose it is."""


def client_for(request: HttpRequest, state: str) -> "CASClientV3":
    """Who speaks with the server about one sign-on: the address to which people return carries its state."""
    from cas import CASClientV3

    assert settings.CAS is not None  # the door is closed otherwise
    cas, session = settings.CAS, get_adapter().get_requests_session()
    return CASClientV3(
        service_url=request.build_absolute_uri(f"{reverse('cas_callback')}?{urlencode({'state': state})}"),
        server_url=f"{cas.server}/",
        verify_ssl_certificate=session.verify,
        session=session,
    )


def subject_of(client: "CASClientV3", ticket: str) -> str:
    """The id of whom the ticket was given to: the user, or the attribute that the settings name."""
    user, attributes, _ = client.verify_ticket(ticket)
    attribute = settings.CAS.attribute if settings.CAS else ""
    subject = (attributes or {}).get(attribute) if attribute else user
    if not user or not isinstance(subject, str) or not subject.strip():
        raise Declined("The server doesn't say whose the ticket is.")
    return subject.strip()
