"""登录受限 in the administration: who keeps rights sees which accounts are shut, and opens them on record."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone

from agencies.admin_recording import person, recorded
from agencies.locks import locks, unlock
from agencies.models import User
from qa_plan import clock
from qa_plan.methods import takes_forms


class WithLocks(admin.ModelAdmin):
    """Adds the page to the list of people."""

    def get_urls(self) -> list[URLPattern]:
        page = takes_forms(self.admin_site.admin_view(self.lock_list))
        return [path("locks/", page, name="agencies_user_locks"), *super().get_urls()]

    def lock_list(self, request: HttpRequest) -> HttpResponse:
        if not person(request).keeps_rights:
            raise PermissionDenied
        if request.method == "POST":
            with recorded(request):
                self._open(request)
            return redirect("admin:agencies_user_locks")
        context = {
            **self.admin_site.each_context(request),
            "title": "登录受限",
            "opts": self.opts,
            "locks": locks(now=timezone.now()),
        }
        return TemplateResponse(request, "admin/agencies/user/locks.html", context)

    @staticmethod
    def _open(request: HttpRequest) -> None:
        number = request.POST.get("person", "")
        whose = get_object_or_404(User, pk=number if number.isdecimal() and len(number) < 19 else None)
        if unlock(whose, by=person(request), at=clock.now()):
            messages.success(request, f"已解除{whose}的登录限制。")
        else:
            messages.warning(request, f"{whose}没有登录限制，可能已自行解除。")
