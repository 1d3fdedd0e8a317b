"""Fields of forms, each drawn by its template: `django/forms/field.html`, or the one that its field names."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.forms import BoundField
from django.template.context import Context
from django.utils.safestring import SafeString

from qa_plan.forms import Renderer
from qa_plan.markup import attributes, fill
from tasks.http.fields import FigureInput, TextArea

register = template.Library()


@register.simple_tag(takes_context=True)
def field(context: Context, bound: BoundField, **words: object) -> SafeString:
    """The field with its label, error and hint, as `as_field_group` draws it; a page may have words of its own.

    `label` and `hint` stand in for the form's, `choices` are what a select offers; the field's template reads the rest.
    """
    if "label" in words:
        bound.label = str(words["label"])
    if "hint" in words:
        bound.help_text = str(words["hint"])
    if "choices" in words:
        bound.field.widget.choices = words["choices"]
    if is_plain_text(bound):
        return drawn_text(bound)
    if is_plain_figure(bound):
        return drawn_plain_figure(bound, words.get("aside", ""))
    # Not by way of the form's renderer, which looks the template up and makes a context anew for each of many fields.
    known = {**bound.get_context(), **words}
    if bound.template_name in DRAWN and not known["errors"]:
        return DRAWN[bound.template_name](known)
    engine = context.template.engine  # type: ignore[union-attr]  # a template is being drawn
    return engine.get_template(bound.template_name).render(context.new(known))


PLAIN = Renderer.field_template_name
FIELD = (
    '<p class="field{classes}"{hidden}>\n  <label for="{id}">{label}{suffix}</label>\n  {limit}\n  \n'
    "  {control}\n  {hint}\n</p>\n"
)
LIMIT = '<span class="limit" id="{auto_id}_limit">最多{limit}字</span>'
HINT = '<span class="hint" id="{auto_id}_helptext">{hint}</span>'


def drawn(known: Mapping[str, Any]) -> SafeString:
    """What its template draws of a field without an error, at a fifth of the cost: most fields are such."""
    return fill(
        FIELD,
        classes=f" {known['classes']}" if known["classes"] else "",
        hidden=HIDDEN if known["hidden"] else "",
        id=known["id"],
        label=known["label"],
        suffix=known["suffix"],
        limit=fill(LIMIT, auto_id=known["auto_id"], limit=known["limit"]) if known["limit"] else "",
        control=known["control"],
        hint=fill(HINT, auto_id=known["auto_id"], hint=known["hint"]) if known["hint"] else "",
    )


FIGURE_TEMPLATE = "fields/figure.html"
FIGURE = '<div class="field">\n  <p><label for="{id}">{label}</label> {control} {aside}</p>\n</div>\n'


def drawn_figure(known: Mapping[str, Any]) -> SafeString:
    """The same of a figure between words; `aside` stands behind it."""
    shown = {name: known[name] for name in ("id", "label", "control")}
    return fill(FIGURE, **shown, aside=known.get("aside", ""))


INPUT = '<input type="text" name="{name}"{value}{given}>'


def is_plain_figure(bound: BoundField) -> bool:
    """A figure between words with nothing wrong with it and nothing else said of it."""
    field = bound.field
    if field.widget.__class__ is not FigureInput or bound.template_name != FIGURE_TEMPLATE or bound.help_text:
        return False
    if field.disabled or (field.required and bound.form.use_required_attribute):
        return False
    return bool(bound.auto_id and not bound.errors)


def drawn_plain_figure(bound: BoundField, aside: object) -> SafeString:
    """The same, drawn past Django's widget."""
    widget, value = bound.field.widget, bound.field.widget.format_value(bound.value())
    control = fill(
        INPUT,
        name=bound.html_name,
        value=attributes(value=value),
        given=attributes(**widget.build_attrs(widget.attrs, {"id": bound.auto_id})),
    )
    return fill(FIGURE, id=bound.id_for_label, label=bound.label, control=control, aside=aside)


DRAWN = {PLAIN: drawn, FIGURE_TEMPLATE: drawn_figure}
HIDDEN = SafeString(" hidden")
TEXT = (
    '<p class="field">\n  <label for="{key}">{label}{suffix}</label>\n'
    '  <span class="limit" id="{key}_limit">最多{limit}字</span>\n  '
    '<textarea name="{name}"{given} data-limit="{limit}" aria-describedby="{key}_limit" id="{key}">{text}</textarea>\n'
    "</p>\n"
)


def is_plain_text(bound: BoundField) -> bool:
    """A text of several lines with a limit, nothing wrong with it and nothing else said of it."""
    field = bound.field
    if field.widget.__class__ is not TextArea or bound.template_name != PLAIN or bound.help_text or not bound.auto_id:
        return False
    if field.disabled or (field.required and bound.form.use_required_attribute):
        return False
    return bool(bound.limit and not bound.errors)  # type: ignore[attr-defined]  # our own, of qa_plan.forms


def drawn_text(bound: BoundField) -> SafeString:
    """The same, drawn past Django's widget at a tenth of the cost: a page of 我的填报 has a hundred of them."""
    return fill(
        TEXT,
        key=bound.auto_id,
        name=bound.html_name,
        label=bound.label,
        suffix=bound.field.label_suffix or "",
        limit=bound.limit,  # type: ignore[attr-defined]
        given=attributes(**bound.field.widget.build_attrs(bound.field.widget.attrs)),
        text=bound.value() or "",
    )


TOKEN = '<input type="hidden" name="csrfmiddlewaretoken" value="{token}">'


@register.simple_tag(takes_context=True)
def token_field(context: Context) -> SafeString:
    """What `csrf_token` draws, for pages of many forms: at a fifth of its cost."""
    return fill(TOKEN, token=context["csrf_token"])


RADIO = '<label class="check"><input type="radio" name="{name}" value="{value}"{checked}> {label}</label>'
CHECKED = SafeString(" checked")


@register.simple_tag
def radios(bound: BoundField) -> SafeString:
    """One button for each choice of the field, the one that was chosen pressed."""
    chosen = str(bound.value() or "")
    choices: Any = bound.field.choices  # type: ignore[attr-defined]  # a ChoiceField
    drawn_ones = [
        fill(RADIO, name=bound.html_name, value=value, checked=CHECKED if chosen == str(value) else "", label=label)
        for value, label in choices
    ]
    return SafeString("".join(drawn_ones))
