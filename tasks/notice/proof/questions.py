"""What a reader of the notice can't know, as questions with choices; each choice is the corrections that it means.

Asked is only what is unsure: problems of the reading, names that resemble a known office's, and an item of which one
sentence names a later day than its ending.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from ..model import Item, Notice, Problem
from ..offices import short_form
from .alike import alike_to
from .corrections import SETTLED, units_of
from .places import item_on, line_span, locate

_ENDS_OF_TITLES = "，。；：、"
_MOST_ENDS = 4
KEEP = "keep"


@dataclasses.dataclass(frozen=True)
class Choice:
    value: str
    label: str
    corrections: tuple[Mapping[str, Any], ...]


@dataclasses.dataclass(frozen=True)
class Question:
    """`key` stays the same as long as the reading does. A `field` of the head is answered by what is typed.

    `unit` is the name in question, where another known office may be meant than those among the choices.
    """

    key: str
    title: str
    reason: str
    choices: tuple[Choice, ...] = ()
    start: int | None = None  # of the words in doubt
    end: int | None = None
    item: int | None = None  # the item's start
    field: str = ""
    unit: str = ""
    kind: str = ""

    @property
    def place(self) -> int | None:
        """Where in the text it belongs: its words, else its item."""
        return self.item if self.start is None else self.start


_HEADS = {"document_number": "发文字号", "title": "公文标题", "issuer": "发文机关", "issued_on": "成文日期"}
_TITLES = {"group": "责任怎么分", "title": "标题到哪里为止", "lead": "没有负责单位", "": "没有读懂的文字"}
_COLLECTIVE_LEVELS = re.compile(
    r"^(?:全?省|全市)?各((?:[省市州县区盟旗]|自治[州县旗]|设区市|、|（|）|\(|\))+)(?:人民)?政府$"
)
_COLLECTIVE = Choice(
    KEEP,
    "照公文保留，暂不交办：不应报，没有其他负责单位的任务显示“未明确单位”，交办后再明确",
    ({"kind": SETTLED},),
)
_KEPT = Choice(KEEP, "照现在这样读，不作改动", ({"kind": SETTLED},))


def questions(
    notice: Notice,
    known: Mapping[str, str],
    ended: Mapping[str, Sequence[str]] = MappingProxyType({}),
    area: str = "",
) -> tuple[Question, ...]:
    """Those of a reading, in the order of the text. `known` leads from each name and alias to the office's name.

    `ended` leads from each name of an office that is no more to those that followed it. In a local notice only names
    of its own `area` may be alike: 合肥市质监局 is neither 省质监局 nor 芜湖市质监局.
    """
    asked = [
        question for place, problem in enumerate(notice.problems) for question in _of_problem(notice, place, problem)
    ]
    asked += [*_of_names(notice, known, ended, area), *_of_collectives(notice, known, area), *_of_dates(notice)]
    once = {question.key: question for question in reversed(asked)}
    return tuple(sorted(once.values(), key=lambda each: (not each.field, each.place or 0, each.key)))


def settles(question: Question, correction: Mapping[str, Any]) -> bool:
    """Whether a correction that was made elsewhere leaves nothing to ask."""
    kind = correction["kind"]
    if kind == "head":
        return bool(question.field) and question.field == correction["field"]
    if kind == "unit":
        return bool(question.unit) and question.unit == correction["name"]
    if question.item is None or correction.get("item") != question.item:
        return False
    if kind == "agency":
        return question.kind == "lead" and correction["role"] == "lead"
    return (question.kind, kind) in {("title", "title"), ("date", "deadline"), ("lead", "drop"), ("lead", "join")}


def _of_problem(notice: Notice, place: int, problem: Problem) -> Iterator[Question]:
    start, end = line_span(notice.text, problem.line)
    found = locate(notice.text, problem.words, start, len(notice.text)) if problem.words and problem.line else None
    at, until = found or ((start, end) if problem.line else (None, None))
    item = item_on(notice, at, max(end, at + 1)) if at is not None else None
    if problem.kind.startswith("head:"):
        field = problem.kind.partition(":")[2]
        yield Question(f"h-{field}", _HEADS[field], problem.reason, field=field, kind="head")
    elif problem.kind == "name":
        choices = tuple(_other(problem.words, name, str(number)) for number, name in enumerate(problem.choices))
        yield _about_name(problem.words, problem.reason, choices, (at, until), item)
    else:
        choices = (*_choices(notice, problem, item), _KEPT)
        key, title = f"p-{place}", _TITLES.get(problem.kind, _TITLES[""])
        of = item.start if item else None
        yield Question(key, title, problem.reason, choices, at, until, of, kind=problem.kind)


def _choices(notice: Notice, problem: Problem, item: Item | None) -> Iterator[Choice]:
    if problem.kind == "group":
        groups = {each.group.start: each.group for each in notice.items if each.group}
        start, end = line_span(notice.text, problem.line)
        for group in groups.values():
            if any(start <= duty.ending_start < end for duty in group.duties):
                names = "、".join(unit.name for unit in units_of(group))
                for role, word in (("lead", "负责"), ("assist", "协助")):
                    correction = {"kind": "group", "group": group.start, "role": role}
                    yield Choice(role, f"{names}对“{group.label}”下每项任务都{word}", (correction,))
                return
    if problem.kind == "title" and item:
        for number, end in enumerate(_ends(notice.text, item)):
            start = item.start + len(item.label)
            words = notice.text[start:end].strip()
            yield Choice(
                str(number),
                f"到“{words[-12:]}”为止",
                ({"kind": "title", "item": item.start, "start": start, "end": end},),
            )


def _ends(text: str, item: Item) -> list[int]:
    first = item.start + len(item.label)
    pauses = [at for at in range(first, min(item.end, first + 200)) if text[at] in _ENDS_OF_TITLES or text[at] == "\n"]
    return [at for at in pauses if text[first:at].strip()][:_MOST_ENDS]


def _of_names(
    notice: Notice, known: Mapping[str, str], ended: Mapping[str, Sequence[str]], area: str
) -> Iterator[Question]:
    """Names that resemble a known office's, those that may be no office's, and those of offices that are no more."""
    own = {name.removeprefix(area): office for name, office in known.items() if name.startswith(area)}
    by_form = {short_form(name): office for name, office in own.items()}
    seen: set[str] = set()
    for item in notice.items:
        for unit in (*item.leads, *item.assists):
            name = notice.aliases.get(unit.name, unit.name)
            if name in seen or name in known or (unit.is_collective and name not in ended):
                continue
            seen.add(name)
            place = locate(notice.text, unit.printed or name, item.start, item.end) or (item.start, item.start)
            if name in ended:
                yield _of_ended(name, ended[name], place, item)
                continue
            alike = alike_to(name.removeprefix(area), by_form) if name.startswith(area) else []
            if alike or unit.is_doubtful:
                yield _of_name(name, list(dict.fromkeys(alike)), place, item)


def _of_collectives(notice: Notice, known: Mapping[str, str], area: str) -> Iterator[Question]:
    """Names of many offices that alone lead an item: nobody signs in for them, so nobody could file."""
    seen: set[str] = set()
    for item in notice.items:
        for unit in item.leads if all(each.is_collective for each in item.leads) else ():
            if unit.name in known or unit.name in seen:
                continue
            seen.add(unit.name)
            nobody = Choice("none", "不列入责任单位", (_no_office(unit.name),))
            choices = (*_meant(unit.name.removeprefix(area), unit.name, known), nobody, _COLLECTIVE)
            reason = f"“{unit.name}”泛指多个单位，没有账号，无人可以报送。"
            key = f"c-{unit.name}"
            what: dict[str, Any] = {"item": item.start, "unit": unit.name, "kind": "collective"}
            yield Question(key, "负责单位是泛指", reason, choices, **what)


def _meant(printed: str, name: str, known: Mapping[str, str]) -> Iterator[Choice]:
    """The governments of that level that the register has."""
    match = _COLLECTIVE_LEVELS.match(printed)
    if match is None:
        return
    levels = "".join(dict.fromkeys(sign for sign in match[1] if sign in "省市州县区盟旗"))
    form = re.compile(f"^(?!各|全).+[{levels}](?:人民)?政府$")
    offices = list(dict.fromkeys(office for office in known.values() if form.match(office)))
    if offices:
        shown = "、".join(offices[:3])
        label = f"换成名册里的{len(offices)}家：{shown}{'等' if len(offices) > 3 else ''}"
        yield Choice("members", label, ({"kind": "unit", "name": name, "as": "members", "means": offices},))


def _of_name(name: str, alike: list[str], place: tuple[int, int], item: Item) -> Question:
    similar = f"不在单位名册里，与“{'”“'.join(alike)}”相近"
    reason = f"“{name}”{similar if alike else '看上去不像单位名称'}。"
    choices = [_other(name, office, str(number)) for number, office in enumerate(alike)]
    choices += [
        Choice(
            f"alias-{number}",
            f"记作“{office}”的别称，以后自动认",
            ({"kind": "unit", "name": name, "as": "alias", "means": office},),
        )
        for number, office in enumerate(alike)
    ]
    return _about_name(name, reason, tuple(choices), place, item)


def _of_ended(name: str, followers: Sequence[str], place: tuple[int, int], item: Item) -> Question:
    """Its tasks go to who followed it; a new office under its name would be the old one."""
    followed = f"，由{'、'.join(followers)}承接" if followers else "，没有承接单位"
    nobody = Choice("none", "不再交办，不列入责任单位", (_no_office(name),))
    choices = (*(_other(name, office, str(number)) for number, office in enumerate(followers)), nobody)
    reason = f"“{name}”已撤并{followed}，不能再交办。"
    return Question(f"u-{name}", "已撤并的单位", reason, choices, *place, item.start, unit=name, kind="name")


def _about_name(
    name: str, reason: str, choices: tuple[Choice, ...], place: tuple[int | None, int | None], item: Item | None
) -> Question:
    choices = (
        *choices,
        Choice("new", f"新增单位“{name}”", ({"kind": "unit", "name": name, "as": "new", "means": ""},)),
        Choice("none", "不是单位，不列入责任单位", (_no_office(name),)),
    )
    of = item.start if item else None
    return Question(f"u-{name}", "不认识的单位", reason, choices, *place, of, unit=name, kind="name")


def _no_office(name: str) -> Mapping[str, Any]:
    return {"kind": "unit", "name": name, "as": "none", "means": ""}


def _other(name: str, office: str, value: str) -> Choice:
    return Choice(value, f"就是“{office}”", ({"kind": "unit", "name": name, "as": "other", "means": office},))


def _of_dates(notice: Notice) -> Iterator[Question]:
    for item in notice.items:
        if item.deadline is None or item.deadline.on is None:
            continue
        later = [each.deadline for each in item.measures if each.deadline and each.deadline.on]
        other = max((each for each in later if each.on), key=lambda each: str(each.on), default=None)
        if other is None or other.on is None or other.on <= item.deadline.on:
            continue
        choices = tuple(
            Choice(
                str(number),
                f"{each.on}（原文“{each.text}”）",
                (
                    {
                        "kind": "deadline",
                        "item": item.start,
                        "as": "on",
                        "on": str(each.on),
                        "start": each.start,
                        "end": each.end,
                    },
                ),
            )
            for number, each in enumerate((item.deadline, other))
        )
        reason = f"“{item.label}{item.title}”写有两个时限，较晚的一个在正文里。"
        place = (other.start, other.end, item.start)
        yield Question(f"d-{item.start}", "两个时限取哪一个", reason, choices, *place, kind="date")
