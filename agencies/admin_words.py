"""What the administrators' lists say in words: Django draws a yes or no as a red or green picture named in English."""

from collections.abc import Callable
from typing import cast

from django.contrib import admin
from django.db import models


def yes_or_no(model: type[models.Model], name: str) -> Callable[[models.Model], str]:
    """A column of a list: 是 or 否, below the field's own name, and sorted by it."""

    @admin.display(
        description=str(cast("models.BooleanField", model._meta.get_field(name)).verbose_name), ordering=name
    )
    def shown(row: models.Model) -> str:
        return "是" if getattr(row, name) else "否"

    shown.__name__ = name
    return shown
