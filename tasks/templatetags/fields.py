"""Fields of forms, each drawn by its template: `django/forms/field.html`, or the one that its field names."""

from django import template
from django.forms import BoundField
from django.template.context import Context
from django.utils.safestring import SafeString

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
    # Not by way of the form's renderer, which looks the template up and makes a context anew for each of many fields.
    engine = context.template.engine  # type: ignore[union-attr]  # a template is being drawn
    return engine.get_template(bound.template_name).render(context.new({**bound.get_context(), **words}))
