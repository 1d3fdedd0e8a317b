"""The forms that lock a period or excuse a report, and take either back; and the one of a period that is to come."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms

from tasks.http.fields import DayField, DayInput, Form, TextArea


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


class PeriodForm(Form):
    """The days of a period that has not opened. Says how many changes the plan had when it was made."""

    basis = forms.IntegerField(widget=forms.HiddenInput)
    code = forms.CharField(
        label="报告期代码（必填）",
        max_length=7,
        help_text="月报如2016M09，双月报如2016B5，季报如2016Q3，半年报如2016H1",
        error_messages={"required": "请填写报告期代码。"},
    )
    opens_on = DayField(
        label="开放填报（必填）",
        widget=DayInput(),
        help_text="填今天即刻开放",
        error_messages={"required": "请填写开放日期。"},
    )
    due_on = DayField(label="报送截止（必填）", widget=DayInput(), error_messages={"required": "请填写截止日期。"})
    reason = forms.CharField(
        label="原因（必填）", max_length=500, widget=TextArea(2), error_messages={"required": "请写明原因。"}
    )

    def __init__(self, data: Any, *, initial: dict[str, Any], is_known: bool) -> None:
        super().__init__(data, initial=initial)
        if is_known:
            del self.fields["code"]
