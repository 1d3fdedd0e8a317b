"""Notices of a few tasks, and what an import made of one."""

from datetime import date

from django.apps import apps

from tasks.models import ReminderRule
from tasks.notice import AssistRule, Item, Notice, Responsible, Section

MEMBERS = "试点工作领导小组"
RULE = AssistRule(MEMBERS, f"{MEMBERS}其他成员单位协助")


def make_task(number, leads, assists=(), rule=None):
    return Item(
        number=number,
        label=f"（{number}）",
        title=f"任务{number}",
        text=f"（{number}）任务{number}。",
        start=0,
        end=0,
        responsibility_start=None,
        leads=tuple(Responsible(name, is_collective=name.startswith("各")) for name in leads),
        assists=tuple(Responsible(name) for name in assists),
        assist_rule=rule,
        measures=(),
        indicators=(),
    )


def make_notice(*tasks, **fields):
    defaults = {
        "document_number": "皖试〔2018〕9号",
        "title": "某省人民政府办公厅关于印发试点工作方案的通知",
        "issuer": "某省人民政府办公厅",
        "issued_on": date(2018, 3, 1),
        "legal_bases": (),
        "sections": (Section(1, "试点", 0, 0, tasks),),
        "problems": (),
        "text": "试点工作方案全文。",
    }
    return Notice(**{**defaults, **fields})


def everything():
    """Every row of the product, keys included; but for the rules that come with an empty database."""
    models = [model for model in apps.get_models() if model._meta.app_label in ("agencies", "tasks", "reports")]
    models.remove(ReminderRule)
    return {model._meta.label: list(model._default_manager.order_by("pk").values()) for model in models}


def named(role, item):
    return [a.agency.name for a in item.assignments.filter(role=role).order_by("pk")]
