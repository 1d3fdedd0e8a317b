"""What is typed when a ledger is kept by a name."""

from typing import Any

from django import forms

from tasks.http.fields import Form
from tasks.models import SavedView


class SavedViewForm(Form):
    """A name for a ledger, and who looks at it."""

    name = forms.CharField(
        label="名称（必填）",
        max_length=30,
        widget=forms.TextInput(attrs={"size": 24}),
        error_messages={"required": "请填写名称。", "max_length": "名称最多30字。"},
    )
    is_shared = forms.BooleanField(label="统筹人员共用", required=False, template_name="fields/check.html")

    def __init__(self, data: Any = None, *, view: SavedView | None = None) -> None:
        initial = {"name": view.name, "is_shared": view.is_shared} if view else {}
        super().__init__(data, initial=initial, auto_id=f"v{view.pk}-%s" if view else "id_%s")
