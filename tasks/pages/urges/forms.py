"""催办 as coordinators write it, and the agency's answer."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms

from tasks.http.evidence_form import EvidenceForm
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


PART = "part_"  # begins the name of a task's field; the assignment's key ends it


class UrgeReplyForm(EvidenceForm):
    """One text for all urged tasks, or one for each of them."""

    text = forms.CharField(
        label="答复",
        max_length=TEXT_LIMIT,
        required=False,
        widget=TextArea(4),
        help_text="写明目前进展、滞后原因、整改措施和预计完成时间；多项任务可在下面逐项填写。",
    )

    def __init__(self, data: Any = None, files: Any = None, *, subjects: Iterable[Assignment] = ()) -> None:
        super().__init__(data, files)
        self.subjects = list(subjects)
        if len(self.subjects) > 1:
            for subject in self.subjects:
                self.fields[f"{PART}{subject.pk}"] = forms.CharField(
                    label=f"{subject.item.label}{subject.item.title}",
                    max_length=TEXT_LIMIT,
                    required=False,
                    widget=TextArea(2),
                )

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        if not typed.get("text") and not self.parts:
            self.add_error("text", "请填写答复。")
        return typed

    @property
    def by_task(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(PART)]

    @property
    def parts(self) -> dict[int, str]:
        typed = {name: text for name, text in self.cleaned_data.items() if name.startswith(PART) and text}
        return {int(name.removeprefix(PART)): text for name, text in typed.items()}
