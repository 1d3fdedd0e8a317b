"""Headings and endings → sections and items."""

from __future__ import annotations

import re

from .agencies import Name, is_deadline
from .endings import Ending, Endings
from .indicators import find_indicators
from .markers import CHAPTER, CLAUSE, Node
from .model import AssistRule, Item, Measure, Problem, Responsible, Section
from .text import SENTENCE_ENDS, Text

_LONGEST_COLON_TITLE = 30
_LONGEST_TITLE = 200  # a sentence that long is a paragraph whose line ends were lost


class PlanReader:
    """Reads one tree of headings; `problems` grows as it goes."""

    def __init__(self, text: Text, endings: Endings, *, first_leads: bool, fallback_title: str = "") -> None:
        self.text = text
        self.problems: list[Problem] = []
        self._found = endings
        self._first_leads = first_leads  # 「列第一位者为牵头单位，下同」 holds from the item that says it
        self._fallback_title = fallback_title
        self._plan_end = 0

    def sections(self, roots: list[Node]) -> tuple[Section, ...]:
        self._plan_end = roots[-1].end
        if any(root.children for root in roots) or roots[0].kind < CLAUSE:
            flat = not any(root.children for root in roots) and any(self._endings(root) for root in roots)
            return tuple(self._section(root, flat=flat) for root in roots)
        items = tuple(self._item(node, roots) for root in roots for node in self._tasks(root))
        return (Section(1, self._fallback_title, roots[0].start, roots[-1].end, items),)

    def _section(self, node: Node, *, flat: bool) -> Section:
        title_end = self._title_end(node)
        if node.children:
            nodes = [task for child in node.children for task in self._tasks(child)]
        elif flat or self._endings(node):
            nodes = [node]  # the section is itself the task: it is closed by its own agencies
        else:
            nodes = []
        items = tuple(self._item(task, nodes) for task in nodes)
        self._report_untold(node)
        return Section(node.number, self._shown_title(node.body, title_end), node.start, node.end, items)

    def _report_untold(self, node: Node) -> None:
        """Whoever answers for a whole section answers for none of its items by name."""
        if not node.children:
            return
        for ending in self._found.within(node.body, node.children[0].start):
            named = "、".join(str(each.name.text) for each in ending.closing.named)
            reason = f"“{node.label}”整个部分写明的单位（{named}）没有分到各项任务，请核对"
            self.problems.append(Problem(self.text.line(ending.start), reason))

    def _tasks(self, node: Node) -> list[Node]:
        """The node, or what it is divided into if the parts answer for themselves."""
        if not self._is_divided(node):
            return [node]
        return [task for child in node.children for task in self._tasks(child)]

    def _is_divided(self, node: Node) -> bool:
        answered = [bool(self._endings(child)) for child in node.children]
        if not any(answered) or self._found.within(node.body, node.children[0].start):
            return False
        return (
            node.children[0].kind <= CHAPTER
            or any(answered[:-1])
            or (len(answered) == 1 and node.children[0].number > 1)
        )

    def _endings(self, node: Node) -> list[Ending]:
        return self._found.within(node.body, node.end)

    def _title_end(self, node: Node) -> int:
        limit = node.children[0].start if node.children else node.end
        endings = self._found.within(node.body, limit)
        if endings:
            limit = min(limit, max(node.body, endings[0].start))
        return _title_end(self.text, node.body, limit)

    def _shown_title(self, start: int, end: int) -> str:
        title = self.text.clean(start, end).rstrip("。：:；;，,！. ")
        if len(title) <= _LONGEST_TITLE:
            return title
        self.problems.append(Problem(self.text.line(start), f"标题“{title[:12]}……”过长，只取到第一个停顿处，请核对"))
        return re.split("[，；、]", title[:_LONGEST_TITLE])[0]

    def _item(self, node: Node, siblings: list[Node]) -> Item:
        endings = self._endings(node)
        title_end = self._title_end(node)
        start, end = self.text.trim(node.start, self._end(node, endings, title_end))
        endings = [ending for ending in endings if ending.end <= end]
        leads, assists, rule = self._responsible(endings)
        title = self._shown_title(node.body, title_end)
        self._report(node, endings, siblings, title, min(title_end, node.end))
        measures = self._measures(node, title_end, end, endings)
        return Item(
            number=node.number,
            label=node.label,
            title=title,
            text=self.text.source[start:end],
            start=start,
            end=end,
            responsibility_start=endings[-1].start if endings else None,
            leads=leads,
            assists=assists,
            assist_rule=rule,
            measures=measures,
            indicators=find_indicators(self.text, min(title_end, end), endings[-1].start if endings else end),
        )

    def _end(self, node: Node, endings: list[Ending], title_end: int) -> int:
        """The plan's last item ends with its agencies: what follows is the notice's closing paragraph."""
        if not endings or endings[-1].start <= title_end + 1:
            return node.end
        rest = self.text.shadow[endings[-1].end : node.end]
        return endings[-1].end if node.end == self._plan_end or not re.search(r"\w", rest) else node.end

    def _responsible(
        self, endings: list[Ending]
    ) -> tuple[tuple[Responsible, ...], tuple[Responsible, ...], AssistRule | None]:
        leads: dict[str, Name] = {}
        assists: dict[str, Name] = {}
        rule = None
        for ending in endings:
            closing = ending.closing
            self._first_leads |= closing.from_here_on
            first = self._first_leads or closing.says_first_leads
            lead, assist, said = closing.roles(first_leads=first)
            if closing.only_assists and len(endings) > 1:
                lead, assist = (), lead + assist
            leads.update((name.text, name) for name in lead if name.text not in leads)
            assists.update((name.text, name) for name in assist if name.text not in assists)
            rule = AssistRule(said.name.group or "", said.said) if said else rule
        return (
            tuple(_responsible(name) for name in leads.values()),
            tuple(_responsible(name) for name in assists.values() if name.text not in leads),
            rule,
        )

    def _report(self, node: Node, endings: list[Ending], siblings: list[Node], title: str, title_end: int) -> None:
        line = self.text.line(node.start)
        if not title:
            self.problems.append(Problem(line, f"“{node.label}”没有标题"))
        for ending in endings:
            for doubt in ending.closing.doubts:
                self.problems.append(Problem(self.text.line(ending.start), doubt))
        for first, last in self._found.unread(title_end, node.end):
            words = self.text.clean(first, last)
            self.problems.append(Problem(self.text.line(first), f"“{words}”没有读懂，请核对"))
        if not endings and any(self._endings(sibling) for sibling in siblings):
            self.problems.append(Problem(line, f"“{node.label}{title}”没有写明负责单位"))

    def _measures(self, node: Node, start: int, end: int, endings: list[Ending]) -> tuple[Measure, ...]:
        spans = []
        for first, last in _without(start, end, endings, node):
            spans += [span for span in self.text.sentences(first, last) if not self._is_bare(span)]
        return tuple(
            Measure(number, self.text.source[first:last], first, last)
            for number, (first, last) in enumerate(spans, start=1)
        )

    def _is_bare(self, span: tuple[int, int]) -> bool:
        words = self.text.shadow[span[0] : span[1]]
        deadline = re.fullmatch(r"[（【〔\[](.{2,30})[）】〕\]]。?", words)
        return len(re.sub(r"\W", "", words)) < 2 or bool(deadline and is_deadline(deadline[1]))


def _without(start: int, end: int, endings: list[Ending], node: Node) -> list[tuple[int, int]]:
    """The pieces of start..end that are neither an ending nor the label of a point within the item."""
    gaps = [(ending.start, ending.end) for ending in endings]
    gaps += [(child.start, child.body) for each in node.children for child in each.walk()]
    pieces, at = [], start
    for first, last in sorted(gaps):
        if first >= at:
            pieces.append((at, min(first, end)))
        at = max(at, last)
    pieces.append((at, end))
    return [(first, last) for first, last in pieces if first < last]


def _responsible(name: Name) -> Responsible:
    return Responsible(name.text, name.is_collective, name.is_open)


def _title_end(text: Text, start: int, limit: int) -> int:
    """Behind the title's full stop, or at the line's end, or at a gap that stands for a lost line end."""
    for at in range(start, limit):
        char = text.shadow[at]
        if char == "\n":
            return at
        if text.enclosed[at]:
            continue
        if char in SENTENCE_ENDS or (char == "：" and at - start <= _LONGEST_COLON_TITLE):
            return at + 1
        if char == " " and at - start <= 40 and re.match(r"  +|\u3000", text.source[at:limit]):
            return at
    return limit
