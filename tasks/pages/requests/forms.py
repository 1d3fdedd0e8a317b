"""What an agency asks for, and what coordinators decide."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.db.models import QuerySet

from agencies.models import Agency
from tasks.http.evidence_form import EvidenceForm
from tasks.http.fields import TEXT_LIMIT, DayField, DayInput, Form, TextArea, aside
from tasks.models import AgencyRequest, Assignment, Measure
from tasks.rules.texts import shortened
from tasks.workflow import Wish
from tasks.workflow.requests import COMPLETION_RULE

TO_WRITE = {
    AgencyRequest.Kind.DECLINE: "写明依据，如“三定”规定或职责划转文件，并建议承担单位。",
    AgencyRequest.Kind.COMPLETION: "逐条说明举措和量化指标的完成情况，写明验收或文件依据。",
    AgencyRequest.Kind.EXTENSION: "写明不能按期完成的原因、已完成的工作和今后安排。",
    AgencyRequest.Kind.MILESTONE: "写明为什么设这个节点、怎样算完成。",
}


def _milestone_name(label: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=60,
        help_text="一件做没做成看得出来的事，如“印发实施方案”",
        error_messages={"required": "请填写节点名称。", "max_length": "节点名称最多60字。"},
    )


class RequestForm(EvidenceForm):
    """申请 of an agency: every kind says why and may bring evidence, completion must; an extension names a day."""

    kind = forms.ChoiceField(choices=AgencyRequest.Kind.choices)
    name = _milestone_name("节点名称（必填）")
    planned_on = DayField(label="计划日期（必填）", error_messages={"required": "请填写计划日期。"})
    whose = forms.ChoiceField(label="责任单位", choices=(("own", "本单位"), ("leads", "各负责单位")), required=False)
    measure = forms.TypedChoiceField(label="对应举措", required=False, coerce=int, empty_value=None)
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

    OF_MILESTONES = ("name", "planned_on", "whose", "measure")

    def __init__(
        self, data: Any = None, files: Any = None, *, kind: str, agency: Agency, measures: Iterable[Measure] = ()
    ) -> None:
        super().__init__(data, files, initial={"kind": kind})
        self.asked_kind, self.agency = kind, agency
        self.measures = {each.pk: each for each in measures}
        if kind == AgencyRequest.Kind.MILESTONE:
            texts = [(str(pk), f"{each.number}　{shortened(each.text, 30)}") for pk, each in self.measures.items()]
            cast(forms.ChoiceField, self.fields["measure"]).choices = [("", "整个任务"), *texts]
        else:
            for name in self.OF_MILESTONES:
                del self.fields[name]
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
        typed = self.cleaned_data
        given: dict[str, Any] = {name: typed[name] for name in ("kind", "due_on", "reason") if name in typed}
        if self.asked_kind != AgencyRequest.Kind.MILESTONE:
            return given
        agency = None if typed["whose"] == "leads" else self.agency
        measure = self.measures[typed["measure"]] if typed["measure"] else None
        return given | {"wish": Wish(typed["name"], typed["planned_on"], agency, measure)}


class DecisionForm(Form):
    """同意 or 不同意; an extension until the day asked for, or another; a milestone as proposed, or otherwise."""

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
    name = _milestone_name("节点名称")
    planned_on = DayField(
        label="计划日期",
        error_messages={"required": "请填写计划日期。"},
        help_text="可另定名称和日期；与建议不同的须写明意见。",
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
        is_wish = asked.kind == AgencyRequest.Kind.MILESTONE
        wish = asked.asked_milestone if is_wish else None
        first = {"name": wish.name, "planned_on": wish.planned_on} if wish else {}
        super().__init__(data, initial={"due_on": asked.due_on, **first})
        if wish is None:
            del self.fields["name"], self.fields["planned_on"]
        if asked.kind != AgencyRequest.Kind.EXTENSION:
            del self.fields["due_on"]
        if agencies is None:
            del self.fields["instead"], self.fields["role"]
        else:
            cast(forms.ModelChoiceField, self.fields["instead"]).queryset = agencies

    def clean(self) -> dict[str, Any]:
        """What only a consent needs hinders no refusal."""
        typed: dict[str, Any] = self.cleaned_data
        if typed.get("verdict") == "refused":
            for name in self.errors.keys() & {"name", "planned_on", "due_on", "instead", "role"}:
                del self.errors[name]
                typed[name] = None
        return typed

    @property
    def only_looks(self) -> bool:
        """Whether the lights of another day are asked for, and nothing is decided yet."""
        return bool(self.cleaned_data.get("verdict") == "look")

    @property
    def content(self) -> dict[str, Any]:
        """What was decided, as the deed takes it."""
        typed = self.cleaned_data
        is_granted = typed["verdict"] == "granted"
        decided: dict[str, Any] = {"is_granted": is_granted, "comment": typed["comment"], "due_on": typed.get("due_on")}
        if is_granted and typed.get("name"):
            decided["taken"] = Wish(typed["name"], typed["planned_on"])
        if typed.get("instead"):
            decided |= {"instead": typed["instead"], "role": typed["role"] or Assignment.Role.LEAD}
        return decided
