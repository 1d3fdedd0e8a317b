"""Pages are their reader's: no browser or proxy keeps a copy for whoever sits down next, and none needs a device."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

DEVICES = "accelerometer camera display-capture geolocation gyroscope magnetometer microphone midi payment usb"
NO_DEVICES = ", ".join(f"{device}=()" for device in DEVICES.split())


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Lets nothing be stored unless a view says how; static files are served before it, and may be."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        response.headers["Permissions-Policy"] = NO_DEVICES
        return response

    return respond
