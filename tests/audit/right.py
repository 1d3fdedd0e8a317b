"""The text that each figure should be printed as: a figure names what it claims to be, and is looked up here.

A figure is of a subject: the plan, a section, an item, an agency's leads, or a part (one agency's assignment on one
item). Where several texts would be true, as for what has no value, all of them are given.
"""

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from tests.audit.named import Named
from tests.audit.recomputed import COLOURS, LIGHTS, PACES, STATES, WORDS, Item, Part, Stand
from tests.audit.rounded import TENTH, WHOLE, amount, apart, number, percent, plain, points, scaled
from tests.audit.rows import Row, day_of
from tests.audit.subjects import (
    FILING_WORDS,
    LIGHT_OF,
    NO_VALUE,
    NONE_YET,
    NUMERALS,
    PACE_OF,
    Difference,
    Figure,
    Subject,
    Unknown,
    places_of,
)


class Right(Named):
    """What is right on one day."""

    def texts(self, figure: Figure) -> tuple[str, ...]:
        try:
            right = self._text(figure.subject, figure.what)
        except (Unknown, KeyError, StopIteration) as error:
            return (f"nothing of the kind: {error!r}",)
        return (right,) if isinstance(right, str) else right

    def difference(self, figure: Figure) -> Difference | None:
        right = self.texts(figure)
        return None if figure.text in right else Difference(figure, right)

    # ── how it reads ──

    def _text(self, subject: Subject, what: str) -> str | tuple[str, ...]:
        name, _, argument = what.partition(".")
        if (method := getattr(self, f"_{name}", None)) is None:
            raise Unknown(what)
        reads: Callable[..., str | tuple[str, ...]] = method
        return reads(subject, argument) if argument else reads(subject)

    def _value_less(self, subject: Subject) -> tuple[str, ...] | None:
        """What stands in place of a progress that there is none of; of a whole its 0 may stand there, too."""
        thing, places = self.thing(subject), places_of(subject)
        if isinstance(thing, Part):
            return NONE_YET if thing.accepted is None else None
        if isinstance(thing, Item) and not thing.counts:
            return NONE_YET if all(lead.accepted is None for lead in thing.leads) else NO_VALUE
        parts = [thing] if isinstance(thing, Item) else [part for part in self.parts_within(subject) if part.counts]
        if not parts:
            return (*NO_VALUE, percent(0, places))
        leads = [lead for part in parts for lead in (part.leads if isinstance(part, Item) else [part]) if lead.counts]
        if all(lead.accepted is None for lead in leads):
            return (*NONE_YET, percent(0, places), number(0, places))
        return None

    def _percent(self, subject: Subject) -> str | tuple[str, ...]:
        return self._value_less(subject) or percent(self.thing(subject).percent, places_of(subject))

    def _none_yet(self, subject: Subject) -> bool:
        return self._value_less(subject) is not None

    def _number(self, subject: Subject) -> str | tuple[str, ...]:
        """Without its sign, as in the matrix."""
        return self._value_less(subject) or number(self.thing(subject).percent, places_of(subject))

    def _mean_of_leads(self, subject: Subject) -> str | tuple[str, ...]:
        leads = [lead for item in self.stand.items for lead in item.leads if lead.counts]
        if all(lead.accepted is None for lead in leads):
            return NONE_YET if leads else NO_VALUE
        return number(self.whole(("leads",)).percent)

    def _expected(self, subject: Subject) -> str | tuple[str, ...]:
        thing = self.thing(subject)
        if thing.expected is None:
            return NO_VALUE
        text = percent(thing.expected, places_of(subject))
        return (text, *NO_VALUE) if not thing.expected and self._none_yet(subject) else text

    def _told_expected(self, subject: Subject) -> str | tuple[str, ...]:
        """Documents expect nothing of an item that doesn't count."""
        return self._expected(subject) if self.items[subject[1]].counts else "—"

    def _units(self, subject: Subject) -> int | None:
        thing = self.thing(subject)
        if thing.expected is None:
            return None
        return apart(thing.percent, thing.expected, places_of(subject))

    def _gap(self, subject: Subject) -> str | tuple[str, ...]:
        units, thing = self._units(subject), self.thing(subject)
        if units is None or (isinstance(thing, Item | Part) and thing.light not in LIGHTS[:4]):
            return NO_VALUE
        text = points(units, places_of(subject))
        return (text, *NO_VALUE) if self._none_yet(subject) else text

    def _gap_or_none(self, subject: Subject) -> str | tuple[str, ...]:
        """Of what has ended a page may tell the difference or not."""
        units, gap = self._units(subject), self._gap(subject)
        return gap if units is None or isinstance(gap, str) else (*gap, points(units, places_of(subject)))

    def _stored_gap(self, subject: Subject) -> str | tuple[str, ...]:
        """In files it stands for what has ended, too; zero with its decimals."""
        units, thing = self._units(subject), self.thing(subject)
        if units is None or (isinstance(thing, Part) and not thing.is_lead):
            return NO_VALUE
        signed = points(units, places_of(subject)).replace("−", "-")
        forms = {signed, signed.removeprefix("+")}
        forms |= {f"{each}.0" for each in forms if "." not in each}
        ended = NO_VALUE if isinstance(thing, Item | Part) and thing.light not in LIGHTS[:4] else ()
        value_less = NO_VALUE if self._none_yet(subject) else ()
        return (signed, *sorted(forms - {signed}), *ended, *value_less)

    def _compared(self, subject: Subject) -> str | tuple[str, ...]:
        """「慢3.1个百分点」, as sentences compare progress with time."""
        units = self._units(subject)
        if not units:
            return "持平"
        return f"{'慢' if units < 0 else '快'}{plain(units, places_of(subject))}个百分点"

    def _bar(self, subject: Subject) -> str | tuple[str, ...]:
        """What a bar says to those who don't see it; what has ended is measured by no time."""
        thing, places = self.thing(subject), places_of(subject)
        done = f"进度{percent(thing.percent, places)}"
        value_less = self._value_less(subject)
        has_ended = subject[0] == "agency" and all(part.has_ended for part in self.parts_within(subject))
        is_timed = thing.expected is not None and not (isinstance(thing, Item | Part) and thing.light not in LIGHTS[:4])
        timed = f"{done}，序时{percent(thing.expected, places)}" if is_timed else done
        if not value_less:
            return (timed, done) if has_ended else timed
        without = f"，序时{percent(thing.expected, places)}" if is_timed else ""
        return (*(f"{word}{without}" for word in NONE_YET), *NONE_YET, "未明确单位", timed)

    def _light(self, subject: Subject) -> str | tuple[str, ...]:
        thing = self.thing(subject)
        if not isinstance(thing, Item | Part):
            raise Unknown("light")
        light = thing.light
        if not light:
            return ("", "—", "·", "协助")
        words = f"{COLOURS[light]} {WORDS[light]}".strip()
        is_settling = isinstance(thing, Part) and self.is_settling(thing)
        return (words, f"{words}（待销号）", f"{words} 待销号") if is_settling else words

    def _word(self, subject: Subject) -> str | tuple[str, ...]:
        """The light's word alone, as ledgers and documents write it."""
        light = getattr(self.thing(subject), "light", "")
        return WORDS[light] if light else ("", "—", "协助")

    def _pace(self, subject: Subject) -> str:
        return PACES.get(getattr(self.thing(subject), "pace", ""), "")

    def _lights(self, subject: Subject, word: str) -> str | tuple[str, ...]:
        count = self.whole(subject).lights[LIGHT_OF[word]]
        return str(count) if count else ("0", *NO_VALUE)

    def _lights_said(self, subject: Subject) -> str:
        """Which lights a sentence speaks of: all that something has, the worst first."""
        lights = self.whole(subject).lights
        return "、".join(WORDS[light] for light in LIGHTS if lights[light])

    def _named(self, subject: Subject, word: str) -> str:
        """How a light is called with its colour."""
        return f"{COLOURS[LIGHT_OF[word]]} {word}".strip()

    def _reds(self, subject: Subject) -> tuple[str, ...]:
        """曾逾期 with its days, and 现逾期 apart; the first day stands there where the daily round saw it."""
        spans: list[list[date]] = []
        for day in self.earlier_days:
            if self.light_on(day, subject[1]) == "red":
                if not spans or spans[-1][-1] != day - timedelta(days=1):
                    spans.append([day])
                spans[-1].append(day)
        is_red = self.items[subject[1]].light == "red"
        current = spans.pop() if is_red and spans and spans[-1][-1] == self.stand.day - timedelta(days=1) else None
        past = [f"{span[0]:%Y-%m-%d}逾期，{span[-1] + timedelta(days=1):%Y-%m-%d}解除" for span in spans]
        now = [f"现逾期（{current[0]:%Y-%m-%d}起）"] if current else ["现逾期"] if is_red else []
        texts = {"；".join([*past, *now]), "；".join([*past, *(["现逾期"] if is_red else [])])}
        return tuple(sorted(texts, key=len, reverse=True))

    def _was_red(self, subject: Subject) -> str | tuple[str, ...]:
        """曾逾期: the first earlier day on which the item was red; told apart from 现逾期."""
        item = self.items[subject[1]]
        first = next((day for day in self.earlier_days if self.light_on(day, subject[1]) == "red"), None)
        if item.light == "red":
            return "现逾期"
        return f"{first:%Y-%m-%d}" if first else "无"

    def _paces(self, subject: Subject, word: str) -> str:
        return str(sum(part.pace == PACE_OF[word] for part in self.parts_within(subject)))

    def _paceless(self, subject: Subject) -> str:
        return str(sum(not part.pace for part in self.parts_within(subject)))

    def _labels(self, subject: Subject, word: str) -> str:
        """The items of a light, as the notice numbers them, at most twelve and 等; parts are named once."""
        of_light = [item.row for item in self.stand.items if item.light == LIGHT_OF[word]]
        by_part: dict[str, list[str]] = {}
        for row in of_light[:12]:
            part = self.label_of(row["number"]).removesuffix(row["label"])
            by_part.setdefault(part, []).append(row["label"])
        labels = "，".join(f"{part}{''.join(mine)}" for part, mine in by_part.items())
        return labels + ("等" if len(of_light) > 12 else "")

    def _items(self, subject: Subject) -> str:
        return str(len(self.parts_within(subject)))

    def _as_nought(self, subject: Subject) -> str:
        """What stands for the mean in a sentence that goes on to compare it with time."""
        return "按0计" if self._none_yet(subject) else ""

    def _unreported(self, subject: Subject) -> str:
        """How many parts of a mean count as 0, since none of their reports was accepted."""
        return str(sum(part.counts and part.accepted is None for part in self.parts_within(subject)))

    def _leads(self, subject: Subject) -> str | tuple[str, ...]:
        if subject[0] in ("agency", "agencies"):
            count = len(self.parts_within(subject))
        elif subject[0] == "item":
            count = len(self.items[subject[1]].leads)
        else:
            count = sum(len(item.leads) for item in self.parts_within(subject))
        return str(count) if count else ("0", *NO_VALUE)

    def _assists(self, subject: Subject) -> str | tuple[str, ...]:
        if subject[0] == "agencies":
            count = sum(not part.is_lead for part in self.stand.parts)
        elif subject[0] == "agency":
            count = len(self.stand.assists_of(subject[1]))
        elif subject[0] == "item":
            count = len(self.items[subject[1]].assists)
        else:
            count = sum(len(item.assists) for item in self.parts_within(subject))
        return str(count) if count else ("0", *NO_VALUE)

    def _agencies(self, subject: Subject) -> str:
        items = self.parts_within(subject)
        return str(len({part.row["agency_id"] for item in items for part in (*item.leads, *item.assists)}))

    def _sections(self, subject: Subject) -> str:
        return str(len({item.row["section_id"] for item in self.stand.items}))

    def _laggards(self, subject: Subject) -> str | tuple[str, ...]:
        """Who the light is due to, at most three of them with their percentage; otherwise how many lead."""
        item = self.items[subject[1]]
        late = [f"{part.agency} {self._late_percent(part)}" for part in item.laggards]
        if late:
            more = f" 等{len(late)}家" if len(late) > 3 else ""
            return "、".join(late[:3]) + more
        if not item.leads:
            return ("未明确", "未明确单位")
        word, many = WORDS[item.light], f"{len(item.leads)}家"
        return (many, f"{many}均{word}", f"{many}，{word}")

    def _late_percent(self, part: Part) -> str:
        return f"{part.percent}%" if part.accepted is not None else "尚无通过的报告"

    # ── filing ──

    def _filed(self, subject: Subject, word: str) -> str | tuple[str, ...]:
        """Of the stand's current period, or of the periods of a file."""
        count = sum(getattr(self.filing(subject, period), FILING_WORDS[word]) for period in self.periods)
        return str(count) if count else ("0", *NO_VALUE)

    def _rate(self, subject: Subject) -> str | tuple[str, ...]:
        owed = sum(self.filing(subject, period).owed for period in self.periods)
        filed = sum(self.filing(subject, period).filed for period in self.periods)
        return percent(Fraction(100 * filed, owed), TENTH) if owed else NO_VALUE

    def _state(self, subject: Subject) -> str | tuple[str, ...]:
        """What is said of a part's report of the last period.

        Of what a successor took over after the close the predecessor owed the report, and it may stand there alone.
        """
        period, row = self.last_period, self.thing(subject).row
        state = self.stand.shown_state(row, period)
        if not state:
            return NO_VALUE
        is_its_own = self.stand.rows.obligation(row, period, self.stand.moment) or self.stand.rows.filed(
            row, period, self.stand.moment
        )
        return STATES[state] if is_its_own else (STATES[state], *NO_VALUE)

    def _owed_state(self, subject: Subject) -> str | tuple[str, ...]:
        """The same in a file, which may leave it empty where nothing is owed."""
        row, state = self.thing(subject).row, self._state(subject)
        owes = self.periods and self.stand.rows.obligation(row, self.periods[-1], self.stand.moment)
        return state if owes or not isinstance(state, str) else (state, *NO_VALUE)

    def _waiting(self, subject: Subject) -> str:
        return str(len(self.stand.waiting))

    def _leads_told(self, subject: Subject) -> list[Part]:
        if subject[0] == "agency":
            return self.stand.leads_of(subject[1])
        return [part for part in self.stand.parts if part.is_lead]

    def _settling(self, subject: Subject) -> str:
        return str(sum(map(self.is_settling, self._leads_told(subject))))

    def _once_red(self, subject: Subject) -> str:
        """Items that were red and are no more; of an agency, its leads."""
        if subject[0] == "agency":
            was = set().union(*(self.leads_red_on(day) for day in self.earlier_days))
            return str(sum(part.pk in was and part.light != "red" for part in self.stand.leads_of(subject[1])))
        was_red = {
            item.row["id"]
            for item in self.stand.items
            if any(self.light_on(day, item.row["number"]) == "red" for day in self.earlier_days)
        }
        return str(sum(item.row["id"] in was_red and item.light != "red" for item in self.stand.items))

    def _waiting_now(self, subject: Subject) -> str:
        return str(len(self.stand.waiting_now))

    def _longest(self, subject: Subject) -> str:
        report, _ = self.stand.waiting[0]
        return str((self.stand.day - day_of(report["recorded_at"])).days)

    def _if_accepted(self, subject: Subject) -> str:
        return percent(self.stand.if_accepted, TENTH)

    def asked_row(self, subject: Subject) -> tuple[Row, str]:
        rows = self.stand.asked_in(self.periods[-1])
        return next((row, state) for row, _, state in rows if row["id"] == subject[1])

    def _asked_count(self, subject: Subject) -> str:
        return str(len(self.stand.asked_in(self.periods[-1])))

    def _asked_state(self, subject: Subject) -> str:
        row, state = self.asked_row(subject)
        is_late = state in ("accepted", "waiting") and self.stand.rows.is_late(row, self.periods[-1], self.stand.moment)
        return f"{STATES[state]}{' 迟报' if is_late else ''}"

    def _asked_percent(self, subject: Subject) -> str | tuple[str, ...]:
        """What the newest report says, whatever became of it."""
        row, _ = self.asked_row(subject)
        filed = self.stand.rows.filed(row, self.periods[-1], self.stand.moment)
        return f"{filed[-1]['percent']}%" if filed else NO_VALUE

    # ── 校核 ──

    def _verdict(self, subject: Subject) -> str:
        return "全部一致" if subject[0].startswith("总结论") else "一致"

    def _same(self, subject: Subject, text: str) -> str:
        return text

    # ── dates ──

    def _due(self, subject: Subject) -> str | tuple[str, ...]:
        thing = self.thing(subject)
        if isinstance(thing, Item) and not thing.leads:
            due_on = self.stand.rows.due_on(thing.row["id"], self.stand.moment)
            return (*NO_VALUE, f"{due_on:%Y-%m-%d}" if due_on else "持续推进")
        return f"{thing.due_on:%Y-%m-%d}" if thing.due_on else "持续推进"

    def _days_over(self, subject: Subject) -> str:
        return str((self.stand.day - self.thing(subject).due_on).days)

    def _days_left(self, subject: Subject) -> str:
        return str((self.thing(subject).due_on - self.stand.day).days)

    def _filing_due(self, subject: Subject) -> str:
        due_on: date = self.periods[-1]["due_on"]
        return f"{due_on.month}月{due_on.day}日"

    def _left(self, subject: Subject) -> str:
        """「还有3天」 until a date, as mails say it."""
        days = (subject[1] - self.stand.day).days
        return f"还有{days}天" if days > 0 else f"已逾期{-days}天" if days else "今日截止"

    def _due_words(self, subject: Subject) -> str:
        due_on = self.thing(subject).due_on
        return f"{due_on.month}月{due_on.day}日"

    def _size(self, subject: Subject, count: str) -> str:
        return count

    # ── beside the close before ──

    def _on(self, subject: Subject, argument: str) -> str | tuple[str, ...]:
        """How it stood at the end of an earlier day of the same year."""
        day, what = argument.split(".", 1)
        month, day = map(int, day.split("-"))
        return Right(Stand(self.stand.rows, self.stand.day.replace(month=month, day=day)))._text(subject, what)

    def _earlier(self, subject: Subject, what: str) -> str | tuple[str, ...]:
        if self.before is None:
            return NO_VALUE
        before = Right(self.before)
        if subject[0] == "part_of" and not any(
            part.row["agency_id"] == subject[2] for part in before.items[subject[1]].leads
        ):
            return NO_VALUE  # not in force at that close
        text = before._text(subject, what)
        if subject[0] == "agency" and not self.stand.leads_of(subject[1]):
            return (*NO_VALUE, *([text] if isinstance(text, str) else text))
        return text

    def _moved(self, subject: Subject) -> str | tuple[str, ...]:
        """By how much the printed progress moved."""
        if self.before is None:
            return NO_VALUE
        places = places_of(subject)
        before = Right(self.before).thing(subject)
        units = scaled(self.thing(subject).percent, places) - scaled(before.percent, places)
        signed = points(units, places).replace("−", "-")
        value_less = NO_VALUE if self._none_yet(subject) or Right(self.before)._none_yet(subject) else ()
        return (signed, *([f"{signed}.0"] if "." not in signed else []), *value_less)

    def _moved_by(self, subject: Subject, what: str) -> str | tuple[str, ...]:
        """By how much a printed count or percentage differs from that of the close before."""
        if self.before is None:
            return NO_VALUE
        now, then = (right._text(subject, what) for right in (self, Right(self.before)))
        now, then = (Fraction((text if isinstance(text, str) else text[0]).rstrip("%")) for text in (now, then))
        places = places_of(subject) if what in ("expected", "stored_gap") else WHOLE
        signed = points(scaled(now - then, places), places).replace("−", "-")
        return (signed, f"{signed}.0") if "." not in signed and places else signed

    def _since(self, subject: Subject) -> str:
        """「二季度报送截止日（7月15日）」."""
        assert self.before
        period = next(row for row in self.stand.rows.periods if row["due_on"] == self.before.day)
        quarter = NUMERALS[int(period["code"][-1]) - 1]
        return f"{quarter}季度报送截止日（{period['due_on'].month}月{period['due_on'].day}日）"

    # ── 量化指标 ──

    def indicator(self, name: str) -> Row:
        return next(row for row in self.stand.rows.indicators if row["name"] == name)

    def _reading(self, subject: Subject) -> str | tuple[str, ...]:
        value = self.stand.reading(self.indicator(subject[1]), *subject[2:])
        return amount(value) if value is not None else (*NO_VALUE, "尚无数据")

    def _target(self, subject: Subject) -> str:
        return amount(Fraction(self.indicator(subject[1])["target"]))

    def reached(self, subject: Subject) -> Any:
        indicator = self.indicator(subject[1])
        return 100 * (self.stand.reading(indicator, *subject[2:]) or 0) / Fraction(indicator["target"])

    def _reached(self, subject: Subject) -> str | tuple[str, ...]:
        read = percent(self.reached(subject), TENTH)
        if self.stand.reading(self.indicator(subject[1]), *subject[2:]) is None:
            return (read, *NO_VALUE)
        return read

    def _standing(self, subject: Subject) -> str | tuple[str, ...]:
        """Whether a target is behind its time by the plan's margin."""
        if self.stand.reading(self.indicator(subject[1])) is None:
            return "尚无数据"
        due_on = self.stand.rows.due_on(self.indicator(subject[1])["item_id"], self.stand.moment)
        if self.reached(subject) >= 100:
            return "已达目标"
        margin = self.stand.settings["behind_margin"]
        behind = self.stand.is_behind(self.reached(subject), self.stand.expected(due_on))
        return ("低于序时", f"落后序时超过{margin}个百分点") if behind else "正常"

    def _time(self, subject: Subject) -> str | tuple[str, ...]:
        """序时 of an indicator: that of its item, with the indicator's decimals."""
        due_on = self.stand.rows.due_on(self.indicator(subject[1])["item_id"], self.stand.moment)
        expected = self.stand.expected(due_on)
        return NO_VALUE if expected is None else percent(expected, TENTH)
