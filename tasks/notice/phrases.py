"""The words of an ending: labels (牵头单位：), verbs (按职责分工负责), and what else stands between the names."""

from __future__ import annotations

import re

from .agencies import looks_like_unit, names_an_office
from .terms import find_dated, is_term

LEAD, ASSIST, PLAIN, IGNORE = "lead", "assist", "plain", "ignore"

_LABEL_WORDS = (
    r"牵头|主办|主责|首责|总牵头|责任|负责|承担|承办|实施|落实|主管"
    r"|执行|完成|配合|协助|协办|协同|协作|参与|参加|支持|会同|会办|共同|主要|组织|推进|具体"
)
_UNIT_WORDS = r"分工|单位|部门|机构|处室|科室|司局|股室|地区|部委|主体|方|县区|区县|市县|地市|市州|乡镇|镇街"
_KIN = r"考核|评价|评估|督办|督导|督促|协调|统筹|指导|监管|审批|实施|工作|任务|项目|整改|指标|数据|报送|编制"
_LABEL = (
    rf"(?P<label>(?:部门|任务|责任|职责|工作)分工(?=：)|(?:国家|省级?|市级?|县级?|区级?|市县|县区|镇街)层面(?=：)|(?:省级|省直|市级|市直|县级|县直|区级|国家|第一|首要|主体?|直接|属地)?(?:(?:{_LABEL_WORDS})(?:和|及|与|、|或|/)?){{1,6}}(?:（[^（）]{{1,6}}）)?(?:{_KIN})?(?:{_UNIT_WORDS})?"
    rf"(?:(?:和|及|与|、)(?:{_LABEL_WORDS}|{_UNIT_WORDS}){{1,4}}){{0,4}})(?:：|(?<=[位门构])(?:为|(?=[省市县区国中])))"
)
_OTHER_LABEL = (
    r"(?P<other>(?:牵头|主要|完成|办理|办结|推进|实施|落实|分管|责任|包保|包联|挂钩|联系|督办|指导|督导|监督|监管|考核|验收|审核"
    r"|项目|建设|申报|业主|技术|工作|年度|阶段|预期|整改|具体|时间|时限|进度|期限|[省市县区]){0,4}(?:责任人|负责人|联系人|领导|责任人员|时限|时间"
    r"|节点|期限|进度|目标|要求|成果|形式|备注|内容|安排|措施|任务|类别|属性|同志|电话|单位|部门|机构|主体))："
)
_BY_DUTY = (
    r"(?:按照|按|依照|依据|依|根据|在|结合)(?:各自|本)?(?:的)?(?:部门)?(?:职责|职能|任务|工作|责任|权限|分工|管理)+(?:和|与|、)?(?:职责|职能|任务|分工|责任|权限)*"
    r"(?:范围|要求|划分)?(?:以)?(?:内)?(?:的)?(?:分工)?"
)
_HOW = (
    rf"(?:{_BY_DUTY}|各自|各司其职|各负其责|分别|共同|具体|联合|双|密切"
    r"|(?:结合|根据|按照)(?:本地|本地区|各自|自身|工作)?实际(?:情况)?|因地制宜|立即|即时|及时|尽快"
    r"|分年度|分步|逐步|稳步|有序|扎实|深入|加快|滚动|同步|积极|认真|抓好|切实|做好|统一|协同|全面|直接|主要|总体|统筹|为主|分工|一并|齐抓共管|加强|强化"
    r"|(?:推进|推动|组织|协调|贯彻)(?=落实|实施|推进|完成))"
)
_DO = (
    r"(?:总?牵头(?!单位|部门|人|责任)|主管(?=$|[，；。])|协管(?=$|[，；。])|负总责|主办(?!公)|主责|总负责|负责(?!人|制(?![定订作])|同志|领导|单位|部门)|配合(?!单位|部门)|协助(?!单位|部门)|协办(?!公)|协作(?![区办组会])"
    r"|协同(?!创新|中心)|参与(?!单位|部门)|参加(?!单位|部门)|承担|承办(?!公)|组织实施|组织落实|抓落实|贯彻落实|指导(?!意见|中心|小组|委员会|组|办|局|站|处|科)|督促|督导(?![组办室局处])|监督落实|监督(?=$|[，；。、])"
    r"|(?:制定|制订|提出|起草|出台)[^，；。、]{0,8}(?=$|[，；。])|(?:统筹|协调|统筹协调|抓总|总抓)(?=$|[，；。])|(?:制定|制订|起草|提出|研究|编制|出台|印发|开展|审核|汇总|报送)(?=$|[，；。])|研究(?=提出|制定|起草|部署|落实|解决|出台)|支持(?=$|[，；。、])|(?:落实|实施|推进|推动|完成|办理|(?<![场融业品药务])监管|组织|执行)(?=$|[，；。、]))"
)
_VERB = (
    rf"(?P<verb>{_HOW}*(?:{_DO})(?:[和、及]?{_HOW}*(?:{_DO}))*|{_BY_DUTY}(?:分工)?(?=$|[，；。])"
    rf"|(?:作?为|是)(?:{_LABEL_WORDS})+(?:单位|部门|机构|主体)(?=$|[，；。])"
    r"|为主(?=$|[，；。]))"
)
WEAK_VERB = re.compile(
    r"制定|制订|起草|提出|研究|编制|出台|印发|开展|审核|汇总|报送|组织|执行|支持|监管"
)  # names hold these
_INFIX = r"(?P<infix>会同|商同|会商(?!会)|(?<=[部委厅局办头])商(?![务标业会品]))"
_MARK = r"(?P<mark>（(?:总?牵头|主办|主责|负责|责任|配合|协助|协办|参与|参加)(?:单位|部门)?）)"
_STOP = r"(?P<stop>[；;。]|，?其中)"
MARK = re.compile(_MARK)
TOKEN = re.compile("|".join((_MARK, _LABEL, _OTHER_LABEL, _VERB, _INFIX, _STOP)))

FIRST_LEADS = re.compile(
    r"[，；。：〈]?(?:(?![厅局署]|委(?!员)|部(?!门))[^，；。：（）〈《、\n]){0,30}?(?:列|排|位列|名列|位|处)?(?:在)?(?:最前|最前面|首位|首个|第一|第1|首家|首列)[^，；。（）\n]{0,30}?(?:牵头|主办|主要责任|主责)[^，；。（）〉\n]{0,30}〉?"
    r"(?:，(?:其他|其它|其余|后面|其后)[^，；。（）\n]{0,12}(?:单位|部门|配合|责任))?"
)
STANDING = re.compile(
    r"[，；。]?(?:以下|上述|具体|各项|所有)[^，；。]{0,40}(?:，[^，；。]{0,10})?不再(?:一一|逐一|逐项|重复|单独|另行)?"
    r"(?:列出|列明|列入|罗列|赘述|注明|标注|[做作]?分工)[。]?"
)
FROM_HERE_ON = re.compile(r"[，；。、]?(?:以)?下(?:均)?同[。]?")
_BLANK_BEFORE_LABEL = re.compile(rf"[ \n](?={_LABEL}|{_OTHER_LABEL})")
_BLANK_FOR_COLON = re.compile(
    rf"(?<![^\s；，。（])((?:{_LABEL_WORDS})+(?:单位|部门|机构))\s(?=\s*[省市县区国中各自团])"
)
_BLANK_BETWEEN = re.compile(r"[ \n]+(?=(?P<right>[省市县区州国各中团][^\s，；。、：（）]+))")
PREFIX = re.compile(r"[省市县区州国各中团]|自治区|有关|相关")
_ROLE_OF_WORD = (
    (LEAD, r"牵头|主办|主责|首责|总负责|负总责|第一|为主"),
    (ASSIST, r"配合|协管|协助|协办|协同|协作|参与|参加|支持|会同|会办|监督(?!落实)"),
)


DEED = re.compile(
    r"(?:加强|加快|推进|推动|做好|确保|建立|开展|强化|抓好|统筹|制定|落实|完善|深化|优化|指导|督促|协调|按)"
)


def without_terms(content: str) -> str:
    """The content with every 「6月底前完成」 and 「长期坚持」 made a stop: until when is read elsewhere."""
    parts, start, depth = [], 0, 0
    for at, char in enumerate(content):
        depth = max(0, depth + (char == "（") - (char == "）"))
        if not depth and char in "，；。、":
            parts += [_without_term(content[start:at]), char]
            start = at + 1
    return "".join([*parts, _without_term(content[start:])])


def _without_term(piece: str) -> str:
    if is_term(piece) and not names_an_office(piece):
        return "；" * len(piece)
    for start, end in find_dated(piece):
        rest = "" if looks_like_unit(piece[:start]) and not names_an_office(piece[end:]) else piece[end:]
        return piece[:start] + "；" * (len(piece) - start - len(rest)) + rest
    return piece


BULLET = "[—–\\-*•·●○◦◆◇■□▪▲△►▶➢➤★☆※√✓✔]"
# At a line's start, as are the numbers of a list of labels: none is part of the name before it.
_BULLET_AT_LINE = re.compile(rf"(?<=\n)(?:—?{BULLET}|（?\d{{1,2}}[）.、]|[①-⑳])(?= {{0,3}}[\u4e00-\u9fff])")


def role_of(words: str) -> str:
    return next((role for role, pattern in _ROLE_OF_WORD if re.search(pattern, words)), PLAIN)


def punctuated(shadow: str) -> str:
    """Signs where a table or a web page has only blanks or bullets: round a label, and between two names."""
    shadow = _BULLET_AT_LINE.sub(lambda bullet: "；" * len(bullet[0]), shadow)
    shadow = _BLANK_FOR_COLON.sub(r"\1：", shadow)
    return _BLANK_BETWEEN.sub(_comma, _BLANK_BEFORE_LABEL.sub("；", shadow))


def _comma(blank: re.Match[str]) -> str:
    """「A B负责」: a blank between two whole names separates them; within a name it's an accident of typing."""
    left = re.split(r"[\s，；。、：（）]", blank.string[: blank.start()])[-1]
    right = TOKEN.split(blank["right"], maxsplit=1)[0]
    names = looks_like_unit(left) and looks_like_unit(right)
    return "、" + blank[0][1:] if names else blank[0]
