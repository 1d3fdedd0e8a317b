"""A notice made of the parts that a test is about."""

from __future__ import annotations


def notice(
    *body: str,
    title: str = "某省人民政府办公厅关于加快某项工作的实施意见",
    number: str = "某政办发〔2020〕7号",
) -> str:
    lines = (title, number, "各市人民政府，省政府各部门：", "经省政府同意，现提出以下意见。", *body)
    return "\n".join((*lines, "某省人民政府办公厅", "2020年3月5日", "（此件公开发布）", ""))


def with_ending(ending: str) -> str:
    """One section, one item, and this ending behind its last sentence."""
    return notice("一、主要任务", f"（一）完善体系。加快建设。{ending}")


def beside_another(words: str) -> str:
    """One item that the finance office answers for, and one with these words behind its last sentence."""
    return notice("一、主要任务", "（一）保障资金。安排预算。（省财政厅负责）", f"（二）完善体系。加快建设。{words}")
