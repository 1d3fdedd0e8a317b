"""封面与说明 says what the package is of, for whom it speaks, how to read it, and by what to know it again."""

from reports.quarter.book.local import DETAILS, OFFICES, is_local
from reports.quarter.book.tables import light_text
from reports.quarter.book.words import NO_CLOSE_BEFORE, against_before, closes_before, shown_lights
from reports.quarter.facts import PlanFacts, Snapshot
from reports.xlsx.sheets import Cell, Look, Sheet, Value
from tasks.rules.status import Light

NAME = "封面与说明"
WIDTHS = (22, 84)
CONTENTS = (
    ("总体情况", "任务数、进度、亮灯、报送的总数，{against}"),
    ("分部分", "按公文各部分"),
    ("部分走势", "各部分在各报告期报送截止日和现在的进度，附图"),
    ("分单位", "按单位：负责与协助的任务、亮灯、报送"),
    ("单位排名", "按进度与序时之差排列的单位及其走势，附图"),
    ("责任矩阵", "任务与单位对照"),
    ("任务台账", "每项任务的每个负责单位一行，含公文原文与出处"),
    ("量化指标", "目标值与现值"),
    ("本期变化", "各项任务的变化，{against}"),
    ("逾期与未报", "逾期、滞后、待销号、未报送、退回待重报，逐条列出"),
    ("存在问题与下一步", "各单位报告所述"),
    ("节点", "路线图上的节点：计划与原定日期、状态、完成日期"),
    ("批示", "领导批示：内容、承办单位、答复期限和答复"),
    (OFFICES, "下级各地的方案：覆盖与空缺、时限、节点、进度、亮灯、报送"),
    (DETAILS, "各地对每项任务的落实：本地任务、亮灯、进度、最近进展"),
    ("总数明细", "总数所指的任务和分工，点“总体情况”“分单位”的数字即到"),
    ("报送明细", "每份应报、免报的报告"),
    ("上期末明细", "用于比较的上期末数据"),
    ("校核", "各总数由公式从明细重新计算，逐个核对；文件的生成条件与校验码"),
)
MEANINGS = {
    Light.RED: "完成时限已过，未办结；进度已达100%、等待审核办结的写明待销号",
    Light.YELLOW: "首个应报的报告期截止后，进度落后序时超过{margin}个百分点",
    Light.BLUE: "距完成时限{soon}天以内",
    Light.GREEN: "以上情形以外",
    Light.SUSPENDED: "负责单位不再在办，且有中止的；恢复前不计入进度",
    Light.GREY: "负责单位均已办结",
    Light.CANCELLED: "负责单位均已撤销，不计入进度",
    Light.UNASSIGNED: "没有负责单位，不计入进度",
}


def build_cover(snapshot: Snapshot) -> Sheet:
    plan, *others = snapshot.plans
    against = against_before(snapshot)
    title = plan.name if not others else f"{len(snapshot.plans)}个行动计划"
    rows = [
        [Cell(f"{title}", Look.COVER)],
        [Cell(f"{snapshot.definition.period_name}督办情况", Look.TITLE)],
        [Cell("本系统为非涉密系统，严禁录入涉密信息", Look.NOTE)],
        *([[Cell("演示数据：进展均为模拟，不代表真实情况", Look.HEADING)]] if snapshot.is_demo else []),
        [],
        *_section("说明", _about(snapshot)),
        *_section("亮灯", [_light(snapshot.plans, light) for light in shown_lights(snapshot)]),
        *_section("内容", []),
        *(
            [Cell(name, Look.BODY, link=f"'{name}'!A1"), Cell(text.format(against=against), Look.BODY)]
            for name, text in CONTENTS
            if name not in (OFFICES, DETAILS) or is_local(snapshot)
        ),
    ]
    return Sheet(NAME, rows, widths=WIDTHS, is_landscape=False, page_header=page_header(snapshot))


def page_header(snapshot: Snapshot) -> tuple[str, str]:
    plan, *others = snapshot.plans
    title = plan.document_number if not others else f"{len(snapshot.plans)}个行动计划"
    mark = "（演示数据）" if snapshot.is_demo else ""
    return f"{title} {snapshot.definition.period_name}督办情况{mark}", f"截至{snapshot.day:%Y-%m-%d}"


def _section(title: str, lines: list[tuple[str, Value]]) -> list[list[Cell]]:
    return [
        [Cell(title, Look.HEADING)],
        *([Cell(name, Look.HEAD), Cell(value, Look.BODY)] for name, value in lines),
    ]


def _about(snapshot: Snapshot) -> list[tuple[str, Value]]:
    lines: list[tuple[str, Value]] = []
    for plan in snapshot.plans:
        lines += [
            ("行动计划", f"{plan.title}（{plan.document_number}）"),
            ("发文机关", f"{plan.issuer}，{plan.issued_on:%Y-%m-%d}印发"),
            ("范围", _scope(plan, snapshot)),
            ("报告期", _periods(plan)),
        ]
    lines += [
        ("截至", f"{snapshot.day:%Y-%m-%d}；此后的变化不在其中"),
        ("数据来源", "各负责单位、协助单位报送并经统筹人员审核通过的进展；待审的报告不计入进度"),
        (
            "进度",
            "分工取最近一期已通过的进度，此前按0计，写作“尚无通过的报告”；任务取各负责单位的加权平均，部分和总体取任务的平均，"
            "单位取其负责分工的平均。未明确单位、已中止、已撤销的不计入；持续推进的，序时进度按其进度计。协助单位不计入",
        ),
        (
            "时限",
            "公文写明的为公文载明，所据文字见任务台账“公文时限原文”；公文未写的按计划年度年末推定；此后另定的为调整，原定时限并列",
        ),
        ("小数", "四舍五入。总体、部分、指标保留一位小数，任务、分工、单位不留小数；差为两个所示数之差"),
        ("报送", "应报＝已报＋未报；已报＝已通过＋待审，其中含迟报；未报＝未报送＋退回待重报；免报另计"),
        ("比较", "、".join(closes_before(snapshot)) or NO_CLOSE_BEFORE),
    ]
    return lines


def _scope(plan: PlanFacts, snapshot: Snapshot) -> str:
    filters = snapshot.definition.filters
    whole = f"{len(plan.sections)}个部分、{plan.totals.items}项任务、{len(plan.agencies)}个单位"
    chosen = []
    if filters.sections:
        chosen.append(f"第{'、'.join(map(str, filters.sections))}部分")
    if filters.agencies:
        names = snapshot.agency_names
        chosen.append(f"{'、'.join(names.get(pk, str(pk)) for pk in filters.agencies)}负责的任务")
    return f"仅含{'，'.join(chosen)}：{whole}" if chosen else f"全部：{whole}"


def _periods(plan: PlanFacts) -> str:
    if not plan.periods:
        return "本报告期内没有开放填报"
    return "；".join(
        f"{period.name}（{period.starts_on:%Y-%m-%d}至{period.ends_on:%Y-%m-%d}，报送截止{period.due_on:%Y-%m-%d}"
        f"{'，已锁定' if period.is_locked else ''}）"
        for period in plan.periods
    )


def _light(plans: tuple[PlanFacts, ...], light: Light) -> tuple[str, Value]:
    """Explains what a light means; thresholds are each plan's own."""
    margins = "、".join(dict.fromkeys(str(plan.behind_margin) for plan in plans))
    soon = "、".join(dict.fromkeys(str(plan.soon_days) for plan in plans))
    return light_text(light, str(light.label)), MEANINGS[light].format(margin=margins, soon=soon)
