"""通报措辞: coordinators word a briefing's paragraphs, and the newest word on each is in force."""

from collections.abc import Mapping
from datetime import datetime

from agencies.changes import note
from agencies.models import User
from reports.models import BriefingWording, Build, Package
from reports.packages.asking import QUEUED
from tasks.workflow.current import WorkflowError, deed


def wording_of(package: Package) -> dict[str, str]:
    """Gives the latest word on every paragraph that was ever changed; "" gives it back its composed wording."""
    rows = BriefingWording.objects.filter(package=package).order_by("recorded_at", "pk")
    latest = dict(rows.values_list("paragraph", "text"))
    return {paragraph: text for paragraph, text in latest.items() if text}


def newest_wording(package: Package) -> int:
    """Gives the key of the newest wording, 0 before there is any: what a form was made from."""
    return BriefingWording.objects.filter(package=package).order_by("-pk").values_list("pk", flat=True).first() or 0


@deed
def reword(*, package: Package, texts: Mapping[str, str], version: int, by: User, at: datetime) -> int:
    """调整通报措辞: returns how many paragraphs were worded anew. The files are built again from the same facts.

    An empty text gives a paragraph back its composed wording. What is issued is not reworded. `version` is the newest
    wording that the form was made from: where somebody was quicker, nothing is written.
    """
    build = Build.objects.select_for_update().get(package=package)
    if build.state != Build.State.DONE:
        raise WorkflowError("汇总正在生成，请稍后再调整措辞。")
    if package.editions.filter(issues__isnull=False, issues__withdrawal=None).exists():
        raise WorkflowError("汇总已经印发，措辞不能再调整；确需调整的，请先撤回印发。")
    if newest_wording(package) != version:
        raise WorkflowError("内容已被更新，本次未保存：下面同时列出双方的文字，请核对后再保存。")
    known = wording_of(package)
    changed = {key: text.strip() for key, text in texts.items() if text.strip() != known.get(key, "")}
    if changed:
        BriefingWording.objects.bulk_create(
            BriefingWording(package=package, paragraph=key, text=text, recorded_at=at, recorded_by=by)
            for key, text in sorted(changed.items())
        )
        old = {key: known.get(key, "") for key in changed}
        note("调整通报措辞", package, by=by, at=at, old=old, new=changed)
        Build.objects.filter(pk=build.pk).update(**QUEUED)
    return len(changed)
