"""Fields that are drawn without a template look as their template draws them."""

import re

import pytest
from django import forms
from django.template import Context, Template, engines

from qa_plan.forms import Renderer
from tasks.templatetags.fields import drawn


class Sample(forms.Form):
    default_renderer = Renderer

    name = forms.CharField(label="名称<", help_text="写全称", required=False)
    kind = forms.ChoiceField(label="类别", choices=[("a", "甲"), ("b", "乙&")], required=False)


def squeezed(html):
    return re.sub(r"\s*\n\s*", "\n", html).strip()


@pytest.mark.parametrize("name", ["name", "kind"])
@pytest.mark.parametrize("words", [{}, {"hidden": True}, {"classes": "wide", "hint": ""}, {"suffix": "（必填）"}])
def test_a_field_without_an_error_is_drawn_as_by_its_template(name, words):
    known = {**Sample(initial={"name": '"x"', "kind": "b"})[name].get_context(), **words}
    template = engines["django"].get_template(Renderer.field_template_name)
    assert squeezed(drawn(known)) == squeezed(template.render(known))


def test_a_radio_is_pressed_where_its_choice_was_made():
    form = Sample(initial={"kind": "b"})
    html = Template("{% load fields %}{% radios form.kind %}").render(Context({"form": form}))
    assert html == (
        '<label class="check"><input type="radio" name="kind" value="a"> 甲</label>'
        '<label class="check"><input type="radio" name="kind" value="b" checked> 乙&amp;</label>'
    )
