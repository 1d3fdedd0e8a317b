"""What was reckoned of a plan is kept, in this process, until anything changes that it depends on.

The key holds the plan's version (`PlanQuerySet.with_version`), which every deed changes in its own transaction, so a
deed is seen by the next request of any process. The version is read before the facts: what is kept under it can only
know more than the version says, never less. Nothing that depends on who looks enters here.
"""

from functools import lru_cache

from agencies.changes import is_recording
from reports.dashboard.overview import Overview
from tasks.models import Plan, Section
from tasks.rules.asof import AsOf

KEPT = 16  # of a plan with 1,000 items and 5,000 assignments about 4 MB each


def get(plan: Plan, as_of: AsOf, section: Section | None = None) -> Overview:
    """Gives the overview of a plan that was read with its version. Amid a deed, which may be undone, none is kept."""
    if is_recording():
        return Overview(plan, as_of, section)
    return _overview(plan, as_of, section, plan.version)


@lru_cache(maxsize=KEPT)
def _overview(plan: Plan, as_of: AsOf, section: Section | None, version: str) -> Overview:
    return Overview(plan, as_of, section)  # reads nothing before it is asked


clear = _overview.cache_clear
