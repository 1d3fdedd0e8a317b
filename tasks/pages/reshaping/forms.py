"""拆分 and 合并 as coordinators write them: which sentences become which item, its title, day and agencies."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from tasks.http.fields import DayField, DayInput, Form, TextArea
from tasks.models import ActionItem, Assignment
from tasks.standing.reshaping import Unit, role_in
from tasks.workflow import Piece
from tasks.workflow.reshaping import REASON_LIMIT, TITLE_LIMIT

MOST_PIECES = 8
LEAD, ASSIST = Assignment.Role.LEAD, Assignment.Role.ASSIST
ROLES = [("", "不承担"), *Assignment.Role.choices]


def _title() -> forms.CharField:
    return forms.CharField(label="标题（必填）", max_length=TITLE_LIMIT, required=False)


def _due() -> DayField:
    return DayField(label="完成时限", required=False, widget=DayInput(), help_text="留空表示持续推进")


class ReshapingForm(Form):
    """The reason that both forms ask for. `basis` stands for what was shown; the page with the preview fills it in."""

    reason = forms.CharField(
        label="依据文件或原因（必填）",
        max_length=REASON_LIMIT,
        widget=TextArea(2),
        help_text="有关单位可见，如“质量工作领导小组办公室会议纪要〔2016〕5号”",
        error_messages={"required": "请写明依据文件或原因。"},
    )
    basis = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)


class SplitForm(ReshapingForm):
    """To which new item each sentence goes; and of each new item its title, due date and agencies."""

    def __init__(
        self, data: Any = None, *, item: ActionItem, units: Sequence[Unit], parts: Iterable[Assignment]
    ) -> None:
        super().__init__(data)
        self.units, self.parts = list(units), list(parts)
        self.named = [part for part in self.parts if not part.is_inferred]
        self.inferred = [part for part in self.parts if part.is_inferred]
        self.numbers = range(1, min(len(self.units), MOST_PIECES) + 1)
        choices = [(str(number), f"第{number}项") for number in self.numbers]
        for key in range(len(self.units)):
            self.fields[f"unit_{key}"] = forms.ChoiceField(
                label=f"第{key + 1}句归入", choices=choices, initial=str(min(key + 1, MOST_PIECES))
            )
        everybody = {agency for unit in self.units for agency in unit.named}
        for number in self.numbers:
            mine = self.units[number - 1 :] if number == MOST_PIECES else self.units[number - 1 : number]
            self._piece(number, mine, item, everybody)

    def _piece(self, number: int, units: Sequence[Unit], item: ActionItem, everybody: set[int]) -> None:
        title, due = _title(), _due()
        title.initial, due.initial = units[0].title, next((u.due_on for u in units if u.due_on), item.due_on)
        self.fields[f"title_{number}"], self.fields[f"due_{number}"] = title, due
        for part in self.named:
            role = role_in(units, part, named_anywhere=part.agency_id in everybody)
            self.fields[f"role_{number}_{part.pk}"] = forms.ChoiceField(
                label=f"{part.agency}在第{number}项", choices=ROLES, required=False, initial=role
            )
        if self.inferred:
            self.fields[f"rest_{number}"] = forms.BooleanField(
                label=f"其他成员单位（{len(self.inferred)}家）协助第{number}项", required=False, initial=True
            )

    def clean(self) -> dict[str, Any]:
        """Two items at least, each of those that get a sentence with its title."""
        typed: dict[str, Any] = self.cleaned_data
        used = self.used
        if len(used) < 2 and not self.errors:
            self.add_error(None, "请至少分为两项：各句归入的项不能都相同。")
        for number in used:
            if not typed.get(f"title_{number}", "").strip() and not self.has_error(f"title_{number}"):
                self.add_error(f"title_{number}", "请填写新任务的标题。")
        return typed

    @property
    def used(self) -> dict[int, tuple[int, ...]]:
        """The sentences of each new item, by its number; in the order of the first of them."""
        used: dict[int, tuple[int, ...]] = {}
        for key in range(len(self.units)):
            number = int(self.cleaned_data.get(f"unit_{key}") or 0)
            if number:
                used[number] = (*used.get(number, ()), key)
        return used

    @property
    def pieces(self) -> list[Piece]:
        """What was chosen, as the deed takes it."""
        typed = self.cleaned_data
        pieces = []
        for number, units in self.used.items():
            roles = {part.pk: typed[f"role_{number}_{part.pk}"] for part in self.named}
            if self.inferred and typed[f"rest_{number}"]:
                roles |= {part.pk: part.role for part in self.inferred}
            chosen = {pk: role for pk, role in roles.items() if role}
            pieces.append(Piece(typed[f"title_{number}"].strip(), units, chosen, typed[f"due_{number}"]))
        return pieces

    @property
    def unit_rows(self) -> list[tuple[Unit, forms.BoundField]]:
        return [(unit, self[f"unit_{key}"]) for key, unit in enumerate(self.units)]

    @property
    def piece_rows(self) -> list[dict[str, Any]]:
        """The fields of each new item."""
        return [
            {
                "number": number,
                "title": self[f"title_{number}"],
                "due": self[f"due_{number}"],
                "rest": self[f"rest_{number}"] if self.inferred else None,
            }
            for number in self.numbers
        ]

    @property
    def role_rows(self) -> list[tuple[Assignment, list[tuple[int, forms.BoundField]]]]:
        """Of each agency as what it answers for each new item."""
        return [(part, [(number, self[f"role_{number}_{part.pk}"]) for number in self.numbers]) for part in self.named]


class MergeForm(ReshapingForm):
    """With which other items of its section an item becomes one, under which title and until when."""

    items = forms.TypedMultipleChoiceField(
        label="一并合并的任务",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选择要合并的任务。", "invalid_choice": "所选任务不在本部分，或已拆分合并。"},
    )
    title = _title()
    due_on = _due()
    field_order = ("items", "title", "due_on", "reason", "basis")

    def __init__(self, data: Any = None, *, item: ActionItem, others: Iterable[ActionItem]) -> None:
        super().__init__(data, initial={"title": item.title, "due_on": item.due_on})
        self.others = list(others)
        self.fields["items"].choices = [  # type: ignore[attr-defined]
            (str(other.number), f"{other.label}{other.title}") for other in self.others
        ]

    def clean_title(self) -> str:
        title = str(self.cleaned_data["title"]).strip()
        if not title:
            raise forms.ValidationError("请填写新任务的标题。")
        return title

    @property
    def chosen(self) -> list[ActionItem]:
        return [other for other in self.others if other.number in self.cleaned_data["items"]]
