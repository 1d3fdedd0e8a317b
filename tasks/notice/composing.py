"""The text of a notice made of its parts, in the form that is read: a local plan that is drawn from its parent's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tasks.rules.numerals import chinese_numeral

LABEL = re.compile(r"^\s*[（(](?:[一二三四五六七八九十百]+|\d+)[）)]\s*")


@dataclass(frozen=True)
class Task:
    """One item as it is to stand in the notice; `leads` and `assists` as officials list them (市质监局、市商务局)."""

    title: str
    body: str
    leads: str
    assists: str = ""
    due_on: date | None = None


@dataclass(frozen=True)
class Head:
    """What the notice says of itself; `name` is what it issues."""

    title: str
    document_number: str
    issuer: str
    issued_on: date

    @property
    def name(self) -> str:
        return self.title.split("关于印发", 1)[-1].removesuffix("的通知")


def composed(head: Head, sections: Sequence[tuple[str, Sequence[Task]]]) -> str:
    """The whole text: letter, head and items, numbered through; sections without items are left out."""
    lines = [head.title, head.document_number, "现印发给你们，请认真贯彻执行。"]
    lines.append(f"{head.issuer}\n{head.issued_on.year}年{head.issued_on.month}月{head.issued_on.day}日")
    lines.append(head.name)
    number = 0
    for place, (title, tasks) in enumerate([each for each in sections if each[1]], start=1):
        lines.append(f"{chinese_numeral(place)}、{title}")
        for task in tasks:
            number += 1
            lines.append(f"（{chinese_numeral(number)}）{task.title}。{_on_one_line(task.body)}{ending_of(task)}")
    return "\n\n".join(lines) + "\n"


def _on_one_line(body: str) -> str:
    """A line that begins as an item does (（五）…) would be read as one."""
    return "".join(line.strip() for line in body.splitlines())


def ending_of(task: Task) -> str:
    """「（市质监局负责，市教育局配合，2016年9月30日前完成）」."""
    parts = [f"{task.leads}负责"]
    if task.assists:
        parts.append(f"{task.assists}配合")
    if task.due_on:
        parts.append(f"{task.due_on.year}年{task.due_on.month}月{task.due_on.day}日前完成")
    return f"（{'，'.join(parts)}）"


def body_of(text: str, label: str, title: str, endings: Sequence[str]) -> str:
    """What an item says without its label, its title and the endings that name who answers.

    What was merged says all that its items said, each on a line that begins with its own label.
    """
    for ending in endings:
        text = text.replace(ending, "")
    text = "\n".join(LABEL.sub("", line, count=1) for line in text.removeprefix(label).strip().split("\n"))
    return text.removeprefix(title).lstrip("。 \n").strip()
