"""Sign-in."""

from typing import Any

from django.conf import settings
from django.contrib.auth.views import LoginView

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
