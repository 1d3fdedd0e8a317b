"""What is done on the list itself: a verdict on the report that is open in it."""

from typing import Any

from django import forms

from tasks.http.verdict_form import VerdictForm


class InlineVerdictForm(VerdictForm):
    """The verdict on a report that is open in the list."""

    report = forms.IntegerField(min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)

    @property
    def content(self) -> dict[str, Any]:
        return {"verdict": self.cleaned_data["verdict"], "comment": self.cleaned_data["comment"]}
