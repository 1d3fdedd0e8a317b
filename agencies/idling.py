"""A session ends by itself when nobody uses it, and a working day after the sign-in."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from agencies.models import SignedIn, User
from agencies.security import Kind, record
from agencies.sessions import SEEN, mark, why_ended
from qa_plan import clock

MARK_EVERY = 60  # seconds: a session in use costs one write a minute


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Before anybody asks who is signed in, so that what is typed meets the same door as after any other end."""

    def respond(request: HttpRequest) -> HttpResponse:
        user = request.session.get(SESSION_KEY)
        if user:
            now = timezone.now()
            if reason := why_ended(request, now=now):
                person = User.objects.filter(pk=user).first()
                SignedIn.objects.filter(session_key=request.session.session_key).delete()
                request.session.flush()
                record(Kind.ENDED, by=person, at=clock.now(), detail=reason)
            elif settings.SESSION_IDLE_MINUTES and now.timestamp() - request.session.get(SEEN, 0) >= MARK_EVERY:
                mark(request, now=now)
        return get_response(request)

    return respond
