"""The shape that templates keep: lines that can be read, and fields that are drawn in one place."""

import re
from pathlib import Path

import pytest
from django.template import Context, Engine, TemplateDoesNotExist
from django.template.loader import get_template

ROOT = Path(__file__).resolve().parent.parent / "templates"
TEMPLATES = sorted(path for path in ROOT.rglob("*.*") if path.suffix in (".html", ".txt"))
LONGEST_LINE = 200  # bytes: a Chinese sign is as wide as two letters, and three bytes long
# What is no field of a form, or many of the same field on one page.
DRAW_BY_HAND = {
    "tasks/as_of_refused.html",
    "reports/fill_in.html",
    "reports/briefing_text.html",
}


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_no_line_of_a_template_is_longer_than_a_screen():
    long = [
        f"{named(path)}:{number}"
        for path in TEMPLATES
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line.encode()) > LONGEST_LINE
    ]
    assert long == []


def test_a_field_says_what_is_wrong_with_it_by_its_template():
    by_hand = {named(path) for path in TEMPLATES if "aria-invalid" in path.read_text()}
    assert by_hand == DRAW_BY_HAND


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_it_can_be_read(path):
    try:
        get_template(named(path))
    except TemplateDoesNotExist as error:
        raise AssertionError(f"{named(path)} needs {error}") from error


@pytest.mark.parametrize(
    ("source", "page"),
    [
        ("{% unbroken %}\n  一{% if yes %}\n    二\n  {% endif %}\n  三 四\n{% endunbroken %}", "一二三 四"),
        ('{% unbroken %}\n  <a\n    href="x"{% if yes %}\n    id="y"{% endif %}>一</a>\n{% endunbroken %}',
         '<a href="x" id="y">一</a>'),
        ("{% unbroken %}\n  　一\n{% endunbroken %}", "　一"),
        ("{% unbroken %}\n  {{ text }}\n{% endunbroken %}", "a\n b"),
    ],
    ids=["words", "attributes", "meant", "values"],
)  # fmt: skip
def test_line_breaks_of_an_unbroken_run_are_none_of_the_page(source, page):
    assert Engine.get_default().from_string(source).render(Context({"yes": True, "text": "a\n b"})) == page


def test_what_is_hidden_while_it_is_empty_holds_no_line_break():
    """`:empty` in the stylesheet; an answer of the server comes in later."""
    text = "".join(path.read_text() for path in TEMPLATES)
    assert len(re.findall(r'<div class="hint saved"[^>]*></div>', text)) == text.count('class="hint saved"') == 1
    assert len(re.findall(r'<div id="session"[^>]*></div>', text)) == text.count('id="session"') == 2


def test_sentences_have_no_space_before_their_stops():
    """Where a run was broken by hand, nothing may come between a word and the stop that follows it."""
    found = [
        f"{named(path)}: {match[0]!r}"
        for path in TEMPLATES
        for match in re.finditer(r"[一-鿿] +[，。；、：）”]", path.read_text())
    ]
    assert found == []
