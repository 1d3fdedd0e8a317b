"""What is typed when the offices below are asked for plans of their own."""

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from django import forms

from agencies.models import Office
from tasks.http.fields import DayField, Form, TextArea

OWN = ""


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
    """The paragraph of the notice that asks for it, or other words; until when."""

    paragraph = forms.ChoiceField(label="公文中部署本项工作的段落", required=False)
    words = forms.CharField(label="另行写明要求", required=False, max_length=1000, widget=TextArea(3))
    due_on = DayField(label="完成时限", error_messages={"required": "请填写完成时限。"})

    def __init__(self, data: Any = None, *, offered: Sequence[Office], paragraphs: Sequence[str]) -> None:
        super().__init__(data, offered=offered, paragraph="0" if paragraphs else OWN)
        self.paragraphs = paragraphs
        choices = [(str(place), words) for place, words in enumerate(paragraphs)]
        cast(forms.ChoiceField, self.fields["paragraph"]).choices = [*choices, (OWN, "另行写明")]

    @property
    def content(self) -> dict[str, Any]:
        chosen = self.cleaned_data["paragraph"]
        words: str = self.paragraphs[int(chosen)] if chosen else self.cleaned_data["words"]
        due_on: date = self.cleaned_data["due_on"]
        return {"words": words, "due_on": due_on, "offices": self.chosen}
