"""What was reckoned of a plan is kept, in this process, as long as nothing changes that it depends on.

It follows from what `tasks.standing.kept` keeps and brings up to date; nothing that depends on who looks enters here.
"""

from functools import lru_cache

from agencies.changes import is_recording
from reports.dashboard.overview import Overview
from tasks.models import Plan, Section
from tasks.rules.asof import AsOf
from tasks.standing import kept
from tasks.standing.kept import KEPT, Readings


def get(plan: Plan, as_of: AsOf, section: Section | None = None) -> Overview:
    """Gives the overview of a plan that was read with its version. Amid a deed, which may be undone, none is kept."""
    if is_recording():
        return Overview(plan, as_of, section)
    return _overview(plan, as_of, section, kept.of(plan, as_of))


@lru_cache(maxsize=KEPT)
def _overview(plan: Plan, as_of: AsOf, section: Section | None, readings: Readings) -> Overview:
    return Overview(plan, as_of, section, readings)  # reads nothing before it is asked


def clear() -> None:
    """Forgets all that this process keeps."""
    _overview.cache_clear()
    kept.clear()
