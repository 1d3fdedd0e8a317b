"""Forms of 提醒规则 and 提醒设置: syntax at the field; sense is decided by the deeds."""

from typing import Any

from django import forms

from tasks.channels import is_configured
from tasks.http.fields import Form, WholeNumberInput
from tasks.models import Channel, ReminderPreference, ReminderRule
from tasks.models.reminders import FIRST_HOUR, LAST_HOUR
from tasks.reminders.preferences import ADDRESSES
from tasks.workflow.reminders import RuleContent, Wishes


class RuleForm(Form):
    """A new rule names its kind; of one that exists it stays."""

    kind = forms.ChoiceField(
        label="起算日期", choices=ReminderRule.Kind.choices, error_messages={"required": "请选择起算日期。"}
    )
    name = forms.CharField(label="名称（必填）", max_length=50, error_messages={"required": "请填写名称。"})
    offset = forms.IntegerField(
        label="工作日（必填）",
        widget=WholeNumberInput(min=-250, max=250),
        help_text="负数为此前几个工作日，0为当日，正数为此后几个工作日",
        error_messages={"required": "请填写工作日数。", "invalid": "请填写整数，负数表示此前。"},
    )
    repeats = forms.BooleanField(
        label="自该日起每个工作日提醒，直至办理", required=False, template_name="fields/check.html"
    )
    audience = forms.ChoiceField(
        label="提醒对象", choices=ReminderRule.Audience.choices, error_messages={"required": "请选择提醒对象。"}
    )
    is_active = forms.BooleanField(label="启用", required=False, template_name="fields/check.html")
    reason = forms.CharField(label="原因（必填）", max_length=500, error_messages={"required": "请写明原因。"})

    def __init__(self, data: Any = None, *, rule: ReminderRule | None = None) -> None:
        names = ("kind", "name", "offset", "repeats", "audience", "is_active")
        known = {name: getattr(rule, name) for name in names} if rule else {"is_active": True}
        super().__init__(data, initial=known)
        if rule:
            del self.fields["kind"]

    @property
    def content(self) -> RuleContent:
        names = ("name", "offset", "repeats", "audience", "is_active")
        return RuleContent(**{name: self.cleaned_data[name] for name in names})


class WishesForm(Form):
    channels = forms.MultipleChoiceField(
        label="接收渠道", required=False, error_messages={"invalid_choice": "本系统没有开通这一渠道。"}
    )
    digest_hour = forms.TypedChoiceField(
        label="每日提醒时间",
        coerce=int,
        choices=[(hour, f"{hour}:00") for hour in range(FIRST_HOUR, LAST_HOUR)],
        error_messages={"required": "请选择时间。", "invalid_choice": "请在列出的时间中选择。"},
    )
    email = forms.EmailField(
        label="电子邮箱",
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": "电子邮箱写法有误。"},
    )
    mobile = forms.RegexField(
        r"^\+?\d{6,20}$",
        label="手机号码",
        required=False,
        widget=forms.TelInput(attrs={"autocomplete": "tel", "maxlength": 20}),
        error_messages={"invalid": "手机号码只含数字。"},
    )
    wecom_id = forms.CharField(label="企业微信账号", max_length=64, required=False)
    feishu_id = forms.CharField(label="飞书账号", max_length=64, required=False)

    def __init__(self, data: Any = None, *, preference: ReminderPreference) -> None:
        names = ("channels", "digest_hour", "email", "mobile", "wecom_id", "feishu_id")
        super().__init__(data, initial={name: getattr(preference, name) for name in names})
        self.offered = [channel for channel in Channel if channel != Channel.IN_APP and is_configured(channel)]
        choices = [(channel.value, channel.label) for channel in self.offered]
        self.fields["channels"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A channel that calls a person by an address needs one."""
        typed = super().clean() or {}
        for name in typed.get("channels", []):
            field = ADDRESSES.get(Channel(name))
            if field and not typed.get(field) and field not in self.errors:
                self.add_error(field, f"选择了“{Channel(name).label}”，请填写{self.fields[field].label}。")
        return typed

    @property
    def wishes(self) -> Wishes:
        typed = self.cleaned_data
        return Wishes(
            channels=tuple(channel.value for channel in self.offered if channel.value in typed["channels"]),
            digest_hour=typed["digest_hour"],
            email=typed["email"],
            mobile=typed["mobile"],
            wecom_id=typed["wecom_id"],
            feishu_id=typed["feishu_id"],
        )

    @property
    def chosen(self) -> list[str]:
        return list(self["channels"].value() or [])
