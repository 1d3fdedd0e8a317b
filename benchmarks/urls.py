"""The product's addresses, and the floor by which its pages are measured."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from qa_plan.urls import urlpatterns as product

FLOOR = "/benchmark-floor/"


def floor(request: HttpRequest) -> HttpResponse:
    """A constant page for signed-in people: the session and the person are read from the database, nothing else."""
    assert request.user.is_authenticated
    return HttpResponse("<!doctype html><title>Floor</title>")


urlpatterns = [path(FLOOR.strip("/") + "/", floor), *product]
