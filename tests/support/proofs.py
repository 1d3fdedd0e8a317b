"""核对稿 of small notices, as tests begin with them."""

from datetime import date

from tasks.models import ImportRevision
from tasks.standing.proofs import proof_of
from tasks.workflow.proofs import correct_draft, start_draft
from tests.support.factories import make_user, moment

AT = moment("2018-03-02 09:00")
TEXT = """某省人民政府办公厅关于印发试点工作方案的通知

某政办发〔2018〕9号

各市人民政府，省政府各部门：

试点工作方案已经省政府同意，现印发给你们，请认真贯彻执行。

某省人民政府办公厅
2018年3月1日

试点工作方案

一、打好基础

（一）完善制度。制定管理办法。6月底前新建示范点30个。（省发展改革委、省财政厅负责）

（二）加强宣传。举办培训班。（省文化和旅游厅牵头，省教育厅配合，10月底前完成）

二、抓好落实

（三）开展检查。每季度通报进展。（省市场监管局负责）做好整改。12月底前完成整改。（省司法厅负责）
"""
ITEMS = [TEXT.index(label) for label in ("（一）", "（二）", "（三）")]


def make_proof(text=TEXT, *, by=None, at=AT, name="试点方案.txt"):
    """An open draft of that text."""
    return start_draft(data=text.encode(), file_name=name, by=by or make_user(role="coordinator"), at=at)


def correct(draft, *corrections, by=None, at=AT, question=""):
    """One revision on top of what is there."""
    what = {"corrections": corrections, "basis": proof_of(draft).version, "question": question}
    return correct_draft(draft=draft, by=by or draft.started_by, at=at, **what)


def make_revision(draft, **fields):
    defaults = {"number": 1, "about": "任务", "was": "甲", "now": "乙", "recorded_at": AT}
    return ImportRevision.objects.create(draft=draft, **{**defaults, **fields})


def head(field, value):
    return {"kind": "head", "field": field, "value": str(value)}


def agency(item, name, role):
    return {"kind": "agency", "item": ITEMS[item], "name": name, "role": role}


def due(item, on=None, words="", kind="on"):
    start = TEXT.index(words) if words else ITEMS[item]
    day = {"on": str(on) if isinstance(on, date) else ""}
    return {"kind": "deadline", "item": ITEMS[item], "as": kind, "start": start, "end": start + len(words), **day}
