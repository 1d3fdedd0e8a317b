"""Master data that the plan depends on, and the facts to look up. Business data has no edit button here."""

from datetime import date
from typing import Any

from django.contrib import admin
from django.db.models import DateField
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from agencies.admin_recording import RecordedAdmin
from agencies.admin_words import InWords, yes_or_no
from agencies.models import AgencyGroup, GroupMembership
from qa_plan import clock
from tasks.http.fields import DayInput
from tasks.models import (
    AgencyRequest,
    Assignment,
    Closure,
    Decision,
    ItemRevision,
    Plan,
    ProgressReport,
    Receipt,
    ReportingPeriod,
    Review,
    WorkdayOverride,
)
from tasks.reminders.calendar_moves import Moves, moves


class MembershipInline(admin.TabularInline):
    """Who belongs to the group, to look up: coordinators change it on its page, which says before what will follow."""

    model = GroupMembership
    template = "admin/edit_inline/named.html"
    fields = readonly_fields = ("agency", "inferred")
    extra = 0
    can_delete = False

    @admin.display(description="推定")
    def inferred(self, row: GroupMembership) -> str:
        return yes_or_no(GroupMembership, "is_inferred")(row)

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(AgencyGroup)
class AgencyGroupAdmin(RecordedAdmin):
    """A group has its name here; its members are the coordinators', since responsibilities follow from them."""

    inlines = (MembershipInline,)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(WorkdayOverride)
class WorkdayOverrideAdmin(RecordedAdmin):
    """Says before it is saved or deleted which deadlines and reminders fall on other days by it."""

    list_display = ("day", yes_or_no(WorkdayOverride, "is_workday"), "name")
    list_filter = ("is_workday",)
    date_hierarchy = "day"
    actions = None  # deleted one by one, each with what moves by it
    formfield_overrides = {DateField: {"widget": DayInput}}
    delete_confirmation_template = "admin/tasks/workdayoverride/delete.html"

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return (request.method == "POST" and self._asked(request, *args)) or super().changeform_view(
            request, *args, **kwargs
        )

    def _asked(self, request: HttpRequest, object_id: str | None = None, *args: Any) -> HttpResponse | None:
        """The page that asks first; None where nothing moves, where it was confirmed, or where the form is wrong."""
        row = self.get_object(request, object_id) if object_id else None
        day = row.day if row else None
        form = self.get_form(request, row, change=bool(row))(request.POST, instance=row)
        if not self.has_add_permission(request) or not form.is_valid():
            return None
        moved = self._moves(without=day, and_with={form.cleaned_data["day"]: form.cleaned_data["is_workday"]})
        if not moved.any or request.POST.get("moves") == moved.token:
            return None
        names = [name for name in request.POST if name not in ("csrfmiddlewaretoken", "moves")]
        context = {
            **self.admin_site.each_context(request),
            "title": "核对受影响的期限和提醒",
            "opts": self.opts,
            "moves": moved,
            "sent": [(name, value) for name in names for value in request.POST.getlist(name)],
        }
        return TemplateResponse(request, "admin/tasks/workdayoverride/confirm.html", context)

    def delete_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        row = self.get_object(request, object_id)
        context = {"moves": self._moves(without=row.day)} if row else {}
        return super().delete_view(request, object_id, extra_context=context)

    def _moves(self, *, without: date | None, and_with: dict[date, bool] | None = None) -> Moves:
        old = WorkdayOverride.objects.as_overrides()
        new = {day: is_workday for day, is_workday in old.items() if day != without} | (and_with or {})
        return moves(old, new, clock.now())


class LookUpOnly(InWords):
    """Rows that administrators may look up and nobody may change."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Plan)
class PlanAdmin(LookUpOnly):
    list_display = ("document_number", "title", "issued_on", "imported_at")


@admin.register(ReportingPeriod)
class ReportingPeriodAdmin(LookUpOnly):
    list_display = ("plan", "code", "opens_on", "due_on")


@admin.register(Assignment)
class AssignmentAdmin(LookUpOnly):
    list_display = ("item", "agency", "role", "recorded_at", "ended_at")
    list_select_related = ("item", "agency")


@admin.register(ItemRevision)
class ItemRevisionAdmin(LookUpOnly):
    list_display = ("item", "due_on", "reason", "recorded_by", "recorded_at")
    list_select_related = ("item", "recorded_by")


@admin.register(Closure, Receipt)
class AssignmentFactAdmin(LookUpOnly):
    list_display = ("assignment", "recorded_by", "recorded_at")
    list_select_related = ("assignment__item", "assignment__agency", "recorded_by")


@admin.register(AgencyRequest)
class AgencyRequestAdmin(LookUpOnly):
    list_display = ("assignment", "kind", "due_on", "recorded_by", "recorded_at")
    list_select_related = ("assignment__item", "assignment__agency", "recorded_by")


@admin.register(Decision)
class DecisionAdmin(LookUpOnly):
    list_display = ("request", yes_or_no(Decision, "is_granted"), "recorded_by", "recorded_at")
    list_select_related = ("request__assignment__item", "request__assignment__agency", "recorded_by")


@admin.register(ProgressReport)
class ProgressReportAdmin(LookUpOnly):
    list_display = ("assignment", "period", "percent", "recorded_by", "recorded_at")
    list_select_related = ("assignment__item", "assignment__agency", "period", "recorded_by")


@admin.register(Review)
class ReviewAdmin(LookUpOnly):
    list_display = ("report", "verdict", "recorded_by", "recorded_at")
    list_select_related = (
        "report__assignment__item",
        "report__assignment__agency",
        "report__period",
        "recorded_by",
    )
