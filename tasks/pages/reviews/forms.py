"""What coordinators type at the review desk: a verdict on one report or on several, and comments among themselves."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict

from agencies.models import User
from tasks.http.fields import TEXT_LIMIT, Form, RowsField, TextArea, aside
from tasks.http.verdict_form import VerdictForm
from tasks.models import ProgressReport, ReviewPhrase
from tasks.pages.reviews.questions import Offered
from tasks.workflow.phrases import LONGEST, MOST, Written

MOST_AT_ONCE = 100
LINES = f"每行一条，最多{MOST}条，每条最多{LONGEST}字"


class ReviewForm(VerdictForm):
    """`seen` is the review that the page showed when the form was made, none for a report that waited."""

    seen = forms.IntegerField(required=False, min_value=0, max_value=2**63 - 1, widget=forms.HiddenInput)

    def clean_seen(self) -> int:
        return self.cleaned_data["seen"] or 0


class ReviewManyForm(VerdictForm):
    """One verdict for the chosen reports. A report that was decided or replaced meanwhile is refused by the deed."""

    reports = RowsField(
        ProgressReport.objects.none(),
        error_messages={
            "required": "请至少勾选一份报告。",
            "invalid_choice": "所选报告中有一份不存在，请刷新后重选。",
            "invalid_pk_value": "所选报告中有一份不存在，请刷新后重选。",
        },
    )

    def __init__(
        self, data: Any = None, *, reports: QuerySet[ProgressReport], phrases: Sequence[ReviewPhrase | Offered] = ()
    ) -> None:
        super().__init__(data, phrases=phrases)
        self.fields["comment"].label_suffix = aside("退回时必填，所选单位均可见")
        chosen = self.fields["reports"]
        assert isinstance(chosen, forms.ModelMultipleChoiceField)
        chosen.queryset = reports.order_by("recorded_at", "pk")

    def clean_reports(self) -> list[ProgressReport]:
        chosen = list(self.cleaned_data["reports"])
        if len(chosen) > MOST_AT_ONCE:
            raise forms.ValidationError(f"一次最多处理{MOST_AT_ONCE}份。")
        return chosen

    @property
    def chosen(self) -> set[str]:
        """The keys as sent, so that a refused form keeps its marks."""
        return set(self.data.getlist("reports")) if isinstance(self.data, QueryDict) else set()


class CommentForm(forms.Form):
    text = forms.CharField(
        label="写批注",
        max_length=TEXT_LIMIT,
        widget=TextArea(2),
        error_messages={"required": "请填写批注内容。"},
    )
    mentions = RowsField(
        User.objects.none(),
        label="提醒同事",
        required=False,
        error_messages={
            "invalid_choice": "所选同事中有人不是在用的统筹人员。",
            "invalid_pk_value": "所选同事中有人不是在用的统筹人员。",
        },
    )

    def __init__(self, data: Any = None, *, colleagues: QuerySet[User], people: Sequence[Offered] = ()) -> None:
        """`people` are the same as the page names them."""
        super().__init__(data)
        self.people = people
        mentions = self.fields["mentions"]
        assert isinstance(mentions, forms.ModelMultipleChoiceField)
        mentions.queryset = colleagues


class PhrasesForm(Form):
    """One's own 常用意见 and the office's, a line for each."""

    own = forms.CharField(label="我的常用意见", required=False, widget=TextArea(6), help_text=LINES)
    office = forms.CharField(label="统筹人员共用", required=False, widget=TextArea(6), help_text=LINES)
    seen_own = forms.CharField(required=False, widget=forms.HiddenInput)
    seen_office = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, phrases: Sequence[ReviewPhrase]) -> None:
        own = [phrase.text for phrase in phrases if phrase.owner_id is not None]
        office = [phrase.text for phrase in phrases if phrase.owner_id is None]
        there = {"own": "\n".join(own), "office": "\n".join(office)}
        super().__init__(data, initial=there | {f"seen_{name}": text for name, text in there.items()})

    @property
    def lists(self) -> dict[str, Written]:
        """Both lists, as the deed takes them."""
        return {name: Written(self._lines(name), self._lines(f"seen_{name}")) for name in ("own", "office")}

    def _lines(self, name: str) -> list[str]:
        return [line.strip() for line in str(self.cleaned_data[name]).splitlines() if line.strip()]
