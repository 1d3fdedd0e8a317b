"""What is typed of 批示: the word itself, an agency's answer, and what is said to an answer."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms

from tasks.http.evidence_form import EvidenceForm
from tasks.http.fields import TEXT_LIMIT, DayField, Form, TextArea, aside
from tasks.models import Assignment


class InstructionForm(Form):
    """批示 to some of the agencies that have a part in the item. On a leader's behalf it names the paper."""

    assignment = forms.TypedMultipleChoiceField(
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选择承办批示的单位。", "invalid_choice": "所选单位已不承担该任务，请重新选择。"},
    )
    leader = forms.CharField(
        label="批示领导（必填）",
        max_length=60,
        error_messages={"required": "请填写批示领导。", "max_length": "批示领导最多60字。"},
    )
    given_on = DayField(label="批示日期（必填）", error_messages={"required": "请填写批示日期。"})
    document = forms.CharField(
        label="批示件",
        max_length=200,
        required=False,
        error_messages={"max_length": "批示件名称最多200字。"},
    )
    text = forms.CharField(
        label="批示内容（必填）",
        max_length=TEXT_LIMIT,
        widget=TextArea(4),
        error_messages={"required": "请填写批示内容。"},
    )
    answer_by = DayField(
        label="答复期限（必填）",
        help_text="须为工作日；临近和逾期自动提醒",
        error_messages={"required": "请填写答复期限。"},
    )

    def __init__(
        self,
        data: Any = None,
        *,
        offered: Iterable[Assignment],
        on_behalf: bool,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.offered = {assignment.pk: assignment for assignment in offered}
        choices = [(pk, f"{each.agency}（{each.get_role_display()}）") for pk, each in self.offered.items()]
        cast(forms.ChoiceField, self.fields["assignment"]).choices = choices
        self.on_behalf = on_behalf
        document = self.fields["document"]
        document.required = on_behalf
        document.label = "批示件（必填）" if on_behalf else "批示件"
        document.label_suffix = "" if on_behalf else aside("选填")
        document.help_text = "代为登记的，写明批示所在文件的名称或文号"
        document.error_messages["required"] = "代为登记的，请写明批示件的名称或文号。"

    @property
    def choices(self) -> list[tuple[Assignment, bool]]:
        """Each agency that is offered, and whether it is ticked."""
        ticked = {str(key) for key in self["assignment"].value() or ()}
        return [(assignment, str(pk) in ticked) for pk, assignment in self.offered.items()]

    @property
    def content(self) -> dict[str, Any]:
        """What was typed, as the deed takes it."""
        typed = dict(self.cleaned_data)
        chosen = typed.pop("assignment")
        assignments = [assignment for pk, assignment in self.offered.items() if pk in chosen]
        return {**typed, "assignments": assignments, "on_behalf": self.on_behalf}


class AnswerForm(EvidenceForm):
    """An agency's answer, with evidence or without."""

    text = forms.CharField(
        label="答复（必填）",
        max_length=TEXT_LIMIT,
        widget=TextArea(5),
        help_text="写明落实情况、下一步安排和完成时间。",
        error_messages={"required": "请填写答复。"},
    )


class NoteForm(Form):
    """阅知, with a word to the answer or without."""

    text = forms.CharField(
        label="意见",
        label_suffix=aside("选填，承办单位可见"),
        max_length=500,
        required=False,
        widget=TextArea(2),
        error_messages={"max_length": "意见最多500字。"},
    )
