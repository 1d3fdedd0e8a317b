"""What forms share: the longest text, the names of an indicator's reading, and the controls as pages draw them."""

from datetime import date
from decimal import Decimal
from typing import Any, Self

from django import forms
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString

from qa_plan.addresses import key_in
from qa_plan.clock import BEYOND, FIRST_DAY, LAST_DAY
from qa_plan.forms import drawn_groups, drawn_select
from qa_plan.visible import is_visible
from tasks.rules.figures import NotAFigure, figure_in

TEXT_LIMIT = 2000
TOO_LONG = {"max_length": "最多%(limit_value)d字，现有%(show_value)d字，请压缩。"}


READING = "reading_"  # begins the name of a reading's field; the indicator's key ends it


class Form(forms.Form):
    """A form whose page says itself, in Chinese and at the field, what is missing: browsers don't stop it before."""

    use_required_attribute = False

    def _post_clean(self) -> None:
        """A text that has to be given shows something: one of signs that nobody sees is none."""
        super()._post_clean()  # type: ignore[misc]
        for name, field in self.fields.items():
            typed = self.cleaned_data.get(name)
            is_text = isinstance(field, forms.CharField) and isinstance(typed, str)
            if is_text and field.required and typed and not is_visible(typed):
                self.add_error(name, field.error_messages["required"])


class Shared:
    """A field of which all forms of a class have the same one: nothing is set on it in a form.

    Django copies every field for every form, with its widget; a page of 我的填报 has twenty forms of a dozen fields.
    """

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self


class SharedField(Shared, forms.Field):
    pass


class SharedText(Shared, forms.CharField):
    pass


class SharedChoice(Shared, forms.ChoiceField):
    pass


class SharedSelect(forms.Select):
    """The select of a shared field: its options are made once, as long as none of them is chosen."""

    def optgroups(self, name: str, value: list[str], attrs: Any = None) -> Any:
        if any(value):
            return super().optgroups(name, value, attrs)
        return self._options

    @cached_property
    def _options(self) -> Any:
        return super().optgroups("", [""])

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        if value:
            return super().render(name, value, attrs, renderer)
        return drawn_select(name, self.build_attrs(self.attrs, attrs), self._groups)

    @cached_property
    def _groups(self) -> SafeString:
        return drawn_groups(self._options)


class TextArea(forms.Textarea):
    """A text of several lines, as wide as its place; it grows with what is typed.

    Browsers cut what is pasted beyond a `maxlength` without a word; here nothing is cut, and the field says the limit.
    A line break is one sign, though browsers send two: a text is as long as it looks.
    """

    def __init__(self, rows: int, **attrs: str) -> None:
        super().__init__({"rows": rows, **attrs})
        del self.attrs["cols"]

    def build_attrs(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {name: value for name, value in super().build_attrs(*args, **kwargs).items() if name != "maxlength"}

    def value_from_datadict(self, *args: Any) -> Any:
        text = super().value_from_datadict(*args)
        return text.replace("\r\n", "\n") if isinstance(text, str) else text


class DayInput(forms.DateInput):
    """A day as browsers exchange it, whatever the language of the page."""

    input_type = "date"

    def __init__(self, **attrs: str) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DayField(forms.DateField):
    """A day that the product reckons with: year 1 or 9999 is a slip, refused at its field."""

    widget = DayInput

    def __init__(self, **kwargs: Any) -> None:
        errors = {"invalid": "请按2016-09-30的格式填写日期。", **kwargs.pop("error_messages", {})}
        super().__init__(error_messages=errors, **kwargs)

    def to_python(self, value: Any) -> date | None:
        day = super().to_python(value)
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            raise forms.ValidationError(BEYOND, "invalid")
        return day


class RowsField(forms.ModelMultipleChoiceField):
    """Rows that were ticked; a key that no row can have is none of the choices, before a database is asked."""

    def clean(self, value: Any) -> Any:
        for key in value or ():
            if key_in(str(key)) is None:
                raise forms.ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": key})
        return super().clean(value)


class WholeNumberInput(forms.NumberInput):
    def __init__(self, **attrs: int | str) -> None:
        super().__init__({"inputmode": "numeric", **attrs})


class FigureInput(forms.TextInput):
    """A figure between words: what was typed, or the number without idle decimals."""

    def __init__(self, **attrs: str) -> None:
        super().__init__({"class": "pct", **attrs})

    def format_value(self, value: Any) -> str | None:
        if not isinstance(value, Decimal):
            return super().format_value(value)
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text


class FigureField(forms.DecimalField):
    """A number as people type it, read as the offline workbook's cells are: １，２３４ and 1,234 are one, 65% is 65."""

    def to_python(self, value: Any) -> Any:
        try:
            number = figure_in(value) if isinstance(value, str) else value
        except NotAFigure as error:
            raise forms.ValidationError(str(error), "invalid") from None
        return super().to_python(number)


class WholeFigureField(FigureField):
    """The same for a whole number. 65.5 is refused as it was typed, never cut to 65."""

    def to_python(self, value: Any) -> Any:
        number = super().to_python(value)
        if number is not None and number != number.to_integral_value():
            raise forms.ValidationError(self.error_messages["invalid"], "invalid")
        return number

    def clean(self, value: Any) -> int | None:
        number = super().clean(value)
        return None if number is None else int(number)


class FilterForm(Form):
    """The fields above a list; the address holds what was chosen. A page may have a form of its own below."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "f-%s", **kwargs})


def aside(words: str) -> SafeString:
    """What stands smaller behind a label."""
    return format_html(' <span class="meta">{}</span>', words)
