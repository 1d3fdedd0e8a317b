"""What people type: syntax and sense at the field. Who may and what is allowed is decided elsewhere."""

from decimal import Decimal
from typing import Any

from django import forms

from agencies.models import Agency, AgencyGroup, GroupMembership
from tasks.models import Closure, Indicator, ProgressReport, Review
from tasks.workflow import ReportContent

TEXT_LIMIT = 2000
READING = "reading_"


class ReportForm(forms.Form):
    """An agency's report on one item. A draft may lack anything; filing asks for a whole report."""

    percent = forms.IntegerField(
        label="进度",
        min_value=0,
        max_value=100,
        error_messages={
            "required": "请填写进度。",
            "invalid": "进度应为0到100之间的整数。",
            "min_value": "进度应为0到100之间的整数。",
            "max_value": "进度应为0到100之间的整数。",
        },
    )
    progress = forms.CharField(label="本期进展", max_length=TEXT_LIMIT, required=False)
    problems = forms.CharField(label="存在问题", max_length=TEXT_LIMIT, required=False)
    next_steps = forms.CharField(label="下一步打算", max_length=TEXT_LIMIT, required=False)
    delay_reason = forms.CharField(label="滞后原因", max_length=TEXT_LIMIT, required=False)
    is_unchanged = forms.BooleanField(label="本期无变化", required=False)

    def __init__(self, data: Any = None, *, indicators: list[Indicator], is_draft: bool = False, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.indicators = indicators
        self.fields["percent"].required = not is_draft
        for indicator in indicators:
            self.fields[f"{READING}{indicator.pk}"] = forms.DecimalField(
                label=indicator.name,
                required=False,
                min_value=0,
                max_digits=14,
                decimal_places=2,
                error_messages={"invalid": "请填写数字。", "min_value": "累计值不能小于0。"},
            )

    @property
    def readings(self) -> list[tuple[Indicator, forms.BoundField]]:
        return [(indicator, self[f"{READING}{indicator.pk}"]) for indicator in self.indicators]

    def content_after(self, last: ProgressReport | None) -> ReportContent:
        """What was typed, as the deed takes it. 本期无变化 repeats the last accepted report where nothing is typed."""
        typed = dict(self.cleaned_data)
        readings: dict[int, Decimal] = {}
        for indicator in self.indicators:
            value = typed.pop(f"{READING}{indicator.pk}")
            if value is not None:
                readings[indicator.pk] = value
        if typed["is_unchanged"] and last is not None:
            readings = {reading.indicator_id: reading.value for reading in last.readings.all()} | readings
            for name in ("progress", "problems", "next_steps"):
                typed[name] = typed[name] or getattr(last, name)
        return ReportContent(**typed, readings=readings)

    @property
    def draft_fields(self) -> dict[str, object]:
        """What was typed, as a draft keeps it."""
        names = ("percent", "progress", "problems", "next_steps", "delay_reason", "is_unchanged")
        fields = {name: self.cleaned_data[name] for name in names}
        readings = {
            str(indicator.pk): str(value)
            for indicator in self.indicators
            if (value := self.cleaned_data[f"{READING}{indicator.pk}"]) is not None
        }
        return {**fields, "readings": readings}


class ReviewForm(forms.Form):
    verdict = forms.ChoiceField(
        choices=Review.Verdict.choices,
        error_messages={"required": "请选择通过或退回。", "invalid_choice": "请选择通过或退回。"},
    )
    comment = forms.CharField(label="审核意见", max_length=TEXT_LIMIT, required=False)
    again = forms.BooleanField(required=False)


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


class ClosureForm(forms.Form):
    kind = forms.ChoiceField(
        label="处理", choices=Closure.Kind.choices, error_messages={"required": "请选择处理方式。"}
    )
    reason = forms.CharField(label="依据", max_length=500, error_messages={"required": "请写明依据。"})


class MembersForm(forms.Form):
    """Adds agencies to a group or removes members; whoever confirms a member makes it no longer 推定."""

    add = forms.ModelMultipleChoiceField(Agency.objects.filter(is_collective=False), required=False)
    remove = forms.ModelMultipleChoiceField(Agency.objects.all(), required=False)
    confirm = forms.BooleanField(required=False)

    def __init__(self, data: Any = None, *, group: AgencyGroup) -> None:
        super().__init__(data)
        self.group = group

    def save(self) -> None:
        self.group.memberships.filter(agency__in=self.cleaned_data["remove"]).delete()
        for agency in self.cleaned_data["add"]:
            GroupMembership.objects.get_or_create(group=self.group, agency=agency)
        if self.cleaned_data["confirm"]:
            self.group.memberships.update(is_inferred=False)
