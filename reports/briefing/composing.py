"""What the briefing says is composed from a snapshot alone, so that it can't disagree with the workbook. Pure.

Figures are fields of their paragraph. Shares are of the items counted, to one decimal; percentages to one decimal, as
in the workbook.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from reports.briefing.appendices import appendices_of
from reports.briefing.findings import indicators, laggards, next_steps, numbers_of, problems
from reports.briefing.text import NUMBER, Briefing, Paragraph, Style
from reports.briefing.words import day, is_seen, joined, joined_periods, percent, points, share
from reports.quarter import PlanFacts, Snapshot, Totals
from tasks.rules.numerals import chinese_numeral
from tasks.rules.status import Light, Pace
from tasks.standing.filing import Filing


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
        "相差": points(abs(totals.gap)),
    }
    yield Paragraph(
        Style.BODY,
        "截至{截至日期}，{文号}确定的{部分数}个部分{任务数}项任务，由{单位数}个单位负责或协助。总体进度{总体进度}，序时进度{序时进度}，"
        + _compared(totals),
        figures,
        f"{key}.overall",
    )
    yield Paragraph(Style.BODY, *_lights(plan), f"{key}.lights")
    yield Paragraph(Style.BODY, *_paces(totals), f"{key}.paces")
    if plan.previous:
        moved = totals.percent - plan.previous.percent
        text = f"与{{上期}}相比，总体进度{'提高' if moved >= 0 else '下降'}{{变化}}个百分点。"
        yield Paragraph(
            Style.BODY,
            text if is_seen(moved) else "总体进度与{上期}持平。",
            {"上期": plan.since_name, "变化": points(abs(moved))},
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


def _compared(totals: Totals) -> str:
    if not is_seen(totals.gap):
        return "与序时持平。"
    return f"比序时{'慢' if totals.gap < 0 else '快'}{{相差}}个百分点。"


def _lights(plan: PlanFacts) -> tuple[str, dict[str, str]]:
    """Counts the items by light, the worst first; a light that nothing has isn't spoken of. What is grey says why."""
    counts = {light.label: getattr(plan.totals, light.value) for light in Light if light != Light.GREY}
    counts |= Counter(item.light_word for item in plan.items if item.light == Light.GREY)
    return _shared("按亮灯统计（以各任务最落后的负责单位为准）", counts, plan.totals.items)


def _shared(begins: str, counts: Mapping[str, int], whole: int) -> tuple[str, dict[str, str]]:
    """Says how many of the whole are what, with shares; what none is isn't spoken of, but can be."""
    figures = {word: str(count) for word, count in counts.items()}
    figures |= {f"{word}占比": share(count, whole) for word, count in counts.items()}
    words = [f"{word}{{{word}}}项（占{{{word}占比}}）" for word, count in counts.items() if count]
    return f"{begins}，{joined(words)}。", figures


def _paces(totals: Totals) -> tuple[str, dict[str, str]]:
    counts = {pace.label: getattr(totals, pace.value) for pace in Pace}
    counts["已办结或不计进度"] = totals.items - sum(counts.values())
    return _shared("按任务平均进度统计", counts, totals.items)


# ── 报送情况 ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _filing(plan: PlanFacts, key: str) -> Iterator[Paragraph]:
    totals, period = plan.totals, plan.period
    if period is None or not totals.owed:
        yield Paragraph(Style.BODY, "本期没有应报的进展报告。", {}, f"{key}.filing")
        return
    figures = {
        "报告期": joined_periods([period_facts.name for period_facts in plan.periods]),
        "截止日期": day(period.due_on),
        "应报": str(totals.owed),
        "已报": str(totals.filed),
        "报送率": share(totals.filed, totals.owed),
        "审核通过": str(totals.accepted),
        "待审": str(totals.waiting),
    }
    due = (
        "{报告期}进展报告应于{截止日期}前报送，"
        if len(plan.periods) == 1
        else "{报告期}进展报告（最近一期{截止日期}截止）"
    )
    text = f"{due}应报{{应报}}份，已报{{已报}}份，报送率{{报送率}}；其中审核通过{{审核通过}}份，待审{{待审}}份。"
    if not totals.filed and not totals.sent_back:
        text = f"{due}应报{{应报}}份，目前均未报送。"
    others = (
        (str(Filing.SENT_BACK.label), totals.sent_back),
        ("迟报", totals.late),
        (str(Filing.WAIVED.label), totals.waived),
    )
    figures |= {word: str(count) for word, count in others if count}
    also = joined([f"{word}{{{word}}}份" for word, count in others if count])
    yield Paragraph(Style.BODY, f"{text}另有{also}。" if also else text, figures, f"{key}.filing")
    missing = [agency for agency in plan.agencies if agency.unfiled_items]
    if missing:
        named = joined([f"{agency.name}（{numbers_of(agency.unfiled_items)}）" for agency in missing], "；")
        yield Paragraph(
            Style.BODY,
            f"{_unfiled_words(plan)}{{未报单位数}}个，涉及{{未报份数}}份：{{未报单位}}。",
            {"未报单位数": str(len(missing)), "未报份数": str(totals.unfiled), "未报单位": named},
            f"{key}.unfiled",
        )
    else:
        yield Paragraph(Style.BODY, "各单位均已按要求报送。", {}, f"{key}.unfiled")


def _unfiled_words(plan: PlanFacts) -> str:
    """Names those who haven't filed; before the due date nobody is late, and none is blamed for time still left."""
    if any(row.is_overdue for row in plan.unfiled):
        return "未报送或退回后尚未重报的单位"
    return "尚未到截止日期，未报送或退回后尚未重报的单位"
