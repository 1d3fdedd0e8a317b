"""通过 or 退回, with its comment, typed or chosen from the 常用意见: of every form that decides on reports."""

from collections.abc import Sequence
from typing import Any, Protocol, cast

from django import forms

from agencies.models import User
from tasks.http.fields import TEXT_LIMIT, Form, TextArea, aside
from tasks.models import Review, ReviewPhrase
from tasks.rules.texts import shortened


class Phrase(Protocol):
    """One of the 常用意见."""

    @property
    def pk(self) -> int: ...
    @property
    def text(self) -> str: ...


def phrases_of(user: User) -> list[ReviewPhrase]:
    """The person's own 常用意见, then the office's."""
    return list(ReviewPhrase.objects.offered_to(user))


class VerdictForm(Form):
    verdict = forms.ChoiceField(
        choices=Review.Verdict.choices,
        error_messages={"required": "请选择通过或退回。", "invalid_choice": "请选择通过或退回。"},
    )
    phrase = forms.ChoiceField(label="常用意见", required=False)
    comment = forms.CharField(
        label="审核意见",
        label_suffix=aside("退回时必填，对方可见"),
        max_length=TEXT_LIMIT,
        required=False,
        widget=TextArea(2),
    )

    def __init__(self, data: Any = None, *, phrases: Sequence[Phrase] = ()) -> None:
        """`phrases` are those that can be chosen instead of typed."""
        super().__init__(data)
        self.phrases = {str(phrase.pk): phrase.text for phrase in phrases}
        choices = [("", "不用"), *((key, shortened(text, 40)) for key, text in self.phrases.items())]
        cast(forms.ChoiceField, self.fields["phrase"]).choices = choices
        if not phrases:
            del self.fields["phrase"]

    def clean(self) -> dict[str, Any]:
        """A phrase that was chosen stands before what was typed."""
        typed = super().clean() or self.cleaned_data
        if (chosen := self.phrases.get(typed.pop("phrase", ""))) and "comment" in typed:
            comment = typed["comment"]
            typed["comment"] = chosen if comment in ("", chosen) else f"{chosen}\n{comment}"
            if len(typed["comment"]) > TEXT_LIMIT:
                self.add_error("comment", f"连同常用意见最多{TEXT_LIMIT}字。")
        return typed
