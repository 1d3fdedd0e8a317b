"""How forms are drawn: fields by this project's templates, the plain controls in them without one.

A page of 我的填报 has two hundred controls. Django renders each by a template that includes another, and every option
of a select by two more, which takes ten times as long as writing the same tags here.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from django.forms import BoundField, CharField, Textarea
from django.forms.renderers import TemplatesSetting
from django.utils.functional import cached_property
from django.utils.safestring import SafeString

from qa_plan.markup import attributes, fill

Widget = Mapping[str, Any]  # what Django hands to a widget's template


def draw_input(widget: Widget) -> SafeString:
    given = attributes(type=widget["type"], name=widget["name"], value=widget["value"], **widget["attrs"])
    return fill("<input{given}>", given=given)


def draw_textarea(widget: Widget) -> SafeString:
    """Unlike Django's, without a first line break, which is none of the text."""
    return fill("<textarea{given}>{text}</textarea>", given=_named(widget), text=widget["value"] or "")


NO_ATTRIBUTES = SafeString()
OPTION = '<option value="{value}"{given}>{label}</option>'


def draw_select(widget: Widget) -> SafeString:
    return drawn_select(widget["name"], widget["attrs"], drawn_groups(widget["optgroups"]))


def drawn_select(name: str, given: Mapping[str, Any], groups: SafeString) -> SafeString:
    return fill("<select{given}>{groups}</select>", given=attributes(name=name, **given), groups=groups)


def drawn_groups(groups: Iterable[tuple[str | None, Iterable[Widget], int]]) -> SafeString:
    return SafeString("".join([_group(name, options) for name, options, _ in groups]))


def _group(name: str | None, options: Iterable[Widget]) -> str:
    drawn = "".join([_option(option) for option in options])
    return fill('<optgroup label="{name}">{drawn}</optgroup>', name=name, drawn=SafeString(drawn)) if name else drawn


def _option(option: Widget) -> SafeString:
    if option["attrs"]:
        return _drawn_option(option["value"], option["label"], attributes(**option["attrs"]))
    return _drawn_option(option["value"], option["label"])


@lru_cache(4096)  # a list of a province's agencies stands in every filter
def _drawn_option(value: Any, label: Any, given: SafeString = NO_ATTRIBUTES) -> SafeString:
    return fill(OPTION, value=value, given=given, label=label)


def _named(widget: Widget) -> SafeString:
    return attributes(name=widget["name"], **widget["attrs"])


INPUTS = ("text", "number", "email", "search", "tel", "date", "password", "hidden", "file", "checkbox")
DRAWN: dict[str, Callable[[Widget], SafeString]] = {
    **dict.fromkeys([f"django/forms/widgets/{name}.html" for name in INPUTS], draw_input),
    "django/forms/widgets/textarea.html": draw_textarea,
    "django/forms/widgets/select.html": draw_select,
}


LONGEST_COUNTED = 20_000  # signs; whoever pastes a whole notice doesn't count them


class Field(BoundField):
    """A field with what its template needs at hand: Django's templates ask the field itself, at ten times the cost.

    Where a form is shown again, the keyboard is at the first field that is wrong.
    """

    def build_widget_attrs(self, attrs: dict[str, Any], widget: Any = None) -> dict[str, Any]:
        built = super().build_widget_attrs(attrs, widget)
        return {**built, "autofocus": True} if self._is_first_wrong() else built

    def _is_first_wrong(self) -> bool:
        if not self.form.is_bound or not self.errors:
            return False
        fields = self.form.fields
        wrong = (name for name in fields if name in self.form.errors and not fields[name].widget.is_hidden)
        return self.name == next(wrong, None)

    @cached_property
    def limit(self) -> int | None:
        """How many signs a text of several lines may have, which stands beside it and is counted while it is typed."""
        if not isinstance(self.field, CharField) or not isinstance(self.field.widget, Textarea):
            return None
        most = self.field.max_length
        return most if self.field.strip and most and most <= LONGEST_COUNTED else None

    @property
    def aria_describedby(self) -> str | None:
        known = super().aria_describedby or ""
        return f"{known} {self.auto_id}_limit".strip() if self.limit else known

    def get_context(self) -> dict[str, Any]:
        return {
            "label": self.label,
            "suffix": self.field.label_suffix or "",
            "id": self.id_for_label,
            "auto_id": self.auto_id,
            "errors": self.errors,
            "hint": self.help_text,
            "control": self.as_widget(attrs={"data-limit": str(self.limit)} if self.limit else None),
            "limit": self.limit,
            "classes": "",
            "hidden": False,
        }


class Renderer(TemplatesSetting):
    """`templates/django/forms/field.html` draws a field, unless the field names a template of its own."""

    bound_field_class = Field

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        draw = DRAWN.get(template_name)
        return draw(context["widget"]) if draw else super().render(template_name, context, request)
