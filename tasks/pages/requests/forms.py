"""What an agency asks for, and what coordinators decide."""

from typing import Any, cast

from django import forms
from django.db.models import QuerySet

from agencies.models import Agency
from tasks.http.evidence_form import EvidenceForm
from tasks.http.fields import TEXT_LIMIT, DayField, DayInput, Form, TextArea, aside
from tasks.models import AgencyRequest, Assignment
from tasks.workflow.requests import COMPLETION_RULE

TO_WRITE = {
    AgencyRequest.Kind.DECLINE: "写明依据，如“三定”规定或职责划转文件，并建议承担单位。",
    AgencyRequest.Kind.COMPLETION: "逐条说明举措和量化指标的完成情况，写明验收或文件依据。",
    AgencyRequest.Kind.EXTENSION: "写明不能按期完成的原因、已完成的工作和今后安排。",
}


class RequestForm(EvidenceForm):
    """申请 of an agency: every kind says why and may bring evidence, completion must; an extension names a day."""

    kind = forms.ChoiceField(choices=AgencyRequest.Kind.choices)
    due_on = DayField(
        label="申请延至（必填）",
        widget=DayInput(),
        error_messages={"required": "请填写申请延至的日期。", "invalid": "请按2016-09-30的格式填写日期。"},
    )
    reason = forms.CharField(
        label="理由（必填）",
        max_length=TEXT_LIMIT,
        widget=TextArea(4),
        error_messages={"required": "请写明理由。"},
    )

    def __init__(self, data: Any = None, files: Any = None, *, kind: str) -> None:
        super().__init__(data, files, initial={"kind": kind})
        self.asked_kind = kind
        if kind != AgencyRequest.Kind.EXTENSION:
            del self.fields["due_on"]
        self.fields["reason"].help_text = TO_WRITE[AgencyRequest.Kind(kind)]
        self.needs_evidence = kind == AgencyRequest.Kind.COMPLETION

    def clean(self) -> dict[str, Any]:
        """Missing evidence is said together with whatever else is wrong, not after it."""
        cleaned = super().clean()
        if self.needs_evidence and not (self.staying or self.uploads or self.has_error("evidence")):
            self.add_error("evidence", COMPLETION_RULE)
        return cleaned

    @property
    def content(self) -> dict[str, Any]:
        """What was typed, as the deed takes it; the evidence is stored beside it."""
        return {name: self.cleaned_data[name] for name in ("kind", "due_on", "reason") if name in self.cleaned_data}


class DecisionForm(Form):
    """同意 or 不同意; an extension until the day asked for, or another."""

    verdict = forms.ChoiceField(
        choices=(("granted", "同意"), ("refused", "不同意"), ("look", "核对亮灯")),
        error_messages={"required": "请选择同意或不同意。", "invalid_choice": "请选择同意或不同意。"},
    )
    due_on = DayField(
        label="同意延至",
        required=False,
        widget=DayInput(),
        help_text="可另定日期，早于或晚于申请的日期均可；与申请不同的须写明意见。",
    )
    comment = forms.CharField(
        label="答复意见",
        label_suffix=aside("不同意时必填，对方可见"),
        max_length=500,
        required=False,
        widget=TextArea(2),
    )

    instead = forms.ModelChoiceField(
        Agency.objects.none(),
        label="同意后改交（选填）",
        required=False,
        empty_label="先不交办",
        help_text="同意退回的同时交给另一单位；不选的，任务如无其他负责单位即为“未明确单位”",
        error_messages={"invalid_choice": "所选单位不在名单内。"},
    )
    role = forms.ChoiceField(label="改交的角色", choices=Assignment.Role.choices, required=False)

    def __init__(self, data: Any = None, *, asked: AgencyRequest, agencies: QuerySet[Agency] | None = None) -> None:
        """Of what an agency declines, `agencies` are those that can have it instead."""
        super().__init__(data, initial={"due_on": asked.due_on})
        if asked.kind != AgencyRequest.Kind.EXTENSION:
            del self.fields["due_on"]
        if agencies is None:
            del self.fields["instead"], self.fields["role"]
        else:
            cast(forms.ModelChoiceField, self.fields["instead"]).queryset = agencies

    @property
    def only_looks(self) -> bool:
        """Whether the lights of another day are asked for, and nothing is decided yet."""
        return bool(self.cleaned_data.get("verdict") == "look")

    @property
    def content(self) -> dict[str, Any]:
        """What was decided, as the deed takes it."""
        typed = self.cleaned_data
        is_granted = typed["verdict"] == "granted"
        decided = {"is_granted": is_granted, "comment": typed["comment"], "due_on": typed.get("due_on")}
        if typed.get("instead"):
            decided |= {"instead": typed["instead"], "role": typed["role"] or Assignment.Role.LEAD}
        return decided
