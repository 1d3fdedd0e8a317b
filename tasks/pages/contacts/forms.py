"""Whom to call at an agency, as it is typed."""

import re
from typing import Any, cast

from django import forms
from django.db import models

from agencies.contacts import CONTACT_FIELDS, PARTS
from agencies.models import Agency
from tasks.http.fields import Form

TELEPHONE = re.compile(r"[\d０-９+＋（）()\-－—、,，;；/ 转内线分机]{3,40}")


class ContactsForm(Form):
    """A name, an office and a telephone for each of the two people, who stand above them; any may be missing."""

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        for name in CONTACT_FIELDS:
            column = cast(models.CharField, Agency._meta.get_field(name))
            kind = "tel" if name.endswith("telephone") else "text"
            widget = forms.TextInput(attrs={"autocomplete": "off", "type": kind})
            self.fields[name] = forms.CharField(
                label=str(column.verbose_name)[len(PARTS["head"]) :],
                max_length=column.max_length,
                required=False,
                widget=widget,
            )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        for part in PARTS:
            telephone = typed.get(f"{part}_telephone", "")
            if telephone and not TELEPHONE.fullmatch(telephone):
                self.add_error(f"{part}_telephone", "电话只填号码，可带区号、分机；多个号码以顿号分开。")
            name = f"{part}_name"
            if (telephone or typed.get(f"{part}_office")) and name not in self.errors and not typed.get(name):
                self.add_error(name, "请填写姓名。")
        return typed
