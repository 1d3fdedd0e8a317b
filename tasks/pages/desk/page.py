"""待办: a page of what waits for the office, each row with its reason and what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from django.conf import settings
from django.core.paginator import Page, Paginator

from agencies.contacts import PARTS, Contact
from qa_plan.addresses import address_of
from tasks.http.frame import Badges
from tasks.models import AgencyRequest
from tasks.pages.desk.questions import UNCHANGED, Told, told
from tasks.rules.asof import AsOf
from tasks.rules.review_warnings import Claim, warnings_of
from tasks.rules.texts import shortened
from tasks.standing.pending import ANSWER_DAYS, Entry, Pending, Urgency, Wait

PER_PAGE = 50
KINDS = {
    Wait.INSTRUCTION: "批示",
    Wait.URGE: "催办",
    Wait.RECEIPT: "签收",
    Wait.MILESTONE: "节点",
    Wait.REQUEST: "申请",
    Wait.REVIEW: "审核",
    Wait.PROOF: "节点",
    Wait.UNASSIGNED: "责任",
}
TABS = {**KINDS, Wait.MILESTONE: "节点逾期", Wait.PROOF: "节点待确认", Wait.UNASSIGNED: "未明确单位"}
NAMES = {
    Wait.INSTRUCTION: "instructions",
    Wait.URGE: "urges",
    Wait.RECEIPT: "receipts",
    Wait.MILESTONE: "milestones",
    Wait.REQUEST: "requests",
    Wait.REVIEW: "reviews",
    Wait.PROOF: "proofs",
    Wait.UNASSIGNED: "unassigned",
}
NOT_YET = {
    Wait.INSTRUCTION: "未答复",
    Wait.URGE: "未答复",
    Wait.RECEIPT: "未签收",
    Wait.MILESTONE: "未完成",
}
ACTIONS = {
    Wait.INSTRUCTION: "催办",
    Wait.PROOF: "核对，确认",
    Wait.UNASSIGNED: "明确单位",
    Wait.MILESTONE: "催办",
}
REQUESTS = {kind.value: kind.label for kind in AgencyRequest.Kind}
REQUEST_WORDS = {
    "decline": "答复",
    "extension": "看亮灯，答复",
    "completion": "核材料，销号",
    "milestone": "定节点，答复",
}


@lru_cache(maxsize=4096)
def item_address(slug: str | None, number: int | None) -> str:
    """A page asks for fifty of them, and a look-up among all addresses takes longer than the rest of a row's words."""
    return address_of("tasks:item-detail", slug, number)


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that waits, with the words of its row and the page on which it is dealt with."""

    entry: Entry
    told: Told
    day: date
    is_open: bool  # its report is shown below it

    @property
    def anchor(self) -> str:
        return f"{self.entry.wait}-{self.entry.key}"

    @property
    def kind(self) -> str:
        return REQUESTS[self.told.kind or ""][:2] if self.entry.wait == Wait.REQUEST else KINDS[self.entry.wait]

    @property
    def who(self) -> str:
        """The agency; of what no agency has, what is the matter."""
        if self.entry.wait == Wait.UNASSIGNED:
            return "未明确单位"
        return self.told.agency or "各负责单位"

    @property
    def contacts(self) -> list[Contact]:
        """Whom to call at the agency."""
        if not (self.told.liaison or self.told.telephone):
            return []
        return [Contact(PARTS["liaison"], self.told.liaison or "", "", self.told.telephone or "")]

    @property
    def item_url(self) -> str:
        item = item_address(self.told.slug, self.told.number)
        return f"{item}#a{self.told.assignment}" if self.told.assignment else item

    @property
    def more_items(self) -> int:
        return max((self.told.number_of or 1) - 1, 0) if self.entry.wait == Wait.URGE else 0

    @property
    def words(self) -> str:
        """Why it stands here, in one line."""
        told, since = self.told, f"{self.entry.since:%m-%d}"
        if self.entry.wait == Wait.INSTRUCTION:
            given = f"{told.kind}{told.day:%m-%d}批示" if told.day else f"{told.kind}批示"
            return f"{given}，限{since}答复：{shortened(told.words or '', 40)}"
        if self.entry.wait == Wait.URGE:
            label = f"{told.kind or settings.URGE_PREFIX}〔{told.after}〕{told.before}号"
            return f"{label}，限{self.entry.since:%m-%d}答复：{shortened(told.words or '', 40)}"
        if self.entry.wait == Wait.RECEIPT:
            return f"{since}交办，应于{self.entry.until:%m-%d}前签收"
        if self.entry.wait == Wait.MILESTONE:
            return f"节点“{told.words}”应于{since}前完成"
        if self.entry.wait == Wait.PROOF:
            return f"节点“{told.words}”报{told.other_day:%m-%d}完成，待核对佐证"
        if self.entry.wait == Wait.REQUEST:
            days = f"{told.day} 申请延至 {told.other_day}：" if told.other_day else ""
            return f"{days}{shortened(told.words or '', 50)}"
        if self.entry.wait == Wait.REVIEW:
            return (
                f"佐证{told.number_of}份：{shortened(told.words or '', 45)}"
                if told.number_of
                else shortened(told.words or "", 50)
            )
        return "没有负责单位，不计入进度，也无人填报"

    @property
    def hints(self) -> list[str]:
        """What to look at first in a report."""
        if self.entry.wait != Wait.REVIEW or self.told.after is None:
            return []
        return warnings_of(
            Claim(
                percent=self.told.after,
                last=self.told.before,
                evidence=self.told.number_of or 0,
                text="",
                last_text="",
                is_unchanged=self.told.kind == UNCHANGED,
                is_overdue=self.told.other_day is not None and self.told.other_day < self.day,
            )
        )

    @property
    def wait_words(self) -> str:
        days = (self.day - self.entry.since).days
        if self.entry.urgency == Urgency.LATE and self.entry.until:
            return f"过期{(self.day - self.entry.until).days}天"
        if self.entry.wait == Wait.INSTRUCTION:
            return "今天到期"
        return f"已等{days}天" if days else "今天提出"

    @property
    def limit_words(self) -> str:
        if self.entry.wait in (Wait.REVIEW, Wait.REQUEST, Wait.PROOF):
            return "今天到限" if self.entry.until == self.day else f"限{ANSWER_DAYS}个工作日"
        return NOT_YET.get(self.entry.wait, "")

    @property
    def address(self) -> str:
        """Where it is decided."""
        key = self.entry.key
        if self.entry.wait == Wait.REQUEST:
            return address_of("tasks:request-detail", key)
        if self.entry.wait == Wait.PROOF:
            return address_of("tasks:milestone-review", key)
        if self.entry.wait == Wait.UNASSIGNED:
            return address_of("tasks:item-steer", self.told.slug, self.told.number)
        if self.entry.wait == Wait.INSTRUCTION:
            return f"{address_of('tasks:urge-new')}?assignment={self.told.assignment}"
        if self.entry.wait == Wait.MILESTONE:
            return f"{address_of('tasks:urge-new')}?item={self.told.number_of}"
        return address_of("tasks:urge-detail", key) if self.entry.wait == Wait.URGE else self.item_url

    @property
    def action(self) -> str:
        if self.entry.wait == Wait.REQUEST:
            return REQUEST_WORDS[self.told.kind or ""]
        return ACTIONS.get(self.entry.wait, "")


class DeskPage:
    """The page of the office's list that is asked for, of one kind or of all: where a report is open, its page."""

    def __init__(self, badges: Badges, as_of: AsOf, *, kind: str, number: str | None, opened: int | None) -> None:
        assert badges.pending is not None, "only for those who steer"
        self.pending: Pending = badges.pending
        self.troubles = badges.troubles
        self.as_of = as_of
        self.kind = kind
        self.opened = opened
        self.entries = entries = self.pending.of(kind)
        at = entries.place_of(Wait.REVIEW, opened) if opened else None
        self.page: Page = Paginator(entries, PER_PAGE).get_page(number if at is None else at // PER_PAGE + 1)

    @property
    def total(self) -> int:
        return self.pending.total + len(self.troubles)

    @cached_property
    def rows(self) -> list[Row]:
        entries: Sequence[Entry] = list(self.page)
        keys: dict[str, list[int]] = {name: [] for name in NAMES.values()}
        for entry in entries:
            keys[NAMES[entry.wait]].append(entry.key)
        known = {(row.wait, row.key): row for row in map(Told._make, told(moment=self.as_of.moment, **keys))}
        return [
            Row(
                entry,
                known[entry.wait, entry.key],
                self.as_of.day,
                (entry.wait, entry.key) == (Wait.REVIEW, self.opened),
            )
            for entry in entries
            if (entry.wait.value, entry.key) in known
        ]

    def row_of(self, report: int) -> Row | None:
        """The row of that report, where it is on the page."""
        return next((row for row in self.rows if (row.entry.wait, row.entry.key) == (Wait.REVIEW, report)), None)

    @cached_property
    def names_plans(self) -> bool:
        """Whether a row's label alone doesn't say of which plan it is."""
        return len({row.told.plan for row in self.rows}) > 1

    @cached_property
    def groups(self) -> list[tuple[Urgency, int, list[Row]]]:
        """The rows under their headings, with how many there are on all pages."""
        counts = self.entries.by_urgency
        return [
            (urgency, counts[urgency], rows)
            for urgency in Urgency
            if (rows := [row for row in self.rows if row.entry.urgency == urgency])
        ]

    @property
    def opening(self) -> str:
        """The address of this list with a report open in it, but for the report's key."""
        return f"?kind={self.kind}&open=" if self.kind else "?open="

    @property
    def tabs(self) -> list[tuple[str, str, int]]:
        """Each kind's value, its word and how many of it wait; all of them first, empty ones left out."""
        kinds = [(wait.value, TABS[wait], self.pending.counts[wait]) for wait in Wait]
        return [("", "全部", self.total), *(tab for tab in kinds if tab[2] or tab[0] == self.kind)]

    @property
    def late_count(self) -> int:
        return self.pending.entries.by_urgency[Urgency.LATE]
