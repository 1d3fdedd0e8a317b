"""The words of an ending → whom it names in which role.

Who does what never depends on whether a name looks like a unit: a doubtful one stays in its place, marked. Words within
brackets belong to a name; a verb counts only where a piece ends, or behind a name that is whole (协同发展区政府 holds
none).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from .agencies import PERSON, Name, as_one_kind, is_deadline, looks_like_unit, names_an_office, split_names
from .closings import Closing, Named
from .phrases import (
    ASSIST,
    DEED,
    FIRST_LEADS,
    FROM_HERE_ON,
    IGNORE,
    LEAD,
    MARK,
    PLAIN,
    PREFIX,
    STANDING,
    TOKEN,
    WEAK_VERB,
    punctuated,
    role_of,
    without_terms,
)


def read_closing(shadow: str, source: str) -> Closing | None:
    """Read the inside of an ending (two strings of one length); None if it says nothing about units."""
    return _read_once(shadow, source) if len(shadow) <= _LONGEST_REMEMBERED else _read(shadow, source)


def _read(shadow: str, source: str) -> Closing | None:
    shadow = punctuated(shadow)
    content = "".join(char for char in shadow if not char.isspace())
    verbatim = "".join(char for char, same in zip(source, shadow, strict=True) if not same.isspace())
    rule = FIRST_LEADS.search(content)
    from_here_on = bool(rule and FROM_HERE_ON.search(content, rule.start()))
    standing = STANDING.search(content)
    for match in filter(None, (rule, standing, FROM_HERE_ON.search(content))):
        if content.count("（", 0, match.start()) == content.count("）", 0, match.start()):
            content = content[: match.start()] + "；" * (match.end() - match.start()) + content[match.end() :]
    content = without_terms(as_one_kind(content))
    reader = _Reader(content, verbatim, _masked(content))
    reader.run()
    if standing:
        reader.doubts.append(f"“{standing[0].strip('，；。')}”没有逐项展开，请核对")
    if not any(named.name.is_unit or named.name.group is not None for named in reader.named):
        return None
    return Closing(
        tuple(reader.named), bool(rule), from_here_on, tuple(reader.doubts), reader.is_whole, reader.has_verb
    )


_LONGEST_REMEMBERED = 500
_read_once = lru_cache(maxsize=2048)(_read)  # a notice says the same endings again and again


def _masked(content: str) -> str:
    """The content with what stands in brackets made unreadable, but for marks like （牵头）."""
    shown = list(content)
    depth = 0
    for at, char in enumerate(content):
        if char == "（" and not depth and MARK.match(content, at):
            continue
        depth -= char == "）" and depth > 0
        if depth:
            shown[at] = "＿"
        depth += char == "（" and not MARK.match(content, at)
    return "".join(shown)


@dataclass
class _Reader:
    """Walks once through the content: names wait until a verb, a label or the end says what they do."""

    content: str
    verbatim: str
    masked: str
    named: list[Named] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    is_whole: bool = True
    has_verb: bool = False
    _waiting: list[Name] = field(default_factory=list)
    _principals: list[Name] = field(default_factory=list)
    _label: str | None = None
    _label_words: str = ""

    def run(self) -> None:
        at = since = 0
        while token := TOKEN.search(self.masked, at):
            if token.lastgroup == "verb" and not self._is_verb(since, token):
                at = token.start() + 1
                continue
            self._wait(since, token.start())
            at = since = self._take(token)
        self._wait(since, len(self.content))
        self._settle_rest()

    def _is_verb(self, since: int, token: re.Match[str]) -> bool:
        """Where its piece ends; or it says what the whole name before it does (「省财政厅负责统筹资金」)."""
        ends_piece = self.masked[token.end() : token.end() + 1] in ("", *"，；。、）")
        if ends_piece and not WEAK_VERB.match(token[0]):
            return True
        start = max(since, *(self.masked.rfind(sign, since, token.start()) + 1 for sign in "，；。、"))
        before = split_names(self.content[start : token.start()])
        if before:
            return before[-1].is_whole
        piece = re.split("[，；。、]", self.masked[start:], maxsplit=1)[0]
        return bool(re.match("(?:负责|牵头|承担|组织|贯彻|会同)", piece)) or not looks_like_unit(piece)

    def _take(self, token: re.Match[str]) -> int:
        """Let the token say what the waiting names do; where to read on."""
        match token.lastgroup:
            case "label":
                return self._begin_label(role_of(token["label"]), token)
            case "other":
                return self._begin_label(IGNORE, token)
            case "verb":
                return self._verb(token)
            case "mark":
                return self._mark(token)
            case "infix":
                return self._infix(token)
        return self._stop(token)

    def _wait(self, start: int, end: int) -> None:
        for name in split_names(self.content[start:end]):
            offset = start + name.start
            text = "".join(self.verbatim[offset : offset + len(name.text)].split())
            self._waiting.append(Name(text, offset, name.is_open))

    def _verb(self, token: re.Match[str]) -> int:
        self.has_verb = True
        if self._waiting and self._label != IGNORE:
            self._settle(role_of(token["verb"]), token.end())
        self._waiting.clear()
        return self._skip_object(token.end())

    def _skip_object(self, start: int) -> int:
        """「A负责统筹协调、项目监管，…」: what a unit does is no unit."""
        at = start
        for piece in re.compile(r"、?[^，；。、]+").finditer(self.masked, start):
            words = piece[0].lstrip("、")
            token = TOKEN.search(words)
            name = words[: token.start()] if token else words
            is_name = looks_like_unit(name) and (at > start or PREFIX.match(words) or name[-1] in "部委厅局署")
            if piece.start() != at or is_name or (token and not name):
                break
            at = piece.end()
        if at > start:
            self.is_whole = False
        return at

    def _mark(self, token: re.Match[str]) -> int:
        """「A（牵头）、B」: the mark is about the one name before it."""
        self.has_verb = True
        marked = self._waiting[-1:]
        self._waiting = self._waiting[:-1]
        self._settle(PLAIN, token.start())
        self._waiting = marked
        self._settle(role_of(token["mark"]), token.end())
        return token.end()

    def _infix(self, token: re.Match[str]) -> int:
        self._principals, self._waiting = self._principals + self._waiting, []
        return token.end()

    def _stop(self, token: re.Match[str]) -> int:
        if self._label or self._principals:
            self._settle_rest()
        elif self._waiting and self._are_names():
            self._settle(PLAIN, token.start())
        else:
            self._drop()
        return token.end()

    def _begin_label(self, role: str, token: re.Match[str]) -> int:
        self._settle_rest()
        self._label, self._label_words = role, token[0]
        return token.end()

    def _settle(self, role: str, end: int) -> None:
        infix = bool(self._principals)
        for name in self._principals:
            self._add(name, role if role != ASSIST else PLAIN, end)
        for name in self._waiting:
            self._add(name, ASSIST if infix else role, end)
        self._principals, self._waiting = [], []

    def _add(self, name: Name, role: str, end: int) -> None:
        if is_deadline(name.text) or not re.search(r"[^\W\d]", name.text):
            return
        is_doubtful = not name.is_unit and name.group is None
        if is_doubtful:
            self.is_whole = False
            if self._label is None and _is_a_phrase(name.text):
                self.doubts.append(f"“{name.text}”不像单位名称，没有读入")
                return
            self.doubts.append(f"“{name.text}”不像单位名称，请核对")
        said = self.verbatim[name.start : end].rstrip("；。，") if name.group is not None else ""
        self.named.append(Named(name, role, said, is_doubtful))

    def _settle_rest(self) -> None:
        """Names that no verb follows: the label's role, or a list without any verb at all."""
        if self._label == IGNORE:
            self._leave_out()
        elif self._label:
            self.has_verb = True
            self._settle(self._label, self._end_of_waiting())
        elif self._principals:
            self._settle(PLAIN, self._end_of_waiting())
        elif self._waiting and self._are_names():
            said_lead = any(each.role == LEAD for each in self.named)
            self._settle(ASSIST if said_lead else PLAIN, self._end_of_waiting())
        else:
            self._drop()

    def _are_names(self) -> bool:
        """A list without a verb: nothing but units, though one among others may be doubted."""
        doubted = [name for name in self._waiting if not name.is_unit]
        return len(doubted) * 2 < len(self._waiting) and not any(
            _is_a_phrase(name.text) or is_deadline(name.text) for name in doubted
        )

    def _leave_out(self) -> None:
        """「督办单位：A」: who neither answers nor assists is said, and not read."""
        if re.search("单位|部门|机构|主体", self._label_words) and any(name.is_unit for name in self._waiting):
            names = "、".join(name.text for name in self._waiting)
            self.doubts.append(f"“{self._label_words}{names}”没有读入，请核对")
        self._waiting.clear()

    def _end_of_waiting(self) -> int:
        return max((name.start + len(name.text) for name in self._waiting), default=len(self.content))

    def _drop(self) -> None:
        for name in self._waiting:
            if name.is_unit:
                self._add(name, PLAIN, self._end_of_waiting())
            elif not is_deadline(name.text) and re.search(r"\w", name.text):
                self.is_whole = False
                self.doubts.append(f"“{name.text}”不像单位名称，没有读入")
        self._waiting = []


def _is_a_phrase(words: str) -> bool:
    """What can't be a name, whatever stands round it: a person, an office that does something, a deed."""
    is_like_a_name = re.fullmatch(r"[\u4e00-\u9fff（）()“”]{2,12}", words)
    return not is_like_a_name or names_an_office(words) or bool(PERSON.search(words) or DEED.match(words))
