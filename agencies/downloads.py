"""Whatever leaves as a file is in the security log, with who took it and from where; what is shown in a page, too."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_header_parameters

from agencies.security import Kind, record
from qa_plan import clock

TOLD = {"attachment": "{}", "inline": "在页面内查看{}"}  # a browser that shows a file can save it as well


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Records it before the first byte is sent."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        how, given = parse_header_parameters(response.headers.get("Content-Disposition", ""))
        if how in TOLD and request.method != "HEAD" and response.status_code == 200:
            user = request.user if request.user.is_authenticated else None
            name = TOLD[how].format(given.get("filename", ""))
            record(Kind.DOWNLOADED, by=user, at=clock.now(), detail=f"{name}（{request.path}）")
        return response

    return respond
