"""What is typed on the first morning: the first account, and how the office is called."""

from typing import Any

from django import forms
from django.contrib.auth.forms import SetPasswordMixin

from agencies.models import Level, Office, User
from tasks.http.fields import Form
from tasks.workflow import Named

NAME_ERRORS = {"required": "请填写办公室名称。", "max_length": "办公室名称不能超过50字。"}


def office_name() -> forms.CharField:
    return forms.CharField(
        label="办公室名称",
        max_length=50,
        help_text="页眉、通报、催办单和邮件上的落款，如“省质量工作领导小组办公室”“合肥市质量发展办公室”",
        error_messages=NAME_ERRORS,
    )


def urge_prefix() -> forms.CharField:
    return forms.CharField(
        label="催办编号代字",
        max_length=20,
        help_text="如“督催”，催办单编为“督催〔2016〕3号”",
        error_messages={"required": "请填写代字。", "max_length": "代字不能超过20字。"},
    )


class OfficeForm(Form):
    """Carries what stood on it, so that what somebody else has changed meanwhile is not overwritten."""

    name = office_name()
    urge_prefix = urge_prefix()
    level = forms.ChoiceField(
        label="层级",
        choices=Level.choices,
        help_text="名单和页面上本机构记作“省级”“市级”或“县级”，下一级机构随之而定",
        error_messages={"required": "请选择层级。"},
    )
    area = forms.CharField(
        label="所在地区",
        max_length=30,
        required=False,
        help_text="如“安徽省”“合肥市”；以此开头的单位是本级单位，可不填",
        error_messages={"max_length": "地区不能超过30字。"},
    )
    seen_name = forms.CharField(widget=forms.HiddenInput, required=False)
    seen_urge_prefix = forms.CharField(widget=forms.HiddenInput, required=False)
    seen_level = forms.CharField(widget=forms.HiddenInput, required=False)
    seen_area = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, office: Office) -> None:
        shown = Named.of(office)._asdict()
        super().__init__(data, initial={**shown, **{f"seen_{key}": value for key, value in shown.items()}})

    @property
    def content(self) -> dict[str, Any]:
        typed = self.cleaned_data
        named, seen = (Named(*(typed[f"{before}{key}"] for key in Named._fields)) for before in ("", "seen_"))
        return {"named": named, "seen": seen}


class FirstAccountForm(SetPasswordMixin, Form):
    """The office and its first person, who chooses the password: none is ever given."""

    office_name = office_name()
    urge_prefix = urge_prefix()
    display_name = forms.CharField(
        label="本人姓名",
        max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "请填写姓名。"},
    )
    username = forms.CharField(
        label="用户名",
        max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
        help_text="登录用，字母、数字均可",
        validators=User._meta.get_field("username").validators,
        error_messages={"required": "请填写用户名。"},
    )
    password1, password2 = SetPasswordMixin.create_password_fields("密码", "再输一次密码")
    also_coordinates = forms.BooleanField(
        label="本人也负责统筹（小型办公室通常由一人兼任；不勾选则只管账号，统筹人员另行开通）",
        required=False,
        initial=True,
        template_name="fields/check.html",
    )

    def __init__(self, data: Any = None) -> None:
        office = Office.of_settings()
        super().__init__(data, initial={"office_name": office.name, "urge_prefix": office.urge_prefix})
        for name in ("password1", "password2"):
            self.fields[name].error_messages["required"] = "请填写密码。"

    def clean(self) -> dict[str, Any]:
        """The password holds to the rules for passwords, also against the name of who will have it."""
        self.validate_passwords()
        typed = self.cleaned_data
        person = User(username=typed.get("username", ""), display_name=typed.get("display_name", ""))
        self.validate_password_for_user(person, "password1")
        return typed

    @property
    def content(self) -> dict[str, Any]:
        """What was typed, as the deed takes it."""
        typed = {name: value for name, value in self.cleaned_data.items() if name not in ("password1", "password2")}
        return {**typed, "password": self.cleaned_data["password1"]}
