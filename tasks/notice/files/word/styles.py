"""The styles of a Word file: what a paragraph or run inherits of numbers, levels and hiding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LONGEST_CHAIN = 20


def child(node: Any, tag: str) -> Any:
    return None if node is None else node.find(W + tag)


def attribute(node: Any, name: str) -> str:
    return "" if node is None else node.get(W + name) or ""


def value_of(node: Any, tag: str) -> str:
    return attribute(child(node, tag), "val")


def is_on(node: Any, tag: str) -> bool | None:
    """Whether a switch such as w:vanish is on; None: not said."""
    found = child(node, tag)
    return None if found is None else attribute(found, "val") not in ("0", "false", "off")


def number_of(properties: Any) -> tuple[str, int | None]:
    """(numId or "", ilvl or None) that a w:pPr says itself."""
    number = child(properties, "numPr")
    depth = value_of(number, "ilvl")
    return value_of(number, "numId"), int(depth) if depth.isdecimal() and len(depth) < 3 else None


@dataclass(frozen=True)
class Style:
    identity: str
    name: str
    based_on: str
    number: str
    depth: int | None
    is_hidden: bool | None


class Styles:
    def __init__(self, root: Any) -> None:
        self._styles: dict[str, Style] = {}
        self._default = ""
        for node in [] if root is None else root.iterfind(f"{W}style"):
            number, depth = number_of(child(node, "pPr"))
            identity = attribute(node, "styleId")
            self._styles[identity] = Style(
                identity,
                value_of(node, "name").lower(),
                value_of(node, "basedOn"),
                number,
                depth,
                is_on(child(node, "rPr"), "vanish"),
            )
            if attribute(node, "type") == "paragraph" and attribute(node, "default") in ("1", "true", "on"):
                self._default = identity

    def chain(self, identity: str) -> list[Style]:
        """The style (the default one, if none is named) and those on which it is based, nearest first."""
        chain: list[Style] = []
        while (style := self._styles.get(identity or self._default)) and len(chain) < _LONGEST_CHAIN:
            chain.append(style)
            if not style.based_on:
                break
            identity = style.based_on
        return chain

    def hides(self, identity: str) -> bool | None:
        if not identity:
            return None
        return next((style.is_hidden for style in self.chain(identity) if style.is_hidden is not None), None)

    def is_contents_line(self, identity: str) -> bool:
        """A line of a table of contents repeats a heading."""
        return bool(identity) and any(style.name.startswith("toc ") for style in self.chain(identity))
