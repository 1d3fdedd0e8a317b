"""What coordinators type on an item: amendment, weights, closing."""

from collections.abc import Iterable
from typing import Any

from django import forms

from tasks.http.fields import TEXT_LIMIT, DayField, DayInput, Form, TextArea, WholeNumberInput
from tasks.models import Assignment, Closure
from tasks.workflow.item_course import KINDS


class AmendForm(Form):
    """A new due date or wording. Says how many revisions there were when it was made."""

    basis = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    due_on = DayField(
        label="完成时限",
        required=False,
        widget=DayInput(),
        help_text="留空表示持续推进，不设完成时限",
        error_messages={"invalid": "请按2016-09-30的格式填写日期。"},
    )
    wording = forms.CharField(
        label="调整后的表述（选填）",
        max_length=TEXT_LIMIT,
        required=False,
        widget=TextArea(3),
        help_text="只在后续文件调整了任务表述时填写；公文原文始终保留",
    )
    reason = forms.CharField(
        label="调整原因（必填）",
        max_length=500,
        widget=TextArea(2),
        error_messages={"required": "请写明调整原因。"},
    )


class RedateForm(Form):
    """One due date for several items, or no end for them. Says how often each had been revised when it was made."""

    basis = forms.CharField(required=False, widget=forms.HiddenInput)
    due_on = DayField(label="完成时限", required=False, widget=DayInput())
    is_endless = forms.BooleanField(
        label="改为持续推进，不设完成时限", required=False, template_name="fields/check.html"
    )
    reason = forms.CharField(
        label="调整原因（必填）",
        max_length=500,
        widget=TextArea(2),
        error_messages={"required": "请写明调整原因。"},
    )

    def clean(self) -> dict[str, Any]:
        """A date or none: left empty by oversight it is no answer."""
        cleaned: dict[str, Any] = self.cleaned_data
        day, is_endless = cleaned.get("due_on"), cleaned.get("is_endless")
        if not self.has_error("due_on"):
            if day is None and not is_endless:
                self.add_error("due_on", "请填写完成时限，或勾选持续推进。")
            elif day is not None and is_endless:
                self.add_error("due_on", "已填写完成时限，请不要同时勾选持续推进。")
        return cleaned


class WeightsForm(Form):
    """A weight for each lead of an item. Says how many revisions there were when it was made."""

    basis = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label="调整原因（必填）",
        max_length=500,
        widget=TextArea(2),
        error_messages={"required": "请写明调整原因。"},
    )

    def __init__(self, data: Any = None, *, leads: Iterable[Assignment], basis: int) -> None:
        super().__init__(data, initial={"basis": basis})
        self.leads = {f"weight_{lead.pk}": lead for lead in leads}
        for name, lead in self.leads.items():
            self.fields[name] = forms.IntegerField(
                label=lead.agency.name,
                initial=lead.weight_now,
                widget=WholeNumberInput(min=1, max=100),
                error_messages={"required": "请填写整数。", "invalid": "请填写整数。"},
            )

        self.order_fields([*self.leads, "reason"])

    @property
    def content(self) -> dict[str, Any]:
        """What was typed, as the deed takes it."""
        weights = {lead.pk: self.cleaned_data[name] for name, lead in self.leads.items()}
        return {"weights": weights, "basis": self.cleaned_data["basis"], "reason": self.cleaned_data["reason"]}


class ClosureForm(Form):
    """办结, 中止, 撤销 or 恢复. Says how often the assignment had been closed or reopened when it was made."""

    basis = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label="处理", choices=Closure.Kind.choices, error_messages={"required": "请选择处理方式。"}
    )
    reason = forms.CharField(
        label="依据（必填）",
        max_length=500,
        widget=TextArea(3),
        help_text="写明验收或文件依据，如“××文件已印发，现场核验相符”。",
        error_messages={"required": "请写明依据。"},
    )
    unproven = forms.CharField(
        label="没有佐证材料的原因",
        max_length=200,
        required=False,
        widget=TextArea(2),
        help_text="没有佐证材料而办结的必填，随依据留存。",
    )

    def __init__(self, data: Any = None, *, initial: dict[str, Any], is_proven: bool) -> None:
        super().__init__(data, initial=initial)
        if is_proven:
            del self.fields["unproven"]

    @property
    def content(self) -> dict[str, Any]:
        """What was typed, as the deed takes it."""
        return {"unproven": "", **self.cleaned_data}


class ItemClosureForm(Form):
    """中止 of a whole item, or 恢复办理. `basis` stands for what was shown; the page with the preview fills it in."""

    basis = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label="处理",
        choices=[(kind.value, kind.label) for kind in KINDS],
        error_messages={"required": "请选择处理方式。", "invalid_choice": "请选择处理方式。"},
    )
    reason = forms.CharField(
        label="依据（必填）",
        max_length=500,
        widget=TextArea(3),
        help_text="有关单位可见，如“政府专题会议纪要〔2016〕12号”",
        error_messages={"required": "请写明依据。"},
    )
