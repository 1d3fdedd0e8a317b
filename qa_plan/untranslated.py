"""The sentences that Django's Chinese catalogue leaves in English, on the password's and the administrators' pages.

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


class _Sentences(NullTranslations):
    """A catalogue of its own, as `merge` takes one."""

    def __init__(self) -> None:
        super().__init__()
        self._catalog = SENTENCES
        self.plural = trans_real.translation(settings.LANGUAGE_CODE).plural


def say_in_chinese() -> None:
    """Adds the sentences to what Django says in this installation's language."""
    trans_real.translation(settings.LANGUAGE_CODE).merge(_Sentences())
