"""Whoever leaves here leaves the server that signed them on, too: else the next at that desk is in by a press."""

import logging

from django.http import HttpRequest
from django.urls import reverse

from agencies import cas
from agencies.oidc import Adapter
from agencies.outside import is_open
from agencies.outside_views import ODD_ANSWERS
from agencies.sessions import TOKEN, WAY
from qa_plan.signon import CAS, OIDC

logger = logging.getLogger(__name__)
LONGEST_TOKEN = 4000  # signs, in an address


def way_out(request: HttpRequest) -> str:
    """Where the browser goes to end the session of the server by which its own began; "" for no such place.

    A server that can't be asked keeps nobody from leaving here.
    """
    way, token = request.session.get(WAY, ""), request.session.get(TOKEN, "")
    if way not in (OIDC, CAS) or not is_open(way):
        return ""
    back_to = request.build_absolute_uri(reverse("login"))
    if way == CAS:
        return cas.end_of_session(request, back_to)
    try:
        return Adapter(request, OIDC).end_of_session(token if len(token) <= LONGEST_TOKEN else "", back_to)
    except ODD_ANSWERS as error:
        logger.warning("A sign-out doesn't reach the server: %s: %.300r", type(error).__name__, str(error))
        return ""
