"""The form of 计划设置."""

from typing import Any

from django import forms

from tasks.http.fields import Form, TextArea, WholeNumberInput
from tasks.models import Plan
from tasks.rules.periods import Frequency
from tasks.workflow.plans import RANGES


class SettingsForm(Form):
    """计划设置. Says how often they had been changed when it was made."""

    behind_margin = forms.IntegerField(
        label="黄灯差额（百分点）",
        help_text="负责单位的进度比序时进度低出这个数，亮黄灯（滞后），自首个应报的报告期截止后起算；任务均值低出这个数，列为欠进度。填报低于黄灯线的进度，须写明滞后原因。",
    )
    ahead_margin = forms.IntegerField(
        label="超进度差额（百分点）", help_text="任务进度比序时进度高出这个数，列为超进度；不影响亮灯。"
    )
    soon_days = forms.IntegerField(
        label="临期天数（天）", help_text="距完成时限不超过这个天数、进度未落后的，亮蓝灯（临期）。"
    )
    frequency = forms.ChoiceField(
        label="报告频次",
        choices=Frequency.choices,
        required=False,
        help_text="自下一个未开放的报告期起执行，已开放的报告期不变。",
    )
    filing_day = forms.IntegerField(
        label="报送截止日（日）",
        help_text="报告期结束后次月的这一天报送截止，逢休息日提前至最近的工作日，提前会落入本期的，顺延至其后的工作日。已开放的报告期不变。",
    )
    first_period = forms.CharField(
        label="首个报告期（选填）",
        max_length=7,
        required=False,
        help_text="如2016Q2、2016M06；留空自交办之日所在的一期起。",
    )
    last_period = forms.CharField(
        label="末个报告期（选填）",
        max_length=7,
        required=False,
        help_text="填写后不再开放以后各期；留空随任务办结而止。",
    )
    assists_owe_reports = forms.BooleanField(
        label="协助单位每期也应报送进展",
        template_name="fields/check.html",
        required=False,
        help_text="不勾选时，协助单位可以报送，不计应报、未报。已截止的报告期不变。",
    )
    receipt_days = forms.IntegerField(
        label="签收期限（工作日）", help_text="任务交办后，承担单位应在几个工作日内签收。"
    )
    basis = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label="调整原因（必填）",
        max_length=500,
        widget=TextArea(2),
        error_messages={"required": "请写明调整原因。"},
    )

    def __init__(self, data: Any = None, *, plan: Plan) -> None:
        super().__init__(data, initial={**plan.settings, "basis": len(plan.former)})
        for name, (least, most) in RANGES.items():
            field = self.fields[name]
            field.widget = WholeNumberInput(min=least, max=most)
            field.error_messages = {"required": "请填写整数。", "invalid": "请填写整数。"}

    @property
    def content(self) -> dict[str, Any]:
        """What was typed, as the deed takes it."""
        settings = {name: self.cleaned_data[name] for name in Plan.names()}
        settings["frequency"] = settings["frequency"] or self.initial["frequency"]
        return {"settings": settings, "basis": self.cleaned_data["basis"], "reason": self.cleaned_data["reason"]}
