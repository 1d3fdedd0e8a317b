"""Where in an item the ending stands that names its units: in brackets, behind a label, or as a last sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .responsibility import Closing, read_closing
from .text import SENTENCE_ENDS, Text

_LABEL = (
    r"(?:[（【\[]?(?:牵头|主办|主责|首责|责任|负责|承办|实施|落实|主管|配合|协办|协同|协助|参与|参加|会同)[^，。；：\n（）]{0,12}?"
    r"(?:单位|部门|机构|处室|地区|科室|领导|责任人|部委|主体)[^，。；：\n（）]{0,6}|主办|协办|责任人|分管领导|牵头|配合)："
)
_LABEL_START = re.compile(rf"(?:(?<=[。；！\n])|(?<=）)|^)[ \n]*(?:——|—|-|●|◆|\*)?(?P<label>{_LABEL})")
_MORE_LABELS = re.compile(rf"[ \n]*(?:——|—|-|●|◆|\*)?(?={_LABEL}|(?:完成时限|完成时间|时间节点|时限要求|责任人|时限|时间要求|进度安排)：)")
_VERBS = re.compile(r"牵头|负责|配合|协助|协办|参与|参加|落实|主办|承担|会同|实施")
_BY_WHOM = re.compile(r"(?<=[，：；])由[^。！？\n]{2,150}(?:。|$)")
_SENTENCE_VERB = re.compile(r"(?:负责|牵头|配合|落实|参与|参加|协助|组织实施)(?:。|；|$)")


@dataclass(frozen=True)
class Ending:
    start: int
    end: int
    closing: Closing


def endings_within(text: Text, start: int, end: int) -> list[Ending]:
    """Every ending in text[start:end], in order; the same question about the same text is answered from memory."""
    cache = _cache_of(text)
    if (start, end) not in cache:
        found = _bracketed(text, start, end)
        found += [each for each in _labelled(text, start, end) if not _overlaps(each, found)]
        found = found or _last_sentence(text, start, end) or _last_clause(text, start, end)
        cache[start, end] = sorted(found, key=lambda ending: ending.start)
    return cache[start, end]


def _cache_of(text: Text) -> dict[tuple[int, int], list[Ending]]:
    return text.__dict__.setdefault("_endings", {})  # type: ignore[no-any-return]


def _overlaps(ending: Ending, others: list[Ending]) -> bool:
    return any(ending.start < other.end and other.start < ending.end for other in others)


def _bracketed(text: Text, start: int, end: int) -> list[Ending]:
    found = []
    for opener in _openers(text):
        closer = text.pairs[opener]
        if not start <= opener < closer < end or text.enclosed[opener]:
            continue
        closing = _read(text, opener + 1, closer)
        if closing and _is_ending(text, opener, closer, closing, end):
            found.append(Ending(opener, closer + 1, closing))
    return found


def _openers(text: Text) -> list[int]:
    cached = text.__dict__.setdefault(
        "_openers", sorted(opener for opener in text.pairs if text.shadow[opener] in "（【[")
    )
    return cached  # type: ignore[no-any-return]


def _read(text: Text, start: int, end: int) -> Closing | None:
    return read_closing(text.shadow[start:end], text.source[start:end])


def _is_ending(text: Text, opener: int, closer: int, closing: Closing, limit: int) -> bool:
    """It closes a sentence, a paragraph or the item; without a verb it has to be a plain list after a full stop."""
    before, after = text.before(opener), text.after(closer + 1)
    closes = before in SENTENCE_ENDS + "；\n）】”" or after in "。；\n（" or not text.shadow[closer + 1 : limit].strip()
    if closing.has_verb:
        return closes
    return closing.is_whole and before in SENTENCE_ENDS + "\n" and all(len(each.name.text) > 2 for each in closing.named)


def _labelled(text: Text, start: int, end: int) -> list[Ending]:
    """「责任单位：A、B。」 on a line of its own or after the last sentence; labels that follow belong to it."""
    found = []
    at = start
    while match := _LABEL_START.search(text.shadow, at, end):
        first = match.start("label")
        last = _end_of_labels(text, first, end)
        closing = None if text.enclosed[first] else _read(text, first, last)
        if closing:
            found.append(Ending(first, last, closing))
        at = max(last, match.end())
    return found


def _end_of_labels(text: Text, start: int, limit: int) -> int:
    at = start
    while True:
        stop = re.compile(r"[。\n]").search(text.shadow, at, limit)
        if not stop:
            return text.trim(start, limit)[1]
        more = _MORE_LABELS.match(text.shadow, stop.end(), limit)
        if not more:
            return stop.start() + (text.shadow[stop.start()] == "。")
        at = more.end()


def _last_sentence(text: Text, start: int, end: int) -> list[Ending]:
    """「由A牵头，B配合。」 as the last sentence of a paragraph, if it says nothing else."""
    found = []
    for first, last in text.sentences(start, end):
        if text.after(last) != "\n" and text.shadow[last:end].strip():
            continue
        if not _SENTENCE_VERB.search(text.shadow[first:last]):
            continue
        closing = _read(text, first, last)
        if closing and closing.is_whole and closing.has_verb and not closing.doubts:
            found.append(Ending(first, last, closing))
    return found


def _last_clause(text: Text, start: int, end: int) -> list[Ending]:
    """「关于……的问题，由A会同B等部门研究提出落实意见。」: the last clause says by whom."""
    last = max(text.sentences(start, end), default=None)
    clause = _BY_WHOM.search(text.shadow, *last) if last else None
    if not clause or text.enclosed[clause.start()] or not _VERBS.search(clause[0]):
        return []
    closing = _read(text, *clause.span())
    sound = closing and closing.has_verb and not closing.doubts and all(each.name.is_unit for each in closing.named)
    return [Ending(*clause.span(), closing)] if closing and sound else []
