"""A reply has its own verdict: these services answer HTTP 200 and say in the body whether they took the message."""

from collections.abc import Collection
from typing import Any

from tasks.channels.base import NotSent, without


def demand_zero(
    reply: dict[str, Any],
    *,
    code: tuple[str, ...],
    text: tuple[str, ...],
    permanent: Collection[int],
    secrets: tuple[str, ...],
) -> None:
    """Raises NotSent unless the first of the `code` fields that is there is 0; a reply without any is no success."""
    verdict = next((reply[name] for name in code if name in reply), None)
    if is_zero(verdict):
        return
    if verdict is None:
        raise NotSent("对方应答中没有结果代码。")
    words = next((str(reply[name]) for name in text if reply.get(name)), "")
    reason = without(secrets, f"对方拒绝，代码 {verdict}" + (f"：{words}" if words else "。"))
    raise NotSent(reason, permanent=any(str(verdict) == str(number) for number in permanent))


def is_zero(value: object) -> bool:
    """Whether it is 0 or "0"; not False, not an empty text."""
    return not isinstance(value, bool) and str(value) == "0"
