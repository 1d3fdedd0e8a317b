"""What goes into a notice comes out of it, and nothing that is thrown at the parser breaks it."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.notice import Notice, NoticeError, parse

FAST = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
CHINESE = "一二三四五六七八九十"

UNITS = [
    *(
        region + unit
        for region in ("省", "市")
        for unit in ("发展改革委", "财政厅", "工业和信息化厅", "文化和旅游局", "住房和城乡建设厅")
    ),
    "国家粮食和物资储备局",
    "合肥海关",
    "安徽银监局",
    "省政府新闻办",
    "人民银行合肥中心支行",
    "中科院",
    "省法院",
    "团省委",
    "各市人民政府",
    "各有关部门",
    "市场监管总局",
    "海关总署",
    "省人力资源和社会保障厅",
    "西永综合保税区管委会",
    "省供销合作社",
    "省政协办公厅",
    "省地方金融监管局（省政府金融办）",
    "自治区党委和政府督查室",
    "各市、县（市、区）人民政府",
    "有关区、县级市",
]
TITLES = st.sampled_from(
    [
        "完善创新体系",
        "加强质量整治，淘汰落后产能",
        "开展“质量强市”“质量强县”等活动",
        "深入推进“多规合一”",
        "发展一、二、三产业",
        "推进教育、科技、人才工作",
        "实施《条例》（修订）",
    ]
)
SENTENCES = st.lists(
    st.sampled_from(
        [
            "加快建设。",
            "推进“互联网+”行动，落实政策。",
            "制定《办法（试行）》。",
            "到2020年基本建成（含试点地区）。",
            "强化企业主体责任；完善机制。",
        ]
    ),
    min_size=1,
    max_size=4,
)


@dataclass(frozen=True)
class Ending:
    text: str
    leads: list[str]
    assists: list[str]


@st.composite
def endings(draw: st.DrawFn) -> Ending:
    units = draw(st.lists(st.sampled_from(UNITS), min_size=2, max_size=6, unique=True))
    cut = draw(st.integers(1, len(units) - 1))
    first, second = units[:cut], units[cut:]
    a, b, both = "、".join(first), "、".join(second), "、".join(units)
    shape, leads, assists = draw(
        st.sampled_from(
            [
                (f"（{both}负责）", units, []),
                (f"（{both}按职责分工负责）", units, []),
                (f"（{both}等负责）", units, []),
                (f"（{a}牵头，{b}配合）", first, second),
                (f"（{a}牵头，{b}按职责分工负责）", first, second),
                (f"（{a}负责；{b}协助）", first, second),
                (f"（{a}会同{b}负责）", first, second),
                (f"（牵头单位：{a}；责任单位：{b}）", first, second),
                (f"（责任单位：{both}）", units, []),
                (f"（{both}）", units, []),
                (f"（{a}为牵头单位，{b}为配合单位）", first, second),
                (f"（{a}牵头负责，{b}结合实际抓好落实）", first, second),
                (f"（牵头单位：{a} 配合单位：{b} 完成时限：2020年底）", first, second),
                (f"责任单位：{both}。", units, []),
                (f"\n责任单位：{both}\n完成时限：2020年底\n", units, []),
                (f"\n牵头单位：{a}\n配合单位：{b}\n", first, second),
                (f"\n（牵头单位：{a}\n配合单位：{b}）", first, second),
                (f"〔{both}按职责分工负责，2020年6月底前完成〕", units, []),
                (f"[责任单位：{both}]", units, []),
                (f"【{a}牵头，{b}配合，长期坚持】", first, second),
                (f"（2020年底前完成，{a}牵头，{b}配合）", first, second),
                (f"（{a}牵头）（{b}配合）", first, second),
                (f"\n【牵头单位】{a}\n【配合单位】{b}\n", first, second),
                (f"\n牵头考核单位：{a}\n配合单位：{b}\n时间节点：每季度\n", first, second),
                (f"\n部门分工：{a}牵头，{b}配合。\n", first, second),
            ]
        )
    )
    if draw(st.booleans()):
        half = str.maketrans("（）：；，", "():;,")
        return Ending(
            shape.translate(half), [name.translate(half) for name in leads], [name.translate(half) for name in assists]
        )
    return Ending(shape, leads, assists)


@dataclass(frozen=True)
class Made:
    text: str
    sections: list[tuple[str, list[tuple[str, Ending]]]]


@st.composite
def notices(draw: st.DrawFn) -> Made:
    breaks = "" if draw(st.booleans()) else draw(st.sampled_from(["\n", "\n　　", "\n\n", "\r\n  "]))
    style = draw(st.sampled_from(["（{cn}）", "({cn})", "{n}.", "{n}、"]))
    restart = draw(st.booleans())
    sections: list[tuple[str, list[tuple[str, Ending]]]] = []
    lines = [
        "某省人民政府关于推进某项工作的实施意见",
        "某政发〔2019〕12号",
        "各市人民政府：",
        "现提出如下意见。",
    ]
    number = 0
    for index in range(draw(st.integers(1, 4))):
        title = draw(st.sampled_from(["总体要求", "主要任务", "夯实质量基础", "健全体系和机制"]))
        lines.append(f"{CHINESE[index]}、{title}")
        items: list[tuple[str, Ending]] = []
        number = 0 if restart else number
        for _ in range(draw(st.integers(1, 2))):
            number += 1
            name, ending = draw(TITLES), draw(endings())
            label = style.format(cn=CHINESE[number - 1], n=number)
            lines.append(f"{label}{name}。{''.join(draw(SENTENCES))}{ending.text}")
            items.append((name, ending))
        sections.append((title, items))
    lines += ["某省人民政府", "2019年7月1日", "（此件公开发布）"]
    return Made(breaks.join(lines), sections)


def holds(notice: Notice) -> None:
    """What is guaranteed for every notice that is read at all."""
    text = notice.text
    printed = "".join(text.replace("\u2060", "").split())
    for section in notice.sections:
        for item in section.items:
            assert text[item.start : item.end] == item.text
            assert item.responsibility_start is None or item.start <= item.responsibility_start < item.end
            for unit in (*item.leads, *item.assists):
                assert unit.printed
                assert unit.printed in printed
                assert unit.name.endswith(unit.printed)
            assert not {unit.name for unit in item.leads} & {unit.name for unit in item.assists}
            reached = item.start
            for measure in item.measures:
                assert text[measure.start : measure.end] == measure.text
                assert reached <= measure.start < measure.end <= item.end
                reached = measure.end
            assert [unit.name for unit in item.leads] == list(
                dict.fromkeys(unit.name for duty in item.duties for unit in duty.leads)
            )
            for duty in item.duties:
                assert text[duty.ending_start :].startswith(duty.ending)
                assert duty.start <= duty.ending_start < duty.end
                assert not duty.deadline or text[duty.deadline.start : duty.deadline.end] == duty.deadline.text
            for indicator in item.indicators:
                assert item.start <= indicator.start < indicator.end <= item.end


@FAST
@given(notices())
def test_what_goes_in_comes_out(made: Made) -> None:
    notice = parse(made.text)
    holds(notice)
    assert (notice.document_number, notice.issuer, notice.issued_on.isoformat()) == (
        "某政发〔2019〕12号",
        "某省人民政府",
        "2019-07-01",
    )
    assert [
        (
            section.title,
            [(item.title, [str(u) for u in item.leads], [str(u) for u in item.assists]) for item in section.items],
        )
        for section in notice.sections
    ] == [(title, [(name, end.leads, end.assists) for name, end in items]) for title, items in made.sections]
    assert notice.problems == ()


PIECES = [
    *"一二三、。（）()“”《》〈〉【】[]：；，,.1234567890 \n\r\t　年月日号〔〕等和及与由",
    "一、",
    "（一）",
    "1.",
    "负责",
    "牵头",
    "配合",
    "会同",
    "责任单位：",
    "省财政厅",
    "各市",
    "人民政府",
    "其他成员单位",
    "下同",
    "第一位为牵头",
    "6月底前",
    "完成时限：",
    "每季度",
    "长期坚持",
    "【责任单位】",
    "〔省财政厅牵头〕",
    "㈠",
    "⒈",
    "\u2060",
    "具体措施：",
    "附件\n",
    "新增甲5家",
    "达到",
    "附件",
    "某政发〔2019〕12号",
    "某省人民政府关于某事的通知",
    "2019年7月1日",
    "\n一、甲\n（一）乙。做。（省财政厅负责）\n",
]


def read_or_refuse(text: str) -> None:
    try:
        notice = parse(text)
    except NoticeError:
        return
    holds(notice)
    assert notice.as_dict()["sections"]


@settings(max_examples=250, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_no_mixture_of_signs_breaks_it(text: str) -> None:
    read_or_refuse(text)


@settings(max_examples=250, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=50).map("".join))
def test_no_body_under_a_sound_head_breaks_it(body: str) -> None:
    head = "某省人民政府关于某事的通知\n某政发〔2019〕12号\n各市：\n一、甲\n（一）乙。"
    read_or_refuse(f"{head}{body}\n某省人民政府\n2019年7月1日\n")


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    read_or_refuse(text)
