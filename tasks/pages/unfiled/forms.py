"""催报 as coordinators write it: whom, in which words, and until when."""

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from django import forms

from tasks.http.fields import TEXT_LIMIT, DayField, DayInput, Form, TextArea
from tasks.models import Assignment
from tasks.standing.unfiled import UnfiledAgency

COUNT, TASKS = "〔份数〕", "〔任务〕"  # what the system fills in, for each agency its own


class UnfiledForm(Form):
    """One notice to each of the ticked agencies, about all that it still owes."""

    agency = forms.TypedMultipleChoiceField(
        coerce=int,
        error_messages={"required": "请选择要催报的单位。", "invalid_choice": "所选单位已无未报的报告，请刷新后重选。"},
    )
    text = forms.CharField(
        label="催报内容（必填）",
        max_length=TEXT_LIMIT,
        widget=TextArea(4),
        help_text=f"{COUNT}和{TASKS}由系统按单位填入",
        error_messages={"required": "请写明催报内容。"},
    )
    reply_by = DayField(
        label="报送期限（必填）",
        widget=DayInput(),
        help_text="须为今天以后的工作日；到期仍未报送或答复的，列入待办",
        error_messages={"required": "请填写报送期限。"},
    )

    def __init__(self, data: Any = None, *, agencies: Sequence[UnfiledAgency], initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        self.agencies = {row.agency.pk: row for row in agencies if row.to_urge}
        cast(forms.ChoiceField, self.fields["agency"]).choices = [(key, str(key)) for key in self.agencies]

    @property
    def chosen(self) -> set[str]:
        return {str(key) for key in self["agency"].value() or ()}

    @property
    def notices(self) -> list[tuple[list[Assignment], str]]:
        """What is sent: to each agency its own tasks, named in its text."""
        rows = [row for key, row in self.agencies.items() if key in self.cleaned_data["agency"]]
        return [([report.assignment for report in row.to_urge], self._text_for(row)) for row in rows]

    def _text_for(self, row: UnfiledAgency) -> str:
        tasks = "、".join(f"{one.assignment.item.label}{one.assignment.item.title}" for one in row.to_urge)
        text: str = self.cleaned_data["text"]
        return text.replace(COUNT, str(len(row.to_urge))).replace(TASKS, tasks)

    @property
    def reply_day(self) -> date:
        return cast(date, self.cleaned_data["reply_by"])
