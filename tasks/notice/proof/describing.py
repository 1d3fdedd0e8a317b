"""A correction in words: what it is about, what had been read, and what is read now."""

from __future__ import annotations

from typing import NamedTuple

from ..model import Deadline, Item, Notice
from .corrections import SETTLED, Correction, units_of

ROLES = {"lead": "负责", "assist": "协助", "": "不承担"}
HEADS = {"document_number": "发文字号", "title": "公文标题", "issuer": "发文机关", "issued_on": "成文日期"}
NOTHING = "（无）"


class Said(NamedTuple):
    about: str
    was: str
    now: str


def said(notice: Notice, correction: Correction) -> Said:
    """`notice` is as it was read when the correction was made."""
    kind = correction["kind"]
    if kind == "head":
        field = correction["field"]
        was = getattr(notice, field)
        return Said(HEADS[field], str(was) if was else NOTHING, correction["value"])
    if kind == "unit":
        return _unit(correction)
    if kind == "group":
        return _group(notice, correction)
    if kind == SETTLED:
        return Said("核对", "原读法", "照原读法，不作改动")
    item = next((item for item in notice.items if item.start == correction["item"]), None)
    return _of_item(notice, item, correction) if item else Said("任务", NOTHING, NOTHING)


def _unit(correction: Correction) -> Said:
    name, means = correction["name"], correction["means"]
    now = {"other": means, "alias": f"{means}（别称）", "new": f"{name}（新增单位）", "none": "不是单位"}
    if correction["as"] == "members":
        now["members"] = f"{'、'.join(means[:3])}{f'等{len(means)}家' if len(means) > 3 else ''}"
    return Said("单位名称", name, now[correction["as"]])


def _group(notice: Notice, correction: Correction) -> Said:
    group = next(item.group for item in notice.items if item.group and item.group.start == correction["group"])
    names = "、".join(unit.name for unit in units_of(group))
    return Said(f"{group.label}{group.title}", "没有分到各项任务", f"{names}对各项任务{ROLES[correction['role']]}")


def _of_item(notice: Notice, item: Item, correction: Correction) -> Said:
    kind, name = correction["kind"], f"{item.label}{item.title}"
    if kind == "title":
        return Said(f"{name} 标题", item.title, "".join(notice.text[correction["start"] : correction["end"]].split()))
    if kind == "agency":
        unit = correction["name"]
        return Said(f"{name} 责任单位", f"{unit}{ROLES[_role(item, unit)]}", f"{unit}{ROLES[correction['role']]}")
    if kind == "deadline":
        return Said(f"{name} 完成时限", deadline_words(item.deadline), _new_deadline(notice, correction))
    if kind == "drop":
        return Said(f"{name} 层级", "一项任务", "不是任务")
    if kind == "join":
        return Said(f"{name} 层级", "单独一项任务", "并入前一项任务")
    if kind == "split":
        return Said(f"{name} 层级", "一项任务", f"自“{notice.text[correction['at'] :][:12].strip()}……”起另作一项")
    what = {"measure": "举措", "indicator": "量化指标"}[kind]
    return Said(f"{name} {what}", _slice(notice, correction["was"]), _slice(notice, correction["now"], correction))


def _role(item: Item, name: str) -> str:
    if any(unit.name == name for unit in item.leads):
        return "lead"
    return "assist" if any(unit.name == name for unit in item.assists) else ""


def _slice(notice: Notice, span: list[int] | None, correction: Correction | None = None) -> str:
    words = notice.text[span[0] : span[1]].strip() if span else NOTHING
    if span and correction and correction["kind"] == "indicator":
        return f"{correction['name']} {correction['target']}{correction['unit']}（原文“{words}”）"
    return words


def _new_deadline(notice: Notice, correction: Correction) -> str:
    words = notice.text[correction["start"] : correction["end"]]
    source = f"（原文“{words}”）" if words else ""
    return {"on": correction["on"], "endless": "持续推进，无截止日", "inferred": "按年末推定"}[
        correction["as"]
    ] + source


def deadline_words(deadline: Deadline | None) -> str:
    """The date with the notice's words; how an item without a written deadline is read."""
    if deadline is None:
        return "按年末推定"
    source = f"（原文“{deadline.text}”）" if deadline.text else ""
    return (str(deadline.on) if deadline.on else "持续推进，无截止日") + source
