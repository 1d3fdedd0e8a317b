"""What is put together without a template escapes whatever text stands in it."""

from datetime import date
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, Engine
from django.utils.safestring import SafeString
from lxml import html

from qa_plan.markup import attributes, fill
from tasks.http.fields import FigureInput, TextArea
from tasks.pages.ledger.page import AssignmentRow, Line
from tasks.rules.status import Light
from tasks.standing.filing import Filing
from tasks.standing.rollup import ItemStanding, Standing
from tasks.templatetags.figures import light, options
from tasks.templatetags.matrix import matrix_cells
from tasks.templatetags.rows import assignment_rows, item_rows

EVIL = """<b>&"'"""
DUE = date(2016, 12, 31)


def standing(key=1, *, is_lead=True, shown=Light.RED):
    return Standing(key, 1, key, is_lead, 1, 30, True, "", "", DUE, 60.0, shown, None)


def read(markup):
    """The elements, and every text and attribute of theirs."""
    assert isinstance(markup, SafeString)
    tree = html.fragment_fromstring(f"<table>{markup}</table>", create_parent="div")
    values = [value for element in tree.iter() for value in element.attrib.values()]
    return tree, [text.strip() for text in tree.itertext()] + values


def assert_text(markup, *, times):
    tree, texts = read(markup)
    assert not tree.xpath("//b")
    assert sum(text.count(EVIL) for text in texts) == times
    assert {name for element in tree.iter() for name in element.attrib} <= {
        *("role", "class", "href", "aria-label", "aria-hidden", "title", "type", "form", "name", "value", "id", "for"),
        *("viewbox", "preserveaspectratio", "x", "y", "width", "height", "x1", "x2", "y1", "y2", "selected", "rows"),
    }


def test_every_cell_of_the_ledger_of_assignments():
    texts = dict.fromkeys(("label", "title", "agency"), EVIL)
    texts |= {"due_source": "written", "due_words": EVIL}
    row = AssignmentRow(
        *(1, 1, 1, "lead", 1, 30, "", "", None, DUE, None, True),
        first_due_on=None,
        first_due_source="inferred",
        extension_count=2,
        has_receipt=True,
        open_decline=None,
        open_completion=None,
        number=1,
        **texts,
    )
    line = Line(row, standing(), EVIL, Filing.WAITING)
    # The label and the agency stand in their cells and in what the box is called; query and addresses in links; the
    # notice's words in their line, and whole in its title.
    assert_text(assignment_rows([line], EVIL, EVIL, EVIL, chosen=()), times=12)


def test_every_cell_of_the_ledger_of_items():
    item = SimpleNamespace(
        label=EVIL,
        title=EVIL,
        number=1,
        section=SimpleNamespace(number=1),
        due_on=DUE,
        due_source="written",
        due_words=EVIL,
        first_due_on=None,
        first_due_source="written",
    )
    leads = [standing(key) for key in range(1, 6)]
    line = ItemStanding(item, leads, [], 30.0, 60.0, Light.RED, None, DUE)
    # Three laggards, each with its name and two parts of an address; the words of the due date, and their title.
    assert_text(item_rows([line], EVIL, EVIL, EVIL, dict.fromkeys(range(1, 6), EVIL)), times=2 + 2 + 9 + 2)


@pytest.mark.parametrize(("is_lead", "shown"), [(True, Light.RED), (True, Light.GREY), (False, None)])
def test_every_cell_of_the_matrix(is_lead, shown):
    cells = [standing(is_lead=is_lead, shown=shown), None]
    row = SimpleNamespace(standing=SimpleNamespace(item=SimpleNamespace(number=1)), cells=cells)
    assert_text(matrix_cells(row, {1: EVIL}, EVIL, EVIL), times=4)


def test_the_word_of_a_light_and_the_options_of_a_select():
    assert_text(light("grey", EVIL), times=1)
    assert_text(options([(EVIL, EVIL), ("", "全部")], EVIL), times=2)


def test_what_a_form_is_filled_with():
    assert fill("<i>{a}{b}{c}</i>", a=EVIL, b=SafeString("<b>"), c=3) == "<i>&lt;b&gt;&amp;&quot;&#x27;<b>3</i>"
    assert attributes(a=EVIL, b=True, c=False, d=None, e=0) == ' a="&lt;b&gt;&amp;&quot;&#x27;" b e="0"'


class Everything(forms.Form):
    line = forms.CharField(label=EVIL, label_suffix=EVIL, help_text=EVIL)
    text = forms.CharField(label=EVIL, widget=TextArea(2))
    figure = forms.CharField(label=EVIL, widget=FigureInput(), template_name="fields/figure.html")
    choice = forms.ChoiceField(label=EVIL, choices=[(EVIL, EVIL), (EVIL, [("a", EVIL)])])
    box = forms.BooleanField(label=EVIL, help_text=EVIL, template_name="fields/check.html")


@pytest.mark.parametrize(
    ("name", "times"),
    [("line", 5), ("text", 3), ("figure", 3), ("choice", 6), ("box", 3)],  # with its value, and the error
)
def test_every_kind_of_field(name, times):
    form = Everything(dict.fromkeys(("line", "text", "figure", "choice", "box"), EVIL))
    form.is_valid()
    form.add_error(name, EVIL)
    template = Engine.get_default().from_string("{% load fields %}{% field form." + name + " %}")
    markup = template.render(Context({"form": form}))
    tree, texts = read(markup)
    assert not tree.xpath("//b")
    assert sum(text.count(EVIL) for text in texts) == times
    control = tree.xpath("//input | //textarea | //select")[0]
    assert control.get("aria-invalid") == "true"
    assert EVIL in tree.xpath(f"//*[@id='{control.get('aria-describedby').split()[-1]}']")[0].text_content()
