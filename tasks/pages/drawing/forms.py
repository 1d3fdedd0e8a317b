"""What is typed when a local plan is drawn from its parent's items: its head, and each item as it is to be."""

from collections.abc import Sequence
from typing import Any

from django import forms

from tasks.http.fields import DayField, Form, TextArea
from tasks.models import ActionItem
from tasks.notice.composing import Head, Task

ADDED = 3  # blank rows for what the local office adds itself
REQUIRED = {"required": "请填写。"}


class HeadForm(Form):
    """公文要素 of the local plan."""

    title = forms.CharField(label="公文标题", max_length=200, widget=TextArea(2), error_messages=REQUIRED)
    document_number = forms.CharField(
        label="发文字号", max_length=50, help_text="年份用六角括号，如合政办〔2016〕40号", error_messages=REQUIRED
    )
    issuer = forms.CharField(label="发文机关", max_length=100, error_messages=REQUIRED)
    issued_on = DayField(label="成文日期", error_messages=REQUIRED)

    @property
    def head(self) -> Head:
        return Head(**self.cleaned_data)


class TaskForm(Form):
    """One item: drawn from the parent's `item`, or added where there is none."""

    use = forms.BooleanField(required=False)
    title = forms.CharField(label="标题", required=False, max_length=100)
    body = forms.CharField(label="工作内容", required=False, max_length=5000, widget=TextArea(3))
    leads = forms.CharField(
        label="负责单位",
        required=False,
        max_length=300,
        widget=TextArea(1),
        help_text="用顿号分开，如市质监局、市商务局",
    )
    assists = forms.CharField(label="协助单位", required=False, max_length=300, widget=TextArea(1))
    due_on = DayField(label="完成时限", required=False)

    def __init__(self, data: Any = None, *, item: ActionItem | None = None, number: int = 0, **initial: Any) -> None:
        prefix = f"i{item.number}" if item else f"n{number}"
        super().__init__(data, prefix=prefix, initial={"use": item is not None, **initial}, auto_id="%s")
        self.item = item

    @property
    def is_used(self) -> bool:
        """Whether it goes into the plan: what is drawn is ticked, what is added says something."""
        if self.item:
            return bool(self["use"].value())
        return any(str(self[name].value() or "").strip() for name in ("title", "body", "leads"))

    def clean_title(self) -> str:
        title: str = self.cleaned_data["title"].strip().rstrip("。")
        if "。" in title or "\n" in title:
            raise forms.ValidationError("标题写成一句，不含句号。")
        return title

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.is_used:
            self._errors = type(self.errors)()
            return cleaned
        for name in ("title", "leads"):
            if name not in self.errors and not cleaned.get(name, "").strip():
                self.add_error(name, "请填写；不承接的，取消勾选。" if self.item else "请填写。")
        return cleaned

    @property
    def task(self) -> Task:
        said = self.cleaned_data
        leads, assists = (_on_one_line(said[name]) for name in ("leads", "assists"))
        return Task(said["title"], said["body"], leads, assists, said["due_on"])


def _on_one_line(names: str) -> str:
    """Names as officials list them, however many lines they were typed on."""
    return "、".join(filter(None, (line.strip(" 、，。") for line in names.splitlines())))


def numbers_of(forms_in_order: Sequence[TaskForm]) -> list[list[int]]:
    """From which of the parent's items each is drawn, by number."""
    return [[form.item.number] if form.item else [] for form in forms_in_order]
