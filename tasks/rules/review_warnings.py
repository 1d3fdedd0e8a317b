"""What a coordinator should look at before a report is accepted: said beside it, and decides nothing. Pure."""

from dataclasses import dataclass

JUMP = 20  # percentage points, from which on a rise is told
FULL = 100


@dataclass(frozen=True, slots=True)
class Claim:
    """A report as far as it can be held against what stood before. `last` is None before one was accepted."""

    percent: int
    last: int | None
    evidence: int
    text: str
    last_text: str
    is_unchanged: bool
    is_overdue: bool  # its task's due date has passed
    is_marked: bool = False  # with a mark of secrecy, in its texts, its files or their names

    @property
    def rise(self) -> int:
        return self.percent - (self.last or 0)


def warnings_of(claim: Claim) -> list[str]:
    """「标密字样」, 「报100%」, 「升25点」, 「下降」, 「无佐证」, 「任务逾期」, 「文字同上次」.

    In the order of their weight. What says itself that nothing has changed needs no evidence and no new text.
    """
    says_more = claim.rise > 0 and not claim.is_unchanged
    found = {
        "标密字样": claim.is_marked,
        "报100%": claim.percent == FULL and claim.last != FULL,
        f"升{claim.rise}点": claim.last is not None and claim.rise >= JUMP,
        "下降": claim.last is not None and claim.rise < 0,
        "无佐证": says_more and not claim.evidence,
        "任务逾期": claim.is_overdue,
        "文字同上次": not claim.is_unchanged and bool(claim.text) and _plain(claim.text) == _plain(claim.last_text),
    }
    return [words for words, holds in found.items() if holds]


def _plain(text: str) -> str:
    """Spaces and line ends aside."""
    return "".join(text.split())
