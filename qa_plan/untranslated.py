"""The sentences that Django's Chinese catalogue leaves in English, on the password's and the administrators' pages,
and those that it says as no office would.

A table here instead of a compiled catalogue: it needs no tool and can be read. `tests/qa_plan/test_untranslated.py`
fails when Django gains another sentence, or translates one of these by itself.
"""

from gettext import NullTranslations
from typing import Any

from django.conf import settings
from django.utils.translation import trans_real

LENGTH = "This password is too short. It must contain at least %d character."
SENTENCES: dict[Any, str] = {
    (LENGTH, 0): "密码太短，至少%d个字符。",
    "%(model)s instance with %(field)s %(value)r is not a valid choice.": "没有%(field)s为%(value)r的%(model)s。",
    "Model name": "名称",
    "Add link": "新增链接",
    "Change or view list link": "修改或查看列表",
    "After you’ve created a user, you’ll be able to edit more user options.": "账号开通后，可继续修改其他内容。",
    "Error:": "错误：",
    "Forgotten your login credentials?": "忘记用户名或密码？",
    "In case you’ve forgotten, you are:": "您的用户名：",
}
OFFICIAL: dict[Any, str] = {
    "Null characters are not allowed.": "含有不能保存的控制字符（NUL），请删去后重填。",
    "Home": "系统管理",
    "Select %s to change": "%s",
    "Select %s to view": "%s",
    "Add %s": "新增%s",
    "Change %s": "修改%s",
    "View %s": "查看%s",
    "Add %(name)s": "新增%(name)s",
    "Add another %(verbose_name)s": "再加一个%(verbose_name)s",
    "Add": "新增",
    "Delete?": "删除",
    "Save and add another": "保存并新增下一个",
    "Save and continue editing": "保存并继续修改",
    "History": "修改记录",
    "Change history: %s": "修改记录：%s",
    "Date/time": "时间",
    "Action": "操作",
    ("entry", 0): "条",
    "Added.": "新增。",
    "Filter": "筛选",
    " By %(filter_title)s ": "按%(filter_title)s",
    "Show counts": "显示数目",
    "Hide counts": "不显示数目",
    "Objects": "明细",
    "Summary": "数目",
    "Yes, I’m sure": "确认删除",
    "No, take me back": "放弃",
    "Cannot delete %(name)s": "不能删除%(name)s",
    "Deleting the %(object_name)s '%(escaped_object)s' would result in deleting related objects, but your account "
    "doesn't have permission to delete the following types of objects:": "%(escaped_object)s另有下列内容，不能删除：",
    "Deleting the %(object_name)s '%(escaped_object)s' would require deleting the following protected related "
    "objects:": "%(escaped_object)s另有下列内容，不能删除：",
    'Are you sure you want to delete the %(object_name)s "%(escaped_object)s"? All of the following related items '
    "will be deleted:": "确认删除%(object_name)s“%(escaped_object)s”？下列内容一并删除：",
    "Enter a new password for the user <strong>%(username)s</strong>.": "为<strong>%(username)s</strong>设定新密码。",
    "Disable password-based authentication": "禁用密码登录",
    "Enable password-based authentication": "启用密码登录",
    "This action will <strong>enable</strong> password-based authentication for this user.": "设定后可用密码登录。",
    "This object doesn’t have a change history. It probably wasn’t added via this admin site.": "没有在此处修改过。",
    "Clear all filters": "清除筛选",
    "Models in the %(name)s application": "%(name)s",
    "Toggle sorting": "升序、降序",
    "Remove from sorting": "不按此列排序",
    "Password-based authentication": "密码登录",
    "Password": "密码",
    "Password confirmation": "再输一次密码",
    "Enter the same password as before, for verification.": "",
    "Raw passwords are not stored, so there is no way to see the user’s password.": "系统不保存密码原文，只能重置。",
    "Whether the user will be able to authenticate using a password or not. If disabled, they may still be able to "
    "authenticate using other backends, such as Single Sign-On or LDAP.": "禁用的，不能用密码登录。",
    ("Your password must contain at least %(min_length)d character.", 0): "至少%(min_length)d个字符。",
    "Your password can’t be too similar to your other personal information.": "不能与用户名、姓名相近。",
    "Your password can’t be a commonly used password.": "不能是常见密码。",
    "Your password can’t be entirely numeric.": "不能全是数字。",
    "The two password fields didn’t match.": "两次输入的密码不一致。",
    "This password is too common.": "密码过于常见。",
    "This password is entirely numeric.": "密码不能全是数字。",
    "The password is too similar to the %(verbose_name)s.": "密码与%(verbose_name)s过于相近。",
}


class _Sentences(NullTranslations):
    """A catalogue of its own, as `merge` takes one."""

    def __init__(self) -> None:
        super().__init__()
        self._catalog = SENTENCES | OFFICIAL
        self.plural = trans_real.translation(settings.LANGUAGE_CODE).plural


def say_in_chinese() -> None:
    """Adds the sentences to what Django says in this installation's language."""
    trans_real.translation(settings.LANGUAGE_CODE).merge(_Sentences())
