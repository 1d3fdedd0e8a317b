"""常用意见: the list of a coordinator, and that of the office, written anew as a whole."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from agencies.changes import note
from agencies.models import User
from tasks.models import ReviewPhrase
from tasks.workflow.current import WorkflowError, deed

MOST, LONGEST = 20, 200


class Written(NamedTuple):
    """A list as it was typed, and as it stood when the form was made."""

    texts: Sequence[str]
    seen: Sequence[str]


@deed
def write_phrases(*, own: Written, office: Written, by: User, at: datetime) -> None:
    """Puts those phrases, each once, in the place of what there was, both lists or neither; the office's is on record.

    A list that somebody has changed since the form was made is not written.
    """
    _write(own, "own", by, None)
    if old_and_new := _write(office, "office", None, by.office_id):
        old, new = old_and_new
        note("修改共用的常用意见", by, by=by, at=at, old={"texts": old}, new={"texts": new})


def _write(written: Written, field: str, owner: User | None, office: str | None) -> tuple[list[str], list[str]] | None:
    """What stood there and what stands there now; None where that is the same."""
    new = list(dict.fromkeys(text.strip() for text in written.texts if text.strip()))
    if len(new) > MOST:
        raise WorkflowError(f"最多{MOST}条，现有{len(new)}条。", field)
    if any(len(text) > LONGEST for text in new):
        raise WorkflowError(f"每条最多{LONGEST}字。", field)
    kept = ReviewPhrase.objects.of(owner, office).order_by("place", "pk")
    old = [phrase.text for phrase in kept.select_for_update(of=("self",))]
    if old == new:
        return None
    if list(written.seen) != old:
        raise WorkflowError("内容已被更新，本次未保存：请核对现有的意见后再改。", field)
    ReviewPhrase.objects.of(owner, office).delete()
    ReviewPhrase.objects.bulk_create(
        ReviewPhrase(owner=owner, office_id=office, place=place, text=text) for place, text in enumerate(new)
    )
    return old, new
