"""What the administrators' pages say in words: Django draws a yes or no as a red or green picture named in English."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin
from django.db import models
from django.http import HttpRequest


def yes_or_no(model: type[models.Model], name: str) -> Callable[[models.Model], str]:
    """A column of a list: 是 or 否, below the field's own name, and sorted by it."""

    @admin.display(
        description=str(cast("models.BooleanField", model._meta.get_field(name)).verbose_name), ordering=name
    )
    def shown(row: models.Model) -> str:
        return "是" if getattr(row, name) else "否"

    shown.__name__ = name
    return shown


class InWords(admin.ModelAdmin):
    """Where a row is only looked at, its yes or no is a word, too."""

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        return [(head, {**options, "fields": [*map(self._in_words, options["fields"])]}) for head, options in fieldsets]

    def _in_words(self, name: Any) -> Any:
        known = {field.name: field for field in self.opts.fields}
        return yes_or_no(self.model, name) if isinstance(known.get(name), models.BooleanField) else name
