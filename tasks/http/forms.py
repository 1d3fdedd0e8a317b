"""What every form on a page does with a deed: it is attempted, and where it is refused the form says why."""

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms

from tasks.workflow import WorkflowError

Result = TypeVar("Result")


def attempt(form: forms.Form, deed: Callable[..., Result], **what: Any) -> Result | None:
    """What the deed returns; None where it is refused, and the form is valid no longer."""
    try:
        return deed(**what)
    except WorkflowError as error:
        refuse(form, error)
        return None


def refuse(form: forms.Form, error: WorkflowError) -> None:
    """Says at the field, or of the whole form where it has no such field, why the deed was refused."""
    form.add_error(error.field if error.field in form.fields else None, error.message)
