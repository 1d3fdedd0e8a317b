"""The reply's own verdict: these services answer HTTP 200 and say in the body whether they took the message."""

from collections.abc import Collection
from typing import Any

from tasks.channels.base import Refused, without


def demand_zero(
    reply: dict[str, Any],
    *,
    code: tuple[str, ...],
    text: tuple[str, ...],
    permanent: Collection[int],
    secrets: tuple[str, ...],
) -> None:
    """Raises Refused unless the first of the `code` fields that is there is 0; a reply without any is no success."""
    found = next((reply[name] for name in code if name in reply), None)
    if is_zero(found):
        return
    if found is None:
        raise Refused("对方应答中没有结果代码。")
    said = next((str(reply[name]) for name in text if reply.get(name)), "")
    reason = without(secrets, f"对方拒绝，代码 {found}" + (f"：{said}" if said else "。"))
    raise Refused(reason, permanent=any(str(found) == str(number) for number in permanent))


def is_zero(value: object) -> bool:
    """0 or "0"; not False, not an empty text."""
    return not isinstance(value, bool) and str(value) == "0"
