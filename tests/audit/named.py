"""Who is named, listed and counted as late or missing, in files and documents."""

from tests.audit.recomputed import COLOURS, WORDS, Part
from tests.audit.subjects import LIGHT_OF, NO_VALUE, NUMERALS, STATE_OF, Subject, Subjects


class Named(Subjects):
    """Lists of names, numbers and labels, each as one text."""

    def is_settling(self, part: Part) -> bool:
        """待销号: at 100 % while its closing waits for the office."""
        return part.percent == 100 and not part.has_ended and self.has_open(part, "completion")

    def has_open(self, part: Part, kind: str) -> bool:
        """Whether a request of that kind waits for its answer."""
        facts, moment = self.stand.rows.facts, self.stand.moment
        ended = {
            row["request_id"]
            for row in (*facts["Decision"], *facts["RequestWithdrawal"])
            if row["recorded_at"] <= moment
        }
        return any(
            row["assignment_id"] == part.pk and row["kind"] == kind and row["id"] not in ended
            for row in facts["AgencyRequest"]
            if row["recorded_at"] <= moment
        )

    def _course(self, subject: Subject) -> str:
        """状态: how a part was ended, else what its agency asks for, else whether it was received."""
        part, facts, moment = self.thing(subject), self.stand.rows.facts, self.stand.moment
        if part.has_ended:
            return {"closed": "已销号", "suspended": "中止", "cancelled": "撤销"}[part.closure]
        for kind, word in (("completion", "申请办结"), ("decline", "申请退回")):
            if self.has_open(part, kind):
                return word
        received = {row["assignment_id"] for row in facts["Receipt"] if row["recorded_at"] <= moment}
        return "在办" if part.closure or part.pk in received else "待签收"

    def _told_word(self, subject: Subject) -> str:
        """An item's light as documents tell it: with 待销号 where all that give it this light wait to be closed."""
        item = self.items[subject[1]]
        shown = [part for part in item.leads if part.light == item.light]
        is_settling = bool(shown) and all(map(self.is_settling, shown))
        return f"{WORDS[item.light]}（待销号）" if is_settling else WORDS[item.light]

    def _told_light(self, subject: Subject) -> str:
        return f"{COLOURS[self.items[subject[1]].light]} {self._told_word(subject)}".strip()

    def late_parts(self, word: str) -> list[Part]:
        """Leads that a document may name: of that light, neither waiting to be closed nor, where yellow, excused."""
        light, period = LIGHT_OF[word], self.last_period
        return [
            part
            for part in self.stand.parts
            if part.light == light
            and not self.is_settling(part)
            and (light == "red" or self.stand.shown_state(part.row, period) != "waived")
        ]

    def place_of(self, item: int) -> int:
        return next(row["number"] for row in self.stand.rows.items if row["id"] == item)

    def asked_rows(self, state: str) -> list[tuple[int, str, int]]:
        """The reports in that state: the item's number, the agency's name and key."""
        names = self.stand.rows.agencies
        return [
            (self.place_of(row["item_id"]), names[row["agency_id"]]["name"], row["agency_id"])
            for period in self.periods
            for row, _, shown in self.stand.asked_in(period)
            if shown == state
        ]

    def _listed(self, subject: Subject, word: str) -> str:
        if word == "待销号":
            settling = filter(self.is_settling, (part for part in self.stand.parts if part.is_lead))
            named = [f"{self.place_of(part.row['item_id'])}{part.agency}" for part in settling]
        elif word in LIGHT_OF:
            named = [f"{self.place_of(part.row['item_id'])}{part.agency}" for part in self.late_parts(word)]
        else:
            named = [f"{place}{name}" for place, name, _ in self.asked_rows(STATE_OF[word])]
        return "、".join(sorted(named))

    def _late_leads(self, subject: Subject, word: str) -> str:
        return str(len(self.late_parts(word)))

    def _late_agencies(self, subject: Subject, word: str) -> str:
        return str(len({part.row["agency_id"] for part in self.late_parts(word)}))

    def _named_late(self, subject: Subject, word: str) -> str | tuple[str, ...]:
        count = sum(part.row["agency_id"] == subject[1] for part in self.late_parts(word))
        return str(count) if count else ("0", *NO_VALUE)

    def label_of(self, place: int) -> str:
        """As the notice numbers it; with its part where numbering restarts."""
        row = self.items[place].row
        labels = [item.row["label"] for item in self.stand.items]
        if len(set(labels)) == len(labels):
            return row["label"]
        section = next(each["number"] for each in self.stand.rows.sections if each["id"] == row["section_id"])
        return f"第{NUMERALS[section - 1]}部分{row['label']}"

    def numbers_of(self, places: list[int]) -> str:
        """「第三、八项」; 「第一部分第三项，第二部分第一项」 where numbering restarts."""
        by_part: dict[str, list[str]] = {}
        for label in map(self.label_of, places):
            part, mark, number = label.rpartition("部分")
            by_part.setdefault(part + mark, []).append(number.strip("（）"))
        return "，".join(f"{part}第{'、'.join(numbers)}项" for part, numbers in by_part.items())

    def _late_labels(self, subject: Subject) -> str | tuple[str, ...]:
        told = {part.pk for word in ("逾期", "滞后") for part in self.late_parts(word)}
        late = [part for part in self.stand.leads_of(subject[1]) if part.pk in told]
        return "、".join(self.label_of(self.place_of(part.row["item_id"])) for part in late)

    def unfiled_places(self, agency: int) -> list[int]:
        rows = [*self.asked_rows("missing"), *self.asked_rows("sent_back")]
        return sorted({place for place, _, pk in rows if pk == agency})

    def _unfiled_labels(self, subject: Subject) -> str:
        return "、".join(map(self.label_of, self.unfiled_places(subject[1])))

    def unfiled_keys(self) -> list[int]:
        rows = [*self.asked_rows("missing"), *self.asked_rows("sent_back")]
        return sorted({pk for _, _, pk in rows}, key=self.stand.agency_order)

    def _unfiled_agencies(self, subject: Subject) -> str:
        return str(len(self.unfiled_keys()))

    def _unfiled_named(self, subject: Subject) -> str:
        """「省农委（第三、八项）；…」."""
        named = []
        for pk in self.unfiled_keys():
            numbers = self.numbers_of(self.unfiled_places(pk))
            named.append(f"{self.stand.rows.agencies[pk]['name']}（{numbers}）")
        return "；".join(named)

    def _ledger_rows(self, subject: Subject) -> str:
        return str(sum(max(len(item.leads), 1) for item in self.stand.items))

    def _all_rows(self, subject: Subject) -> str:
        return str(len(self.stand.parts))

    def _holders(self, subject: Subject) -> str:
        return str(len(self.items[subject[1]].leads) + len(self.items[subject[1]].assists))

    def _assisted(self, subject: Subject, agency: str) -> str:
        assists = {part.row["agency_id"] for part in self.items[subject[1]].assists}
        return "协" if int(agency) in assists else ""

    def _late_word(self, subject: Subject) -> str:
        row = self.thing(subject).row
        asked = [
            (period, state) for period in self.periods for each, _, state in self.stand.asked_in(period) if each is row
        ]
        late = any(
            state in ("accepted", "waiting") and self.stand.rows.is_late(row, period, self.stand.moment)
            for period, state in asked
        )
        return "迟报" if late else ""

    def _weight(self, subject: Subject) -> str:
        return str(self.thing(subject).weight)

    def _was_red_on(self, subject: Subject) -> str:
        first = next((day for day in self.earlier_days if self.light_on(day, subject[1]) == "red"), None)
        return f"{first:%Y-%m-%d}" if first else ""
