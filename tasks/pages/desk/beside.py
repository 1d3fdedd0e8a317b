"""What stands beside 待办: what falls due next, and how the plan's tasks stand."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from agencies.models import User
from qa_plan.addresses import address_of
from tasks.models import Plan
from tasks.pages.desk.questions import recorded_lights
from tasks.rules.status import SEVERITY, Light
from tasks.rules.texts import shortened
from tasks.standing.falling_due.questions import SHOWN, Due, Falling, falling_due

WORST = 3


@dataclass(frozen=True, slots=True)
class Soon:
    """One thing that falls due: what it is, and what is done about it before that."""

    told: Falling

    @property
    def what(self) -> str:
        """The milestone, or what is to be answered; nothing of a task, which its title names."""
        told = self.told
        words = {
            Due.MILESTONE: f"节点“{told.words}”",
            Due.URGE: f"答复催办：{shortened(told.words or '', 30)}",
            Due.INSTRUCTION: f"答复{told.words}批示",
        }
        return words.get(Due(told.kind), "")

    @property
    def who(self) -> str:
        agency, leads = self.told.agency or "各负责单位", self.told.number_of or 1
        return f"{agency}等{leads}家" if leads > 1 else agency

    @property
    def item_url(self) -> str:
        return address_of("tasks:item-detail", self.told.slug, self.told.number)

    @property
    def action(self) -> tuple[str, str]:
        """Its word and its address."""
        if self.told.kind == Due.URGE:
            return "查看", address_of("tasks:urge-detail", self.told.key)
        asked = f"assignment={self.told.part}" if self.told.part else f"item={self.told.item}"
        return "催办", f"{address_of('tasks:urge-new')}?{asked}"


class FallingDue:
    """The next things that fall due, and whether there are more."""

    def __init__(self, user: User, day: date, moment: datetime) -> None:
        found = falling_due(user, day, moment)
        self.rows = [Soon(told) for told in found[:SHOWN]]
        self.has_more = len(found) > SHOWN


@dataclass(frozen=True, slots=True)
class Laggard:
    """An item that is red or yellow: since when, and why."""

    url: str
    label: str
    title: str
    light: Light
    since: date
    reason: str


class Lights:
    """How the plan's items stood when the last night recorded them."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.items = [row for row in recorded_lights(plan=plan.pk) if row[3]]

    @property
    def counts(self) -> list[tuple[Light, int]]:
        number = Counter(row[3] for row in self.items)
        usual = (Light.RED, Light.YELLOW, Light.BLUE, Light.GREEN, Light.GREY)
        return [(light, number[light]) for light in Light if number[light] or light in usual]

    @property
    def worst(self) -> list[Laggard]:
        """The reds before the yellows, the longest first."""
        late = [row for row in self.items if Light(row[3]).is_late]
        late.sort(key=lambda row: (SEVERITY[Light(row[3])], row[4], row[0]))
        return [
            Laggard(address_of("tasks:item-detail", self.plan.slug, number), label, title, Light(light), *why)
            for number, label, title, light, *why in late[:WORST]
        ]
