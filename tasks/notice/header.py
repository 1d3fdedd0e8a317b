"""What a notice says about itself before and after its tasks: number, title, issuer, date, legal bases."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from tasks.rules.numerals import digits_value, numeral_value

from .model import LegalBasis, Problem
from .text import Text

_OPEN, _CLOSE = r"[〔\[【（〈「]", r"[〕\]】）〉」]"
DOCUMENT_NUMBER = re.compile(
    rf"(?P<prefix>[\u4e00-\u9fffA-Za-z]{{1,40}}?) *{_OPEN} *(?P<year>(?:19|20)\d\d) *{_CLOSE} *(?:第)? *"
    r"(?P<serial>\d{1,5}) *号"
)
_KIND = (
    r"(?:通知|意见|方案|计划|办法|规定|决定|公告|通告|通报|函|批复|纲要|规划"
    r"|要点|措施|细则|清单|条例|分工|任务|命令|令|(?:分解|分工|任务|责任|清单)表)"
)
_TITLE_END = re.compile(rf"{_KIND}(?:（[^（）]{{1,20}}）|\([^()]{{1,20}}\))?$")
_ORGAN = (
    r"(?:政府|办公厅|办公室|委员会|国务院|部|厅|局|委|署|会|院|行|中共中央|党委|省委|市委|小组|办|指挥部|专班"
    r"|公司|集团|中心|总队|学校|大学)"
)
_NAME_OF_ISSUER = r"[\u4e00-\u9fff、 （）“”‘’〈〉《》·—-]"
_ISSUER = re.compile(rf"^(?P<issuer>{_NAME_OF_ISSUER}{{2,60}}?{_ORGAN})(?= *(?:关于|印发|转发|批转|发布))")
_DIGIT = r"[\d〇○零一二三四五六七八九]"
DATE = re.compile(
    rf"(?P<y>{_DIGIT}{{4}}) *年 *(?P<m>\d{{1,2}}|[一二三四五六七八九十]{{1,2}}) *月"
    r" *(?P<d>\d{1,2}|[一二三四五六七八九十]{1,3}) *日"
)
_DATE_LINE = re.compile(rf"（? *{DATE.pattern} *）?")
_METADATA = {
    "number": re.compile(r"(?:发文字号|文 *号|发文文号|文件编号|公文字号) *： *\n? *(?P<value>[^\n]+)"),
    "title": re.compile(r"(?:标 *题|名 *称|文件名称) *： *\n? *(?P<value>[^\n]+)"),
    "issuer": re.compile(r"(?:发文机关|发布机构|发文单位|制发机关|发布机关) *： *\n? *(?P<value>[\u4e00-\u9fff]+)"),
    "issued_on": re.compile(r"(?:成文日期|生成日期|发文日期|印发日期|成文时间) *： *\n? *(?P<value>[^\n]+)"),
}
_SIGNED = re.compile(rf"[。）]{_NAME_OF_ISSUER}{{1,38}}{_ORGAN}\s*$")
_PUBLIC = re.compile(r"\s*（ *(?:此件|主动|依申请|公开)")
_NOISE = re.compile(
    r"索 *引 *号|主题分类|发文机关|发布机构|成文日期|生成日期|标 *题 *："
    r"|名 *称 *：|发文字号|文 *号 *：|发布日期|有效性|时 *效|公文种类|来源"
    r"|签发人|密级|紧急程度|浏览|字体|字号|打印|当前位置|首页|主题词|废止|分享|点击|http|^\W*$|文件$"
)
_ADDRESSEE = re.compile(
    r"^ *(?:各|省|市|县|区|国务院|有关|自治|中央|直属"
    r"|[\u4e00-\u9fff]{2,20}(?:厅|局|委|部|政府|公司|办)).*：$|^ *各[^\n：。]{2,200}：",
    re.M,
)


_LONGEST_TITLE = 200
_REACH = 3000  # a title stands this near to the number
_REPEATED = 5  # a page may print the number of its notice several times


@dataclass(frozen=True)
class Given:
    """What somebody who imports the notice says of it; it stands before what the text says."""

    number: str = ""
    issuer: str = ""
    issued_on: date | None = None


@dataclass(frozen=True)
class Header:
    document_number: str
    title: str
    issuer: str
    issued_on: date | None
    legal_bases: tuple[LegalBasis, ...]
    problems: tuple[Problem, ...]


def read_header(text: Text, body_start: int, given: Given) -> Header:
    """Everything that is said once; a part that isn't found is empty and has a problem, which is a question."""
    problems: list[Problem] = []
    numbers = _own_numbers(text, body_start)
    title, title_end = _title(text, numbers, body_start)
    issuer = given.issuer or _issuer_of_title(title)
    issued_on = given.issued_on or _issued_on(text, issuer, problems)
    issuer = issuer or _issuer_elsewhere(text)
    number = _as_typed(given.number) or (canonical_number(numbers[0]) if numbers else _metadata(text, "number"))
    for value, missing, field in (
        (number, "没有找到发文字号，如“×政办发〔2016〕1号”，请补充", "document_number"),
        (title, "没有找到标题，如“×××关于……的通知”，请核对", "title"),
        (issuer, "没有找到发文机关，请补充", "issuer"),
        (issued_on, "没有找到成文日期，如“2016年5月24日”，请补充", "issued_on"),
    ):
        if not value:
            problems.append(Problem(0, missing, kind=f"head:{field}"))
    bases = _legal_bases(text, title_end, body_start)
    return Header(number, title or _first_line(text), issuer, issued_on, bases, tuple(problems))


def _as_typed(number: str) -> str:
    match = DOCUMENT_NUMBER.fullmatch(Text(number).shadow.strip())
    return canonical_number(match) if match else number


def _first_line(text: Text) -> str:
    line = next((text.clean(*line) for line in _lines(text, 0, 2000) if line[0] < line[1]), "")
    return re.split("[。；]", line)[0][:_LONGEST_TITLE]


def canonical_number(match: re.Match[str]) -> str:
    """As printed, with 〔〕 round the year whatever brackets were typed."""
    return f"{match['prefix']}〔{match['year']}〕{match['serial']}号"


def _metadata(text: Text, key: str) -> str:
    match = _METADATA[key].search(text.shadow[:3000])
    return match["value"].strip() if match else ""


def _own_numbers(text: Text, body_start: int) -> list[re.Match[str]]:
    """Where it prints its own number: the first that isn't quoted behind a 《title》, and its repetitions."""
    found: list[re.Match[str]] = []
    for match in DOCUMENT_NUMBER.finditer(text.shadow, 0, max(body_start, 1)):
        if re.search(r"》 *（ *$", text.shadow[max(0, match.start() - 9) : match.start()]) or "》" in match[0]:
            continue
        own = _unglued(text, match)
        if own and (not found or canonical_number(own) == canonical_number(found[0])):
            found.append(own)
        if len(found) == _REPEATED:
            break
    return found


def _unglued(text: Text, match: re.Match[str]) -> re.Match[str] | None:
    """Glued to the title, a number begins after the title's last word: 「……的意见国办发〔2020〕24号」."""
    for cut in reversed([kind.end() for kind in re.finditer(_KIND, match["prefix"])]):
        if len(match["prefix"]) - cut >= 2:
            return DOCUMENT_NUMBER.match(text.shadow, match.start() + cut)
    return match if len(match["prefix"]) <= 14 else None


def _title(text: Text, numbers: list[re.Match[str]], body_start: int) -> tuple[str, int]:
    """The title and where it ends; it may stand before the number, behind it, or in a web page's table."""
    for number in numbers:
        start, end = _block_before(text, number.start())
        if _is_title(text.clean(start, end)):
            return _one_line(text, start, end), number.end()
        start, end = _block_after(text, number.end(), body_start)
        if _is_title(text.clean(start, end)):
            return _one_line(text, start, end), end
    listed = _metadata(text, "title")
    if listed and _is_title(listed):
        return _unquoted(listed), numbers[-1].end() if numbers else 0
    start, end = _block_after(text, 0, body_start)
    return (_one_line(text, start, end), end) if _is_title(text.clean(start, end)) else ("", 0)


def _is_title(line: str) -> bool:
    line = _unquoted(line)
    return (
        6 <= len(line) <= 200
        and not re.search(r"[。；：！？]", line)
        and bool(_TITLE_END.search(line) or _ISSUER.match(line))
    )


def _one_line(text: Text, start: int, end: int) -> str:
    return _unquoted(re.sub(rf" *[（(] *{DATE.pattern} *[）)]$", "", text.one_line(start, end)))


def _unquoted(line: str) -> str:
    """A web page may print the whole title as 《…》."""
    whole = re.fullmatch(r"《([^《》]+)》", line)
    return whole[1] if whole else line


def _lines(text: Text, start: int, end: int) -> list[tuple[int, int]]:
    return [text.trim(*match.span()) for match in re.compile(r"[^\n]+").finditer(text.shadow, start, end)]


def _block_before(text: Text, end: int) -> tuple[int, int]:
    """The lines of the title above the number, upwards to the one that names the issuer."""
    while end and (text.shadow[end - 1].isspace() or text.shadow[end - 1] == "（"):
        end -= 1
    lines = _lines(text, max(0, end - _REACH), end)[-8:]
    while lines and _DATE_LINE.fullmatch(text.shadow, *lines[-1]):
        lines.pop()
    start = end = lines[-1][1] if lines else end
    for first, last in reversed(lines):
        shown = text.shadow[first:last]
        if first < last and _NOISE.search(shown):
            break
        start = first
        if _ISSUER.match(text.clean(first, end)):
            break
    return start, end


def _block_after(text: Text, start: int, body_start: int) -> tuple[int, int]:
    first = last = None
    for begin, end in _lines(text, start, min(body_start, start + _REACH))[:12]:
        if begin == end or _NOISE.search(text.shadow[begin:end]) or _DATE_LINE.fullmatch(text.shadow, begin, end):
            if first is not None:
                break
            continue
        if _ADDRESSEE.match(text.shadow[begin:end]) or text.shadow[begin:end][-1:] in "。：；":
            break
        first, last = begin if first is None else first, end
        if _TITLE_END.search(text.clean(first, last)):
            break
    return (first, last) if first is not None and last is not None else (start, start)


def _issuer_of_title(title: str) -> str:
    match = _ISSUER.match(title)
    return match["issuer"].strip() if match else ""


def _issuer_elsewhere(text: Text) -> str:
    """The line above a date: the signature."""
    lines = [line for line in _lines(text, 0, len(text.shadow)) if line[0] < line[1]]
    for above, below in pairwise(lines):
        name = text.one_line(*above)
        if DATE.match(text.shadow, below[0]) and re.fullmatch(rf"{_NAME_OF_ISSUER}{{1,38}}{_ORGAN}", name):
            return name
    return _metadata(text, "issuer")


def _issued_on(text: Text, issuer: str, problems: list[Problem]) -> date | None:
    """The signature's date; else one on its own line, under the title, or in the web page's table."""
    found = _signature_dates(text, issuer)
    listed = DATE.search(_metadata(text, "issued_on")) or re.match(
        r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})", _metadata(text, "issued_on")
    )
    for match in [*found, *([listed] if listed else [])]:
        value = as_date(match)
        if value:
            return value
        problems.append(Problem(text.line(match.start()), f"日期“{match[0]}”不存在"))
    return None


def _signature_dates(text: Text, issuer: str) -> list[re.Match[str]]:
    glued, alone, bracketed = [], [], []
    for match in DATE.finditer(text.shadow):
        before = text.shadow[max(0, match.start() - 80) : match.start()]
        after = text.after(match.end())
        if issuer and re.sub(r"\s", "", before).endswith(issuer.replace(" ", "")[-20:]):
            glued.append(match)
        elif _stands_alone(text, match):
            alone.append(match)
        elif before.rstrip().endswith("（") and after == "）":
            bracketed.append(match)
    return [*glued, *alone, *bracketed]


def _stands_alone(text: Text, match: re.Match[str]) -> bool:
    """On a line of its own, or glued between the letter's last sentence and 「（此件公开发布）」."""
    before = text.before(match.start())
    if before == "\n":
        return text.after(match.end()) in "\n（"
    signed = _SIGNED.search(text.shadow, max(0, match.start() - 60), match.start())
    at_the_end = _PUBLIC.match(text.shadow, match.end()) or not text.shadow[match.end() :].strip()
    return bool(signed) or (before in "。）" and bool(at_the_end))


def as_date(match: re.Match[str]) -> date | None:
    year, month, day = digits_value(match["y"]), numeral_value(match["m"]), numeral_value(match["d"])
    try:
        return date(year or 0, month or 0, day or 0)
    except ValueError:
        return None


def _legal_bases(text: Text, start: int, end: int) -> tuple[LegalBasis, ...]:
    """《title》（number） pairs of the preamble, in order, each once."""
    bases: dict[tuple[str, str], LegalBasis] = {}
    for opener in sorted(text.pairs):
        if not start <= opener < end or text.shadow[opener] != "《" or text.enclosed[opener]:
            continue
        closer = text.pairs[opener]
        bracket = re.compile(r"》\s*（").match(text.shadow, closer)
        if not bracket or bracket.end() - 1 not in text.pairs:
            continue
        inside = "".join(text.shadow[bracket.end() : text.pairs[bracket.end() - 1]].split())
        number = DOCUMENT_NUMBER.search(inside)
        if number:
            basis = LegalBasis(_one_line(text, opener + 1, closer), canonical_number(number))
            bases.setdefault((basis.title, basis.document_number), basis)
    return tuple(bases.values())
