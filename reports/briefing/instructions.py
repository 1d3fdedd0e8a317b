"""批示办理 is composed here: how many words of leaders there were, what was answered, who is late. Pure.

A briefing is for everybody, so it says on which items, and never what was written or answered.
"""

from collections.abc import Iterator

from reports.briefing.findings import numbers_of
from reports.briefing.text import Paragraph, Style
from reports.briefing.words import joined
from reports.quarter import PlanFacts


def instructions(plan: PlanFacts, key: str) -> Iterator[Paragraph]:
    facts = plan.instructions
    if not facts:
        return
    waiting = [fact for fact in facts if fact.answered_on is None]
    late = [fact for fact in waiting if fact.is_late]
    labels = dict.fromkeys(plan.label(fact.item) for fact in sorted(facts, key=lambda fact: fact.item))
    names = joined(list(dict.fromkeys(fact.agency for fact in late)))
    figures = {
        "批示数": str(len({fact.instruction for fact in facts})),
        "批示任务": numbers_of(labels),
        "交办数": str(len(facts)),
        "答复数": str(len(facts) - len(waiting)),
        "待答复数": str(len(waiting) - len(late)),
        "逾期数": str(len(late)),
        "逾期单位": names,
    }
    text = "领导同志对{批示任务}任务作出批示{批示数}件，交{交办数}家（次）单位办理，已答复{答复数}家（次）"
    if len(waiting) > len(late):
        text += "，期限未到待答复{待答复数}家（次）"
    if late:
        text += "，逾期未答复{逾期数}家（次）：{逾期单位}"
    yield Paragraph(Style.BODY, f"{text}。", figures, f"{key}.instructions")
