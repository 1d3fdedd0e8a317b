"""One row of 对应关系: whether it is confirmed, and which of the parent's items it corresponds to."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.http import QueryDict

from tasks.http.fields import Form
from tasks.models import ActionItem

SEPARATORS = re.compile(r"[、，,；;\s]+")
STALE = "上级任务有变动，请刷新页面后再选。"


class RowForm(Form):
    """A row that isn't picked says nothing, whatever else is filled in. `numbers` are the parent's items by number."""

    pick = forms.BooleanField(required=False)
    added = forms.BooleanField(required=False)
    other = forms.CharField(required=False, max_length=100)
    basis = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(
        self,
        data: Any = None,
        *,
        item: ActionItem,
        basis: int,
        numbers: Mapping[int, int],
        ticked: Sequence[int],
        is_picked: bool,
        is_added: bool,
    ) -> None:
        prefix = f"i{item.number}"
        initial = {"basis": basis, "pick": is_picked, "added": is_added}
        sent = data if data is not None and f"{prefix}-basis" in data else None
        super().__init__(sent, prefix=prefix, initial=initial, auto_id="%s")
        self.item, self.numbers = item, numbers
        self._proposed = ticked

    @property
    def to_name(self) -> str:
        return self.add_prefix("to")

    @property
    def ticked(self) -> list[int]:
        """The parent's numbers that are ticked: as sent, else as they are offered."""
        if not self.is_bound:
            return list(self._proposed)
        sent = cast(QueryDict, self.data).getlist(self.to_name)
        return [int(value) for value in sent if value.isascii() and value.isdecimal()]

    @property
    def is_picked(self) -> bool:
        return bool(self["pick"].value())

    def clean_other(self) -> list[int]:
        """Numbers of the parent's items, parted by 、 or a blank."""
        words = [word for word in SEPARATORS.split(self.cleaned_data["other"].strip()) if word]
        for word in words:
            if not (word.isascii() and word.isdecimal() and int(word) in self.numbers):
                raise forms.ValidationError(f"上级计划没有序号为“{word}”的任务，请填序号，如6、15。")
        return [int(word) for word in words]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors or not cleaned.get("pick"):
            return cleaned
        chosen = {*self.ticked, *cleaned["other"]}
        if not chosen <= self.numbers.keys():
            raise forms.ValidationError(STALE)
        if chosen and cleaned["added"]:
            raise forms.ValidationError("既选了上级任务，又选了本地增加，请去掉一样。")
        if not chosen and not cleaned["added"]:
            raise forms.ValidationError("请选择对应的上级任务；确无对应的，勾选本地增加。")
        return cleaned

    @property
    def targets(self) -> list[int]:
        """The keys of the parent's items that were chosen."""
        return [self.numbers[number] for number in dict.fromkeys([*self.ticked, *self.cleaned_data["other"]])]
