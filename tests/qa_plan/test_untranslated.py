"""No sentence of Django's own is shown in English."""

import re
from ast import literal_eval
from collections.abc import Iterator
from pathlib import Path

import django
import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, ngettext, pgettext

from agencies.models import User
from qa_plan.untranslated import LENGTH, OFFICIAL, SENTENCES

LOCALES = ("conf", "contrib/admin", "contrib/auth")
LANGUAGE_OR_DATE = r"[A-Z][a-z]+ \(?[A-Z][a-z]+\)?|[A-Z][a-z]+ (Spanish|Creole)|[YNjHisP:., ]+"
FIELD = re.compile(r'^(msgctxt|msgid|msgid_plural) ((?:".*"\n?)+)', re.MULTILINE)


def entries(folder: str, language: str) -> Iterator[dict[str, str]]:
    """The entries of one of Django's catalogues, each with the parts of its key."""
    catalogue = Path(django.__file__).parent / folder / "locale" / language / "LC_MESSAGES/django.po"
    for block in catalogue.read_text().split("\n\n"):
        parts = {name: literal_eval(f"({text})".replace("\n", " ")) for name, text in FIELD.findall(block)}
        if parts.get("msgid") and not block.lstrip().startswith("#~"):
            yield parts


def said(entry: dict[str, str]) -> str:
    if "msgid_plural" in entry:
        return ngettext(entry["msgid"], entry["msgid_plural"], 2)
    return pgettext(entry["msgctxt"], entry["msgid"]) if "msgctxt" in entry else gettext(entry["msgid"])


@pytest.mark.parametrize("folder", LOCALES)
def test_every_sentence_of_django_is_chinese(folder):
    english = [e["msgid"] for e in entries(folder, "en") if said(e) in (e["msgid"], e.get("msgid_plural"))]
    words = [e for e in english if re.search("[A-Za-z]{3}", e) and not e.startswith("%")]
    assert [e for e in words if folder != "conf" or (" " in e.strip() and not re.fullmatch(LANGUAGE_OR_DATE, e))] == []


def test_nothing_stands_in_the_table_that_django_says_by_itself():
    known = {entry["msgid"] for folder in LOCALES for entry in entries(folder, "en")}
    assert {key[0] if isinstance(key, tuple) else key for key in SENTENCES | OFFICIAL} <= known


def test_a_short_password_is_refused_in_chinese():
    with pytest.raises(ValidationError) as refused:
        validate_password("短", User(username="admin"))
    assert "密码太短，至少10个字符。" in refused.value.messages
    assert not any(re.search("[A-Za-z]{3}", message) for message in refused.value.messages)
    assert ngettext(LENGTH, LENGTH, 10) == "密码太短，至少%d个字符。"
