"""What the briefing says is composed from a snapshot alone, so that it can't disagree with the workbook. Pure.

Figures are fields of their paragraph, rounded as everywhere (docs/rules.md 10).
"""

from collections.abc import Iterator, Mapping, Sequence

from reports.briefing.appendices import appendices_of
from reports.briefing.filing import filing
from reports.briefing.findings import indicators, laggards, next_steps, problems
from reports.briefing.instructions import instructions
from reports.briefing.local import local
from reports.briefing.overall import overall
from reports.briefing.text import NUMBER, Briefing, Paragraph, Style
from reports.quarter import PlanFacts, Snapshot
from reports.quarter.period_words import day
from tasks.rules.numerals import chinese_numeral
from tasks.rules.units import carrying_out

METHOD = (
    "口径：进度为各负责单位最近一期已通过报告的进度，待审的不计，尚无通过的按零计；任务进度取其各负责单位的平均（设有权重的按"
    "权重），部分和总体进度取任务的平均，未明确单位、已中止和已撤销的任务不计，持续推进的任务以自身进度为序时进度。总体、部分和指标"
    "的百分比保留一位小数，任务和单位的取整数，均四舍五入；相差按所列数字计算。"
)


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
                Paragraph(Style.BODY, METHOD, {}, "method"),
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
    yield "总体情况", list(overall(plan, snapshot.day, key))
    yield "报送情况", list(filing(plan, key))
    yield "滞后事项", list(laggards(plan, key, below))
    if told := list(instructions(plan, key)):
        yield "批示办理", told
    if in_cities := list(local(plan, key)):
        yield carrying_out([row.level for row in plan.local]), in_cities
    if plan.indicators:
        yield "量化指标", list(indicators(plan, key))
    reasons = list(problems(plan, key))
    if reasons:
        yield "存在问题", reasons
    yield "下一步要求", list(next_steps(plan, key))
