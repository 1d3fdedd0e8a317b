"""What coordinators type at the review desk: a verdict on one report or on several, and comments among themselves."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict

from agencies.models import User
from tasks.http.fields import TEXT_LIMIT, Form, RowsField, TextArea, aside
from tasks.models import ProgressReport, Review

MOST_AT_ONCE = 100


class VerdictForm(Form):
    verdict = forms.ChoiceField(
        choices=Review.Verdict.choices,
        error_messages={"required": "请选择通过或退回。", "invalid_choice": "请选择通过或退回。"},
    )
    comment = forms.CharField(
        label="审核意见",
        label_suffix=aside("退回时必填，对方可见"),
        max_length=TEXT_LIMIT,
        required=False,
        widget=TextArea(2),
    )


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

    def __init__(self, data: Any = None, *, reports: QuerySet[ProgressReport]) -> None:
        super().__init__(data)
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

    def __init__(self, data: Any = None, *, colleagues: QuerySet[User]) -> None:
        super().__init__(data)
        people = self.fields["mentions"]
        assert isinstance(people, forms.ModelMultipleChoiceField)
        people.queryset = colleagues
