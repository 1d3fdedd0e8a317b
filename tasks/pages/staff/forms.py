"""What is typed about people and agencies: who takes an account over, which agency follows which."""

from typing import Any, cast

from django import forms
from django.db.models import QuerySet

from agencies.models import Agency, Succession, User
from qa_plan.visible import is_visible
from tasks.http.fields import DayField, DayInput, Form, RowsField, TextArea


class HandOverForm(Form):
    name = forms.CharField(
        label="接任人姓名（必填）",
        max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "请填写接任人姓名。"},
    )
    username = forms.CharField(
        label="新用户名（必填）",
        max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
        help_text="接任人登录用，不沿用原用户名",
        error_messages={"required": "请填写新用户名。"},
        validators=User._meta.get_field("username").validators,
    )
    reason = forms.CharField(
        label="移交原因（必填）",
        max_length=500,
        widget=TextArea(2),
        error_messages={"required": "请写明移交原因。"},
    )

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        if User.objects.filter(username=User.normalize_username(username)).exists():
            raise forms.ValidationError("该用户名已被使用。")
        return username

    @property
    def content(self) -> dict[str, Any]:
        """What was typed, as the deed takes it."""
        typed = self.cleaned_data
        return {"new_name": typed["name"], "new_username": typed["username"], "reason": typed["reason"]}


class SuccessionForm(Form):
    """更名, 合并, 拆分 or 撤销: who ends, who follows, from when on, by which document."""

    kind = forms.ChoiceField(
        label="类型",
        choices=Succession.Kind.choices,
        error_messages={"required": "请选择类型。", "invalid_choice": "请选择类型。"},
    )
    predecessors = RowsField(
        Agency.objects.none(),
        label="原单位（可多选）",
        widget=forms.SelectMultiple(attrs={"required": True}),
        error_messages={"required": "请选择原单位。", "invalid_choice": "原单位不在名单内。", "list": "请选择原单位。"},
    )
    successors = RowsField(
        Agency.objects.none(),
        label="承接单位（已在系统中的）",
        required=False,
        error_messages={"invalid_choice": "承接单位不在名单内。", "list": "承接单位不在名单内。"},
    )
    new_names = forms.CharField(
        label="新设承接单位",
        required=False,
        max_length=500,
        widget=TextArea(2),
        help_text="每行一个单位全称；更名也作为新设单位登记",
    )
    effective_on = DayField(
        label="生效日期",
        widget=DayInput(),
        error_messages={"required": "请填写生效日期。", "invalid": "请按2016-09-30的格式填写日期。"},
    )
    document = forms.CharField(
        label="依据文件",
        max_length=150,
        help_text="如“皖编〔2016〕30号”",
        error_messages={"required": "请填写依据文件。"},
    )

    def __init__(self, data: Any = None, *, agencies: QuerySet[Agency]) -> None:
        """Of those `agencies` some may end, and others follow them."""
        super().__init__(data)
        going = agencies.filter(ended_on=None)
        cast(RowsField, self.fields["predecessors"]).queryset = going
        cast(RowsField, self.fields["successors"]).queryset = going.filter(is_collective=False)

    def clean_new_names(self) -> list[str]:
        names = [line.strip() for line in self.cleaned_data["new_names"].splitlines() if line.strip()]
        if len(set(names)) < len(names):
            raise forms.ValidationError("新设单位的名称重复。")
        if not all(map(is_visible, names)):
            raise forms.ValidationError("单位名称不能只有看不见的字符。")
        if any(len(name) > NAME_LENGTH for name in names):
            raise forms.ValidationError(f"单位名称不能超过{NAME_LENGTH}字。")
        taken = next((name for name in names if Agency.objects.named(name).exists()), None)
        if taken:
            raise forms.ValidationError(f"已有名为“{taken}”的单位，请从名单中选择。")
        return names

    def clean(self) -> dict[str, Any]:
        """How many may end and how many may follow, by kind."""
        typed = self.cleaned_data
        if self.errors:
            return typed
        kind, ending = typed["kind"], list(typed["predecessors"])
        following = len(typed["successors"]) + len(typed["new_names"])
        least, most = FOLLOWING[kind]
        if not least <= following <= most:
            self.add_error("new_names", SAY_FOLLOWING[kind])
        if kind in (Succession.Kind.RENAMED, Succession.Kind.SPLIT) and len(ending) > 1:
            self.add_error("predecessors", f"{Succession.Kind(kind).label}只涉及一个原单位。")
        if set(ending) & set(typed["successors"]):
            self.add_error("successors", "承接单位不能是原单位。")
        return typed


NAME_LENGTH = Agency._meta.get_field("name").max_length or 0
FOLLOWING = {
    Succession.Kind.RENAMED: (1, 1),
    Succession.Kind.MERGED: (1, 1),
    Succession.Kind.SPLIT: (2, 20),
    Succession.Kind.ABOLISHED: (0, 1),
}
SAY_FOLLOWING = {
    Succession.Kind.RENAMED: "更名须有一个承接单位，一般是新设的。",
    Succession.Kind.MERGED: "合并须有一个承接单位，新设或在名单中选择。",
    Succession.Kind.SPLIT: "拆分须有两个以上承接单位。",
    Succession.Kind.ABOLISHED: "撤销的单位至多有一个承接单位；由多个单位承接的，请选“拆分”。",
}
