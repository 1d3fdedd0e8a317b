"""`{% unbroken %}`: a long run of text over several lines of a template, and one line of the page."""

import re
from collections.abc import Iterable

from django.template import Library, Node, NodeList
from django.template.base import Parser, TextNode, Token
from django.template.context import Context

register = Library()

BREAKS = re.compile(r"([<>]|[ \t]*\n[ \t\n]*)")  # and what opens or closes a tag; U+3000 is no space but meant


class Unbroken(Node):
    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> str:
        return self.nodelist.render(context)


@register.tag
def unbroken(parser: Parser, token: Token) -> Unbroken:
    """Chinese has no spaces between words: line breaks inside, with what indents them, are none of the text.

    They are taken out when the template is read, and cost nothing when it is drawn; between the attributes of a tag
    they stand for a space. A space that is meant stands within a line.
    """
    nodelist = parser.parse(("endunbroken",))
    parser.delete_first_token()
    join_lines(node for node in nodelist.get_nodes_by_type(TextNode) if isinstance(node, TextNode))
    return Unbroken(nodelist)


def join_lines(nodes: Iterable[TextNode]) -> None:
    in_tag = False
    for node in nodes:
        parts = BREAKS.split(node.s)
        for index, part in enumerate(parts):
            if part in ("<", ">"):
                in_tag = part == "<"
            elif index % 2:
                parts[index] = " " if in_tag else ""
        node.s = "".join(parts)
