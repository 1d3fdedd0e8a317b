"""CAS: a ticket that somebody brings back is shown to the server that gave it, which says whose it is.

The server posts the same ticket to the same address when its own session has ended.

python-cas speaks with the server; it is installed with requirements-cas.txt, where the settings name one.
"""

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from allauth.socialaccount.adapter import get_adapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from lxml import etree

from agencies.sessions import Arrival, EndedThere
from qa_plan.signon import CAS

if TYPE_CHECKING:
    from cas import CASClientV3


LONGEST_WORD = 10_000  # bytes
SESSION_INDEX = "{urn:oasis:names:tc:SAML:2.0:protocol}SessionIndex"


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


def end_of_session(request: HttpRequest, back_to: str) -> str:
    """Where a browser goes to end the server's own session."""
    address: str = client_for(request, "").get_logout_url(back_to)
    return address


def signed_out(request: HttpRequest) -> EndedThere:
    """Whose session the server says has ended; it knows the session by the ticket that began it.

    Nothing proves that it is the server that asks, but that nobody else knows the ticket.
    """
    said = request.POST.get("logoutRequest", "").encode()
    if not 0 < len(said) <= LONGEST_WORD or b"<!" in said:
        raise Declined("The word of a sign-out is too long, or none.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        tickets = [each.text for each in etree.fromstring(said, parser).iter(SESSION_INDEX)]
    except etree.XMLSyntaxError as error:
        raise Declined("The word of a sign-out is no XML.") from error
    if len(tickets) != 1 or not tickets[0]:
        raise Declined("The word of a sign-out names no session.")
    return EndedThere(Arrival(CAS, session=tickets[0].strip()))


def subject_of(client: "CASClientV3", ticket: str) -> str:
    """The id of whom the ticket was given to: the user, or the attribute that the settings name."""
    user, attributes, _ = client.verify_ticket(ticket)
    attribute = settings.CAS.attribute if settings.CAS else ""
    subject = (attributes or {}).get(attribute) if attribute else user
    if not user or not isinstance(subject, str) or not subject.strip():
        raise Declined("The server doesn't say whose the ticket is.")
    return subject.strip()
