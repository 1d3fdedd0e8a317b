"""The report form: what an agency types about one item in one period. What is allowed is decided by the deed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import forms

from agencies.models import User
from tasks.http.evidence_form import EvidenceForm
from tasks.http.fields import (
    READING,
    TEXT_LIMIT,
    TOO_LONG,
    FigureField,
    FigureInput,
    Shared,
    SharedChoice,
    SharedSelect,
    SharedText,
    TextArea,
    WholeFigureField,
)
from tasks.models import Indicator, ProgressReport, ReportingPeriod
from tasks.rules.contradictions import Read, contradictions, mark_of
from tasks.rules.delays import reasons, with_choice
from tasks.rules.unchanged import REASONS, USUAL, split_reason, with_reason
from tasks.workflow import ReportContent
from tasks.workflow.versions import Basis

UNCHANGED = "unchanged"  # the button that files at once what has not changed, for the reason that nearly always holds
OTHER = "other"  # 本期无变化 for a reason that is typed
TEXTS = ("problems", "next_steps", "delay_reason", "lower_reason")


@dataclass(slots=True)
class Difference:
    """One field as it is stored now and as it was typed."""

    label: str
    theirs: str
    mine: str

    @property
    def differs(self) -> bool:
        return self.theirs != self.mine


@dataclass(slots=True)
class Conflict:
    """What somebody saved or filed while this form was being filled in, beside what was typed."""

    by: User | None
    at: datetime
    is_filed: bool
    fields: list[Difference]
    action: str  # what was asked for when it was refused


@lru_cache
def choice_of_reasons(ends_on: date | None) -> SharedChoice:
    """The usual reasons of a delay, in a period that ends on that day."""
    ready = reasons(ends_on) if ends_on else []
    groups = [(f"{day}赶上", [(reason, reason) for reason in choices]) for day, choices in ready]
    return SharedChoice(
        label="常见原因",
        required=False,
        choices=[("", "未选"), *groups],
        widget=SharedSelect(),
        error_messages={"invalid_choice": "请选择列出的原因，或直接填写。"},
    )


def _said(data: Any) -> Any:
    """What was typed; where 本期无变化 was pressed and no reason chosen, with the usual one."""
    if not data or data.get("action") != UNCHANGED or data.get("unchanged"):
        return data
    said = data.copy()
    said["unchanged"] = USUAL
    return said


class PercentField(Shared, WholeFigureField):
    pass


def percent_field(*, is_required: bool) -> PercentField:
    return PercentField(  # type: ignore[call-arg]  # the stubs know no template_name of numbers
        label="进度",
        required=is_required,
        min_value=0,
        max_value=100,
        widget=FigureInput(inputmode="numeric"),
        template_name="fields/figure.html",
        error_messages={
            "required": "请填写进度。",
            "invalid": "进度应为0到100之间的整数。",
            "min_value": "进度应为0到100之间的整数。",
            "max_value": "进度应为0到100之间的整数。",
        },
    )


OPEN_PERCENT = percent_field(is_required=False)  # a draft's


class ReportForm(EvidenceForm):
    """An agency's report on one item. A draft may lack anything; filing asks for a whole report."""

    usual_reason = USUAL
    progress = SharedText(
        label="本期进展",
        max_length=TEXT_LIMIT,
        error_messages=TOO_LONG,
        required=False,
        widget=TextArea(3, placeholder="请写明本期工作内容和完成情况，数据在前。"),
    )
    percent = percent_field(is_required=True)
    unchanged = SharedChoice(
        label="本期有无变化",
        choices=[
            ("", "有变化"),
            *[(reason, f"无变化：{reason}") for reason in REASONS],
            (OTHER, "无变化：其他原因（在上栏写明）"),
        ],
        required=False,
        error_messages={"invalid_choice": "请选择列出的原因。"},
    )
    problems = SharedText(
        label="存在问题", max_length=TEXT_LIMIT, error_messages=TOO_LONG, required=False, widget=TextArea(2)
    )
    next_steps = SharedText(
        label="下一步打算", max_length=TEXT_LIMIT, error_messages=TOO_LONG, required=False, widget=TextArea(2)
    )
    delay_reason = SharedText(
        label="滞后原因",
        label_suffix="（低于黄灯线必填）",
        max_length=TEXT_LIMIT,
        error_messages=TOO_LONG,
        required=False,
        widget=TextArea(2),
    )
    delay_choice = choice_of_reasons(None)
    lower_reason = SharedText(
        label="进度回调原因",
        label_suffix="（低于上次必填）",
        max_length=TEXT_LIMIT,
        error_messages=TOO_LONG,
        required=False,
        widget=TextArea(2),
    )
    returned_comment = SharedText(
        label="审签意见", max_length=TEXT_LIMIT, error_messages=TOO_LONG, required=False, widget=TextArea(2)
    )

    asks_of_secrecy = False
    pointed_out: Sequence[str] = ()  # what speaks against itself, and was not said to be meant

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        indicators: list[Indicator],
        period: ReportingPeriod | None = None,
        is_draft: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(_said(data), files, **kwargs)
        self.fields["delay_choice"] = choice_of_reasons(period and period.ends_on)
        self.indicators = indicators
        self.is_draft = is_draft
        if is_draft:
            self.fields["percent"] = OPEN_PERCENT
        for indicator in indicators:
            self.fields[f"{READING}{indicator.pk}"] = FigureField(  # type: ignore[call-arg]
                label=indicator.name,
                required=False,
                min_value=0,
                widget=FigureInput(inputmode="decimal"),
                template_name="fields/figure.html",
                max_digits=14,
                decimal_places=2,
                error_messages={
                    "min_value": "累计值不能小于0。",
                    "max_decimal_places": "累计值的小数不超过2位。",
                    "max_digits": "数字过大，请核对。",
                    "max_whole_digits": "数字过大，请核对。",
                },
            )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if chosen := typed.pop("delay_choice", ""):
            typed["delay_reason"] = with_choice(chosen, typed.get("delay_reason", ""))
        if not self.is_draft and typed.get("unchanged") == OTHER and not typed.get("progress"):
            self.add_error("progress", "请写明无变化的原因。")
        return typed

    def contradictions(self, percent: int | None, readings: Mapping[int, Decimal]) -> list[str]:
        """What was typed against what was accepted last: its percentage and readings."""
        typed = self.typed_readings
        read = [Read(one.name, one.unit, typed.get(one.pk), readings.get(one.pk)) for one in self.indicators]
        said = contradictions(
            percent=self.cleaned_data.get("percent"), before=percent, is_unchanged=self.is_unchanged, readings=read
        )
        texts = [self.cleaned_data.get(name, "") for name in ("progress", *TEXTS)]
        warning = self.secrecy_warning(texts)
        return [*said, warning] if warning else said

    @property
    def meant(self) -> str:
        return mark_of(self.pointed_out)

    @property
    def are_meant(self) -> str:
        """The contradictions that were shown before, and that pressing again means."""
        return str(self.data.get("meant", ""))

    @property
    def basis(self) -> Basis | None:
        """What the form was made from; None where it doesn't say."""
        return Basis.read(self.data.get("basis", ""))

    @property
    def readings(self) -> list[tuple[Indicator, forms.BoundField]]:
        return [(indicator, self[f"{READING}{indicator.pk}"]) for indicator in self.indicators]

    @property
    def whole_delay_reason(self) -> str:
        """What was chosen and typed, as it is kept."""
        return str(self.cleaned_data.get("delay_reason") or self["delay_reason"].value() or "")

    @property
    def is_unchanged(self) -> bool:
        return bool(self.cleaned_data.get("unchanged"))

    @property
    def typed_readings(self) -> dict[int, Decimal]:
        typed = {indicator.pk: self.cleaned_data.get(f"{READING}{indicator.pk}") for indicator in self.indicators}
        return {pk: value for pk, value in typed.items() if value is not None}

    def progress_after(self, repeated: str) -> str:
        """With 本期无变化 the reason comes first, one of the list or what was typed; then the text that still holds."""
        typed, reason = self.cleaned_data.get("progress", ""), self.cleaned_data.get("unchanged", "")
        if not reason:
            return typed
        return with_reason(typed, repeated) if reason == OTHER else with_reason(reason, typed or repeated)

    def content_after(self, last: ProgressReport | None) -> ReportContent:
        """What was typed, as the deed takes it. 本期无变化 repeats the last accepted report where nothing is typed.

        Without a last report nothing could have stayed as it was: then only what was typed counts.
        """
        texts = {name: self.cleaned_data[name] for name in TEXTS}
        readings, progress = self.typed_readings, self.cleaned_data["progress"]
        is_unchanged = self.is_unchanged and last is not None
        if is_unchanged and last is not None:
            progress = self.progress_after(split_reason(last.progress)[1])
            readings = {reading.indicator_id: reading.value for reading in last.readings.all()} | readings
            for name in ("problems", "next_steps", "delay_reason"):
                texts[name] = texts[name] or getattr(last, name)
        return ReportContent(
            percent=self.cleaned_data["percent"],
            progress=progress,
            is_unchanged=is_unchanged,
            readings=readings,
            evidence=self.evidence_along,
            **texts,
        )

    @property
    def draft_fields(self) -> dict[str, object]:
        """What was typed, as a draft keeps it; a field that makes no sense is left out, so that the others are kept."""
        fields = {name: self.cleaned_data[name] for name in ("percent", *TEXTS) if name in self.cleaned_data}
        if "progress" in self.cleaned_data:
            fields |= {"progress": self.progress_after(""), "is_unchanged": self.is_unchanged}
        if self.evidence_along is not None:
            fields["evidence"] = self.evidence_along
        return {**fields, "readings": {str(pk): str(value) for pk, value in self.typed_readings.items()}}
