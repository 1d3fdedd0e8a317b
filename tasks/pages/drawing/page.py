"""A local plan as it is drawn from its parent's items: what is offered at first, and the notice that comes of it."""

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from agencies.models import Level, Office
from tasks.models import ActionItem, Plan, Section
from tasks.models.choices import AssignmentRole
from tasks.notice.areas import own_counterpart
from tasks.notice.composing import body_of, composed
from tasks.pages.drawing.forms import ADDED, HeadForm, TaskForm, numbers_of
from tasks.standing.correspondence import running_items

OWN_SECTION = "结合本地实际增加的任务"


class Drawing:
    """The items that run above are ticked, in their words, with the local counterparts of who answers for them."""

    def __init__(self, parent: Plan, office: Office, moment: datetime, data: Any = None) -> None:
        self.parent, self.office, self.moment, self.data = parent, office, moment, data
        self.above = self._begins_above(office.parent)
        self.head = HeadForm(data, initial={"title": self._title(), "issuer": f"{office.area}人民政府办公室"})

    @staticmethod
    def _begins_above(parent: Office | None) -> list[str]:
        """With what the units of the office above are named."""
        if parent:
            return [parent.area]
        top = Office.current()
        return [top.area, *Level(top.level).signs]

    def _title(self) -> str:
        """What begins with 贯彻 or 落实 already isn't told so twice."""
        name = self.parent.name
        word = "" if name.startswith(("贯彻", "落实")) else "贯彻落实"
        return f"{self.office.area}人民政府办公室关于印发{self.office.area}{word}{name}工作方案的通知"

    @cached_property
    def sections(self) -> list[tuple[Section, list[TaskForm]]]:
        items = self.parent.items.filter(ended_at=None).select_related("section").order_by("place")
        items = items.prefetch_related("duties", "assignments__agency")
        found: dict[Section, list[TaskForm]] = {}
        for item in items:
            found.setdefault(item.section, []).append(self._drawn(item))
        return list(found.items())

    @cached_property
    def running(self) -> set[int]:
        return set(running_items(self.parent, self.moment).values_list("pk", flat=True))

    @cached_property
    def added(self) -> list[TaskForm]:
        return [TaskForm(self.data, number=number) for number in range(1, ADDED + 1)]

    def _drawn(self, item: ActionItem) -> TaskForm:
        running = [part for part in item.assignments.all() if part.ended_at is None and not part.is_inferred]
        named = {
            role: "、".join(
                dict.fromkeys(
                    own_counterpart(part.agency.name, self.above, self.office.area)
                    for part in sorted(running, key=lambda part: part.agency.ordinal)
                    if part.role == role
                )
            )
            for role in AssignmentRole
        }
        body = body_of(item.text, item.label, item.title, [duty.ending for duty in item.duties.all()])
        leads, assists = (named[role] for role in (AssignmentRole.LEAD, AssignmentRole.ASSIST))
        said: dict[str, Any] = {"title": item.title, "body": body, "leads": leads, "assists": assists}
        return TaskForm(self.data, item=item, use=item.pk in self.running, **said)

    @property
    def used(self) -> list[TaskForm]:
        """The forms of the items that go into the plan, in the order in which they stand there."""
        drawn = [form for _, forms in self.sections for form in forms]
        return [form for form in (*drawn, *self.added) if form.is_used]

    def is_valid(self) -> bool:
        wrong = [form for form in (self.head, *self.used) if not form.is_valid()]  # all, so that each says its own
        if not wrong and not self.used:
            self.head.add_error(None, "请至少选取或增加一项任务。")
        return not wrong and self.head.is_valid()

    @property
    def text(self) -> str:
        sections: list[tuple[str, Sequence[Any]]] = [
            (section.title, [form.task for form in forms if form.is_used]) for section, forms in self.sections
        ]
        sections.append((OWN_SECTION, [form.task for form in self.added if form.is_used]))
        return composed(self.head.head, sections)

    @property
    def drawn_from(self) -> list[list[int]]:
        return numbers_of(self.used)
