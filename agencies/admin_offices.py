"""统筹机构 in the administrators' pages, and what other lists there say of them: nothing where there is one office."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import QuerySet, Value
from django.http import HttpRequest

from agencies.admin_recording import RecordedAdmin
from agencies.models import Agency, Level, Office, User

PLACE = ("code", "parent")  # make up the path, to which everything refers


class OfficeForm(forms.ModelForm):
    class Meta:
        model = Office
        fields = ("area", "level", "code", "parent", "name", "urge_prefix", "government", "ordinal")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("area", "code"):
            if name in self.fields:
                self.fields[name].required = True
        if "level" in self.fields:
            below = Level(Office.current().level).below
            self.fields["level"].choices = [(each.value, each.label) for each in below]  # type: ignore[attr-defined]
        if "parent" in self.fields:
            self.fields["parent"].queryset = Office.objects.local()  # type: ignore[attr-defined]
        governments = Agency.objects.filter(ended_on=None, is_collective=False)
        self.fields["government"].queryset = governments  # type: ignore[attr-defined]


@admin.register(Office)
class OfficeAdmin(RecordedAdmin):
    """Offices of cities and counties. The one that runs the installation names itself on its own page."""

    form = OfficeForm
    list_display = ("area", "code", "level", "parent_area", "name", "urge_prefix", "government")
    list_filter = ("level",)
    list_select_related = ("parent", "government")
    search_fields = ("area", "code", "name")
    ordering = ("path",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Office]:
        return super().get_queryset(request).exclude(path="").annotate(top=Value(Office.current().place))

    @admin.display(description="上级机构", ordering="parent__path")
    def parent_area(self, row: Any) -> str:
        return str(row.parent.place if row.parent else row.top)

    def get_readonly_fields(self, request: HttpRequest, obj: Office | None = None) -> tuple[str, ...]:
        return PLACE if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Office | None = None) -> bool:
        return False


class OfOfficesMixin(admin.ModelAdmin):
    """A list whose rows belong to offices: column, filter and field of it, once there are several."""

    @staticmethod
    def has_several() -> bool:
        return Office.objects.local().exists()

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        listed = list(super().get_list_display(request))
        return [*listed, "home"] if self.has_several() else listed

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        filters = list(super().get_list_filter(request))
        return [*filters, "office"] if self.has_several() else filters

    def get_fieldsets(self, request: HttpRequest, obj: models.Model | None = None) -> Any:
        """Without the field of the office where there is one."""
        fieldsets = super().get_fieldsets(request, obj)
        if self.has_several():
            return fieldsets
        return [
            (title, {**options, "fields": [each for each in options["fields"] if each != "office"]})
            for title, options in fieldsets
        ]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The top office is chosen by choosing none."""
        if db_field.name == "office":
            kwargs |= {"queryset": Office.objects.local(), "empty_label": Office.current().name}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description="所属机构", ordering="office__path")
    def home(self, row: User | Agency) -> str:
        """The area; nothing for the office that runs the installation."""
        agency = getattr(row, "agency", None)
        office = agency.office if agency else row.office
        return office.area if office else ""
