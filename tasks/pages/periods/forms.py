"""The form that locks a period or excuses a report, and takes either back."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms

from tasks.http.fields import Form, TextArea


class SwitchForm(Form):
    """One of two opposite deeds, with the reason that either asks for."""

    turn = forms.ChoiceField(error_messages={"required": "请选择处理方式。", "invalid_choice": "请选择处理方式。"})
    reason = forms.CharField(label="原因", label_suffix="（必填）", max_length=500, required=False, widget=TextArea(3))

    def __init__(self, data: Any, *, switches: Iterable[str]) -> None:
        super().__init__(data)
        cast(forms.ChoiceField, self.fields["turn"]).choices = [(word, word) for word in switches]

    @property
    def switch(self) -> str:
        """Which of the two was chosen."""
        return str(self.cleaned_data["turn"])
