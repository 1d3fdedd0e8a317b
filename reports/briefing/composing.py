"""What the briefing says is composed from a snapshot alone, so that it can't disagree with the workbook. Pure.

Figures are fields of their paragraph, rounded as everywhere (docs/rules.md 10).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from reports.briefing.appendices import appendices_of
from reports.briefing.findings import indicators, laggards, next_steps, numbers_of, problems
from reports.briefing.text import NUMBER, Briefing, Paragraph, Style
from reports.briefing.words import day, joined, joined_periods, percent, points, share, short_day
from reports.quarter import PlanFacts, Snapshot, Totals
from tasks.rules.numerals import chinese_numeral
from tasks.rules.rounding import TENTH, difference
from tasks.rules.status import Light, Pace


def compose(snapshot: Snapshot, wordings: Mapping[str, str], office: str) -> Briefing:
    """Writes the briefing of the snapshot; `wordings` are the coordinators' own, by paragraph."""
    definition = snapshot.definition
    first, *others = snapshot.plans
    names = f"《{first.name}》" + (f"等{len(snapshot.plans)}个行动计划" if others else "")
    tables = appendices_of(snapshot)
    return Briefing(
        masthead="督查通报",
        number=_worded(Paragraph(Style.BODY, "第　期", {}, NUMBER), wordings),
        office=office,
        dated=day(snapshot.day),
        paragraphs=[
            _worded(paragraph, wordings)
            for paragraph in (
                Paragraph(Style.TITLE, f"关于{names}{definition.period_name}进展情况的通报"),
                Paragraph(Style.ADDRESSEE, "各有关单位：", {}, "addressee"),
                *_body(snapshot),
                *_appended([table.title for table in tables]),
                Paragraph(Style.SIGNATURE, office),
                Paragraph(Style.SIGNATURE, day(snapshot.day)),
            )
        ],
        tables=tables,
        source=f"截至{day(snapshot.day)}",
        is_demo=snapshot.is_demo,
    )


def _appended(titles: Sequence[str]) -> Iterator[Paragraph]:
    """附件说明 names the tables that follow; GB/T 9704 puts it below the text and above the signature."""
    for number, title in enumerate(titles, 1):
        named = title.partition("\u3000")[2]
        yield Paragraph(Style.APPENDED, f"{'附件：' if number == 1 else '　　　'}{number}.{named}")


def _worded(paragraph: Paragraph, wordings: Mapping[str, str]) -> Paragraph:
    wording = wordings.get(paragraph.key, paragraph.wording) if paragraph.key else paragraph.wording
    return Paragraph(
        style=paragraph.style, wording=wording, figures=paragraph.figures, key=paragraph.key, composed=paragraph.wording
    )


def _body(snapshot: Snapshot) -> Iterator[Paragraph]:
    """The chapters are the parts of the plan; of several plans, each is a chapter of such parts."""
    plans = snapshot.plans
    if len(plans) == 1:
        for number, (heading, paragraphs) in enumerate(_parts(plans[0], snapshot, "p1", Style.HEADING_2), 1):
            yield Paragraph(Style.HEADING_1, f"{chinese_numeral(number)}、{heading}")
            yield from paragraphs
        return
    for place, plan in enumerate(plans, 1):
        yield Paragraph(Style.HEADING_1, f"{chinese_numeral(place)}、{plan.name}（{plan.document_number}）")
        for number, (heading, paragraphs) in enumerate(_parts(plan, snapshot, f"p{place}", Style.ITEM), 1):
            yield Paragraph(Style.HEADING_2, f"（{chinese_numeral(number)}）{heading}")
            yield from paragraphs


def _parts(plan: PlanFacts, snapshot: Snapshot, key: str, below: Style) -> Iterator[tuple[str, list[Paragraph]]]:
    yield "总体情况", list(_overall(plan, snapshot.day, key))
    yield "报送情况", list(_filing(plan, key))
    yield "滞后事项", list(laggards(plan, key, below))
    if plan.indicators:
        yield "量化指标", list(indicators(plan, key))
    reasons = list(problems(plan, key))
    if reasons:
        yield "存在问题", reasons
    yield "下一步要求", list(next_steps(plan, key))


# ── 总体情况 ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _overall(plan: PlanFacts, today: date, key: str) -> Iterator[Paragraph]:
    totals = plan.totals
    figures = {
        "截至日期": day(today),
        "文号": plan.document_number,
        "部分数": str(len(plan.sections)),
        "任务数": str(totals.items),
        "单位数": str(len(plan.agencies)),
        "总体进度": percent(totals.percent),
        "序时进度": percent(totals.expected),
        "相差": points(totals.gap),
    }
    yield Paragraph(
        Style.BODY,
        "截至{截至日期}，{文号}确定的{部分数}个部分{任务数}项任务，由{单位数}个单位负责或协助。总体进度{总体进度}，序时进度{序时进度}，"
        + _compared(totals),
        figures,
        f"{key}.overall",
    )
    yield Paragraph(Style.BODY, *_lights(plan), f"{key}.lights")
    yield Paragraph(Style.BODY, *_paces(plan), f"{key}.paces")
    if plan.previous and plan.since:
        moved = difference(totals.percent, plan.previous.percent, TENTH)
        text = f"较{{上期}}，总体进度{'提高' if moved > 0 else '下降'}{{变化}}个百分点。"
        yield Paragraph(
            Style.BODY,
            text if moved else "较{上期}，总体进度没有变化。",
            {"上期": _since(plan, today), "变化": points(float(moved))},
            f"{key}.since",
        )
    wordings: list[str] = []
    known: dict[str, str] = {}
    for section in plan.sections:
        name = f"第{chinese_numeral(section.number)}部分"
        wordings.append(f"“{section.title}”{{{name}任务}}项，进度{{{name}进度}}")
        known[f"{name}任务"] = str(section.totals.items)
        known[f"{name}进度"] = percent(section.totals.percent)
    yield Paragraph(Style.BODY, f"分部分看，{'；'.join(wordings)}。", known, f"{key}.sections")


def _since(plan: PlanFacts, today: date) -> str:
    """Names the day that is compared with: 「二季度报送截止日（7月15日）」."""
    assert plan.since is not None
    year, _, quarter = plan.since_name.partition("年")
    name = quarter if year == str(today.year) else plan.since_name
    return f"{name}报送截止日（{short_day(plan.since, today)}）"


def _compared(totals: Totals) -> str:
    if not totals.gap:
        return "与序时持平。"
    return f"比序时{'慢' if totals.gap < 0 else '快'}{{相差}}个百分点。"


def _lights(plan: PlanFacts) -> tuple[str, dict[str, str]]:
    """Counts the items by light, the worst first; a light that nothing has isn't spoken of."""
    counts = {light.label: getattr(plan.totals, light.value) for light in Light}
    return _counted("按亮灯统计（以各任务最落后的负责单位为准），", counts)


def _counted(begins: str, counts: Mapping[str, int]) -> tuple[str, dict[str, str]]:
    """Says how many are what; what none is isn't spoken of, but can be."""
    words = [f"{word}{{{word}}}项" for word, count in counts.items() if count]
    return f"{begins}{joined(words)}。", {word: str(count) for word, count in counts.items()}


def _paces(plan: PlanFacts) -> tuple[str, dict[str, str]]:
    """Compares the items' means with their 序时, and names the margins; what has ended or has no lead is said apart."""
    counts = {str(pace.label): int(getattr(plan.totals, pace.value)) for pace in Pace}
    rule = "高出{超进度差额}个百分点以上为超进度，低出{欠进度差额}个百分点以上为欠进度"
    text, figures = _counted(f"按任务平均进度与序时进度比较（{rule}），", counts)
    rest = plan.totals.items - sum(counts.values())
    if rest:
        text = f"{text.removesuffix('。')}；其余{{不作比较}}项已结束或未明确单位，不作比较。"
    margins = {"超进度差额": str(plan.ahead_margin), "欠进度差额": str(plan.behind_margin)}
    return text, {**figures, **margins, "不作比较": str(rest)}


# ── 报送情况 ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _filing(plan: PlanFacts, key: str) -> Iterator[Paragraph]:
    """应报 = 已报 + 未报, each with what it is made of (docs/rules.md 11)."""
    totals, period = plan.totals, plan.period
    if period is None or not totals.owed:
        waived = "应报的均已免报。" if totals.waived else "本期没有应报的进展报告。"
        yield Paragraph(Style.BODY, waived, {}, f"{key}.filing")
        return
    figures = {
        "报告期": joined_periods([period_facts.name for period_facts in plan.periods]),
        "截止日期": day(period.due_on),
        "应报": str(totals.owed),
        "已报": str(totals.filed),
        "已通过": str(totals.accepted),
        "待审": str(totals.waiting),
        "迟报": str(totals.late),
        "未报": str(totals.unfiled),
        "未报送": str(totals.missing),
        "退回待重报": str(totals.sent_back),
        "免报": str(totals.waived),
        "报送率": share(totals.filed, totals.owed),
    }
    due = "{报告期}进展报告{截止日期}（含当日）截止报送，"
    if len(plan.periods) > 1:
        due = "{报告期}进展报告（最近一期{截止日期}截止，含当日）"
    text = f"{due}应报{{应报}}份，{_filed(totals)}，{_unfiled(totals)}，报送率{{报送率}}。"
    if totals.waived:
        text += "另有{免报}份免报。"
    yield Paragraph(Style.BODY, text, figures, f"{key}.filing")
    missing = [agency for agency in plan.agencies if agency.unfiled_items]
    if missing:
        named = joined([f"{agency.name}（{numbers_of(agency.unfiled_items)}）" for agency in missing], "；")
        yield Paragraph(
            Style.BODY,
            f"{_unfiled_words(plan)}{{未报单位数}}个，{{未报份数}}份：{{未报单位}}。",
            {"未报单位数": str(len(missing)), "未报份数": str(totals.unfiled), "未报单位": named},
            f"{key}.unfiled",
        )
    else:
        yield Paragraph(Style.BODY, "应报的均已报送。", {}, f"{key}.unfiled")


def _filed(totals: Totals) -> str:
    """What 已报 is made of; 迟报 is part of it."""
    if not totals.filed:
        return "已报{已报}份"
    parts = [word for word, count in (("已通过", totals.accepted), ("待审", totals.waiting)) if count]
    made_of = joined([f"{word}{{{word}}}份" for word in parts])
    late = "，其中迟报{迟报}份" if totals.late else ""
    return f"已报{{已报}}份（{made_of}{late}）"


def _unfiled(totals: Totals) -> str:
    """What 未报 is made of."""
    if not totals.sent_back:
        return "未报{未报}份"
    parts = [word for word, count in (("未报送", totals.missing), ("退回待重报", totals.sent_back)) if count]
    return f"未报{{未报}}份（{joined([f'{word}{{{word}}}份' for word in parts])}）"


def _unfiled_words(plan: PlanFacts) -> str:
    """Names those who haven't filed; before the due date nobody is late, and none is blamed for time still left."""
    if any(row.is_overdue for row in plan.unfiled):
        return "未报送或退回待重报的单位"
    return "报送期未满，尚未报送的单位"
