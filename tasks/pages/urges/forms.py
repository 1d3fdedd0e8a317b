"""催办 as coordinators write it, and the agency's answer."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms

from tasks.http.fields import TEXT_LIMIT, DayField, DayInput, Form, TextArea
from tasks.models import Assignment


class UrgeForm(Form):
    """催办 of some of the offered assignments."""

    assignment = forms.TypedMultipleChoiceField(
        coerce=int,
        error_messages={"required": "请选择要催办的任务。", "invalid_choice": "所选任务已经不能催办，请重新选择。"},
    )
    text = forms.CharField(
        label="催办内容（必填）",
        max_length=TEXT_LIMIT,
        widget=TextArea(4),
        error_messages={"required": "请写明催办内容。"},
    )
    reply_by = DayField(
        label="答复期限（必填）",
        widget=DayInput(),
        help_text="须为工作日；逾期未答复的，自动提醒并逐级上报",
        error_messages={"required": "请填写答复期限。", "invalid": "请按2016-09-30的格式填写日期。"},
    )

    def __init__(
        self, data: Any = None, *, offered: Iterable[Assignment], initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        self.offered = {assignment.pk: assignment for assignment in offered}
        cast(forms.ChoiceField, self.fields["assignment"]).choices = [(key, str(key)) for key in self.offered]

    @property
    def chosen(self) -> set[str]:
        """The keys that are ticked, as the page compares them."""
        return {str(key) for key in self["assignment"].value() or ()}

    @property
    def content(self) -> dict[str, Any]:
        """What was typed, as the deed takes it."""
        ticked = self.cleaned_data["assignment"]
        assignments = [assignment for key, assignment in self.offered.items() if key in ticked]
        return {
            "assignments": assignments,
            "text": self.cleaned_data["text"],
            "reply_by": self.cleaned_data["reply_by"],
        }


class UrgeReplyForm(Form):
    text = forms.CharField(
        label="答复（必填）",
        max_length=TEXT_LIMIT,
        widget=TextArea(5),
        help_text="逐项写明目前进展、滞后原因、整改措施和预计完成时间。",
        error_messages={"required": "请填写答复。"},
    )
