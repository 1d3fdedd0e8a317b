"""Which headings are tasks: the deepest level at which most siblings carry endings of their own.

A heading above that level is a group: an ending beside its title is inherited by those tasks below that have none.
Points that explain a task which has its own ending (「具体措施：1.…」) stay within it. Paragraphs without a number
that end in a duty are tasks, too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from .endings import Ending, Endings
from .markers import CHAPTER, POINT, Node
from .text import Text

PARAGRAPH = 99  # the kind of a task that bears no number
_LONGEST_GROUP_TITLE = 60
_MEASURES_FOLLOW = re.compile(
    r"(?:[\u4e00-\u9fff]{0,6}(?:措施|举措|任务|安排|要求|内容|重点|做法|清单)[：:。]?|包括：)$"
)


@dataclass(frozen=True)
class Task:
    """A heading or paragraph that is one task, and the headings above it, outermost first."""

    node: Node
    above: tuple[Node, ...]


class Levels:
    def __init__(self, text: Text, endings: Endings, roots: list[Node]) -> None:
        self._text = text
        self._endings = endings
        children = [child for root in roots for node in root.walk() for child in node.children]
        self._printed = Counter(child.kind for child in children)
        self._carrying = Counter(child.kind for child in children if self.all_of(child))
        self._is_flat = not children and any(self.all_of(root) for root in roots)
        tails = [root for root in roots if len(root.children) > 1 and self._is_closed_by_last(root)]
        self._closed_by_last = len(tails) * 2 > sum(1 for root in roots if len(root.children) > 1)

    def all_of(self, node: Node) -> list[Ending]:
        return self._endings.within(node.body, node.end)

    @staticmethod
    def own_end(node: Node) -> int:
        """Where its first child begins."""
        return node.children[0].start if node.children else node.end

    def own(self, node: Node) -> list[Ending]:
        """Those before its first child."""
        return self._endings.within(node.body, self.own_end(node))

    def beside_title(self, node: Node) -> list[Ending]:
        """Those of a group's heading itself, not of a paragraph below it."""
        return [ending for ending in self.own(node) if self._is_beside_title(node, ending)]

    def tasks(self, root: Node, *, is_section: bool) -> list[Task]:
        """What the heading is divided into; a section without tasks of its own kind has none."""
        if not is_section:
            return list(self._divided(root, ()))
        if root.children:
            if self._is_one_task(root):
                return [Task(root, ())]
            below = (task for child in root.children for task in self._divided(child, (root,)))
            return [*self._paragraphs(root, (root,)), *below]
        paragraphs = list(self._paragraphs(root, (root,)))
        if len(paragraphs) > 1 and not self.beside_title(root):
            return paragraphs
        return [Task(root, ())] if self._is_flat or self.all_of(root) else []

    def paragraphs(self, start: int, end: int) -> list[Task]:
        """The tasks of a text without any number."""
        whole = Node(PARAGRAPH, 0, "", start, start, end)
        return list(self._paragraphs(whole, ()))

    def _divided(self, node: Node, above: tuple[Node, ...]) -> Iterator[Task]:
        if not self._is_divided(node):
            yield Task(node, above)
            return
        above = (*above, node)
        yield from self._paragraphs(node, above)
        for child in node.children:
            yield from self._divided(child, above)

    def _is_divided(self, node: Node) -> bool:
        if not node.children or self._has_measures(node):
            return False
        carrying = [bool(self.all_of(child)) for child in node.children]
        kind = node.children[0].kind
        if not any(carrying):
            return bool(self.own(node)) and self._is_level(kind)
        if kind <= CHAPTER:
            return True
        half = sum(carrying) * 2
        return half > len(carrying) or (half == len(carrying) and carrying[0]) or self._is_level(kind)

    def _is_level(self, kind: int) -> bool:
        return self._carrying[kind] * 2 > self._printed[kind]

    def _is_one_task(self, root: Node) -> bool:
        """A section whose points have no endings but the section's own, beside its title or behind the last point."""
        kind = root.children[0].kind
        if self._has_measures(root):
            return True
        if not any(self.all_of(child) for child in root.children):
            return bool(self.own(root)) and not self._is_level(kind)
        return kind >= POINT and self._is_closed_by_last(root) and self._closed_by_last

    def _is_closed_by_last(self, root: Node) -> bool:
        return [bool(self.all_of(child)) for child in root.children].count(True) == 1 and bool(
            self.all_of(root.children[-1])
        )

    def _has_measures(self, node: Node) -> bool:
        """A task with its own text and ending, whose points say how: they are its measures."""
        own = self.own(node)
        if not own:
            return False
        between = self._text.shadow[own[-1].end : self.own_end(node)].strip("。 \n")
        runs_in = "\n" not in self._text.shadow[node.body : own[0].start]
        return bool(_MEASURES_FOLLOW.search(between)) or (runs_in and not self._is_beside_title(node, own[0]))

    def _is_beside_title(self, node: Node, ending: Ending) -> bool:
        words = self._text.shadow[node.body : ending.start].strip()
        lines = list(self._text.sentences(node.body, ending.start))
        return len(words) <= _LONGEST_GROUP_TITLE and len(lines) <= 1

    def _paragraphs(self, node: Node, above: tuple[Node, ...]) -> Iterator[Task]:
        """The paragraphs of the heading's own text that end in a duty."""
        last_end = node.body
        number = 0
        for ending in self.own(node):
            if node.label and self._is_beside_title(node, ending):
                last_end = ending.end
                continue
            start, end = self._paragraph_of(ending, last_end)
            if node.label and start == node.body:
                start = self._behind_title(node, ending)
            if ending.start < last_end or self._endings.within(ending.end, end):
                continue  # another ending closes this paragraph
            number += 1
            yield Task(Node(PARAGRAPH, number, "", start, start, max(end, ending.end)), above)
            last_end = max(end, ending.end)

    def _paragraph_of(self, ending: Ending, reached: int) -> tuple[int, int]:
        """The line that the ending closes; the one before it, too, where the ending is a line of its own."""
        shadow = self._text.shadow
        start = shadow.rfind("\n", reached, ending.start) + 1 or reached
        if not shadow[start : ending.start].strip() and start > reached:
            start = shadow.rfind("\n", reached, shadow.rfind("\n", reached, start - 1)) + 1 or reached
            if not shadow[start : ending.start].strip():
                start = reached
        stop = shadow.find("\n", ending.end)
        return self._text.trim(start, stop if stop >= 0 else len(shadow))

    def _behind_title(self, node: Node, ending: Ending) -> int:
        first = next(self._text.sentences(node.body, ending.start), None)
        return self._text.trim(first[1], ending.start)[0] if first else node.body
