"""What is typed when the offices below are asked for plans of their own."""

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from django import forms

from agencies.models import Office
from tasks.http.fields import DayField, Form, TextArea
from tasks.models import ActionItem

OWN = ""
ALL, SOME = "", "some"


class OfficesForm(Form):
    """Which offices; all that are offered are ticked at first."""

    offices = forms.MultipleChoiceField(label="地区", required=False)

    def __init__(self, data: Any = None, *, offered: Sequence[Office], **initial: Any) -> None:
        codes = [office.code for office in offered]
        super().__init__(data, initial={"offices": codes, **initial})
        self.offered = {office.code: office for office in offered}
        cast(forms.MultipleChoiceField, self.fields["offices"]).choices = [(code, code) for code in codes]

    @property
    def rows(self) -> list[tuple[Office, bool]]:
        ticked = set(self["offices"].value() or ())
        return [(office, code in ticked) for code, office in self.offered.items()]

    @property
    def chosen(self) -> list[Office]:
        return [self.offered[code] for code in self.cleaned_data["offices"]]


class DutyForm(OfficesForm):
    """The paragraph of the notice that asks for it, or other words; which tasks have to be covered; until when."""

    paragraph = forms.ChoiceField(label="公文中部署本项工作的段落", required=False)
    words = forms.CharField(label="另行写明要求", required=False, max_length=1000, widget=TextArea(3))
    due_on = DayField(label="完成时限", error_messages={"required": "请填写完成时限。"})
    coverage = forms.ChoiceField(label="须覆盖的任务", required=False)
    items = forms.MultipleChoiceField(label="任务", required=False)

    def __init__(
        self, data: Any = None, *, offered: Sequence[Office], paragraphs: Sequence[str], items: Sequence[ActionItem]
    ) -> None:
        super().__init__(data, offered=offered, paragraph="0" if paragraphs else OWN, coverage=ALL)
        self.paragraphs = paragraphs
        self.by_number = {str(item.number): item for item in items}
        kinds = [(ALL, f"全部任务（{len(items)}项）"), (SOME, "所选任务")]
        cast(forms.ChoiceField, self.fields["coverage"]).choices = kinds
        cast(forms.MultipleChoiceField, self.fields["items"]).choices = [(key, key) for key in self.by_number]
        choices = [(str(place), words) for place, words in enumerate(paragraphs)]
        cast(forms.ChoiceField, self.fields["paragraph"]).choices = [*choices, (OWN, "另行写明")]

    @property
    def item_rows(self) -> list[tuple[ActionItem, bool]]:
        ticked = set(self["items"].value() or ())
        return [(item, number in ticked) for number, item in self.by_number.items()]

    @property
    def chosen_items(self) -> list[ActionItem]:
        """Those that have to be covered; none where all of them have."""
        return [self.by_number[number] for number in self.cleaned_data["items"]]

    def clean(self) -> dict[str, Any]:
        """What is ticked and what is said of it agree: nothing that was ticked is left out without a word."""
        cleaned = super().clean() or self.cleaned_data
        is_some = cleaned.get("coverage") == SOME
        if is_some and not cleaned.get("items"):
            self.add_error("items", "请勾选须覆盖的任务，或选“全部任务”。")
        if not is_some and cleaned.get("items"):
            self.add_error("items", "勾选了任务的，请选“所选任务”；要求全部任务的，请取消勾选。")
        return cleaned

    @property
    def content(self) -> dict[str, Any]:
        chosen = self.cleaned_data["paragraph"]
        words: str = self.paragraphs[int(chosen)] if chosen else self.cleaned_data["words"]
        due_on: date = self.cleaned_data["due_on"]
        return {"words": words, "due_on": due_on, "items": self.chosen_items, "offices": self.chosen}
