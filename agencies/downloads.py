"""Whatever leaves as a file to be saved is in the security log, with who took it and from where."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_header_parameters

from agencies.security import Kind, record
from qa_plan import clock


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Records it before the first byte is sent. What is shown in a page, such as evidence, is no file that leaves."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        disposition = response.headers.get("Content-Disposition", "")
        if disposition.startswith("attachment") and request.method != "HEAD" and response.status_code == 200:
            user = request.user if request.user.is_authenticated else None
            name = parse_header_parameters(disposition)[1].get("filename", "")
            record(Kind.DOWNLOADED, by=user, at=clock.now(), detail=f"{name}（{request.path}）")
        return response

    return respond
