"""What was read of a plan for a day is kept, in this process, and brought up to date by the record of changes.

Every deed leaves a row in the record that names its subject (`agencies.changes`), in its own transaction. So of what is
kept only the tasks have to be read anew that a row since then concerns. A row of a kind that isn't known here, a task
that came of a split or merger, or a day that the daily round recorded since, has everything read anew. The version of a
plan is read before its facts: what is kept under it can only know more than the version says, never less. Nothing that
depends on who looks enters here.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from threading import Lock, RLock
from typing import Any, NamedTuple, TypeVar

from django.db.models import Model

from agencies.changes import is_recording
from agencies.models import Change
from tasks.models import ActionItem, AgencyRequest, Assignment, Milestone, Plan, ProgressReport
from tasks.rules.asof import AsOf

Row = TypeVar("Row")
Answer = TypeVar("Answer")

KEPT = 64  # plans and days; of a city's or county's plan some 100 kB each
KEPT_ROWS = 100_000  # of all of them together; a plan with 1,000 items and 5,000 assignments has 5,000 and takes 4 MB
FEW = 200  # rows of the record that are looked at one by one
NOBODY: frozenset[int] = frozenset()
NO_TASK: Mapping[int, Any] = {}  # what follows from it lasts until everything is read anew
# Where the task is found of what a row of the record has as its subject.
TASK_OF: Mapping[str, tuple[type[Model], str]] = {
    "tasks.actionitem": (ActionItem, ""),
    "tasks.agencyrequest": (AgencyRequest, "assignment__item__"),
    "tasks.assignment": (Assignment, "item__"),
    "tasks.milestone": (Milestone, "item__"),
    "tasks.progressreport": (ProgressReport, "assignment__item__"),
}
# Subjects on which no standing and no filing depends.
OF_NO_TASK = {
    "agencies.user",
    "reports.package",
    "tasks.importdraft",
    "tasks.plannedsteering",
    "tasks.savedview",
    "tasks.urge",
}


class Version(NamedTuple):
    """A plan's version by its parts: the last row of the record, by key and hash, and the last day recorded."""

    change: int
    head: str
    day: str

    @classmethod
    def of(cls, plan: Plan) -> "Version":
        return cls.read(plan.version)

    @classmethod
    def read(cls, text: str) -> "Version":
        """From what `tasks.models.version` gives."""
        change, head, *day = text.split(" ")
        return cls(int(change or 0), head, "".join(day))


class Readings:
    """What was read of a plan for a day, in parts, each by task; a part is read when it is first asked for.

    Threads may share it. What is stale of a part, because something changed since, is read anew when it is next asked
    for; the others go on being what they are.
    """

    def __init__(self, parts: dict[str, tuple[dict[int, Any], frozenset[int]]] | None = None) -> None:
        self.lock = RLock()
        self._parts = parts or {}
        self.was_renewed = False  # whether these were brought up to date: they are looked at again and again
        self._derived: dict[Any, tuple[Mapping[int, Any] | None, Any]] = {}  # what each follows from, and it

    @property
    def size(self) -> int:
        """How many rows its parts have."""
        return sum(len(rows) for rows, _ in list(self._parts.values()))

    def part(self, name: str, read: Callable[[Collection[int] | None], Iterable[tuple[int, Row]]]) -> dict[int, Row]:
        """By task, what `read` gives of those tasks, or of all of them where it gets None: values, not objects.

        Where what was read anew is as it was, the part is the same one.
        """
        with self.lock:
            if name not in self._parts:
                self._parts[name] = dict(read(None)), NOBODY
            rows, stale = self._parts[name]
            if stale:
                anew = dict(read(stale))
                if anew != {key: rows[key] for key in stale if key in rows}:
                    others = {key: anew.get(key, row) for key, row in rows.items() if key in anew or key not in stale}
                    rows = others | anew
                self._parts[name] = rows, NOBODY
            return rows

    def derived(self, name: Any, reckon: Callable[[], Answer], of: Mapping[int, Any] | None = None) -> Answer:
        """What follows from the parts, reckoned once as long as nothing changes.

        With `of`, the one part from which it follows, it lasts as long as that part is the same one.
        """
        with self.lock:
            known = self._derived.get(name)
            if known is None or known[0] is not of:
                known = self._derived[name] = of, reckon()
            answer: Answer = known[1]
            return answer

    def renewed(self, tasks: frozenset[int]) -> "Readings":
        """The same, but for what those tasks come to."""
        with self.lock:
            made = Readings({name: (rows, stale | tasks) for name, (rows, stale) in self._parts.items()})
            made.was_renewed = True
            made._derived = {name: known for name, known in self._derived.items() if known[0] is not None}
            return made


class _Shelf:
    """The readings that were asked for last, by what they are of."""

    def __init__(self) -> None:
        self.lock, self.asking = Lock(), Lock()
        self.changes: OrderedDict[Hashable, frozenset[int] | None] = OrderedDict()
        self.kept: OrderedDict[Hashable, tuple[Version, Readings]] = OrderedDict()

    def of(self, key: Hashable, version: Version, plan: Plan | None) -> Readings:
        with self.lock:
            known = self.kept.get(key)
        if known and known[0] == version:
            readings = known[1]
        elif known and known[0].change > version.change:
            return Readings()  # somebody came later and is done already, or what they saw was undone
        else:
            tasks = self._concerned(plan, known[0], version) if known else None
            readings = known[1].renewed(tasks) if known and tasks is not None else Readings()
        with self.lock:
            now = self.kept.get(key)
            if now and now[0] == version:
                readings = now[1]  # another thread was faster
            self.kept[key] = version, readings
            self.kept.move_to_end(key)
            while len(self.kept) > 1 and (len(self.kept) > KEPT or self._size > KEPT_ROWS):
                self.kept.popitem(last=False)
        return readings

    def _concerned(self, plan: Plan | None, since: Version, until: Version) -> frozenset[int] | None:
        """Asked once: after a change all threads want to know the same, and several pages of all plans."""
        key = plan and plan.pk, since, until
        with self.asking:
            if key not in self.changes:
                self.changes[key] = tasks_concerned(plan, since, until)
                if len(self.changes) > KEPT:
                    self.changes.popitem(last=False)
            return self.changes[key]

    @property
    def _size(self) -> int:
        return sum(readings.size for _, readings in self.kept.values())

    def clear(self) -> None:
        with self.lock, self.asking:
            self.kept.clear()
            self.changes.clear()


_shelf = _Shelf()
clear = _shelf.clear


def of(plan: Plan, as_of: AsOf) -> Readings:
    """What is known of a plan that was read with its version. Amid a deed, which may be undone, nothing is kept."""
    return Readings() if is_recording() else _shelf.of((plan.pk, as_of), Version.of(plan), plan)


def of_all(key: Hashable, version: str) -> Readings:
    """The same of all plans together, by the record's version; `key` says what is read, and of which day."""
    return Readings() if is_recording() else _shelf.of(key, Version.read(version), None)


def tasks_concerned(plan: Plan | None, since: Version, until: Version) -> frozenset[int] | None:
    """The tasks, of the plan or of all, that something changed of between two versions; None where it can't be said.

    The first row that is read is the last one that was known: it has to be the same still.
    """
    if since.day != until.day:
        return None
    rows = Change.objects.filter(pk__gte=since.change).order_by("pk").values_list("hash", "subject_type", "subject_id")
    first, *changes = rows[: FEW + 2] or [("", "", "")]
    if first[0] != since.head or len(changes) > FEW:
        return None
    subjects: dict[str, list[str]] = {}
    for _, kind, key in changes:
        subjects.setdefault(kind, []).append(key)
    if not subjects.keys() <= OF_NO_TASK | TASK_OF.keys():
        return None
    asked = [
        model._default_manager.filter(**{"pk__in": subjects[kind]}, **({f"{task}plan": plan} if plan else {}))
        .order_by()
        .values_list(f"{task}pk", f"{task}began_at")
        for kind, (model, task) in TASK_OF.items()
        if kind in subjects
    ]
    found = dict(asked[0].union(*asked[1:])) if asked else {}
    # What is decided of a report that goes on after a split or merger holds for those of the former tasks as well.
    return None if any(found.values()) else frozenset(found)
