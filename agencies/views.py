"""Sign-in."""

from typing import Any

from django.conf import settings
from django.contrib.auth.views import LoginView
from django.http import HttpRequest

from agencies.models import User


class SignIn(LoginView):
    """The sign-in page; a demonstration shows its accounts and their password there."""

    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if settings.QA_PLAN_DEMO:
            context["demo_accounts"] = User.objects.filter(is_active=True).order_by("pk")
            context["demo_password"] = settings.DEMO_PASSWORD
        return context


def client_address(request: HttpRequest) -> str:
    """From where somebody signs in, as lock-out counts it; behind a proxy, what the proxy itself saw last."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.BEHIND_PROXY else ""
    return forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")
