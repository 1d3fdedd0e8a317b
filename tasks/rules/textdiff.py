"""What changed between two texts, character by character, as reviewers of Chinese text read it."""

from dataclasses import dataclass
from difflib import SequenceMatcher

SHORTEST_KEPT = 2  # a single common character between two changes is read as part of the change


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    is_changed: bool


def compare(old: str, new: str) -> tuple[list[Piece], list[Piece]]:
    """Marks in the old text what was cut, and in the new one what was added; joined, the pieces are the texts."""
    blocks = [
        block
        for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
        if block.size >= SHORTEST_KEPT
    ]
    olds: list[Piece] = []
    news: list[Piece] = []
    old_at = new_at = 0
    for block in blocks:
        olds += _pieces(old[old_at : block.a], old[block.a : block.a + block.size])
        news += _pieces(new[new_at : block.b], new[block.b : block.b + block.size])
        old_at, new_at = block.a + block.size, block.b + block.size
    return [*olds, *_pieces(old[old_at:], "")], [*news, *_pieces(new[new_at:], "")]


def _pieces(changed: str, common: str) -> list[Piece]:
    return [piece for piece in (Piece(changed, True), Piece(common, False)) if piece.text]


def changed_paragraphs(old: str, new: str) -> list[tuple[list[Piece], list[Piece]]]:
    """The paragraphs in which two texts differ, old and new side by side; a whole one that has no counterpart."""
    olds, news = old.split("\n"), new.split("\n")
    found = []
    for kind, *places in SequenceMatcher(None, olds, news, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        old_lines, new_lines = olds[places[0] : places[1]], news[places[2] : places[3]]
        if len(old_lines) == len(new_lines):
            found += [compare(was, now) for was, now in zip(old_lines, new_lines, strict=True)]
        else:
            found.append((_pieces("\n".join(old_lines), ""), _pieces("\n".join(new_lines), "")))
    return found
