"""The ending of an item that says who answers for it: which units lead, which assist.

Where 牵头 is said, those units lead and every other unit of that ending assists, whatever its verb. Where it
isn't, all named lead, except those behind a verb of assisting (配合, 协助, 参与 …) or behind 会同.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .agencies import Name, is_deadline, looks_like_unit, split_names

LEAD, ASSIST, PLAIN, IGNORE = "lead", "assist", "plain", "ignore"

_LABEL_WORDS = (
    r"牵头|主办|主责|首责|总牵头|责任|负责|承担|承办|实施|落实|主管"
    r"|执行|完成|配合|协助|协办|协同|协作|参与|参加|支持|会同|会办|共同|主要|组织"
)
_UNIT_WORDS = r"单位|部门|机构|处室|科室|司局|地区|部委|主体|方"
_LABEL = (
    rf"(?P<label>(?:省级|市级|县级|国家|第一|主)?(?:(?:{_LABEL_WORDS})(?:和|及|与|、|或|/)?)+(?:{_UNIT_WORDS})?"
    rf"(?:(?:和|及|与|、)(?:{_LABEL_WORDS}|{_UNIT_WORDS})+)*)："
)
_OTHER_LABEL = (
    r"(?P<other>[^，；。、：]{0,6}(?:责任人|负责人|联系人|领导|责任人员|时限|时间"
    r"|节点|期限|进度|目标|要求|成果|形式|备注|内容|安排|措施|任务|类别|属性|同志))："
)
_BY_DUTY = (
    r"(?:按照|按|依照|依据|依|根据|在|结合)(?:各自|本)?(?:的)?(?:部门)?(?:职责|职能|任务|工作|责任|权限|分工|管理)+(?:和|与|、)?(?:职责|职能|任务|分工|责任|权限)*"
    r"(?:范围|要求|划分)?(?:以)?(?:内)?(?:的)?(?:分工)?"
)
_HOW = (
    rf"(?:{_BY_DUTY}|各自|各司其职|各负其责|分别|共同|具体|联合|密切"
    r"|积极|认真|抓好|切实|做好|统一|协同|全面|直接|主要|总体|统筹|为主|分工|一并|齐抓共管)"
)
_DO = (
    r"(?:总?牵头(?!单位|部门|人|责任)|负总责|主办|主责|总负责|负责(?!人|制|同志|领导|单位|部门)|配合(?!单位|部门)|协助(?!单位|部门)|协办|协作"
    r"|协同(?!创新)|参与(?!单位|部门)|参加(?!单位|部门)|承担|承办|组织实施|组织落实|抓落实|贯彻落实|指导(?!意见|中心|小组|委员会|组|办)|督促|督导|监督落实"
    r"|研究(?=提出|制定|起草|部署|落实|解决|出台)|支持(?=$|[，；。、])|(?:落实|实施|推进|推动|监管|组织|执行)(?=$|[，；。、]))"
)
_VERB = rf"(?P<verb>{_HOW}*(?:{_DO})(?:[和、及]?{_HOW}*(?:{_DO}))*|{_BY_DUTY}(?:分工)?(?=$|[，；。]))"
_INFIX = r"(?P<infix>会同|商同|会商|(?<=[部委厅局办头])商(?!务))"
_MARK = r"(?P<mark>（(?:牵头|主办|主责|总牵头)(?:单位|部门)?）)"
_STOP = r"(?P<stop>[；;。])"
_TOKEN = re.compile("|".join((_MARK, _LABEL, _OTHER_LABEL, _VERB, _INFIX, _STOP)))

FIRST_LEADS = re.compile(
    r"[，；。：]?[^，；。：（）、\n]{0,30}?(?:列|排|位列|名列|位|处)?(?:在)?(?:最前|最前面|首位|首个|第一|第1|首家|首列)[^，；。（）\n]{0,30}?(?:牵头|主办|主要责任|主责)[^，；。（）\n]{0,30}"
)
_STANDING = re.compile(
    r"[，；。]?以下[^，；。]{0,40}(?:，[^，；。]{0,10})?(?:不再(?:一一|逐一|重复)?列出|不再列明|不再赘述)[。]?"
)
_FROM_HERE_ON = re.compile(r"[，；。、]?(?:以)?下(?:均)?同[。]?")
_ROLE_OF_WORD = (
    (LEAD, r"牵头|主办|主责|首责|总负责|负总责|第一"),
    (ASSIST, r"配合|协助|协办|协同|协作|参与|参加|支持|会同|会办"),
)


@dataclass(frozen=True)
class Named:
    name: Name
    role: str
    said: str = ""  # what an assist rule says in full, with its verb


@dataclass(frozen=True)
class Closing:
    """One reading of one ending."""

    named: tuple[Named, ...]
    says_first_leads: bool = False
    from_here_on: bool = False
    doubts: tuple[str, ...] = ()
    is_whole: bool = True  # nothing but units, verbs and dates was met
    has_verb: bool = True

    def roles(self, *, first_leads: bool) -> tuple[tuple[Name, ...], tuple[Name, ...], Named | None]:
        """(leads, assists, rule) by the reading rules; `first_leads` is the document-wide rule."""
        rules = [named for named in self.named if named.name.group is not None]
        named = [named for named in self.named if named.name.group is None]
        leads = [each.name for each in named if each.role == LEAD]
        plain = [each.name for each in named if each.role == PLAIN]
        assists = [each.name for each in named if each.role == ASSIST]
        if leads:
            assists = [each.name for each in named if each.role != LEAD]
        elif plain and first_leads:
            leads = plain[:1]
            assists = [each.name for each in named if each.name != plain[0]]
        elif plain:
            leads = plain
        elif not rules:
            leads, assists = assists, []
        return _unique(leads), _unique(assists, without=leads), rules[-1] if rules else None

    @property
    def only_assists(self) -> bool:
        return all(each.role == ASSIST for each in self.named)


def _unique(names: list[Name], without: list[Name] | tuple[Name, ...] = ()) -> tuple[Name, ...]:
    taken = {name.text for name in without}
    found: dict[str, Name] = {}
    for name in names:
        if name.text not in taken:
            found.setdefault(name.text, name)
    return tuple(found.values())


def read_closing(shadow: str, source: str) -> Closing | None:
    """Read the inside of an ending (two strings of one length); None if it says nothing about units."""
    content = "".join(char for char in shadow if not char.isspace())
    verbatim = "".join(char for char, same in zip(source, shadow, strict=True) if not same.isspace())
    rule = FIRST_LEADS.search(content)
    from_here_on = bool(rule and _FROM_HERE_ON.search(content, rule.start()))
    standing = _STANDING.search(content)
    for match in filter(None, (rule, standing, _FROM_HERE_ON.search(content))):
        content = content[: match.start()] + "；" * (match.end() - match.start()) + content[match.end() :]
    reader = _Reader(content, verbatim)
    reader.run()
    if standing:
        reader.doubts.append(f"“{standing[0].strip('，；。')}”没有逐项展开，请核对")
    if not any(named.name.is_unit or named.name.group is not None for named in reader.named):
        return None
    return Closing(
        tuple(reader.named), bool(rule), from_here_on, tuple(reader.doubts), reader.is_whole, reader.has_verb
    )


def _role_of(words: str) -> str:
    return next((role for role, pattern in _ROLE_OF_WORD if re.search(pattern, words)), PLAIN)


@dataclass
class _Reader:
    """Walks once through the content: names wait until a verb, a label or the end says what they do."""

    content: str
    verbatim: str
    named: list[Named] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    is_whole: bool = True
    has_verb: bool = False
    _waiting: list[Name] = field(default_factory=list)
    _principals: list[Name] = field(default_factory=list)
    _label: str | None = None

    def run(self) -> None:
        at = 0
        while token := _TOKEN.search(self.content, at):
            self._wait(at, token.start())
            at = self._take(token)
        self._wait(at, len(self.content))
        self._settle_rest()

    def _take(self, token: re.Match[str]) -> int:
        """Let the token say what the waiting names do; where to read on."""
        match token.lastgroup:
            case "label":
                return self._begin_label(_role_of(token["label"]), token)
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
            text = self.verbatim[offset : offset + len(name.text)]
            self._waiting.append(Name(text, offset, name.is_open))

    def _verb(self, token: re.Match[str]) -> int:
        self.has_verb = True
        if self._waiting and self._label != IGNORE:
            self._settle(_role_of(token["verb"]), token.end())
        self._waiting.clear()
        return self._skip_object(token.end())

    def _skip_object(self, start: int) -> int:
        """「A负责统筹协调，…」: what a unit does is no unit."""
        rest = re.compile(r"[^，；。、]*").match(self.content, start)
        assert rest is not None
        if rest.end() == start or _TOKEN.search(rest[0]) or looks_like_unit(rest[0]):
            return start
        self.is_whole = False
        return rest.end()

    def _mark(self, token: re.Match[str]) -> int:
        """「A（牵头）、B」: the mark is about the one name before it."""
        self.has_verb = True
        marked = self._waiting[-1:]
        self._waiting = self._waiting[:-1]
        self._settle(PLAIN, token.start())
        self._waiting = marked
        self._settle(LEAD, token.end())
        return token.end()

    def _infix(self, token: re.Match[str]) -> int:
        self._principals, self._waiting = self._principals + self._waiting, []
        return token.end()

    def _stop(self, token: re.Match[str]) -> int:
        if self._label or self._principals:
            self._settle_rest()
        elif self._waiting and all(name.is_unit for name in self._waiting):
            self._settle(PLAIN, token.start())
        else:
            self._drop()
        return token.end()

    def _begin_label(self, role: str, token: re.Match[str]) -> int:
        self._settle_rest()
        self._label = role
        return token.end()

    def _settle(self, role: str, end: int) -> None:
        infix = bool(self._principals)
        for name in self._principals:
            self._add(name, role if role != ASSIST else PLAIN, end)
        for name in self._waiting:
            self._add(name, ASSIST if infix else role, end)
        self._principals, self._waiting = [], []

    def _add(self, name: Name, role: str, end: int) -> None:
        if is_deadline(name.text) or not re.search(r"\w", name.text):
            return
        if not name.is_unit and name.group is None:
            self.is_whole = False
            if len(name.text) > 20 or re.search(r"[：。？！]", name.text):
                self.doubts.append(f"“{name.text}”不像单位名称，没有读入")
                return
            self.doubts.append(f"“{name.text}”不像单位名称，请核对")
        said = self.verbatim[name.start : end].rstrip("；。，") if name.group is not None else ""
        self.named.append(Named(name, role, said))

    def _settle_rest(self) -> None:
        """Names that no verb follows: the label's role, or a list without any verb at all."""
        if self._label == IGNORE:
            self._waiting.clear()
        elif self._label:
            self.has_verb = True
            self._settle(self._label, self._end_of_waiting())
        elif self._principals:
            self._settle(PLAIN, self._end_of_waiting())
        elif self._waiting and all(name.is_unit for name in self._waiting):
            said_lead = any(each.role == LEAD for each in self.named)
            self._settle(ASSIST if said_lead else PLAIN, self._end_of_waiting())
        else:
            self._drop()

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
