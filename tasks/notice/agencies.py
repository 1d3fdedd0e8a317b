"""A printed list of units → its names, each a verbatim piece of the list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# How the names of units end. Endings, not agencies: they have to hold for any province and any year.
_ENDINGS = (
    "部|委|厅|局|办|署|会|院|[银分支开发农工建中总]行|社|司|处|科|室|所|站|队|组|团|联|协|馆|台|党组|党校|团中央|国企|央企|学院|大学|中心|海关|公司|集团|政府|党委|党工委"
    "|管委|编办|网信办|联席会议|总队|支队|大队|法院|检察院|银行|分行|支行|单位|部门|机构|企业|地区|地方|各地|基地|园区|开发区|新区|示范区|试验区"
    "|街道|乡镇|县区|市县|区县|州市|市州|各市|各县|各区|各省|高校|院校|学校|医院|金融机构|残联|妇联|侨联|文联|社联|科协|作协|工会|商会|协会|学会|军区|警备区"
    "|兵团|中科院|社科院|电网|电力|移动|联通|电信|铁塔|石油|石化|邮政|铁路|机场|港务|高铁|省委|市委|区委|县委|省区市|(?:中央)?军委|国资|税务|气象|烟草"
    "|人大|政协|专班|指挥部|工作组|办公厅|开发区|合作区|保税区|高新区|经开区|功能区|自贸区|牵头人|出版|新闻|交易所|研究所|平台|基金|运营商|库|厂|矿|场"
)
_UNIT = re.compile(rf"(?:{_ENDINGS})$")
_REGION = re.compile(r"^(?:各|全)?[\u4e00-\u9fff]{1,8}(?:省|市|县|区|州|盟|旗|镇|乡|街道)$")
_GENERIC = (
    r"(?:部门|单位|机构|企业|地区|地方|部委|委办局|成员单位|院校|高校|学校|院所|科研院所|金融机构|各地|组织|协会|团体)"
)
_BARE = re.compile(rf"(?:\d+|[一二三四五六七八九十]+)?个?(?:{_GENERIC})?(?:(?:和|及|、)?{_GENERIC}|（{_GENERIC}）)*$")
_COLLECTIVE = re.compile(
    rf"^(?:各|全省各|全市各|其他|其它|有关|相关|所有|所在)|(?:各|相关|有关|其他|其它|直属|所属|责任|涉及|成员|牵头|配合|主管|所在)+(?:的)?(?:\w{{0,4}}?)(?:{_GENERIC})"
    r"|各(?:地|省|市|县|区|州|级|设区|有关|相关|单位|部门|乡|镇|街|成员|金融|高)"
    r"|^(?:省|市|县|区|州|盟|旗|设区市|地|自治区|直辖市|乡镇?|街道|、|（[^（）]*）|和|及|级|直)+(?:人民)?(?:政府|党委|部门|单位)(?:和单位|和部门)?$"
    rf"|^{_GENERIC}$"
)
_RULE = re.compile(r"^(?P<group>.*?)(?:的)?其[他它](?:各)?(?:有关|相关)?成员(?:单位|部门)$")
_DEADLINE = re.compile(
    r"\d{4}年|\d{1,2}月|年底|年内|月底|每年|每月|每季|季度|上半年|下半年|全年|持续|长期|常态|适时|阶段|时限|期限|完成$|下同|同上|到位$|^(?:以下|以上)"
)

_LEVEL_WORD = re.compile(r"[省市县区州国各]|中[央国]|自治|有关|相关")
# Endings that are words of other things too: behind them a joint divides only where a new name surely begins.
_WEAK = re.compile(r"(?:[场社站所队组团室处科园台馆会厂矿库联协]|中心|平台|基金|市场|机场|企业|机构|基地|园区)$")

# What somebody does, where a name is expected: 「开拓市场」 ends like a unit.
_DEED = re.compile(
    r"^(?:加强|加快|加大|推进|推动|促进|做好|确保|完成|建立|建设|开展|强化|抓好|统筹|制定|出台|落实|提出|研究|形成|实现|保障"
    r"|提供|支持|组织|组建|举办|筹备|开拓|完善|深化|优化|指导|督促|监督|协调|编制|对|将|并|不再|具体任务)"
)
PERSON = re.compile(
    r"(?:常委|委员|[省市县区州镇乡]长|主任|[厅局部司处科组]长|书记|秘书长|主席|同志)$|[省市县区州]长[\u4e00-\u9fff]{2,3}$"
)
_OFFICE = re.compile(r"(?:省|市|县|区|国家|中央)[\u4e00-\u9fff]{1,12}?(?:厅|局|委|办|室)")
_BODY = re.compile(r"(?:小组|办公室|联席会议|委员会|指挥部|专班|中心|机制)(?:办公室)?$")

# 「各市、县（市、区）人民政府」 is one name although it holds an enumeration comma.
_AREA = (
    r"(?:设区市|自治区|自治州|自治县|直辖市|地级以上市|地级市|县级市|省辖市|直管市"
    r"|省直管县|省|市|州|盟(?:行政公署|行署)?|地|县|区|旗|乡|镇|街道)(?:（[^（）]*）|〔[^〔〕]*〕|\[[^\[\]]*\])?"
)
_ALL = r"(?:各(?:有关|相关)?|有关|相关|所在)"
_AREAS = rf"(?:各(?:级|{_AREA})(?:(?:、|和|及)?各?{_AREA})*|{_ALL}{_AREA}(?:(?:、|和|及)?{_AREA})*)"
_END_OF_NAME = r"(?=$|[、，,；;。及和与等])"
_SPREAD_NAME = re.compile(
    rf"{_AREAS}(?:人民)?(?:党委[和及、]?政府|政府|党委(?![和及]政府)|管委会)(?:（[^（）]*）|〔[^〔〕]*〕)?{_END_OF_NAME}"
    rf"|{_AREA}(?:(?:、|和|及)?{_AREA})+(?:各级)?(?:人民)?政府(?:（[^（）]*）)?{_END_OF_NAME}"
    rf"|{_ALL}{_AREA}(?:、{_AREA})*{_END_OF_NAME}"
)
_OPEN = re.compile(
    rf"(?<![高中初同平优])等(?=$|[、，,；;及和与]|\d*个?{_GENERIC}|(?:[^、，,；;]{{0,8}}?)(?:相关|有关|其他|直属|各).*|(?:省|市|县|区|国务院|中央|国家)[^、，,；;]{{0,6}}{_GENERIC})"
)
_BRACKETS = str.maketrans("()[]〔〕〈〉【】［］{}", "（）" * 7)
_LEAD_IN = re.compile(
    r"(?:\d{1,2}[.．])?(?:[此该本上述以各]{1,2}项?(?:工作|任务|事项)由|[\u4e00-\u9fff]{2,16}由(?=[省市县区国各])|[\s及和与由]+(?=.)|(?:主要|统一|分别)由|以(?=[省市县区国各]))?"
)
_CONTACT = re.compile(r"（[^（）]*[：:][^（）]*）$")  # who is to be called, behind a unit
_JOINTS = re.compile(r"以及|及其|联合(?![会社体国办])|[及和与并]")


@dataclass(frozen=True)
class Name:
    """A name and where it stands in the list that was split."""

    text: str
    start: int
    is_open: bool = False

    @property
    def is_collective(self) -> bool:
        return bool(_COLLECTIVE.search(self.text.translate(_BRACKETS)))

    @property
    def is_unit(self) -> bool:
        return looks_like_unit(self.text)

    @property
    def is_whole(self) -> bool:
        """Whether it ends as a unit does; what merely begins with 各 may be half of a name."""
        return is_whole_unit(self.text) or (self.is_unit and self.group is not None)

    @property
    def group(self) -> str | None:
        """The group whose other members this means, "" if it names none; None for any other name."""
        match = _RULE.match(self.text)
        return match["group"] if match else None


def as_one_kind(listed: str) -> str:
    """Every bracket as a round one, outside of which rules of names are told."""
    return listed.translate(_BRACKETS)


def looks_like_unit(name: str) -> bool:
    """Whether it ends, or begins, as names of units do. A name within brackets counts for nothing."""
    name = as_one_kind(name)
    core = _without_brackets(name)
    if (
        not 2 <= len(core) <= 40
        or core[0] in "含如即非不仅原"
        or re.match("各[负司尽]其", core)
        or PERSON.search(core)
        or core[-1] in "要应须将可"
        or not re.search(r"[\u4e00-\u9fff]", core)
        or re.search(r"[。！？《》：]", core)
        or (_DEED.match(core) and not _BODY.search(core))
    ):
        return False
    return bool(_UNIT.search(core) or _REGION.match(core) or _COLLECTIVE.search(name))


def is_whole_unit(name: str) -> bool:
    core = _without_brackets(as_one_kind(name))
    return looks_like_unit(name) and bool(_UNIT.search(core) or _REGION.match(core))


def _without_brackets(name: str) -> str:
    while "（" in name:
        shorter = re.sub(r"（[^（）]*）", "", name)
        if shorter == name:
            break
        name = shorter
    return name


def is_deadline(text: str) -> bool:
    return bool(_DEADLINE.search(text)) and not _UNIT.search(text) and not names_an_office(text)


def names_an_office(text: str) -> bool:
    """Whether an office is named anywhere in these words, whatever else they say."""
    return bool(_OFFICE.search(text))


def is_office(name: str) -> bool:
    """Whether it is the name of an office with its level, and nothing else."""
    return bool(_OFFICE.fullmatch(name))


def split_names(listed: str) -> list[Name]:
    """The names in order. 「等」 and a bare 「等部门」 are left out, 「等相关部门」 leaves 「相关部门」."""
    names: list[Name] = []
    for start, end in _joined(listed, list(_pieces(listed))):
        names.extend(_names_of(listed, start, end))
    return names


def _joined(listed: str, pieces: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """「省推进质量、品牌工作领导小组」 is one name: its first half is no unit, its second has no level of its own."""
    at = 0
    while at < len(pieces):
        start, end = pieces[at]
        while at + 1 < len(pieces) and _is_half(listed, (start, end), pieces[at + 1]):
            at += 1
            end = pieces[at][1]
        yield start, end
        at += 1


def _is_half(listed: str, left: tuple[int, int], right: tuple[int, int]) -> bool:
    half, rest = listed[slice(*left)], listed[slice(*right)]
    if listed[left[1]] == "、" and re.fullmatch(_GENERIC, rest):
        return bool(_COLLECTIVE.search(half))  # 「有关部门、单位」
    return (
        listed[left[1]] == "、"
        and bool(_LEVEL_WORD.match(half))
        and len(half) > 2
        and not looks_like_unit(half)
        and bool(_BODY.search(rest))
        and not _LEVEL_WORD.match(rest)
    )


def _pieces(listed: str) -> Iterator[tuple[int, int]]:
    """Split at enumeration commas, commas and semicolons that stand outside brackets and outside one name."""
    start = at = depth = 0
    while at < len(listed):
        may_start = not depth and (at == start or listed[at - 1] in "及和与")
        spread = _SPREAD_NAME.match(listed, at) if may_start else None
        if spread:
            at = spread.end()
            continue
        char = listed[at]
        depth += (char in "（“") - (char in "）”")
        if depth <= 0 and char in "、，,；;。/":
            yield start, at
            start = at + 1
        at += 1
    yield start, len(listed)


def _names_of(listed: str, start: int, end: int) -> Iterator[Name]:
    match = _OPEN.search(listed, start, end)
    if match and match.start() > start:
        before = list(_split_at_joints(listed, start, match.start()))
        yield from before[:-1]
        yield from (Name(name.text, name.start, is_open=True) for name in before[-1:])
        yield from _rest_after_open(listed, match.end(), end)
    else:
        yield from _split_at_joints(listed, start, end)


def _rest_after_open(listed: str, start: int, end: int) -> Iterator[Name]:
    joint = re.compile(r"[及和与]").match(listed, start, end)
    if joint:
        start = joint.end()
    for name in _split_at_joints(listed, start, end):
        if not _BARE.fullmatch(name.text):
            yield name


def _split_at_joints(listed: str, start: int, end: int) -> Iterator[Name]:
    """Split at 和, 及, 与 where both sides are units; a name may hold these characters itself."""
    begin = start
    for joint in _JOINTS.finditer(listed, start, end):
        spread = _SPREAD_NAME.match(listed, begin, end)
        if joint.start() < (spread.end() if spread else begin) or _within_brackets(listed, begin, joint.start()):
            continue
        left, right = listed[begin : joint.start()], listed[joint.end() : end]
        if _WEAK.search(left) and not (_LEVEL_WORD.match(right) or _COLLECTIVE.search(right)):
            continue  # 「市房地产市场和产权交易管理中心」 is one
        is_double = left.endswith("委") and right.startswith(("政府", "人民政府"))  # 「省委和政府督查室」 is one
        if _is_complete(left) and _begins_a_unit(right) and not is_double:
            yield from _name(listed, begin, joint.start())
            begin = joint.end()
    yield from _name(listed, begin, end)


def _within_brackets(listed: str, start: int, at: int) -> bool:
    return listed.count("（", start, at) > listed.count("）", start, at)


def _is_complete(left: str) -> bool:
    return looks_like_unit(left) and not re.fullmatch(r"(?:省|市|国家|中央|县|区)(?:委|级|直)?", left)


def _begins_a_unit(right: str) -> bool:
    first = _JOINTS.split(right)[0] if looks_like_unit(_JOINTS.split(right)[0]) else right
    return looks_like_unit(first) and not _BARE.fullmatch(first)


def _name(listed: str, start: int, end: int) -> Iterator[Name]:
    lead_in = _LEAD_IN.match(listed, start, end)
    start = lead_in.end() if lead_in and not listed.startswith("由", start + 1) else start
    while start < end and listed[end - 1] in "等 ：:*★☆※▲#":
        end -= 1
    contact = _CONTACT.search(listed, start, end)
    end = contact.start() if contact else end
    if end > start:
        yield Name(listed[start:end], start)
