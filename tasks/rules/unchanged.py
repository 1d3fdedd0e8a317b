"""本期无变化: how the reason and the text that still holds stand together in one report. Pure.

A report without change says why on its first line, and below it repeats what the last accepted report said.
"""

MARK = "无变化原因："
# What people nearly always mean; choosing one is all that a report without change asks for.
REASONS = ("按计划推进，未到下一节点", "待上级部署或其他单位配合", "已完成主要工作，待验收")
USUAL = REASONS[0]  # what the button 本期无变化 stands for


def with_reason(reason: str, text: str) -> str:
    """The text of a report without change; the reason is kept on one line."""
    return f"{MARK}{' '.join(reason.split())}\n{text.strip()}".strip()


def split_reason(progress: str) -> tuple[str, str]:
    """Parts such a text into its reason, "" where none stands there, and what still holds.

    A reason is never carried into the next period.
    """
    first, _, rest = progress.partition("\n")
    if not first.startswith(MARK):
        return "", progress
    return first.removeprefix(MARK).strip(), rest.strip()
