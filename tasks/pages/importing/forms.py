"""What is typed when a notice is brought in and its head and questions are answered."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, cast

from django import forms

from tasks.http.fields import DayField, Form, TextArea
from tasks.models import Plan
from tasks.notice import Notice
from tasks.notice.proof import Correction, Question

LARGEST_MB = 20
LONGEST_PASTE = 1_000_000
FILE_KINDS = ".docx,.txt,.html,.htm,.xlsx,.pdf,.ofd,.doc,.wps,.rtf,.odt,.xls"
FIELDS = {"document_number": 50, "title": 200, "issuer": 100}


class UploadForm(Form):
    """A file or a pasted text: one of them."""

    file = forms.FileField(
        label="公文文件",
        required=False,
        widget=forms.FileInput(attrs={"accept": FILE_KINDS}),
        help_text=f"docx、txt、html、xlsx、pdf（有文字层）、ofd，不超过{LARGEST_MB} MB；"
        "doc、wps、rtf、odt须服务器装有LibreOffice，否则请先另存为docx。",
        error_messages={"empty": "文件是空的，请重新选择。"},
    )
    text = forms.CharField(
        label="或粘贴公文全文",
        required=False,
        strip=False,
        widget=TextArea(8),
        max_length=LONGEST_PASTE,
        error_messages={"max_length": "文字超过100万字，不像是通知正文。"},
    )

    parent = forms.ChoiceField(
        label="上级行动计划",
        required=False,
        help_text="本地方案贯彻的上级计划；交办后逐项确认对应关系。",
        error_messages={"invalid_choice": "请从列出的上级计划中选择。"},
    )

    def __init__(self, data: Any = None, files: Any = None, *, parents: Sequence[Plan] = ()) -> None:
        """`parents` are the plans above that can be carried out; without any, none is asked for."""
        super().__init__(data, files, initial={"parent": parents[0].slug if parents else ""})
        self.parents = {plan.slug: plan for plan in parents}
        names = [(slug, f"{plan.document_number}　{plan.name}") for slug, plan in self.parents.items()]
        cast(forms.ChoiceField, self.fields["parent"]).choices = [*names, ("", "无（不是贯彻上级计划的方案）")]
        if not parents:
            del self.fields["parent"]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > LARGEST_MB * 1024**2:
            raise forms.ValidationError(f"文件超过{LARGEST_MB} MB，不像是通知正文。")
        return file

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        has_text = bool(cleaned.get("text", "").strip())
        if not self.errors and not cleaned.get("file") and not has_text:
            self.add_error("file", "请选择公文文件，或者粘贴公文全文。")
        if cleaned.get("file") and has_text:
            self.add_error("text", "文件和粘贴的文字只取一样，请去掉一样。")
        return cleaned

    @property
    def content(self) -> dict[str, Any]:
        """What was brought, as the deed takes it."""
        file, parent = self.cleaned_data["file"], self.parents.get(self.cleaned_data.get("parent", ""))
        if file:
            return {"data": file.read(), "file_name": str(file.name), "parent": parent}
        text = self.cleaned_data["text"].replace("\r\n", "\n")
        return {"data": text.encode(), "file_name": "粘贴的文字.txt", "parent": parent}


class VersionForm(Form):
    """A form that says from which version of the 核对稿 it was made."""

    basis = forms.IntegerField(widget=forms.HiddenInput)


class Typed(NamedTuple):
    """What was typed into a form that is shown no more."""

    label: str
    words: str


def typed_in(form: VersionForm) -> list[Typed]:
    """The labelled fields of a form that differ from what it was made with."""
    names = [name for name in form.changed_data if form.fields[name].label]
    return [Typed(str(form.fields[name].label), _words(form, name)) for name in names]


def _words(form: VersionForm, name: str) -> str:
    value = form[name].value() or ""
    choices: Any = getattr(form.fields[name], "choices", ())
    return str(dict(choices).get(value, value))


class HeadForm(VersionForm):
    """公文要素: what the notice says of itself, as it is to be understood."""

    title = forms.CharField(label="公文标题", max_length=FIELDS["title"], widget=TextArea(2))
    document_number = forms.CharField(
        label="发文字号", max_length=FIELDS["document_number"], help_text="年份用六角括号，如皖政办秘〔2016〕76号"
    )
    issuer = forms.CharField(label="发文机关", max_length=FIELDS["issuer"])
    issued_on = DayField(label="成文日期")

    def __init__(self, data: Any = None, *, notice: Notice, basis: int) -> None:
        said = {name: getattr(notice, name) for name in (*FIELDS, "issued_on")}
        super().__init__(data, initial={**said, "basis": basis}, auto_id="head-%s")
        self.notice = notice
        for field in self.fields.values():
            field.error_messages["required"] = "请填写。"

    @property
    def corrections(self) -> list[Correction]:
        """One for each field that is read otherwise now."""
        changed = {name: self.cleaned_data[name] for name in (*FIELDS, "issued_on")}
        return [
            {"kind": "head", "field": name, "value": str(value)}
            for name, value in changed.items()
            if value != getattr(self.notice, name)
        ]


class AnswerForm(VersionForm):
    """The answer to one question: a choice, another known office, or what a field of the head is."""

    question = forms.CharField(widget=forms.HiddenInput)
    answer = forms.CharField(required=False)
    means = forms.CharField(required=False)
    every = forms.BooleanField(required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        asked: Question,
        known: Mapping[str, str],
        text: str,
        basis: int,
        prefix: str = "",
    ) -> None:
        super().__init__(data, initial={"question": asked.key, "basis": basis}, auto_id=f"{prefix}-%s")
        self.asked, self.known, self.text = asked, known, text
        if asked.field:
            self.fields["value"] = (
                DayField(label=asked.title)
                if asked.field == "issued_on"
                else forms.CharField(label=asked.title, max_length=FIELDS[asked.field])
            )
            self.fields["value"].error_messages["required"] = f"请填写{asked.title}。"

    @property
    def is_about_lead(self) -> bool:
        return self.asked.kind == "lead" and self.asked.item is not None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.asked.field:
            return cleaned
        chosen, means = cleaned.get("answer", ""), cleaned.get("means", "").strip()
        if chosen == "known" and not means:
            self.add_error("means", "请写明是哪个单位。")
        elif chosen == "known" and means not in self.known and not (self.is_about_lead and means in self.text):
            self.add_error("means", f"单位名册{'和公文' if self.is_about_lead else ''}里没有“{means}”。")
        elif chosen != "known" and chosen not in {choice.value for choice in self.asked.choices}:
            self.add_error("answer", "请选一种答法。")
        return cleaned

    @property
    def corrections(self) -> list[Correction]:
        if self.asked.field:
            return [{"kind": "head", "field": self.asked.field, "value": str(self.cleaned_data["value"])}]
        if self.cleaned_data["answer"] == "known":
            means = self.cleaned_data["means"].strip()
            office = self.known.get(means, means)
            if self.is_about_lead:
                return [{"kind": "agency", "item": self.asked.item, "name": office, "role": "lead"}]
            return [{"kind": "unit", "name": self.asked.unit, "as": "other", "means": office}]
        return self.of(self.asked)

    def of(self, question: Question) -> list[Correction]:
        """What the same choice means as the answer to another question of its kind."""
        value = self.cleaned_data["answer"]
        return [each for choice in question.choices if choice.value == value for each in choice.corrections]


def alike(question: Question, others: Sequence[Question]) -> list[Question]:
    """Other questions to which the same choices are answers."""
    values = [choice.value for choice in question.choices]
    return [
        each
        for each in others
        if each.key != question.key
        and each.kind == question.kind
        and each.kind in ("group", "collective", "")
        and [choice.value for choice in each.choices] == values
    ]
