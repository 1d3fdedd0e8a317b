"""Which known offices a name may mean that the register doesn't have."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..offices import level_of, short_form

_NATIONAL = re.compile("(?<!宣传)(?<!组织)(?<!统战)(?<!工作)部$|总局$|署$|^国家")
_KIND = re.compile("(?:管委会|委|局|厅|办|部|中心|公司)$")
_SHORTEST_FIELD = 2


def alike_to(name: str, by_form: Mapping[str, str]) -> list[str]:
    """The known offices that a name may mean: the same in short, or one's field within the other's.

    市金融局 may be 市金融监管局; 市商务局 is no 市税务局, 市发改委 no 省发改委, and 市农业农村局 no 农业农村部.
    """
    form = short_form(name)
    level = _level(name)
    fitting = [other for other, office in by_form.items() if level == "" or _level(office) in ("", level)]
    near = [other for other in fitting if other == form or _within(form, other)]
    near.sort(key=lambda other: (other != form, abs(len(other) - len(form))))
    return [by_form[other] for other in near[:2]]


def _level(name: str) -> str:
    return "国" if _NATIONAL.search(name) else level_of(name)


def _field(form: str) -> str:
    """What an office is about: its name without level, place and kind."""
    return _KIND.sub("", form[len(level_of(form)) :])


def _within(form: str, second: str) -> bool:
    if not (_KIND.search(form) and _KIND.search(second)):
        return False
    one, other = _field(form), _field(second)
    return min(len(one), len(other)) >= _SHORTEST_FIELD and (one in other or other in one)
