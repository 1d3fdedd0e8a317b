"""The manuals of `docs/manuals`, as the product shows them: one text for the book and for the page."""

import struct
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.token import Token

from agencies.models import User
from tasks.access import (
    can_enter_administration,
    can_file_reports,
    can_move_people,
    can_read_changes,
    can_read_security_log,
    can_steer,
    sets_up,
)

FOLDER = Path(settings.BASE_DIR) / "docs" / "manuals"
PICTURES = "../../static/"
LOWER = {"h2": "h3", "h3": "h4"}  # the page has headings of its own above

# A manual has readers who don't all come to these pages: those of the three administrators, coordinators of a city.
OPEN_TO: dict[str, Callable[[User], bool]] = {
    "/accounts/people/": can_move_people,
    "/admin/": can_enter_administration,
    "/agencies/succession/": can_move_people,
    "/changes/": can_read_changes,
    "/records/": can_read_security_log,
    "/setup/": sets_up,
}


class Manual(NamedTuple):
    title: str
    parts: list[tuple[str, str]]  # the anchor of each part, and its heading
    text: SafeString


def manual_for(user: User) -> Manual:
    """The one of the person's own work; it leads to no page that is closed to them."""
    closed = frozenset(place for place, is_open_to in OPEN_TO.items() if not is_open_to(user))
    if can_file_reports(user):
        return manual("liaison", closed)
    if can_steer(user):
        return manual("coordinator", closed)
    is_one_of_three = can_enter_administration(user) or can_read_security_log(user)
    return manual("administrator" if is_one_of_three else "leader", closed)


@cache
def manual(name: str, closed: frozenset[str]) -> Manual:
    """With pictures where the product has them; what leads to other books or closed pages is words alone."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    _, title, _, *tokens = reader.parse((FOLDER / f"{name}.zh-CN.md").read_text(encoding="utf-8"))
    parts: list[tuple[str, str]] = []
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type == "heading_open" and following is not None:
            anchor = f"part{len(parts) + 1}"
            parts.append((anchor, following.content))
            token.attrSet("id", anchor)
        if token.type in ("heading_open", "heading_close"):
            token.tag = LOWER[token.tag]
        if token.type == "table_open":
            token.attrSet("class", "table")
        token.children = list(_shown(token.children, closed)) if token.children else token.children
    return Manual(title.content, parts, SafeString(reader.renderer.render(tokens, reader.options, {})))


def _shown(tokens: list[Token], closed: frozenset[str]) -> Iterator[Token]:
    """Pictures from where the product keeps them, with their size; links to its own pages alone, and none to these."""
    leads = True
    for token in tokens:
        if token.type == "image":
            name = str(token.attrs["src"]).removeprefix(PICTURES)
            width, height = _size(Path(str(finders.find(name))))
            token.attrs = {"src": static(name), "alt": "", "width": width, "height": height}
        if token.type == "link_open":
            place = str(token.attrs["href"])
            leads = place.startswith("/") and place not in closed
        if leads or token.type not in ("link_open", "link_close"):
            yield token


def _size(picture: Path) -> tuple[int, int]:
    """Width and height of a PNG."""
    width, height = struct.unpack(">II", picture.read_bytes()[16:24])
    return width, height
