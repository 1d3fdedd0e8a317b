"""`{% kept keeper key %}`: a part of a page that is drawn once for all to whom the key says that the same is shown."""

from collections.abc import Callable, Hashable
from typing import Protocol

from django import template
from django.template.base import FilterExpression, Node, NodeList, Parser, Token
from django.template.context import Context
from django.utils.safestring import SafeString

register = template.Library()


class Keeper(Protocol):
    """What knows how long a part that was drawn of it holds."""

    def drawn(self, key: Hashable, draw: Callable[[], SafeString]) -> SafeString: ...


class Kept(Node):
    def __init__(self, nodelist: NodeList, keeper: FilterExpression, key: FilterExpression) -> None:
        self.nodelist = nodelist
        self.keeper = keeper
        self.key = key

    def render(self, context: Context) -> SafeString:
        keeper: Keeper = self.keeper.resolve(context)
        return keeper.drawn(self.key.resolve(context), lambda: self.nodelist.render(context))


@register.tag
def kept(parser: Parser, token: Token) -> Kept:
    """What within isn't the keeper's own has to follow from the key: who looks, and what the address says."""
    _, keeper, key = token.split_contents()
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return Kept(nodelist, parser.compile_filter(keeper), parser.compile_filter(key))
