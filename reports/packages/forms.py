"""The forms about packages judge syntax at the field; what is allowed is decided by the deeds."""

from collections.abc import Sequence
from datetime import date

from django import forms
from django.http import QueryDict

from reports.models import Package
from reports.packages.asking import opened_codes
from tasks.http.fields import DayField, DayInput, Form, TextArea, WholeNumberInput
from tasks.models import Plan
from tasks.rules.periods import span

DATE_ERRORS = {"required": "请填写截至日期。", "invalid": "请按2016-09-30的格式填写日期。"}


class PackageForm(Form):
    """Asks for a package of one plan, or of several that are ticked."""

    period = forms.ChoiceField(
        label="报告期",
        error_messages={"required": "请选择报告期。", "invalid_choice": "请在列出的报告期中选择。"},
    )
    as_of = DayField(label="截至日期", error_messages=DATE_ERRORS)
    plans = forms.MultipleChoiceField(
        label="行动计划",
        error_messages={"required": "请至少选择两个行动计划。", "invalid_choice": "请在列出的行动计划中选择。"},
    )

    def __init__(self, data: QueryDict | None, *, plans: Sequence[Plan], today: date, chooses: bool = False) -> None:
        super().__init__(data, initial={"as_of": today})
        self.fields["as_of"].widget = DayInput(max=f"{today:%Y-%m-%d}")
        self.periods = period_choices(plans, today)
        self.fields["period"].choices = self.periods  # type: ignore[attr-defined]
        self.known = {plan.slug: plan for plan in plans}
        if chooses:
            self.fields["plans"].choices = [(plan.slug, plan.name) for plan in plans]  # type: ignore[attr-defined]
        else:
            del self.fields["plans"]

    def clean_plans(self) -> list[Plan]:
        chosen = [self.known[slug] for slug in self.cleaned_data["plans"]]
        if len(chosen) < 2:
            raise forms.ValidationError("请至少选择两个行动计划；单个计划的汇总在该计划的汇总页生成。")
        return chosen


def period_choices(plans: Sequence[Plan], today: date) -> list[tuple[str, str]]:
    """Offers the periods that have opened, newest first, each year after its periods."""
    codes = sorted(set(opened_codes(plans, today)), key=lambda code: (span(code)[1], code), reverse=True)
    choices: list[tuple[str, str]] = []
    for code in codes:
        choices.append((code, Package(period=code).period_words))
        if code[:4] not in {other[:4] for other in codes[codes.index(code) + 1 :]}:
            choices.append((code[:4], Package(period=code[:4]).period_words))
    return choices


class IssueForm(Form):
    """Asks for the number under which an edition goes out."""

    number = forms.IntegerField(
        label="期号（本年第几期）",
        widget=WholeNumberInput(),
        min_value=1,
        max_value=999,
        error_messages={
            "required": "请填写期号。",
            "invalid": "期号应为数字。",
            "min_value": "期号从1起。",
            "max_value": "期号不超过999。",
        },
    )


class WithdrawalForm(Form):
    """Asks why an issue is taken back."""

    reason = forms.CharField(
        label="撤回原因（必填）",
        max_length=500,
        widget=TextArea(2),
        error_messages={"required": "请写明撤回原因。"},
    )
