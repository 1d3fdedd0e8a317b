"""By what the list of offices is narrowed, and in which order it stands."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django import forms

from agencies.models import Level
from tasks.http.fields import FilterForm
from tasks.rules.status import Light
from tasks.standing.local import OfficeStanding

LEVELS = [choice for choice in Level.choices if choice[0] != Level.PROVINCE]  # of offices that lie below another
SHOWN: dict[str, tuple[str, Callable[[OfficeStanding], bool]]] = {
    "unissued": ("未印发", lambda each: not each.is_issued),
    "issued": ("已印发", lambda each: each.is_issued),
    "lacking": ("有空缺", lambda each: bool(each.lacking)),
    "undecided": ("有待确认", lambda each: bool(each.undecided)),
    "red": ("有逾期", lambda each: bool(each.lights[Light.RED])),
    "yellow": ("有滞后", lambda each: bool(each.lights[Light.YELLOW])),
    "counties": ("县区未印发", lambda each: each.issued_counties < each.counties),
    "unfiled": ("有未报", lambda each: each.filed < each.owed),
}


def _share(part: Sequence[Any], whole: Sequence[Any]) -> float:
    return len(part) / len(whole) if whole else -1.0


# What has no value comes first in ascending order, as the worst.
ORDERS: dict[str, Callable[[OfficeStanding], Any]] = {
    "issued": lambda each: each.plan.issued_on.toordinal() if each.plan else 0,
    "covered": lambda each: len(each.covered) if each.is_issued else -1,
    "dated": lambda each: _share(each.dated, each.items),
    "stepped": lambda each: _share(each.stepped, each.items),
    "counties": lambda each: each.issued_counties - each.counties,
    "percent": lambda each: each.total.percent if each.total.counted else -1.0,
    "gap": lambda each: float(each.gap) if each.total.counted else -1000.0,
    "light": lambda each: (-each.lights[Light.RED], -each.lights[Light.YELLOW]),
    "filed": lambda each: each.filed - each.owed,
    "lacking": lambda each: (not each.is_issued, len(each.lacking)),
}
NOTICE_ORDER = "order"


class LocalFilter(FilterForm):
    """What makes no sense is left out, and the rest holds: the address may have been typed by hand."""

    level = forms.ChoiceField(label="层级", required=False, choices=[("", "全部"), *LEVELS])
    show = forms.ChoiceField(
        label="情况", required=False, choices=[("", "全部"), *((key, word) for key, (word, _) in SHOWN.items())]
    )

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        self.is_valid()
        self.sort = data.get("sort", "")

    @property
    def narrows(self) -> bool:
        return bool(self.cleaned_data.get("level") or self.cleaned_data.get("show"))

    @property
    def is_by_gaps(self) -> bool:
        """Whether the list stands in the order that nobody chose: who has no plan, then who leaves out most."""
        return self.sort.removeprefix("-") not in (*ORDERS, NOTICE_ORDER)

    def applied(self, offices: Iterable[OfficeStanding]) -> list[OfficeStanding]:
        """Those that are asked for, in the order that is asked for; equals in the order of the notice."""
        kept = list(offices)
        if level := self.cleaned_data.get("level"):
            kept = [each for each in kept if each.office.level == level]
        if show := self.cleaned_data.get("show"):
            kept = [each for each in kept if SHOWN[show][1](each)]
        if self.is_by_gaps:
            return sorted(kept, key=ORDERS["lacking"], reverse=True)
        if (name := self.sort.removeprefix("-")) == NOTICE_ORDER:
            return kept[::-1] if self.sort.startswith("-") else kept
        return sorted(kept, key=ORDERS[name], reverse=self.sort.startswith("-"))
