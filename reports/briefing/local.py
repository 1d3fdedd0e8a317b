"""市县落实 is composed here: who has issued a plan, what it leaves out, how it stands beside the province's. Pure."""

from collections.abc import Iterator

from reports.briefing.text import Paragraph, Style
from reports.briefing.words import joined, percent, whole_percent
from reports.quarter import PlanFacts
from reports.quarter.local_facts import LocalOfficeRow, issued
from tasks.rules.means import mean
from tasks.rules.rounding import TENTH, half_up
from tasks.rules.units import carrying_out, units_word

MOST_NAMED = 8  # tasks that are left out


def local(plan: PlanFacts, key: str) -> Iterator[Paragraph]:
    """Nothing where no office lies below. What isn't decided yet is named as nobody's gap (docs/rules.md 12, 15)."""
    if not plan.local:
        return
    yield issuing(plan, key)
    if issued(plan.local):
        yield _standing(plan, key)
        if left_out := _left_out(plan, key):
            yield left_out


def issuing(plan: PlanFacts, key: str) -> Paragraph:
    """Who has issued a plan of their own, and what these cover."""
    rows, known = plan.local, issued(plan.local)
    missing = [row.area for row in rows if not row.is_issued]
    covered = half_up(mean([row.covered for row in known]), TENTH)
    figures = {
        "市县数": str(len(rows)),
        "已印发": str(len(known)),
        "未印发": str(len(missing)),
        "未印发市县": joined(missing),
        "应覆盖": str(max(row.asked for row in rows)),
        "平均覆盖": f"{covered}".removesuffix(".0"),
        "空缺": str(sum(len(row.lacking) for row in known)),
        "待确认": str(sum(row.unsettled > 0 for row in known)),
        "县区数": str(sum(row.counties for row in rows)),
        "县区已印发": str(sum(row.issued_counties for row in rows)),
    }
    if len(rows) == 1:
        text = f"{rows[0].area}{'已' if known else '尚未'}印发本地方案"
    elif known:
        text = f"{{市县数}}个{units_word([row.level for row in rows])}中，{{已印发}}个已印发本地方案"
        text += "，{未印发市县}未印发" if missing else ""
    else:
        text = f"{{市县数}}个{units_word([row.level for row in rows])}均未印发本地方案"
    text += _covering(figures) if known else ""
    text += "。县（市、区）应印发{县区数}个，已印发{县区已印发}个" if figures["县区数"] != "0" else ""
    return Paragraph(Style.BODY, f"{text}。", figures, f"{key}.local")


def in_short(plan: PlanFacts, key: str) -> Paragraph:
    """The same without names, for a sheet on which there is no room."""
    whole = issuing(plan, key)
    levels, known = [row.level for row in plan.local], issued(plan.local)
    whose = f"{{市县数}}个{units_word(levels)}{'中{已印发}个已' if known else '均未'}"
    if len(plan.local) == 1:
        whose = f"{plan.local[0].area}{'已' if known else '尚未'}"
    text = f"{carrying_out(levels)}：{whose}印发本地方案"
    text += _covering(dict(whole.figures)) if known else ""
    return Paragraph(Style.BODY, f"{text}。", whole.figures, whole.key)


def _covering(figures: dict[str, str]) -> str:
    gaps = "空缺{空缺}处" if figures["空缺"] != "0" else "没有空缺"
    is_one = figures["市县数"] == "1"
    of_how_many = "" if is_one else "{待确认}个的"
    open_ones = f"，另有{of_how_many}对应关系尚待确认" if figures["待确认"] != "0" else ""
    whose = "" if is_one else "已印发的方案平均"
    return f"；{whose}覆盖{{平均覆盖}}项（应覆盖{{应覆盖}}项），{gaps}{open_ones}"


def _standing(plan: PlanFacts, key: str) -> Paragraph:
    """Dates, milestones, progress and lights of the local plans; beside the plan's own numbers, never in them."""
    known = issued(plan.local)
    counted = [row for row in known if row.percent is not None]

    def summed(name: str) -> int:
        return sum(int(getattr(row, name)) for row in known)

    items = summed("items")
    figures = {
        "本地任务": str(items),
        "写明时限占比": whole_percent(100 * summed("dated") / items if items else None),
        "设有节点占比": whole_percent(100 * summed("stepped") / items if items else None),
        "到期节点": str(summed("came_due")),
        "按期完成": str(summed("kept")),
        "平均进度": percent(mean([row.percent or 0.0 for row in counted]) if counted else None),
        "平均序时": percent(mean([row.expected or 0.0 for row in counted]) if counted else None),
        "逾期": str(summed("red")),
        "滞后": str(summed("yellow")),
        "应报": str(summed("owed")),
        "已报": str(summed("filed")),
    }
    text = "各地方案共列{本地任务}项任务，写明时限的占{写明时限占比}，设有节点的占{设有节点占比}"
    text += "，到期节点{到期节点}个、按期完成{按期完成}个" if figures["到期节点"] != "0" else ""
    progress = "尚无通过的报告" if all(row.is_unreported for row in counted) else "平均进度{平均进度}"
    text += f"；{progress}，平均序时进度{{平均序时}}" if counted else ""
    text += "；{逾期}项逾期、{滞后}项滞后；最近一期应报{应报}份、已报{已报}份。本地进展不计入以上各数。"
    return Paragraph(Style.BODY, text, figures, f"{key}.local_standing")


def _left_out(plan: PlanFacts, key: str) -> Paragraph | None:
    """Which tasks which plans leave out, those that most leave out first."""
    by_item: dict[int, list[LocalOfficeRow]] = {}
    for row in plan.local:
        for number in row.lacking:
            by_item.setdefault(number, []).append(row)
    if not by_item:
        return None
    worst = sorted(by_item, key=lambda number: (-len(by_item[number]), number))
    named = [
        f"{plan.label(number)}{plan.item(number).title}（{joined([row.area for row in by_item[number]])}）"
        for number in worst[:MOST_NAMED]
    ]
    figures = {"空缺任务": joined(named, "；"), "空缺任务数": str(len(worst))}
    rest = "等{空缺任务数}项" if len(worst) > MOST_NAMED else ""
    return Paragraph(Style.BODY, f"没有列入本地方案的任务和地区：{{空缺任务}}{rest}。", figures, f"{key}.local_gaps")
