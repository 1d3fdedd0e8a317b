"""Endings → who leads and who assists in each, with the names of one list brought to one level."""

from __future__ import annotations

from dataclasses import dataclass

from .agencies import Name
from .endings import Ending
from .model import AssistRule, Problem, Responsible
from .offices import aliases, completed, is_bare
from .text import Text


@dataclass(frozen=True)
class Answer:
    """Who answers by one ending, or by several that stand side by side (「（A牵头）（B配合）」)."""

    start: int
    end: int
    leads: tuple[Responsible, ...]
    assists: tuple[Responsible, ...]
    rule: AssistRule | None
    doubts: tuple[str, ...]


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
        )
        previous = answers[-1] if answers else None
        if previous and closing.only_assists and not text.shadow[previous.end : ending.start].strip(" \n"):
            answers[-1] = _together(previous, answer)
        else:
            answers.append(answer)
    return answers


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
