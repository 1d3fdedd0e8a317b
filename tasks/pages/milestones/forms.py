"""What is typed of a 节点: planned, moved, withdrawn, reported done, confirmed or sent back."""

from collections.abc import Iterable
from typing import Any

from django import forms

from tasks.http.evidence_form import EvidenceForm
from tasks.http.fields import TEXT_LIMIT, DayField, Form, TextArea, aside
from tasks.models import Assignment, Measure
from tasks.rules.texts import shortened

REASON = 500


def _day(label: str, missing: str) -> DayField:
    return DayField(label=label, error_messages={"required": missing})


def _basis() -> forms.IntegerField:
    return forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)


class NewMilestoneForm(Form):
    """One more milestone of an item: of all its leads, or of one agency that has a part in it."""

    name = forms.CharField(
        label="节点名称（必填）",
        max_length=60,
        help_text="一件做没做成看得出来的事，如“印发实施方案”。",
        error_messages={"required": "请填写节点名称。", "max_length": "节点名称最多60字。"},
    )
    planned_on = _day("计划日期（必填）", "请填写计划日期。")
    agency = forms.TypedChoiceField(label="责任单位", required=False, coerce=int, empty_value=None)
    measure = forms.TypedChoiceField(label="对应举措", required=False, coerce=int, empty_value=None)
    reason = forms.CharField(
        label="依据", label_suffix=aside("选填"), max_length=REASON, required=False, widget=TextArea(2)
    )

    def __init__(self, data: Any = None, *, assignments: Iterable[Assignment], measures: Iterable[Measure]) -> None:
        super().__init__(data)
        self.assignments = {each.agency_id: each for each in assignments}
        self.measures = {each.pk: each for each in measures}
        parts = [(pk, f"{each.agency}（{each.get_role_display()}）") for pk, each in self.assignments.items()]
        texts = [(pk, f"{each.number}　{shortened(each.text, 30)}") for pk, each in self.measures.items()]
        self._offer("agency", [("", "各负责单位"), *parts], "请选择承担该任务的单位。")
        self._offer("measure", [("", "整个任务"), *texts], "请选择该任务的举措。")

    def _offer(self, name: str, choices: list[tuple[Any, str]], otherwise: str) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        field.error_messages["invalid_choice"] = otherwise

    @property
    def content(self) -> dict[str, Any]:
        """What was typed, as the deed takes it."""
        agency, measure = self.cleaned_data["agency"], self.cleaned_data["measure"]
        return {
            "name": self.cleaned_data["name"],
            "planned_on": self.cleaned_data["planned_on"],
            "agency": self.assignments[agency].agency if agency else None,
            "measure": self.measures[measure] if measure else None,
            "reason": self.cleaned_data["reason"],
        }


class MoveForm(Form):
    """改期. Says how many facts the milestone had when it was made."""

    basis = _basis()
    planned_on = _day("改至（必填）", "请填写改至的日期。")
    reason = forms.CharField(
        label="改期原因（必填）",
        max_length=REASON,
        widget=TextArea(2),
        error_messages={"required": "请写明改期原因。"},
    )

    @property
    def content(self) -> dict[str, Any]:
        return self.cleaned_data


class WithdrawalForm(Form):
    """撤销."""

    basis = _basis()
    reason = forms.CharField(
        label="撤销原因（必填）",
        max_length=REASON,
        widget=TextArea(2),
        error_messages={"required": "请写明撤销原因。"},
    )

    @property
    def content(self) -> dict[str, Any]:
        return self.cleaned_data


class ReviewForm(Form):
    """确认 or 退回."""

    basis = _basis()
    verdict = forms.ChoiceField(
        choices=(("confirmed", "确认完成"), ("sent_back", "退回")),
        error_messages={"required": "请选择确认或退回。", "invalid_choice": "请选择确认或退回。"},
    )
    comment = forms.CharField(
        label="意见",
        label_suffix=aside("退回时必填，责任单位可见"),
        max_length=REASON,
        required=False,
        widget=TextArea(2),
    )

    @property
    def content(self) -> dict[str, Any]:
        given = self.cleaned_data
        confirmed = given["verdict"] == "confirmed"
        return {"is_confirmed": confirmed, "comment": given["comment"], "basis": given["basis"]}


class ReportForm(EvidenceForm):
    """报完成, with its proof."""

    basis = _basis()
    done_on = _day("完成日期（必填）", "请填写完成日期。")
    words = forms.CharField(
        label="完成情况（必填）",
        max_length=TEXT_LIMIT,
        widget=TextArea(3),
        help_text="写明做成了什么、依据是什么，如印发文号、验收结论。",
        error_messages={"required": "请写明完成情况。"},
    )

    needs_evidence = True

    def clean(self) -> dict[str, Any]:
        """Missing proof is said together with whatever else is wrong, not after it."""
        cleaned = super().clean()
        if not (self.staying or self.uploads or self.has_error("evidence")):
            self.add_error("evidence", "报节点完成须附佐证材料。")
        return cleaned

    @property
    def content(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("basis", "done_on", "words")}
