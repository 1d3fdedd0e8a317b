"""Headings and endings → sections and items with their duties."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter

from .deadlines import Deadlines, last_of
from .duties import Answer, united
from .endings import Endings
from .indicators import find_indicators
from .levels import Levels, Task
from .markers import CLAUSE, Node
from .model import Deadline, Duty, Group, Item, Measure, Problem, Section
from .text import SENTENCE_ENDS, Text

_LONGEST_COLON_TITLE = 30
_LONGEST_TITLE = 200  # a sentence that long is a paragraph whose line ends were lost
_LONGEST_BROKEN_TITLE = 80
_LABEL_LINE = re.compile(r"\n\s*[^\n。，]{2,10}：")


class PlanReader:
    """Reads one tree of headings; `problems` grows as it goes, and `used` tells which endings are in a duty."""

    def __init__(
        self, text: Text, endings: Endings, answers: list[Answer], deadlines: Deadlines, *, fallback_title: str = ""
    ) -> None:
        self.text = text
        self.problems: list[Problem] = []
        self.used: set[int] = set()
        self._found = endings
        self._answers = {answer.start: answer for answer in answers}
        self._deadlines = deadlines
        self._fallback_title = fallback_title

    def sections(self, roots: list[Node]) -> tuple[Section, ...]:
        self._plan_end = roots[-1].end
        self._levels = Levels(self.text, self._found, roots)
        self._run_in = self._kinds_with_run_in_titles(roots)
        divided = sum(1 for root in roots if root.children)
        if roots[0].kind < CLAUSE or divided * 2 > len(roots):
            return tuple(self._section(root) for root in roots)
        tasks = [task for root in roots for task in self._levels.tasks(root, is_section=False)]
        return (Section(1, self._fallback_title, roots[0].start, roots[-1].end, self._items(tasks)),)

    def unnumbered(self, start: int, end: int) -> tuple[Section, ...]:
        """One section of the paragraphs that end in a duty, where the text bears no number at all."""
        self._plan_end, self._run_in = end, frozenset[int]()
        self._levels = Levels(self.text, self._found, [])
        items = self._items(self._levels.paragraphs(start, end))
        return (Section(1, self._fallback_title, start, end, items),) if items else ()

    def _kinds_with_run_in_titles(self, roots: list[Node]) -> frozenset[int]:
        """The kinds of headings whose titles mostly end with a full stop and go on in the same line."""
        nodes = [node for root in roots for node in root.walk()]
        ends = Counter(
            node.kind for node in nodes if self.text.shadow[_title_end(self.text, node) - 1] in SENTENCE_ENDS
        )
        return frozenset(kind for kind, count in Counter(node.kind for node in nodes).items() if ends[kind] * 2 > count)

    def _section(self, node: Node) -> Section:
        items = self._items(self._levels.tasks(node, is_section=True))
        return Section(node.number, self._shown_title(node.body, self._title_end(node)), node.start, node.end, items)

    def _items(self, tasks: list[Task]) -> tuple[Item, ...]:
        is_answered = any(self._levels.all_of(task.node) for task in tasks)
        items = tuple(self._item(task, is_answered=is_answered) for task in tasks)
        above = {node.start: node for task in tasks for node in task.above}
        for node in above.values():
            self._report_untold(node)
        return items

    def _report_untold(self, node: Node) -> None:
        """Whoever answers for a whole group, each of whose items has an ending, answers for none of them by name."""
        for answer in self._answers_in(node.body, self._levels.own_end(node)):
            if answer.start not in self.used and any(
                ending.start == answer.start for ending in self._levels.beside_title(node)
            ):
                self.used.add(answer.start)
                named = "、".join(unit.name for unit in (*answer.leads, *answer.assists))
                reason = f"“{node.label}”整个部分写明的单位（{named}）没有分到各项任务，请核对"
                words = self.text.source[answer.start : answer.end]
                self.problems.append(Problem(self.text.line(answer.start), reason, words, kind="group"))

    def _answers_in(self, start: int, end: int) -> list[Answer]:
        return [
            self._answers[ending.start] for ending in self._found.within(start, end) if ending.start in self._answers
        ]

    def _title_end(self, node: Node) -> int:
        return _title_end(self.text, node, self._title_limit(node), is_run_in=node.kind in self._run_in)

    def _title_limit(self, node: Node) -> int:
        limit = self._levels.own_end(node)
        endings = self._found.within(node.body, limit)
        return min(limit, max(node.body, endings[0].start)) if endings else limit

    def _shown_title(self, start: int, end: int) -> str:
        title = self.text.clean(start, end).rstrip("。：:；;，,！. ")
        if len(title) <= _LONGEST_TITLE:
            return title
        reason = f"标题“{title[:12]}……”过长，只取到第一个停顿处，请核对"
        self.problems.append(Problem(self.text.line(start), reason, kind="title"))
        return re.split("[，；、]", title[:_LONGEST_TITLE])[0]

    def _item(self, task: Task, *, is_answered: bool) -> Item:
        node = task.node
        answers = self._answers_in(node.body, node.end)
        inherited = self._inherited(task) if all(answer.only_assists for answer in answers) else []
        if inherited:
            answers = [answer.assisting() for answer in answers]
        title_end = self._title_end(node)
        duties, told_end = self._duties(node, answers)
        start, end = self.text.trim(node.start, self._end(node, answers, title_end, told_end))
        if len(answers) == 1 and self._is_beside_title(answers[0], title_end):
            duties = [self._of_whole_item(duties[0], told_end, end)]
        title = self._shown_title(node.body, title_end)
        self._report(node, answers, title, min(title_end, node.end), is_missing=is_answered and not inherited)
        duties += inherited
        leads = united([unit for duty in duties for unit in duty.leads])
        last = answers[-1].start if answers else end
        return Item(
            number=node.number,
            label=node.label,
            title=title,
            text=self.text.source[start:end],
            start=start,
            end=end,
            responsibility_start=last if answers else None,
            leads=leads,
            assists=united([unit for duty in duties for unit in duty.assists], without=leads),
            assist_rule=next((duty.assist_rule for duty in reversed(duties) if duty.assist_rule), None),
            measures=self._measures(node, title_end, end, duties),
            indicators=find_indicators(self.text, min(title_end, end), last),
            duties=tuple(duties),
            deadline=last_of([duty.deadline for duty in duties if duty.deadline])
            or (None if answers else self._deadlines.in_prose(title_end, end)),
            group=self._group(task),
        )

    def _duties(self, node: Node, answers: list[Answer]) -> tuple[list[Duty], int]:
        """One duty for each answer, from the end of the one before, and where the last word about them ends."""
        duties: list[Duty] = []
        reached = told_end = node.start
        following = [*(answer.start for answer in answers), node.end][1:]
        for answer, limit in zip(answers, following, strict=False):
            deadline, told_end = self._deadlines.of_duty(reached, (answer.start, answer.end), limit)
            start, end = self.text.trim(reached, answer.end)
            duties.append(self._duty((min(start, answer.start), end), answer, deadline=deadline))
            self.used.add(answer.start)
            reached = told_end
        return duties, told_end

    def _is_beside_title(self, answer: Answer, title_end: int) -> bool:
        return not self.text.shadow[title_end : answer.start].strip()

    def _of_whole_item(self, duty: Duty, told_end: int, end: int) -> Duty:
        """An ending beside the title answers for the text below it."""
        deadline = duty.deadline or self._deadlines.in_prose(told_end, end)
        return dataclasses.replace(duty, end=max(duty.end, end), deadline=deadline)

    def _duty(self, span: tuple[int, int], answer: Answer, deadline: Deadline | None) -> Duty:
        words = self.text.source[answer.start : answer.end]
        return Duty(*span, words, answer.start, answer.leads, answer.assists, answer.rule, deadline)

    def _inherited(self, task: Task) -> list[Duty]:
        """What the nearest heading above says beside its title; the ending is where it is printed."""
        for node in reversed(task.above):
            beside = {ending.start for ending in self._levels.beside_title(node)}
            answers = [each for each in self._answers_in(node.body, node.end) if each.start in beside]
            if answers:
                self.used |= {answer.start for answer in answers}
                return [
                    self._duty(
                        (answer.start, answer.end),
                        answer,
                        self._deadlines.of_duty(answer.start, (answer.start, answer.end), answer.end)[0],
                    )
                    for answer in answers
                ]
        return []

    def _group(self, task: Task) -> Group | None:
        """The heading right above, unless it is the section."""
        if len(task.above) < 2:
            return None
        node = task.above[-1]
        beside = {ending.start for ending in self._levels.beside_title(node)}
        duties = tuple(
            self._duty((answer.start, answer.end), answer, None)
            for answer in self._answers_in(node.body, node.end)
            if answer.start in beside
        )
        title = self.text.clean(node.body, self._title_end(node)).rstrip("。：:；;，,！. ")
        return Group(node.label, title, node.start, node.end, duties)

    def _end(self, node: Node, answers: list[Answer], title_end: int, told_end: int) -> int:
        """The plan's last item ends with its agencies: what follows is the notice's closing paragraph."""
        if not answers or self._is_beside_title(answers[-1], title_end):
            return node.end
        rest = self.text.shadow[told_end : node.end]
        return told_end if node.end == self._plan_end or not re.search(r"\w", rest) else node.end

    def _report(self, node: Node, answers: list[Answer], title: str, title_end: int, *, is_missing: bool) -> None:
        line = self.text.line(node.start)
        if not title:
            self.problems.append(Problem(line, f"“{node.label}”没有标题"))
        for answer in answers:
            for doubt in answer.doubts:
                words = self.text.source[answer.start : answer.end]
                self.problems.append(Problem(self.text.line(answer.start), doubt, words))
        for first, last in self._found.unread(title_end, node.end):
            words = self.text.clean(first, last)
            self.problems.append(Problem(self.text.line(first), f"“{words}”没有读懂，请核对", words))
        if not answers and is_missing:
            self.problems.append(Problem(line, f"“{node.label}{title}”没有写明负责单位", kind="lead"))

    def _measures(self, node: Node, start: int, end: int, duties: list[Duty]) -> tuple[Measure, ...]:
        own = [duty for duty in duties if duty.ending_start >= node.start]
        spans = []
        for first, last in _without(start, end, own, node):
            spans += [span for span in self.text.sentences(first, last) if not self._is_bare(span)]
        return tuple(
            Measure(
                number,
                self.text.source[first:last],
                first,
                last,
                next((index for index, duty in enumerate(own) if last <= duty.end), None),
                self._deadlines.in_prose(first, last),
            )
            for number, (first, last) in enumerate(spans, start=1)
        )

    def _is_bare(self, span: tuple[int, int]) -> bool:
        """No word, or none but about time."""
        words = self.text.shadow[span[0] : span[1]]
        return len(re.sub(r"\W", "", words)) < 2 or self._deadlines.is_about_time(*span)


def _without(start: int, end: int, duties: list[Duty], node: Node) -> list[tuple[int, int]]:
    """The pieces of start..end that are neither an ending nor the label of a point within the item."""
    gaps = [(duty.ending_start, duty.ending_start + len(duty.ending)) for duty in duties]
    gaps += [(child.start, child.body) for each in node.children for child in each.walk()]
    pieces, at = [], start
    for first, last in sorted(gaps):
        if first >= at:
            pieces.append((at, min(first, end)))
        at = max(at, last)
    pieces.append((at, end))
    return [(first, last) for first, last in pieces if first < last]


def _title_end(text: Text, node: Node, limit: int | None = None, *, is_run_in: bool = False) -> int:
    """Behind the title's full stop, or at the line's end, or at a gap that stands for a lost line end.

    Where titles of its kind run into the text, a line's end within the first sentence is one of the printed page.
    """
    start = node.body
    limit = limit if limit is not None else (node.children[0].start if node.children else node.end)
    for at in range(start, limit):
        char = text.shadow[at]
        if char == "\n":
            if not (is_run_in and _sentence_goes_on(text, start, at, limit)):
                return at
            continue
        if text.enclosed[at]:
            continue
        if char in SENTENCE_ENDS or (char == "：" and at - start <= _LONGEST_COLON_TITLE):
            return at + 1
        if char == " " and at - start <= 40 and re.match(r"  +|\u3000", text.source[at : at + 2]):
            return at
    return limit


def _sentence_goes_on(text: Text, start: int, line_end: int, limit: int) -> bool:
    if _LABEL_LINE.match(text.shadow, line_end):
        return False
    stop = re.compile(rf"[{SENTENCE_ENDS}\n]").search(text.shadow, line_end + 1, limit)
    return bool(stop and stop[0] != "\n" and stop.end() - start <= _LONGEST_BROKEN_TITLE)
