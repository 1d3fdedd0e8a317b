"""What every figure of the cities and counties should be: recomputed from the bare rows, by docs/rules.md 15."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from django.apps import apps

from tests.audit.recomputed import LIGHTS, WORDS, Item, Stand
from tests.audit.rounded import TENTH, WHOLE, apart, number, percent, points
from tests.audit.rows import Row, Rows, by, last
from tests.audit.subjects import NO_VALUE, NONE_YET, Difference, Figure

ENDED = ("grey", "suspended", "cancelled")


def bare(model: str, app: str = "tasks", order: tuple[str, ...] = ("recorded_at", "pk"), **match: Any) -> list[Row]:
    return list(apps.get_model(app, model)._default_manager.filter(**match).order_by(*order).values())


class Milestones:
    """Of one local plan: which are planned, to which day last, and when each was done."""

    def __init__(self, plan: int, stand: Stand) -> None:
        self.day, self.moment = stand.day, stand.moment
        known = {"milestone__item__plan": plan, "recorded_at__lte": self.moment}
        self.plans = by(bare("MilestonePlan", **known), "milestone_id")
        self.done = by(bare("MilestoneDone", **known), "milestone_id")
        self.reviews = by(bare("MilestoneReview", done__milestone__item__plan=plan), "done_id")
        withdrawn = {row["milestone_id"] for row in bare("MilestoneWithdrawal", **known)}
        rows = bare("Milestone", item__plan=plan, recorded_at__lte=self.moment)
        self.rows = [row for row in rows if row["id"] not in withdrawn and row["id"] in self.plans]

    def planned_on(self, row: Row) -> Any:
        return self.plans[row["id"]][-1]["planned_on"]

    def done_on(self, row: Row) -> Any:
        """The day for which it was reported done last, unless that was sent back."""
        done = self.done.get(row["id"])
        if not done:
            return None
        review = last(self.reviews.get(done[-1]["id"], ()), self.moment)
        return None if review and not review["is_confirmed"] else done[-1]["done_on"]

    @property
    def came_due(self) -> list[Row]:
        return [row for row in self.rows if self.planned_on(row) < self.day]

    @property
    def kept(self) -> list[Row]:
        return [row for row in self.came_due if (done := self.done_on(row)) and done <= self.planned_on(row)]


@dataclass(frozen=True)
class City:
    """An office below on one day; without a `stand` it has issued no plan."""

    office: Row
    stand: Stand | None
    asked: list[int]  # numbers of the parent's items
    targets: dict[int, frozenset[int]]  # by key of a local item that was decided on, numbers of the parent's
    counties: int
    issued_counties: int

    @property
    def items(self) -> list[Item]:
        return self.stand.items if self.stand else []

    def carrying_out(self, place: int) -> list[Item]:
        return [item for item in self.items if place in self.targets.get(item.row["id"], ())]

    @property
    def is_settled(self) -> bool:
        return all(item.row["id"] in self.targets for item in self.items)

    @property
    def covered(self) -> list[int]:
        return [place for place in self.asked if self.carrying_out(place)]

    @property
    def lacking(self) -> list[int]:
        return [place for place in self.asked if self.is_settled and not self.carrying_out(place)] if self.stand else []

    @property
    def unsettled(self) -> list[int]:
        return [] if self.is_settled else [place for place in self.asked if not self.carrying_out(place)]

    @cached_property
    def milestones(self) -> Milestones:
        assert self.stand
        return Milestones(self.stand.rows.plan["id"], self.stand)

    @property
    def dated(self) -> int:
        """Items whose newest date isn't concluded from the plan's year."""
        if self.stand is None:
            return 0
        newest = (last(self.stand.rows.revisions.get(item.row["id"], ()), self.stand.moment) for item in self.items)
        return sum(bool(row and not row["is_inferred"]) for row in newest)

    @property
    def stepped(self) -> int:
        return len({row["item_id"] for row in self.milestones.rows}) if self.stand else 0

    @property
    def filing(self) -> tuple[int, int]:
        if self.stand is None or self.stand.period is None:
            return 0, 0
        filing = self.stand.filing(self.stand.period)
        return filing.owed, filing.filed

    @property
    def counts(self) -> bool:
        return any(item.counts for item in self.items)

    @property
    def has_accepted(self) -> bool:
        leads = [lead for item in self.items for lead in item.leads if lead.counts]
        return any(lead.accepted is not None for lead in leads)

    @property
    def gap(self) -> int:
        assert self.stand
        return apart(self.stand.whole.percent, self.stand.whole.expected, TENTH)


class Cities:
    """All offices directly below the plan's, in the order of the notice."""

    def __init__(self, parent: Stand, known: dict[str, Rows]) -> None:
        self.parent, self.moment = parent, parent.moment
        home = parent.rows.plan["office_id"]
        offices = [row for row in bare("Office", "agencies", ("ordinal", "pk")) if row["path"]]
        self.offices = [row for row in offices if row["parent_id"] == home]
        plans = bare("Plan", order=("pk",), parent__isnull=False, imported_at__lte=self.moment)
        self.issued = {row["office_id"] for row in plans}
        self.plans = {row["office_id"]: row for row in plans if row["parent_id"] == parent.rows.plan["id"]}
        self.below = by(offices, "parent_id")
        self.known = known
        self.numbers = {row["id"]: row["number"] for row in parent.rows.items}

    @cached_property
    def asked(self) -> list[int]:
        """The numbers of the parent's items that run, or of those of them that the duty names."""
        duty = apps.get_model("tasks", "LocalDuty")._default_manager.filter(
            parent=self.parent.rows.plan["id"], recorded_at__lte=self.moment
        )
        named = {self.numbers[key] for key in duty.values_list("items", flat=True) if key}
        running = [item.row["number"] for item in self.parent.items if item.light not in ENDED]
        return [place for place in running if not named or place in named]

    @cached_property
    def all(self) -> list[City]:
        return [self._city(row) for row in self.offices]

    @property
    def with_plan(self) -> list[City]:
        return [city for city in self.all if city.stand]

    def _city(self, office: Row) -> City:
        plan = self.plans.get(office["path"])
        below = self.below.get(office["path"], [])
        counties = len(below), sum(row["path"] in self.issued for row in below)
        if plan is None:
            return City(office, None, self.asked, {}, *counties)
        if plan["slug"] not in self.known:
            self.known[plan["slug"]] = Rows.of(plan["slug"])
        stand = Stand(self.known[plan["slug"]], self.parent.day)
        return City(office, stand, self.asked, self._targets(plan["id"]), *counties)

    def _targets(self, plan: int) -> dict[int, frozenset[int]]:
        made = bare("Correspondence", item__plan=plan, recorded_at__lte=self.moment)
        rows = by(bare("CorrespondingItem", order=("pk",), correspondence__item__plan=plan), "correspondence_id")
        return {
            row["item_id"]: frozenset(self.numbers[each["parent_item_id"]] for each in rows.get(row["id"], ()))
            for row in made
        }

    @property
    def places(self) -> list[tuple[int, City]]:
        """By coverage, then by the gap; equal figures share a place."""
        keys = {city.office["path"]: (-len(city.covered), -city.gap) for city in self.with_plan}
        ordered = sorted(self.with_plan, key=lambda city: keys[city.office["path"]])
        return [(1 + sum(other < keys[city.office["path"]] for other in keys.values()), city) for city in ordered]


class RightOfCities:
    """The texts that figures of the cities should be printed as. A subject is an office's code, or all of them."""

    def __init__(self, cities: Cities) -> None:
        self.cities = cities
        self.by_code = {city.office["code"]: city for city in cities.all}
        self.by_area = {city.office["area"]: city for city in cities.all}

    def difference(self, figure: Figure) -> Difference | None:
        right = self.texts(figure)
        return None if figure.text in right else Difference(figure, right)

    def texts(self, figure: Figure) -> tuple[str, ...]:
        try:
            match figure.subject:
                case ("city", code):
                    found = self._of_city(self.by_code[code], figure.what)
                case ("cell", code, place):
                    found = self._of_cell(self.by_code[code], place, figure.what)
                case _:
                    found = self._of_all(figure.what)
        except KeyError as error:
            return (f"nothing of the kind: {error!r}",)
        return (found,) if isinstance(found, str) else found

    def _of_city(self, city: City, what: str) -> str | tuple[str, ...]:
        counties = {"counties": city.counties, "issued_counties": city.issued_counties}
        if what in counties:
            return str(counties[what]) if city.counties else ("不设", *NO_VALUE)
        if what == "place":
            return str(next(place for place, each in self.cities.places if each is city))
        if what == "lacking_labels":
            return self._labels(city)
        if city.stand is None:
            return (*NO_VALUE, "未印发")
        if what == "document":
            return str(city.stand.rows.plan["document_number"])
        owed, filed = city.filing
        counts = {
            **{"asked": len(city.asked), "covered": len(city.covered), "lacking": len(city.lacking)},
            **{"unsettled": len(city.unsettled), "items": len(city.items), "dated": city.dated},
            **{"stepped": city.stepped, "came_due": len(city.milestones.came_due), "kept": len(city.milestones.kept)},
            **{"owed": owed, "filed": filed},
            **{f"lights.{WORDS[light]}": city.stand.whole.lights[light] for light in LIGHTS},
        }
        if what in counts:
            return str(counts[what])
        shares = {"dated_share": city.dated, "stepped_share": city.stepped}
        if what in shares:
            return _share(shares[what], len(city.items))
        return self._standing(city, what)

    def _standing(self, city: City, what: str) -> str | tuple[str, ...]:
        assert city.stand
        if not city.counts:
            return NO_VALUE
        whole = city.stand.whole
        if what == "percent" and not city.has_accepted:
            return NONE_YET
        if what == "compared":
            return (
                "持平"
                if not city.gap
                else f"{'慢' if city.gap < 0 else '快'}{number(Fraction(abs(city.gap), 10), TENTH)}"
            )
        if what == "stored_gap" and not city.has_accepted:
            return NO_VALUE  # 尚无 is not compared
        signed = points(city.gap, TENTH)
        return {
            "percent": percent(whole.percent, TENTH),
            "percent_bare": number(whole.percent, TENTH),
            "expected": percent(whole.expected, TENTH),
            "gap": signed,
            "stored_gap": (signed.replace("−", "-"), signed.replace("−", "-").replace("+", ""), "0.0"),
        }[what]

    def _labels(self, city: City) -> str | tuple[str, ...]:
        rows = {row["number"]: row for row in self.cities.parent.rows.items}
        if city.stand is None:
            return ("", f"方案未印发，{len(city.asked)}项均无从核对")
        if city.unsettled:
            undecided = sum(item.row["id"] not in city.targets for item in city.items)
            return ("", f"{undecided}项本地任务待确认对应关系")
        labels = [rows[place]["label"] for place in city.lacking]
        titled = [f"{rows[place]['label']}{rows[place]['title']}" for place in city.lacking]
        if not labels:
            return ("", f"{len(city.asked)}项全列")
        return ("".join(labels), "、".join(labels), "、".join(titled))

    def _of_cell(self, city: City, place: int, what: str) -> str | tuple[str, ...]:
        carried = city.carrying_out(place)
        if what == "state":
            if city.stand is None:
                return "未印发"
            if carried:
                return (WORDS[min((item.light for item in carried), key=LIGHTS.index)], "已列")
            if place not in city.asked:
                return ("", "未要求落实，方案未列")
            return "方案未列" if city.is_settled else "待确认"
        counted = [item for item in carried if item.counts]
        if not counted:
            return NO_VALUE
        if all(lead.accepted is None for item in counted for lead in item.leads if lead.counts):
            return ("尚无通过的报告", *NO_VALUE)
        return percent(sum((item.percent for item in counted), Fraction(0)) / len(counted), WHOLE)

    def _of_all(self, what: str) -> str | tuple[str, ...]:
        cities, known = self.cities.all, self.cities.with_plan
        counts = {
            **{"offices": len(cities), "issued": len(known), "unissued": len(cities) - len(known)},
            **{"asked": len(self.cities.asked), "asked_in_all": len(self.cities.asked) * len(known)},
            **{name: sum(len(getattr(city, name)) for city in known) for name in ("covered", "lacking", "unsettled")},
            **{"items": sum(len(city.items) for city in known), "dated": sum(city.dated for city in known)},
            "stepped": sum(city.stepped for city in known),
            "came_due": sum(len(city.milestones.came_due) for city in known),
            "kept": sum(len(city.milestones.kept) for city in known),
            "owed": sum(city.filing[0] for city in known),
            "filed": sum(city.filing[1] for city in known),
            "counties": sum(city.counties for city in cities),
            "issued_counties": sum(city.issued_counties for city in cities),
            "missing_counties": sum(city.counties - city.issued_counties for city in cities),
            **{f"lights.{WORDS[light]}": sum(city.stand.whole.lights[light] for city in known) for light in LIGHTS},  # type: ignore[union-attr]
        }
        if what in counts:
            return str(counts[what])
        if what in ("dated_share", "stepped_share"):
            return _share(counts[what.removesuffix("_share")], counts["items"])
        if what == "mean_covered":
            return number(Fraction(counts["covered"], len(known) or 1), TENTH).removesuffix(".0")
        if what == "names_unissued":
            return "、".join(city.office["area"] for city in cities if city.stand is None)
        counted = [city.stand.whole for city in known if city.stand and city.counts]
        if not counted:
            return NO_VALUE
        means = {
            name: sum((getattr(whole, name) for whole in counted), Fraction(0)) / len(counted)
            for name in ("percent", "expected")
        }
        bare_mean = what.removesuffix("_bare")
        return percent(means[what], TENTH) if what in means else number(means[bare_mean], TENTH)


def _share(part: int, whole: int) -> str | tuple[str, ...]:
    return percent(Fraction(100 * part, whole)) if whole else NO_VALUE
