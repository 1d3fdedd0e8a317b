"""The product's addresses, and the floor by which its pages are measured."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import path

from qa_plan.urls import urlpatterns as product
from tasks.models import Assignment

STOCK = "/benchmark-stock/"
FLOOR = "/benchmark-floor/"


def floor(request: HttpRequest) -> HttpResponse:
    """A constant page for signed-in people: the session and the person are read from the database, nothing else."""
    assert request.user.is_authenticated
    return HttpResponse("<!doctype html><title>Floor</title>")


class StockSite(admin.AdminSite):
    """Django's own lists as they come, open to whoever is signed in."""

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_authenticated


class StockList(admin.ModelAdmin):
    """Of assignments, a hundred on a page, with the columns of theirs that the ledger shows and its database holds."""

    list_display = ("item_label", "item", "agency", "role", "weight", "is_inferred", "recorded_at")
    list_filter = ("role", "item__plan")
    list_select_related = ("item", "agency")
    search_fields = ("item__title",)

    @admin.display(description="序号")
    def item_label(self, row: Assignment) -> str:
        return row.item.label

    def has_module_permission(self, request: HttpRequest) -> bool:
        return True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True


stock = StockSite("stock")
stock.register(Assignment, StockList)

urlpatterns = [path(STOCK.strip("/") + "/", stock.urls), path(FLOOR.strip("/") + "/", floor), *product]
