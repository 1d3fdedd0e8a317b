"""What people type: syntax and sense at the field. Who may and what is allowed is decided elsewhere."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms

from agencies.models import Agency
from tasks.forms_evidence import EvidenceForm
from tasks.models import AgencyRequest, Assignment, Closure, Plan
from tasks.workflow.plans import RANGES
from tasks.workflow.requests import COMPLETION_RULE

TEXT_LIMIT = 2000
READING = "reading_"  # begins the name of a reading's field; the indicator's key ends it


class AmendForm(forms.Form):
    due_on = forms.DateField(
        label="完成时限",
        required=False,
        help_text="留空表示持续推进，不设完成时限",
        error_messages={"invalid": "请按2016-09-30的格式填写日期。"},
    )
    wording = forms.CharField(
        label="调整后的表述",
        max_length=TEXT_LIMIT,
        required=False,
        help_text="只在后续文件调整了任务表述时填写；公文原文始终保留",
    )
    reason = forms.CharField(label="调整原因", max_length=500, error_messages={"required": "请写明调整原因。"})


class WeightsForm(forms.Form):
    """A weight for each lead of an item. Says how many revisions there were when it was made."""

    basis = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label="调整原因", max_length=500, error_messages={"required": "请写明调整原因。"})

    def __init__(self, data: Any = None, *, leads: Iterable[Assignment], basis: int) -> None:
        super().__init__(data, initial={"basis": basis})
        self.leads = {f"weight_{lead.pk}": lead for lead in leads}
        for name, lead in self.leads.items():
            self.fields[name] = forms.IntegerField(
                label=lead.agency.name,
                initial=lead.weight_now,
                error_messages={"required": "请填写整数。", "invalid": "请填写整数。"},
            )

    @property
    def weights(self) -> dict[int, int]:
        return {lead.pk: self.cleaned_data[name] for name, lead in self.leads.items()}


class SettingsForm(forms.Form):
    """计划设置. Says how often they had been changed when it was made."""

    behind_margin = forms.IntegerField(
        label="黄灯差额（百分点）",
        help_text="任务进度比序时进度低出这个数，亮黄灯（欠进度）。填报低于黄灯线的进度，须写明滞后原因。",
    )
    ahead_margin = forms.IntegerField(
        label="超进度差额（百分点）", help_text="任务进度比序时进度高出这个数，列为超进度；不影响亮灯。"
    )
    soon_days = forms.IntegerField(
        label="临期天数（天）", help_text="距完成时限不超过这个天数、进度未落后的，亮蓝灯（临期）。"
    )
    filing_day = forms.IntegerField(
        label="季报截止日（日）",
        help_text="季度结束后次月的这一天报送截止，逢休息日提前至最近的工作日。已开放的报告期不变。",
    )
    assists_owe_reports = forms.BooleanField(
        label="协助单位每季也应报送进展",
        required=False,
        help_text="不勾选时，协助单位可以报送，不计应报、未报。已截止的报告期不变。",
    )
    receipt_days = forms.IntegerField(
        label="签收期限（工作日）", help_text="任务交办后，承担单位应在几个工作日内签收。"
    )
    basis = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label="调整原因", max_length=500, error_messages={"required": "请写明调整原因。"})

    def __init__(self, data: Any = None, *, plan: Plan) -> None:
        super().__init__(data, initial={**plan.settings, "basis": len(plan.former)})
        for name, (least, most) in RANGES.items():
            field = self.fields[name]
            field.widget.attrs |= {"min": least, "max": most}
            field.error_messages = {"required": "请填写整数。", "invalid": "请填写整数。"}

    @property
    def content(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in Plan.names()}


class ClosureForm(forms.Form):
    kind = forms.ChoiceField(
        label="处理", choices=Closure.Kind.choices, error_messages={"required": "请选择处理方式。"}
    )
    reason = forms.CharField(label="依据", max_length=500, error_messages={"required": "请写明依据。"})


class RequestForm(EvidenceForm):
    """申请 of an agency: every kind says why and may bring evidence, completion must; an extension names a day."""

    kind = forms.ChoiceField(choices=AgencyRequest.Kind.choices)
    due_on = forms.DateField(
        label="申请延至",
        error_messages={"required": "请填写申请延至的日期。", "invalid": "请按2016-09-30的格式填写日期。"},
    )
    reason = forms.CharField(label="理由", max_length=TEXT_LIMIT, error_messages={"required": "请写明理由。"})

    def __init__(self, data: Any = None, files: Any = None, *, kind: str) -> None:
        super().__init__(data, files, initial={"kind": kind})
        if kind != AgencyRequest.Kind.EXTENSION:
            del self.fields["due_on"]
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


class DecisionForm(forms.Form):
    verdict = forms.ChoiceField(
        choices=(("granted", "同意"), ("refused", "不同意")),
        error_messages={"required": "请选择同意或不同意。", "invalid_choice": "请选择同意或不同意。"},
    )
    comment = forms.CharField(label="答复意见", max_length=500, required=False)

    @property
    def content(self) -> dict[str, Any]:
        """What was decided, as the deed takes it."""
        return {"is_granted": self.cleaned_data["verdict"] == "granted", "comment": self.cleaned_data["comment"]}


class MembersForm(forms.Form):
    """Adds agencies to a group or removes members; whoever confirms a member makes it no longer 推定."""

    add = forms.ModelMultipleChoiceField(Agency.objects.filter(is_collective=False, ended_on=None), required=False)
    remove = forms.ModelMultipleChoiceField(Agency.objects.all(), required=False)
    confirm = forms.BooleanField(required=False)


class TurnForm(forms.Form):
    """One of two opposite deeds, with the reason that either asks for."""

    turn = forms.ChoiceField(error_messages={"required": "请选择处理方式。", "invalid_choice": "请选择处理方式。"})
    reason = forms.CharField(label="原因", max_length=500, required=False)

    def __init__(self, data: Any, *, turns: Iterable[str]) -> None:
        super().__init__(data)
        cast(forms.ChoiceField, self.fields["turn"]).choices = [(turn, turn) for turn in turns]


class UrgeForm(forms.Form):
    """催办 of some of the offered assignments."""

    assignment = forms.TypedMultipleChoiceField(
        coerce=int,
        error_messages={"required": "请选择要催办的任务。", "invalid_choice": "所选任务已经不能催办，请重新选择。"},
    )
    text = forms.CharField(label="催办内容", max_length=TEXT_LIMIT, error_messages={"required": "请写明催办内容。"})
    reply_by = forms.DateField(
        label="答复期限",
        error_messages={"required": "请填写答复期限。", "invalid": "请按2016-09-30的格式填写日期。"},
    )

    def __init__(self, data: Any = None, *, offered: Iterable[int], initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        cast(forms.ChoiceField, self.fields["assignment"]).choices = [(key, str(key)) for key in offered]

    @property
    def chosen(self) -> set[str]:
        """The keys that are ticked, as the page compares them."""
        return {str(key) for key in self["assignment"].value() or ()}


class UrgeReplyForm(forms.Form):
    text = forms.CharField(label="答复", max_length=TEXT_LIMIT, error_messages={"required": "请填写答复。"})
