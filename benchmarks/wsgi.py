"""The product's own application, with the floor beside it: same server, same middleware, same sign-in."""

from django.conf import settings

from qa_plan.wsgi import application

settings.ROOT_URLCONF = "benchmarks.urls"

__all__ = ["application"]
