"""What is typed about people and agencies: who takes an account over, which agency follows which."""

from typing import Any

from django import forms

from agencies.models import User


class HandOverForm(forms.Form):
    name = forms.CharField(label="接任人姓名", max_length=50, error_messages={"required": "请填写接任人姓名。"})
    username = forms.CharField(
        label="新用户名",
        max_length=50,
        help_text="接任人登录用，不沿用原用户名",
        error_messages={"required": "请填写新用户名。"},
        validators=User._meta.get_field("username").validators,
    )
    reason = forms.CharField(label="移交原因", max_length=500, error_messages={"required": "请写明移交原因。"})

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        if User.objects.filter(username=User.normalize_username(username)).exists():
            raise forms.ValidationError("该用户名已被使用。")
        return username

    @property
    def for_deed(self) -> dict[str, Any]:
        typed = self.cleaned_data
        return {"new_name": typed["name"], "new_username": typed["username"], "reason": typed["reason"]}
