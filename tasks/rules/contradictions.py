"""What in a report speaks against itself or the last one: pointed out, and filed all the same if meant. Pure."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from tasks.rules.figures import plain

COUNTED = "个家项次件批期人户名起处条种场份所座台套篇部"  # units of which there are no halves


class Read(NamedTuple):
    """A cumulative reading: its indicator, as it is typed now and as it was accepted last."""

    name: str
    unit: str
    now: Decimal | None
    before: Decimal | None


def contradictions(
    *, percent: int | None, before: int | None, is_unchanged: bool, readings: Iterable[Read] = ()
) -> list[str]:
    """Sentences in Chinese. `before` is the percentage that was accepted last, None before there was one."""
    said = []
    if is_unchanged and None not in (percent, before) and percent != before:
        said.append(f"选了“本期无变化”，但进度由上次的{before}%改为{percent}%。")
    for name, unit, now, last in readings:
        if now is None:
            continue
        if last is not None and now < last:
            said.append(f"“{name}”为累计数，上次{plain(last)}{unit}，本次{plain(now)}{unit}，低于上次。")
        if unit[:1] and unit[-1] in COUNTED and now != now.to_integral_value():
            said.append(f"“{name}”填了{plain(now)}{unit}，以“{unit}”计的一般为整数。")
        if is_unchanged and last is not None and now > last:
            said.append(f"选了“本期无变化”，但“{name}”由{plain(last)}{unit}增至{plain(now)}{unit}。")
    return said


def of_completion(percent: int | None) -> str:
    """What speaks against asking to close at that percentage; "" where nothing does."""
    return "" if percent is None or percent >= 100 else f"该任务现进度为{percent}%，一般应在进度达到100%后申请办结。"


def mark_of(said: Sequence[str]) -> str:
    """What a form carries once they were shown, so that pressing again means them and nothing else."""
    return "|".join(said)
