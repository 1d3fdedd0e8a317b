"""Where a due date comes from (时限出处), and the words in which pages, files and reminders say it.

Sources: docs/rules.md 3. Pure: what a notice writes is quoted, never paraphrased.
"""

from django.db.models import Case, Q, TextChoices, Value, When

from tasks.rules.texts import shortened

NOT_WRITTEN = "公文未写完成时限，按计划年度年末推定"
LONGEST_REASON = 400  # characters of the notice that a revision's reason quotes


class DueSource(TextChoices):
    """时限出处: the notice's own words, concluded because it has none, or set by a coordinator or an extension."""

    WRITTEN = "written", "公文载明"
    INFERRED = "inferred", "推定"
    SET = "set", "调整"


def source_of(*, is_inferred: bool, words: str) -> DueSource:
    """Decides the source of a due date."""
    if is_inferred:
        return DueSource.INFERRED
    return DueSource.WRITTEN if words else DueSource.SET


# The same decision as the database makes it of a revision's columns.
SOURCE_OF_ROW = Case(
    When(is_inferred=True, then=Value(DueSource.INFERRED.value)),
    When(~Q(due_words=""), then=Value(DueSource.WRITTEN.value)),
    default=Value(DueSource.SET.value),
)


class Recurrence(TextChoices):
    """How often a term that recurs comes round."""

    WEEK = "week", "每周"
    MONTH = "month", "每月"
    QUARTER = "quarter", "每季度"
    HALF_YEAR = "half-year", "每半年"
    YEAR = "year", "每年"


def source_words(source: str | None, words: str | None) -> str:
    """The source as a line of text says it: 「推定」, 「公文载明“6月底前完成”」; "" where nothing is known."""
    if not source:
        return ""
    label = DueSource(source).label
    return f"{label}“{words}”" if source == DueSource.WRITTEN and words else label


def reason_of(words: str) -> str:
    """Why an imported item has the date that it has: the notice's words, or that there are none."""
    return source_words(DueSource.WRITTEN, shortened(words, LONGEST_REASON)) if words else NOT_WRITTEN
