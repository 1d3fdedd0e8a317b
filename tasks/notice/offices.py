"""Which names are one office: those that lack the level word of their list, and short and long forms.

「市发改委、商务局」 names 市商务局; 市发展和改革委员会 is 市发改委. Only names of departments that every government has
take a level word: a name that may be of another place or level (合肥海关, 税务局 among offices of two levels) is left
as printed, and where two readings are open, both are told.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

_LEVEL = re.compile(r"(?:自治区|自治州|自治县|省|市(?!场|容|政(?:公用|工程|园林|设施|管理))|县|区(?!域|块)|州|盟|旗)")
_DEPARTMENTS = (
    "发展和?改革|发改|工业和?信息化|工信|经济和?信息化|经信|教育|教育体育|教科体|教体|科学技术|科技|科技创新|公安|民政|司法|财政"
    "|民族宗教事务|民族宗教|民宗|民族事务|宗教事务|人力资源和?社会保障|人力社保|人社|自然资源|自然资源和?规划|资源规划|规划和?自然资源"
    "|国土资源|规划|生态环境|环境保护|环保|住房和?城乡建设|住房城乡建设|住建|城乡建设|建设|城建|城市管理|城管|交通运输|交通|交运"
    "|水利|水务|农业农村|农业|农牧|畜牧|畜牧兽医|商务|商贸|经贸|文化和?旅游|文化广电和?旅游|文化广电旅游体育|文旅|文广旅|文广旅体|旅游|文化"
    "|卫生健康|卫健|卫计|中医药|中医药管理|疾控|退役军人事务|退役军人|应急管理|应急|审计|外事|外事侨务|港澳事务|侨务"
    "|国有资产监督管理|国资|市场监督管理|市场监管|体育|统计|统计调查|医疗保障|医保|林业|林业和?草原|林草|粮食和?物资储备|粮食和?储备|粮食"
    "|地方金融监督管理|地方金融监管|金融监管|金融|信访|人民防空|人防|国动|乡村振兴|扶贫|机关事务管理|机关事务"
    "|大数据|大数据发展|大数据管理|大数据发展管理|数据|数据资源|政务和?数据|政务服务|政务服务管理|政务服务和?数据管理|政务服务数据管理"
    "|政务|政数|行政审批|行政审批服务|审批服务|广播电视|广电|新闻出版|版权|知识产权|药品监督管理|药品监管|药监"
    "|食品药品监督管理|食品药品监管|工商|质监|质量技术监督|地税|国税|税务|气象|地震|邮政管理|邮政|通信管理|烟草专卖|投资促进|招商"
    "|招商引资|口岸|园林|园林绿化|绿化市容|房产|房管|住房保障|住房保障和?房产管理|文物|档案|海洋|渔业|海洋渔业|能源|监狱管理|法制|铁路"
)
_DEPARTMENT = re.compile(
    rf"(?:{_DEPARTMENTS})(?:管理|服务|监督管理)?(?:委员会|委|局|厅|办公室|办|中心)|供销合作联?社|供销社|供销联社|总工会|妇联|残联|工商联|科协|文联"
    "|侨联|社科联|贸促会|红十字会|法院|检察院|高级人民法院|人民检察院"
)
_PARTY = re.compile(r"(?:组织部|宣传部|统战部|政法委|网信办|编办|党校|社会工作部|政研室|台办|老干部局|改革办)")

_SHORT = [
    (re.compile(long), short)
    for long, short in (
        (r"监督管理", "监管"),
        (r"委员会", "委"),
        (r"办公[厅室]", "办"),
        (r"人民政府", "政府"),
        (r"发展和?改革", "发改"),
        (r"工业和?信息化", "工信"),
        (r"经济和?信息化", "经信"),
        (r"科学技术(?=[局厅委])", "科技"),
        (r"人力资源和?社会保障|人力社保", "人社"),
        (r"住房和?城乡建设|住房城乡建设", "住建"),
        (r"自然资源和规划|资源规划(?=局)", "自然资源规划"),
        (r"文化和旅游", "文旅"),
        (r"文化旅游", "文旅"),
        (r"卫生健康|卫生和健康", "卫健"),
        (r"医疗保障", "医保"),
        (r"国有资产监管", "国资"),
        (r"退役军人事务", "退役军人"),
        (r"应急管理(?=[局厅])", "应急"),
        (r"交通运输(?=[局厅])", "交通"),
        (r"城市管理(?=局)", "城管"),
        (r"广播电视(?=局)", "广电"),
        (r"林业和草原(?=局)", "林草"),
        (r"生态环境(?=[局厅])", "生态环境"),
        (r"教育体育(?=局)", "教体"),
        (r"机构编制委办", "编办"),
        (r"网络安全和信息化委办", "网信办"),
        (r"残疾人联合会", "残联"),
        (r"妇女联合会", "妇联"),
        (r"工商业联合会", "工商联"),
        (r"经济技术开发区", "经开区"),
        (r"高新技术产业开发区", "高新区"),
    )
]


def level_of(name: str) -> str:
    """省, 市, 县 … where the name begins with it; "" where it doesn't (市场监管局 has none)."""
    match = _LEVEL.match(name)
    return match[0] if match else ""


def is_bare(name: str) -> bool:
    """A department's name without a level, a place or a state's word before it."""
    return bool(_DEPARTMENT.fullmatch(name) or _PARTY.fullmatch(name))


def with_level(name: str, level: str) -> str:
    return f"{level}{'委' if _PARTY.fullmatch(name) else ''}{name}"


def completed(names: Sequence[str]) -> dict[str, str]:
    """A list's bare names → the same with the level word of the list's first, where the list names one level only."""
    levels = {level_of(name) for name in names} - {""}
    first = level_of(names[0]) if names else ""
    if not first or len(levels) != 1:
        return {}
    return {name: with_level(name, first) for name in names if is_bare(name)}


def as_spelled(name: str) -> str:
    """The same for every way to print one name: 磨憨-磨丁 and 磨憨—磨丁, full-width and plain letters and digits.

    Dashes, hyphens and tildes between two parts are one sign, dots between them another; spaces are none.
    """
    plain = unicodedata.normalize("NFKC", name)
    return _DOTS.sub("·", _DASHES.sub("-", _SPACES.sub("", plain)))


_SPACES = re.compile(r"\s+")
_DASHES = re.compile(r"[-~\u2010-\u2015\u2043\u2053\u2212\u223c\u2500\u2e3a\u2e3b\u301c\u3030\uff5e]+")
_DOTS = re.compile(r"[·•‧∙⋅・･․]")


def short_form(name: str) -> str:
    """The same for every form of one office's name: 市发展和改革委员会 → 市发改委."""
    name = as_spelled(name)
    for long, short in _SHORT:
        name = long.sub(short, name)
    return name


def aliases(names: Iterable[str]) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """(other form → the form used most, bare name → the offices of several levels that it may mean)."""
    counts = Counter(names)
    forms: dict[str, list[str]] = {}
    for name in counts:
        forms.setdefault(short_form(name), []).append(name)
    main = {key: max(same, key=lambda name: counts[name]) for key, same in forms.items()}
    found = {name: main[key] for key, same in forms.items() for name in same if name != main[key]}
    open_names: dict[str, tuple[str, ...]] = {}
    for key, same in forms.items():
        if not is_bare(same[0]):
            continue
        full = [main[other] for other in forms if level_of(other) and other == with_level(key, level_of(other))]
        if len(full) == 1:
            found.update(dict.fromkeys(same, full[0]))
        elif full:
            open_names.update(dict.fromkeys(same, tuple(full)))
    return found, open_names
