"""The lines of the page: what happened on one day and is of one kind, as an official would say it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from django.conf import settings
from django.utils import timezone

from agencies.models import User
from qa_plan.addresses import address_of
from tasks.access import steers, whose_comments
from tasks.models import Assignment, Closure, LightChange, Plan, ReportingPeriod, Review
from tasks.pages.items.timeline.questions import Event
from tasks.rules.status import Light

PRIVATE_KINDS = (
    *("review", "request", "carried", "kept", "granted", "refused", "urge", "urge_reply"),
    *("ms_confirmed", "ms_sent_back", "taken_back", "request_taken_back"),
    *("instruction", "ins_reply", "ins_noted"),
)
WITH_A_DAY = {
    "ms_planned": "设节点“{name}”，{day}完成",
    "ms_moved": "节点“{name}”改期至{day}",
    "ms_done": "{who}报节点“{name}”{day}完成",
    "ms_confirmed": "确认{who}节点“{name}”完成",
    "ms_sent_back": "退回{who}节点“{name}”的完成情况",
    "ms_withdrawn": "撤销节点“{name}”",
    "st_planned": "登记责任调整，{day}生效：{name}",
    "st_taken_back": "撤回{day}的责任调整：{name}",
    "st_done": "{day}的责任调整生效：{name}",
    "st_void": "{day}的责任调整未能生效：{name}",
}
REPORTS = (*("report", "review", "taken_back", "carried_report", "kept_report", "reshaped_report", "consented_report"),)
REQUESTS = ("request", "carried", "kept", "granted", "refused", "request_taken_back")
# Where the paper is read of which a fact speaks.
VIEWS = {
    **dict.fromkeys(REPORTS, "tasks:review-detail"),
    **dict.fromkeys(REQUESTS, "tasks:request-detail"),
    **dict.fromkeys(("urge", "urge_reply"), "tasks:urge-detail"),
    **dict.fromkeys(("instruction", "ins_reply", "ins_noted"), "tasks:instruction-detail"),
    **dict.fromkeys(
        ("ms_planned", "ms_moved", "ms_done", "ms_confirmed", "ms_sent_back", "ms_withdrawn"), "tasks:milestone-detail"
    ),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the page: everything of one kind that happened on one day. `by` names the office's people."""

    day: date
    text: str
    note: str = ""
    is_key: bool = False
    light: Light | None = None
    by: str = ""
    papers: Sequence[tuple[str, str]] = ()  # what can be opened: whose, and its address


def entries(
    facts: Iterable[Event],
    lights: Iterable[LightChange],
    *,
    plan: Plan,
    viewer: User,
    periods: dict[str, ReportingPeriod],
    made: Mapping[int, tuple[str, str]] | None = None,
) -> list[Entry]:
    """The facts and light changes as lines of a page, newest day first; what the viewer may not read is left out.

    `made` is, by agency, what closed its part: how it is called, and its address.
    """
    at_the_end = float("inf")  # a light is recorded at its day's end
    events = list(facts)
    private = {e.agency_id: e.agency_ended_on for e in events if e.kind in PRIVATE_KINDS and e.agency_id}
    reading = whose_comments(viewer, private, plan)
    lines = list(_fact_entries(events, reading, periods, made or {}, reviews=steers(viewer, plan)))
    for change in lights:
        if change.previous:
            lines.append((change.day, at_the_end, Entry(change.day, change.reason, light=Light(change.light))))
    return [entry for _, _, entry in sorted(lines, key=lambda line: line[:2], reverse=True)]


def _fact_entries(
    facts: Iterable[Event],
    open_to_viewer: set[int],
    periods: dict[str, ReportingPeriod],
    made: Mapping[int, tuple[str, str]],
    *,
    reviews: bool,
) -> Iterator[tuple[date, float, Entry]]:
    """Each entry with its day and the instant of its last fact.

    What a review says, and what is asked for and answered, is told of the agencies that are open to the viewer.
    """

    def day_and_kind(event: Event) -> tuple[date, str, str, str]:
        return timezone.localdate(event.at), event.kind, event.word, event.period

    for (day, kind, word, period), group in groupby(sorted(facts, key=day_and_kind, reverse=True), key=day_and_kind):
        same = sorted(group, key=lambda event: event.at, reverse=True)
        agencies = list(dict.fromkeys(event.agency for event in same if event.agency))
        who = "、".join(agencies) if len(agencies) <= 3 else f"{len(agencies)}家单位"
        period_name = str(periods[period]) if period in periods else ""
        readable = [event for event in same if kind not in PRIVATE_KINDS or event.agency_id in open_to_viewer]
        note = "；".join(dict.fromkeys(event.note for event in readable if event.note))
        entry = _entry(kind, word, day=day, who=who, period=period_name, same=same, note=note)
        by = "、".join(dict.fromkeys(event.by for event in same if event.by))
        papers = () if kind in REPORTS and not reviews else _papers(kind, readable)
        if (kind, word) == ("closure", Closure.Kind.CLOSED):
            closed = (event.agency_id for event in reversed(same) if event.agency_id)
            papers = tuple(dict.fromkeys(made[agency] for agency in closed if agency in made))
        yield day, same[0].at.timestamp(), replace(entry, by=by, papers=papers)


def _papers(kind: str, readable: Sequence[Event]) -> tuple[tuple[str, str], ...]:
    """What the fact is about, each paper once: by its agency's name where there are several."""
    view = VIEWS.get(kind)
    papers = {event.paper: event.agency or "" for event in reversed(readable) if view and event.paper is not None}
    several = len(papers) > 1
    return tuple((name if several else "", address_of(view, key)) for key, name in papers.items() if view)


def _entry(kind: str, word: str, *, day: date, who: str, period: str, same: list[Event], note: str) -> Entry:
    figures = "、".join(f"{event.percent}%" for event in same if event.percent is not None) if len(same) <= 3 else ""
    behind = f"（{figures}）" if figures else ""
    if kind == "assigned":
        role = Assignment.Role(word).label
        return Entry(day, f"交办{who}{role}", is_key=True)
    if kind == "revision":
        dates = [f"完成时限定为{event.due_on:%Y-%m-%d}" if event.due_on else "定为持续推进" for event in reversed(same)]
        return Entry(day, "，又".join(dict.fromkeys(dates)), note, is_key=True)
    if kind == "review":
        return Entry(day, f"{Review.Verdict(word).label}{who}{period}报告{behind}", note, is_key=word == "accepted")
    if kind == "closure":
        return Entry(day, f"{who}{Closure.Kind(word).label}", note, is_key=True)
    if kind in REQUESTS:
        return _entry_of_request(kind, word, day=day, who=who, same=same, note=note)
    if kind == "weight":
        weights = "、".join(f"{event.agency}权重定为{event.percent}" for event in reversed(same))
        return Entry(day, weights, "；".join(dict.fromkeys(event.note for event in same)), is_key=True)
    if kind == "waiver":
        return Entry(day, f"{who}{period}{word}", note)
    if kind == "urge":
        return Entry(day, f"{_urge(word)}：{who}，{same[0].due_on:%Y-%m-%d}前答复", note, is_key=True)
    if kind in WITH_A_DAY:
        days = list(dict.fromkeys(f"{event.due_on:%Y-%m-%d}" for event in reversed(same) if event.due_on))
        return Entry(day, WITH_A_DAY[kind].format(name=word, day="、又".join(days), who=who), note, is_key=True)
    texts = {
        "correction": "更正读取的标题、原文、举措或指标",
        "urge_reply": f"{who}答复{_urge(word)}",
        "instruction": f"{word}批示{who}{_until(same[0].due_on)}",
        "ins_reply": f"{who}答复{word}批示",
        "ins_noted": f"{word}批示：{who}的答复已阅知",
        "withdrawn": f"撤回{who}的责任分工",
        "taken_back": f"{who}撤回{period}报告{behind}",
        "receipt": f"{who}签收",
        "report": f"{who}报送{period}进展{behind}",
        "consented_report": f"{who}经单位负责人审签，报送{period}进展{behind}",
        "carried_report": f"{who}承接原单位的{period}报告{behind}",
        "reshaped_report": f"{who}的{period}报告随任务拆分合并沿用{behind}",
        "kept_report": f"{who}改角色后保留{period}报告{behind}",
    }
    return Entry(day, texts[kind], note, is_key=kind in ("correction", "instruction"))


def _until(day: date | None) -> str:
    return f"，{day:%Y-%m-%d}前答复" if day else ""


def _urge(word: str) -> str:
    """The urge's number; under the prefix of the settings where none was kept with it."""
    return f"{settings.URGE_PREFIX}{word}" if word.startswith("〔") else word


def _entry_of_request(kind: str, word: str, *, day: date, who: str, same: list[Event], note: str) -> Entry:
    dates = list(dict.fromkeys(f"{event.due_on:%Y-%m-%d}" for event in same if event.due_on))
    until = f"（延至{'、'.join(dates)}）" if dates else ""
    words = {"decline": "申请退回（非本单位职责）", "completion": "申请办结", "milestone": "建议节点"}
    asked = words.get(word, f"申请延期{until}")
    if kind == "carried":
        return Entry(day, f"{who}承接原单位的申请：{asked}", note)
    if kind == "kept":
        return Entry(day, f"{who}改角色后继续申请：{asked}", note)
    if kind == "request_taken_back":
        return Entry(day, f"{who}撤回申请：{asked}", note)
    answer = {"request": "", "granted": "同意", "refused": "不同意"}[kind]
    return Entry(day, f"{answer}{who}{asked}", note, is_key=kind != "request")
