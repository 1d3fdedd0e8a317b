"""Master data that the plan depends on, and the facts to look up. Business data has no edit button here."""

from django.contrib import admin
from django.http import HttpRequest

from agencies.admin_recording import RecordedAdmin
from agencies.models import AgencyGroup, GroupMembership
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


class MembershipInline(admin.TabularInline):
    """Who belongs to the group, to look up: coordinators change it on its page, which says before what will follow."""

    model = GroupMembership
    extra = 0
    can_delete = False

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
    list_display = ("day", "is_workday", "name")
    list_filter = ("is_workday",)
    date_hierarchy = "day"


class LookUpOnly(admin.ModelAdmin):
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
    list_display = ("request", "is_granted", "recorded_by", "recorded_at")
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
