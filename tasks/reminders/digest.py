"""A digest (每日提醒) is put into words: subject, text, HTML, lines for robots and a few words for a phone, all alike.

Made from the digest's own rows and from what its items are called. Every try of a delivery says the same of the same
day, however long the first one took.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from agencies.models import Office, User
from tasks.access import can_file_reports, can_steer
from tasks.channels import ShortLine
from tasks.models import Digest, Reminder
from tasks.reminders.entries import BULKY, RELATED, Entry, Group, day_words, entries, on_one_line

LISTED = 100  # entries of one group that a message names; all are counted
NUMERALS = "一二三四五六"
COUNTED = {
    Group.OVERDUE: "已逾期{}项",
    Group.WAITING: "您有{}项待办",
    Group.THIS_WEEK: "本周到期{}项",
    Group.COMING: "即将到期{}项",
    Group.SETTLED: "补发期间已办理{}项",
}
# Of an office only what is due for a reminder is told here; its 待办 has more.
COUNTED_OF_OFFICE = {**COUNTED, Group.WAITING: "{}项待办到提醒时点"}


class Composed(NamedTuple):
    subject: str
    text: str
    html: str
    lines: tuple[ShortLine, ...]
    brief: str
    link: str  # absolute


class Part(NamedTuple):
    """One group as the message lists it."""

    numeral: str
    heading: str
    size: int
    items: list[tuple[str, str, str]]  # what, when, address
    more: int


def composed(digest: Digest) -> Composed:
    """Puts a digest into words: in four queries, or six where there are urges and periods not opened yet."""
    reader = digest.recipient
    reminders = list(digest.reminders.select_related(*RELATED).defer(*BULKY))
    listed = entries(reminders, digest.day, reader)
    made_good = days_made_good(digest, reminders)
    counts = Counter(entry.group for entry in listed)
    subject = _subject(reader, digest.day, counts, made_good)
    link, why = absolute(page_for(reader)), absolute(digest.get_absolute_url())
    context = {
        "product": settings.PRODUCT_NAME,
        "office": Office.at(reader.scope).name,
        "person": on_one_line(str(reader)),
        "agency": on_one_line(str(reader.agency)),
        "acts": can_file_reports(reader),
        "is_demo": settings.QA_PLAN_DEMO,
        "day": f"{digest.day.year}年{day_words(digest.day, digest.day)}",
        "subject": subject,
        "counts": "，".join(_counted(reader, counts)),
        "made_good": made_good,
        "parts": _parts(listed),
        "link": link,
        "why": why,
    }
    return Composed(
        subject=subject,
        text=render_to_string("reminders/digest.txt", context),
        html=render_to_string("reminders/digest.html", context),
        lines=_lines(reader, listed, counts, made_good, link, why),
        brief=brief(reader, digest.day, counts),
        link=link,
    )


def brief(reader: User, day: date, counts: Counter[Group]) -> str:
    """Says the counts only, within the seventy characters of one text message."""
    name = str(reader)[:8]
    asked: Counter[Group] = Counter({group: count for group, count in counts.items() if group != Group.SETTLED})
    counted = "、".join(_counted(reader, asked) or _counted(reader, counts))
    deed = "办理" if can_file_reports(reader) else "查看全部待办" if can_steer(reader) else "查看"
    return f"督办提醒：{name}，截至{day_words(day, day)}，{counted}，请登录平台{deed}。"


def days_made_good(digest: Digest, reminders: Iterable[Reminder]) -> str:
    """Names the missed days whose reminders are in this digest, 「10月8日至10月11日」; "" where there are none."""
    if digest.missed_since is None:
        return ""
    last = max((reminder.day for reminder in reminders if reminder.day < digest.day), default=digest.missed_since)
    first = day_words(digest.missed_since, digest.day)
    return first if last <= digest.missed_since else f"{first}至{day_words(last, digest.day)}"


def page_for(reader: User) -> str:
    """The page where somebody begins: the agency's people with what they have to do, the others with the dashboard."""
    return reverse("tasks:my") if can_file_reports(reader) else "/"


def absolute(path: str) -> str:
    return settings.SITE_URL.rstrip("/") + path


def _subject(reader: User, day: date, counts: Counter[Group], made_good: str) -> str:
    head = f"督办提醒（{day_words(day, day)}，补发{made_good}）" if made_good else f"督办提醒（{day_words(day, day)}）"
    return f"{head}：{'，'.join(_counted(reader, counts))}"


def _counted(reader: User, counts: Counter[Group]) -> list[str]:
    words = COUNTED_OF_OFFICE if can_steer(reader) else COUNTED
    return [words[group].format(counts[group]) for group in Group if counts[group]]


def _parts(listed: list[Entry]) -> list[Part]:
    several = len({entry.plan.pk for entry in listed if entry.plan}) > 1
    parts: list[Part] = []
    for group in Group:
        mine = [entry for entry in listed if entry.group == group]
        if mine:
            items = [(_what(entry, several), entry.when, absolute(entry.path)) for entry in mine[:LISTED]]
            parts.append(Part(NUMERALS[len(parts)], group.value, len(mine), items, len(mine) - len(items)))
    return parts


def _what(entry: Entry, several: bool) -> str:
    """What an entry is about, with the plan's number where the message speaks of more than one plan."""
    return f"{entry.plan} {entry.what}" if several and entry.plan else entry.what


def _lines(
    reader: User, listed: list[Entry], counts: Counter[Group], made_good: str, link: str, why: str
) -> tuple[ShortLine, ...]:
    whom = f"{reader}（{reader.agency}）" if reader.agency else str(reader)
    head = [ShortLine(f"{whom}：{'，'.join(_counted(reader, counts))}。", link)]
    if made_good:
        head.append(ShortLine(f"补发{made_good}的提醒。"))
    return (
        *head,
        *(ShortLine(f"{entry.group.value}：{entry.what}，{entry.when}", absolute(entry.path)) for entry in listed),
        ShortLine("提醒依据", why),
    )
