"""Puts a change on record into words: fields by their Chinese names, values as pages show them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.apps import apps
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from agencies.models import Change, Succession
from tasks.models import Assignment, Closure, Review

# What deeds note that is no field of their subject; choices where the value is one.
WORDS: dict[str, tuple[str, type[models.TextChoices] | None]] = {
    "closure": ("办理状态", Closure.Kind),
    "verdict": ("结论", Review.Verdict),
    "role": ("角色", Assignment.Role),
    "kind": ("类型", Succession.Kind),
    "percent": ("进度（%）", None),
    "weight": ("权重", None),
    "period": ("报告期", None),
    "report": ("报告编号", None),
    "due_on": ("完成时限", None),
    "ended_at": ("撤回时间", None),
    "wording": ("调整后的表述", None),
    "member": ("成员单位", None),
    "corresponds_to": ("对应的上级任务", None),
    "areas": ("地区", None),
    "has_to_cover": ("须覆盖的任务", None),
    "is_inferred": ("推定", None),
    "is_locked": ("锁定", None),
    "is_waived": ("免报", None),
    "is_granted": ("同意", None),
    "password": ("密码", None),
    "identity": ("外部身份", None),
    "person": ("姓名", None),
    "username": ("用户名", None),
    "people": ("人员", None),
    "agency": ("单位", None),
    "predecessors": ("原单位", None),
    "successor": ("承接单位", None),
    "effective_on": ("生效日期", None),
    "steps": ("调整内容", None),
    "document": ("依据文件", None),
    "drafts": ("随之移交的草稿", None),
    "messages": ("随之移交的未读消息", None),
    "evidence": ("佐证材料编号", None),
    "name": ("名称", None),
    "size": ("大小（字节）", None),
    "sha256": ("校验码", None),
    "report_id": ("报告编号", None),
    "text": ("文字", None),
    "texts": ("常用意见", None),
    "mentions": ("提到", None),
    "comment": ("意见", None),
    "assignments": ("责任分工编号", None),
    "plans": ("行动计划", None),
    "edition": ("版次", None),
    "issue": ("期号", None),
    "facts_sha256": ("数据校验码", None),
    "xlsx": ("工作簿校验码", None),
    "docx": ("通报校验码", None),
    "json": ("数据文件校验码", None),
    "channel": ("渠道", None),
    "day": ("日期", None),
    "planned_on": ("计划完成日期", None),
    "done_on": ("完成日期", None),
    "is_confirmed": ("是否确认", None),
    "recipient": ("收件人", None),
    "mobile": ("手机号码", None),
    "email": ("电子邮箱", None),
    "reading": ("读作", None),
    "draft": ("核对稿", None),
    "version": ("版本", None),
}
EMPTY = "（空）"
RUNNING = "正在办理"
WAITING = "待审"


class FieldChange(NamedTuple):
    """One field that changed; an empty `old` or `new` means that there was none."""

    label: str
    old: str
    new: str


def subject_kind(change: Change) -> str:
    """Says what kind of thing was changed: 责任分工, 用户 …"""
    model = _model(change)
    return str(model._meta.verbose_name) if model else change.subject_type


def field_changes(change: Change) -> list[FieldChange]:
    """Lists what changed, in the order in which it was noted."""
    names = dict.fromkeys([*change.old, *change.new])
    return [
        FieldChange(label_of(change, name), _told(change, change.old, name), _told(change, change.new, name))
        for name in names
    ]


def sentences(change: Change) -> str:
    """Says what changed on one line, for tables that people take away."""
    return "；".join(_sentence(field) for field in field_changes(change))


def _sentence(field: FieldChange) -> str:
    if field.old and field.new:
        return f"{field.label}：{field.old} → {field.new}"
    return f"{field.label}：{field.new or field.old}"


def label_of(change: Change, name: str) -> str:
    field = _field(change, name)
    if field is not None:
        return str(field.verbose_name)
    return WORDS[name][0] if name in WORDS else name


def _told(change: Change, values: dict[str, Any], name: str) -> str:
    return _words(_choices(change, name), values[name], name) if name in values else ""


def _words(choices: dict[Any, str], value: object, name: str) -> str:
    if name == "closure" and value in ("", None):
        return RUNNING
    if name == "verdict" and value is None:
        return WAITING
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(_words(choices, each, name) for each in value) or EMPTY
    if isinstance(value, dict):
        return "、".join(f"{key} {_words({}, each, '')}" for key, each in value.items()) or EMPTY
    if value is None or value == "":
        return EMPTY
    if isinstance(value, str) and value in choices:
        return choices[value]
    moment = _moment(value)
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else str(value)


def _moment(value: object) -> datetime | None:
    """Reads a text that is an instant as JSON keeps it; None where it is none."""
    if not isinstance(value, str) or not 16 <= len(value) <= 35 or "T" not in value:
        return None
    try:
        moment = parse_datetime(value)
    except ValueError:
        return None
    return moment if moment and timezone.is_aware(moment) else None


def _choices(change: Change, name: str) -> dict[Any, str]:
    field = _field(change, name)
    if field is not None and field.choices:
        return dict(field.flatchoices)
    choices = WORDS[name][1] if name in WORDS else None
    return dict(choices.choices) if choices else {}


def _model(change: Change) -> type[models.Model] | None:
    try:
        return apps.get_model(change.subject_type)
    except (LookupError, ValueError):
        return None


def _field(change: Change, name: str) -> Any:
    """Finds the subject's own field of that name, None where it has none."""
    fields: Iterable[Any] = model._meta.concrete_fields if (model := _model(change)) else ()
    return next((field for field in fields if field.name == name), None)
