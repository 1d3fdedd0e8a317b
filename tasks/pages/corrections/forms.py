"""更正 as coordinators write it: title, text, one measure a line, and each target with the notice's words for it."""

from collections.abc import Sequence
from typing import Any

from django import forms

from tasks.http.fields import FigureField, FigureInput, Form, TextArea
from tasks.models import ActionItem, Indicator
from tasks.workflow import ReadIndicator

NEW = ("new_1", "new_2")
LONGEST = 20_000


class CorrectionForm(Form):
    basis = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(
        label="标题（必填）", max_length=300, error_messages={"required": "请填写标题。"}, widget=TextArea(2)
    )
    text = forms.CharField(
        label="任务原文（必填）",
        max_length=LONGEST,
        strip=False,
        widget=TextArea(8),
        help_text="从公文原文中截取，一字不改；增减的只是从哪里起、到哪里止",
        error_messages={"required": "请填写任务原文。"},
    )
    measures = forms.CharField(
        label="举措（每行一条）",
        max_length=LONGEST,
        required=False,
        widget=TextArea(8),
        help_text="每条都取自上面的原文，次序与原文相同",
    )
    indicators = forms.CharField(required=False, widget=forms.HiddenInput)  # bears the errors of all targets
    reason = forms.CharField(
        label="更正原因（必填）",
        max_length=500,
        widget=TextArea(2),
        error_messages={"required": "请写明更正原因。"},
    )

    def __init__(self, data: Any = None, *, item: ActionItem, targets: Sequence[Indicator], basis: int) -> None:
        measures = "\n".join(measure.text for measure in item.measures.order_by("number"))
        shown = {"basis": basis, "title": item.title, "text": item.text, "measures": measures}
        super().__init__(data, initial=shown)
        self.keys: dict[str, int | None] = {str(target.pk): target.pk for target in targets} | dict.fromkeys(NEW)
        by_key = {str(target.pk): target for target in targets}
        for key in self.keys:
            target = by_key.get(key)
            quote = item.text[target.start - item.start : target.end - item.start] if target else ""
            self._add_target(key, target, quote)

    def _add_target(self, key: str, target: Indicator | None, quote: str) -> None:
        what = f"指标“{target.name}”" if target else "新增指标"
        text: dict[str, Any] = {"required": False, "widget": forms.TextInput()}
        self.fields[f"name_{key}"] = forms.CharField(
            label=f"{what}的名称", max_length=200, initial=target.name if target else "", **text
        )
        self.fields[f"target_{key}"] = FigureField(
            label=f"{what}的目标值",
            required=False,
            max_digits=14,
            decimal_places=2,
            initial=target.target if target else None,
            widget=FigureInput(),
            error_messages={"invalid": "请填写数字。"},
        )
        self.fields[f"unit_{key}"] = forms.CharField(
            label=f"{what}的单位", max_length=20, initial=target.unit if target else "", **text
        )
        self.fields[f"quote_{key}"] = forms.CharField(
            label=f"{what}的原文", max_length=300, initial=quote, strip=False, **text
        )

    @property
    def rows(self) -> list[list[forms.BoundField]]:
        """The fields of each target."""
        return [[self[f"{name}_{key}"] for name in ("name", "target", "unit", "quote")] for key in self.keys]

    def clean_text(self) -> str:
        return _lines_joined(self.cleaned_data["text"])

    def clean(self) -> dict[str, Any]:
        """A target is named whole or not at all."""
        typed = self.cleaned_data
        for key in self.keys:
            if typed.get(f"name_{key}") and (
                typed.get(f"target_{key}") is None or not typed.get(f"unit_{key}") or not typed.get(f"quote_{key}")
            ):
                self.add_error("indicators", f"指标“{typed[f'name_{key}']}”须写明目标值、单位和原文。")
        return typed

    @property
    def content(self) -> dict[str, Any]:
        """What was typed, as the deed takes it; a target without a name is none."""
        typed = self.cleaned_data
        indicators = [
            ReadIndicator(pk, typed[f"name_{key}"], typed[f"target_{key}"], typed[f"unit_{key}"], typed[f"quote_{key}"])
            for key, pk in self.keys.items()
            if typed[f"name_{key}"]
        ]
        measures = [line.strip() for line in typed["measures"].splitlines() if line.strip()]
        plain = {name: typed[name] for name in ("title", "text", "reason", "basis")}
        return {**plain, "measures": measures, "indicators": indicators}


def _lines_joined(text: str) -> str:
    """Browsers send lines with two signs at their ends, the notice has one."""
    return text.replace("\r\n", "\n").strip("\n")
