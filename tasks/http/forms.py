"""What a page does with its form and a deed: it attempts the deed, and the form says why one was refused."""

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tasks.workflow import WorkflowError

Result = TypeVar("Result")


def attempt(form: forms.Form, deed: Callable[..., Result], **what: Any) -> Result | None:
    """Does the deed and returns its result; None where it is refused, and the form is valid no longer."""
    try:
        return deed(**what)
    except WorkflowError as error:
        refuse(form, error)
        return None


def refuse(form: forms.Form, error: WorkflowError) -> None:
    """Says why a deed was refused: at the field, or of the whole form where it has no such field."""
    form.add_error(error.field if error.field in form.fields else None, error.message)


def form_page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The page with its `form`: 422 where something is wrong with what was sent."""
    return render(request, template, context, status=422 if context["form"].errors else 200)
