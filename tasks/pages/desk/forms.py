"""What is done on the list itself: a verdict on the report that is open in it, and another notice."""

from typing import Any

from django import forms

from tasks.http.fields import TEXT_LIMIT, Form, TextArea, aside
from tasks.models import Review


class InlineVerdictForm(Form):
    """The verdict on a report that is open in the list."""

    report = forms.IntegerField(min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    verdict = forms.ChoiceField(choices=Review.Verdict.choices, error_messages={"required": "请选择通过或退回。"})
    comment = forms.CharField(
        label="审核意见",
        label_suffix=aside("退回时必填，对方可见"),
        max_length=TEXT_LIMIT,
        required=False,
        widget=TextArea(2),
    )

    @property
    def content(self) -> dict[str, Any]:
        return {"verdict": self.cleaned_data["verdict"], "comment": self.cleaned_data["comment"]}
