"""Master data in the admin: every change is on the record with its old and new values, never with a password."""

from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Any

from django import forms
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from agencies.admin_words import InWords
from agencies.changes import note, recording
from agencies.models import Agency, AgencyAlias, User
from qa_plan import clock

SECRET = "password"
CHANGED = "密码已修改"
UNTOLD = ("id", "last_login", "date_joined", "password_set_at", "session_series")


def values_of(row: models.Model | None) -> dict[str, Any]:
    """The values of a row of master data by field; related rows are told by their names."""
    if row is None:
        return {}
    fields = [field for field in row._meta.concrete_fields if field.name not in UNTOLD]
    return {field.name: _value(getattr(row, field.name)) for field in fields}


def _value(value: object) -> object:
    return str(value) if isinstance(value, models.Model) else value


def stored(row: models.Model) -> models.Model | None:
    """The row as the database has it, before it is saved."""
    return type(row)._default_manager.filter(pk=row.pk).first() if row.pk else None


def note_saved(row: models.Model, before: models.Model | None, *, by: User, at: datetime) -> None:
    """Puts on record what saving the row changed; nothing where nothing did."""
    old, new = values_of(before), values_of(row)
    if old.get(SECRET) != new.get(SECRET):
        new[SECRET], old[SECRET] = CHANGED, ""
    changed = [name for name in new if name not in old or old[name] != new[name]]
    if not changed:
        return
    name = row._meta.verbose_name
    note(
        f"修改{name}" if before else f"新增{name}",
        row,
        by=by,
        at=at,
        old={name: old[name] for name in changed if name in old and old[name] != ""},
        new={name: new[name] for name in changed},
        agency=_agency_concerned(row),
    )


def note_deleted(row: models.Model, *, by: User, at: datetime) -> None:
    old = {name: value for name, value in values_of(row).items() if name != SECRET}
    note(f"删除{row._meta.verbose_name}", row, by=by, at=at, old=old, agency=_agency_concerned(row))


def _agency_concerned(row: models.Model) -> Agency | None:
    """The agency of people and members. None for agencies and aliases, so that one made by mistake can be deleted."""
    return None if isinstance(row, AgencyAlias) else getattr(row, "agency", None)


class RecordedAdmin(InWords):
    """A page of the admin whose changes are deeds: one transaction, and a row on the record for each thing changed."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with recorded(request):
            return super().changeform_view(request, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with recorded(request):
            return super().changelist_view(request, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with recorded(request):
            return super().delete_view(request, *args, **kwargs)

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> forms.Field | None:
        """A choice is a plain one, without windows of their own in which the chosen row is changed."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        before = stored(obj)
        super().save_model(request, obj, form, change)
        note_saved(obj, before, by=person(request), at=clock.now())

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        rows = formset.save(commit=False)
        for row in formset.deleted_objects:
            note_deleted(row, by=person(request), at=clock.now())
        before = {id(row): stored(row) for row in rows}
        super().save_formset(request, form, formset, change)
        for row in rows:
            note_saved(row, before[id(row)], by=person(request), at=clock.now())

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        note_deleted(obj, by=person(request), at=clock.now())
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        for row in queryset:
            note_deleted(row, by=person(request), at=clock.now())
        super().delete_queryset(request, queryset)


def recorded(request: HttpRequest) -> AbstractContextManager[None]:
    """Records what a sent form changes; a page that is only read takes no lock."""
    return recording() if request.method == "POST" else nullcontext()


def person(request: HttpRequest) -> User:
    assert request.user.is_authenticated  # the admin lets nobody else in
    return request.user
