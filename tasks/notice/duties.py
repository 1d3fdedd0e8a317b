"""Endings → who leads and who assists in each, with the names of one list brought to one level."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from .agencies import Name
from .endings import Ending
from .model import AssistRule, Problem, Responsible
from .offices import aliases, completed, is_bare
from .text import Text

# The numbers of a list of labels (4.牵头单位：… 5.配合单位：…), and lines that say until when, or name a person.
_NOTHING_TO_DO = re.compile(
    r"(?:\s|（?[\d一二三四五六七八九十①-⑳]{1,3}[）.、．]"
    r"|[^\n：，。]{0,6}(?:时限|时间|节点|期限|进度|责任人|领导|联系人|电话)[^\n：，。]{0,4}：[^\n]*)*"
)


@dataclass(frozen=True)
class Answer:
    """Who answers by one ending, or by several that stand side by side (「（A牵头）（B配合）」)."""

    start: int
    end: int
    leads: tuple[Responsible, ...]
    assists: tuple[Responsible, ...]
    rule: AssistRule | None
    doubts: tuple[str, ...]
    says_who_leads: bool = False
    only_assists: bool = False  # by its words: where nobody else leads, those whom it names do

    def assisting(self) -> Answer:
        """The same under a heading that says who leads."""
        return replace(self, leads=(), assists=united([*self.leads, *self.assists]))


def read_answers(text: Text, endings: tuple[Ending, ...], *, first_leads: bool) -> list[Answer]:
    """One answer for each ending, in order; 「列第一位者为牵头单位，下同」 holds from the ending that says it."""
    answers: list[Answer] = []
    for ending in endings:
        closing = ending.closing
        first_leads |= closing.from_here_on
        leads, assists, said = closing.roles(first_leads=first_leads or closing.says_first_leads)
        rule = AssistRule(said.name.group or "", said.said) if said else None
        doubted = {each.name.text for each in closing.named if each.is_doubtful}
        full = completed([each.name.text for each in closing.named if not each.name.is_collective])
        answer = Answer(
            ending.start,
            ending.end,
            tuple(_responsible(name, full, doubted) for name in leads),
            tuple(_responsible(name, full, doubted) for name in assists),
            rule,
            closing.doubts,
            closing.says_who_leads,
            closing.only_assists,
        )
        previous = answers[-1] if answers else None
        if previous and _goes_on(text, previous, ending):
            answers[-1] = _together(previous, answer)
        else:
            answers.append(answer)
    return answers


def _goes_on(text: Text, previous: Answer, ending: Ending) -> bool:
    """Whether an ending says who assists those who lead by the one before, with nothing to do between the two."""
    if not _NOTHING_TO_DO.fullmatch(text.shadow, previous.end, ending.start):
        return False
    return ending.closing.only_assists or (previous.says_who_leads and not ending.closing.says_who_leads)


def _responsible(name: Name, full: dict[str, str], doubted: set[str]) -> Responsible:
    return Responsible(
        full.get(name.text, name.text), name.is_collective, name.is_open, name.text, name.text in doubted
    )


def _together(first: Answer, second: Answer) -> Answer:
    named = {unit.name for unit in first.leads}
    more = tuple(unit for unit in (*second.leads, *second.assists) if unit.name not in named)
    return Answer(
        first.start,
        second.end,
        first.leads,
        united([*first.assists, *more]),
        second.rule or first.rule,
        first.doubts + second.doubts,
        first.says_who_leads,
        first.only_assists,
    )


def united(units: list[Responsible], *, without: tuple[Responsible, ...] = ()) -> tuple[Responsible, ...]:
    """Each once, in order of mention."""
    taken = {unit.name for unit in without}
    found: dict[str, Responsible] = {}
    for unit in units:
        if unit.name not in taken:
            found.setdefault(unit.name, unit)
    return tuple(found.values())


def one_office_each(text: Text, answers: list[Answer]) -> tuple[dict[str, str], list[Problem]]:
    """(other form → the name used most in this notice, a question for each name that may mean several offices)."""
    units = [unit for answer in answers for unit in (*answer.leads, *answer.assists) if not unit.is_collective]
    same, open_names = aliases(unit.name for unit in units)
    problems = []
    for answer in answers:
        for unit in (*answer.leads, *answer.assists):
            if unit.name in open_names and is_bare(unit.name):
                choices = open_names[unit.name]
                reason = f"“{unit.name}”没有写明是{'还是'.join(choices)}，请核对"
                problems.append(Problem(text.line(answer.start), reason, unit.name, choices, "name"))
    return same, problems
