"""调整责任单位 as coordinators write it: of one item its parts one by one, of many what is done with all alike."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, cast

from django import forms

from tasks.http.fields import DayField, DayInput, Form, TextArea, aside
from tasks.models import ActionItem, Assignment
from tasks.standing.steering import Kind, Step
from tasks.workflow.steering import REASON_LIMIT

LEAD, ASSIST = Assignment.Role.LEAD, Assignment.Role.ASSIST
NEW_ROWS = (1, 2, 3)
DO, TO = "do_", "to_"
Choices = Sequence[tuple[str, str]]
Row = tuple[Assignment, forms.BoundField, forms.BoundField]


class SteeringForm(Form):
    """The reason that both forms ask for. `basis` stands for what was shown; the page with the preview fills it in."""

    today: date

    keeps_progress = forms.BooleanField(label="更换单位时沿用原单位已通过的进度（不沿用报告内容）", required=False)
    effective_on = DayField(
        label="生效日",
        label_suffix=aside("选填"),
        required=False,
        widget=DayInput(),
        help_text="留空即时生效；填以后的日期，到当日零时生效，此前一切照旧，可撤回",
    )
    reason = forms.CharField(
        label="依据文件或原因（必填）",
        max_length=REASON_LIMIT,
        widget=TextArea(2),
        help_text="有关单位可见，如“质量工作领导小组办公室会议纪要〔2016〕5号”",
        error_messages={"required": "请写明依据文件或原因。"},
    )
    basis = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def clean_effective_on(self) -> date | None:
        """None, and today, mean at once."""
        day: date | None = self.cleaned_data["effective_on"]
        if day is not None and day < self.today:
            raise forms.ValidationError("生效日不能早于今天：此前各日的责任分工不再改动。")
        return day

    @property
    def later_day(self) -> date | None:
        """The day to come on which it is to hold; None where it is at once."""
        day: date | None = self.cleaned_data["effective_on"]
        return day if day and day > self.today else None


class ItemSteeringForm(SteeringForm):
    """What becomes of each part of one item, and who comes to it."""

    def __init__(
        self, data: Any = None, *, item: ActionItem, parts: Iterable[Assignment], agencies: Choices, today: date
    ) -> None:
        super().__init__(data)
        self.today = today
        self.item, self.parts = item, list(parts)
        for part in self.parts:
            self.fields[f"{DO}{part.pk}"] = forms.ChoiceField(
                label=f"{part.agency}的调整", choices=_choices_of(part), required=False
            )
            self.fields[f"{TO}{part.pk}"] = forms.ChoiceField(
                label=f"接替{part.agency}的单位", choices=agencies, required=False
            )
        for row in NEW_ROWS:
            self.fields[f"add_{row}"] = forms.ChoiceField(label=f"新增单位{row}", choices=agencies, required=False)
            self.fields[f"as_{row}"] = forms.ChoiceField(
                label=f"新增单位{row}的角色", choices=Assignment.Role.choices, required=False, initial=LEAD
            )

    def clean(self) -> dict[str, Any]:
        """Whoever is replaced is replaced by somebody."""
        typed = self.cleaned_data
        for part in self.parts:
            if typed.get(f"{DO}{part.pk}") == Kind.REPLACE and not typed.get(f"{TO}{part.pk}"):
                self.add_error(f"{TO}{part.pk}", "请选择接替的单位。")
        return typed

    @property
    def leads(self) -> list[Row]:
        return self._rows(LEAD)

    @property
    def assists(self) -> list[Row]:
        return self._rows(ASSIST)

    def _rows(self, role: str) -> list[Row]:
        """The parts that there are in that role, each with its two fields."""
        present = [part for part in self.parts if part.ended_at is None and part.role == role]
        return [(part, self[f"{DO}{part.pk}"], self[f"{TO}{part.pk}"]) for part in present]

    @property
    def new_rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"add_{row}"], self[f"as_{row}"]) for row in NEW_ROWS]

    @property
    def steps(self) -> list[Step]:
        """What was chosen, as the deed takes it."""
        typed, item = self.cleaned_data, self.item.pk
        steps = []
        for part in self.parts:
            do = typed[f"{DO}{part.pk}"]
            if do == Kind.WITHDRAW:
                steps.append(Step(Kind.WITHDRAW, item, part.pk))
            elif do == Kind.ROLE:
                steps.append(Step(Kind.ROLE, item, part.pk, part.agency_id, _other(part.role)))
            elif do == Kind.REPLACE:
                agency, keeps = int(typed[f"{TO}{part.pk}"]), typed["keeps_progress"]
                steps.append(Step(Kind.REPLACE, item, part.pk, agency, part.role, keeps))
        for row in NEW_ROWS:
            if agency := typed[f"add_{row}"]:
                steps.append(Step(Kind.ADD, item, None, int(agency), typed[f"as_{row}"] or LEAD))
        return steps


def _other(role: str) -> str:
    return ASSIST if role == LEAD else LEAD


def _choices_of(part: Assignment) -> Choices:
    other = Assignment.Role(_other(part.role)).label
    return [("", "不变"), (Kind.WITHDRAW, "退出"), (Kind.ROLE, f"改为{other}"), (Kind.REPLACE, "更换为…")]


class ManySteeringForm(SteeringForm):
    """What is done with all ticked parts alike."""

    ACTIONS = (
        ("withdraw", "所选单位退出所选任务"),
        ("replace", "更换为下列单位"),
        ("lead", "所选单位改为负责"),
        ("assist", "所选单位改为协助"),
        ("add_assist", "所选任务增加下列单位协助"),
        ("add_lead", "所选任务增加下列单位负责"),
    )
    ADDS = ("add_assist", "add_lead")
    NEEDS_AGENCY = ("replace", *ADDS)

    assignment = forms.TypedMultipleChoiceField(
        coerce=int, required=False, error_messages={"invalid_choice": "所选责任分工不在本行动计划内。"}
    )
    item = forms.TypedMultipleChoiceField(
        coerce=int, required=False, error_messages={"invalid_choice": "所选任务不在本行动计划内。"}
    )
    do = forms.ChoiceField(label="调整", choices=ACTIONS, error_messages={"required": "请选择怎样调整。"})
    agency = forms.ChoiceField(label="单位（更换、增加时填）", required=False)

    field_order = ("assignment", "item", "do", "agency", "keeps_progress", "effective_on", "reason", "basis")

    def __init__(
        self,
        data: Any = None,
        *,
        parts: Iterable[Assignment],
        agencies: Choices,
        today: date,
        bare: Iterable[ActionItem] = (),
        initial: Any = None,
    ) -> None:
        """`bare` are items that nobody leads: agencies can be added to them."""
        super().__init__(data, initial=initial)
        self.today = today
        self.parts, self.bare = list(parts), list(bare)
        cast(forms.ChoiceField, self.fields["item"]).choices = [(each.number, str(each)) for each in self.bare]
        cast(forms.ChoiceField, self.fields["assignment"]).choices = [(part.pk, str(part.pk)) for part in self.parts]
        cast(forms.ChoiceField, self.fields["agency"]).choices = agencies

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data
        if typed.get("do") in self.NEEDS_AGENCY and not typed.get("agency"):
            self.add_error("agency", "请选择单位。")
        if not typed.get("assignment") and (typed.get("do") not in self.ADDS or not typed.get("item")):
            self.add_error("assignment", "请选择要调整的责任分工。")
        return typed

    @property
    def chosen(self) -> set[str]:
        """The keys that are ticked, as the page compares them."""
        return {str(key) for key in self["assignment"].value() or ()}

    @property
    def chosen_items(self) -> set[str]:
        """The numbers of the items without a lead that are ticked."""
        return {str(number) for number in self["item"].value() or ()}

    @property
    def ticked(self) -> list[Assignment]:
        return [part for part in self.parts if part.pk in self.cleaned_data["assignment"]]

    @property
    def items(self) -> list[int]:
        """The keys of all items concerned, each once: those of the ticked parts, and those without a lead."""
        bare = [each.pk for each in self.bare if each.number in self.cleaned_data["item"]]
        return list(dict.fromkeys([*(part.item_id for part in self.ticked), *bare]))

    @property
    def steps(self) -> list[Step]:
        """What was chosen, as the deed takes it."""
        do, keeps = self.cleaned_data["do"], self.cleaned_data["keeps_progress"]
        agency = int(self.cleaned_data["agency"] or 0)
        if do in self.ADDS:
            role = LEAD if do == "add_lead" else ASSIST
            return [Step(Kind.ADD, item, None, agency, role) for item in self.items]
        if do == "withdraw":
            return [Step(Kind.WITHDRAW, part.item_id, part.pk) for part in self.ticked]
        if do == "replace":
            return [Step(Kind.REPLACE, part.item_id, part.pk, agency, part.role, keeps) for part in self.ticked]
        return [Step(Kind.ROLE, part.item_id, part.pk, part.agency_id, do) for part in self.ticked]


class TakingBackForm(Form):
    """撤回 of what has not taken effect yet."""

    reason = forms.CharField(
        label="撤回原因（必填）",
        max_length=REASON_LIMIT,
        widget=TextArea(2),
        help_text="有关单位可见",
        error_messages={"required": "请写明撤回原因。"},
    )
