"""The shape that the code promises: who may read the clock, how long a module may be, which names say nothing."""

import ast
import re
from importlib import import_module
from pathlib import Path
from pkgutil import resolve_name

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model

ROOT = Path(__file__).resolve().parent.parent
APPS = ["agencies", "tasks", "reports"]
CLOCK_READINGS = {"now", "today", "utcnow", "localdate", "localtime"}
CLOCKS = {"timezone", "datetime", "date", "clock"}
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "services", "service", "manager", "managers", "common", "misc"}
LONGEST_MODULE = 300
ROLE_NAMES = {"Role", "AGENCY_ROLES"}
ROLES = {"coordinator", "liaison", "approver", "leader", "administrator"}
SAYS_WHERE = re.compile(r"(agencies|tasks|reports)[.:][\w.:]+")
NAMES_ITS_APPS = {"qa_plan/settings.py", "qa_plan/doors.py", "qa_plan/urls.py"}  # an installation is put together there
KNOW_THE_ROLES = {
    "agencies/models.py": "asks for people by them",
    "agencies/powers.py": "defines them, and what the three administrators are",
    "tasks/demo/playing.py": "makes the people of the demonstration",
    "tasks/demo/local.py": "makes the people of the demonstration's cities and counties",
}


ROUND = {  # who may round beside the one rule of every figure that is shown (docs/rules.md 10), and what
    "tasks/rules/rounding.py": "is that rule",
    "tasks/models/evidence.py": "sizes of files",
    "tasks/evidence/inspecting.py": "sizes of files",
    "reports/xlsx/safety.py": "sizes of files",
    "reports/dashboard/curve.py": "coordinates of a drawing",
    "tasks/templatetags/trends.py": "coordinates of a drawing",
    "tasks/demo/papers.py": "coordinates of a drawing",
    "tasks/notice/files/ofd.py": "places on a printed page",
    "tasks/notice/files/pdf.py": "places on a printed page",
    "tasks/notice/files/printed.py": "places on a printed page",
    "reports/fillin/cell_values.py": "binary noise of a typed number",
    "reports/packages/views/lists.py": "milliseconds",
    "qa_plan/filequeue.py": "milliseconds",
}
KEPT = "reports/quarter/"  # a package keeps more decimals than it shows


def modules(*packages):
    return [
        path
        for package in packages
        for path in sorted((ROOT / package).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def named(path):
    return str(path.relative_to(ROOT))


def may_read_the_clock(path):
    """Views, jobs and commands take the time once and hand it down; the product's clock is where they take it from.

    The admin's pages, the frame of every page and what stands around every view are views in all but name.
    """
    parts = set(path.with_suffix("").parts)
    admin = {"agencies/admin.py", *(f"agencies/admin_{name}.py" for name in ("identities", "locks", "recording"))}
    as_good_as_views = {
        *admin,
        "tasks/admin.py",
        "agencies/confirming.py",
        "agencies/doors.py",
        "agencies/downloads.py",
        "agencies/expiry.py",
        "agencies/outside_views.py",
        "agencies/gateway.py",
        "agencies/guessing.py",
        "agencies/idling.py",
        "agencies/starting.py",
        "agencies/outside.py",
        "agencies/passwords.py",
        "agencies/remembered.py",
        "tasks/http/dating.py",
        "tasks/http/frame.py",
        "tasks/pages/reminders/settings_views.py",
        "tasks/pages/ledger/saved_views.py",
    }
    return bool(parts & {"views", "jobs", "commands"}) or named(path) in {"qa_plan/clock.py", *as_good_as_views}


def clock_readings(path):
    """Calls like `timezone.now()`, the same thing handed over uncalled, and imports that would hide it.

    `timezone.localdate(moment)` only converts.
    """
    tree = ast.parse(path.read_text())
    conversions = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args}
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=owner) | ast.Attribute(attr=owner), attr=name):
                reads = owner in CLOCKS and name in CLOCK_READINGS and id(node) not in conversions
            case ast.ImportFrom(module=module, names=names):
                owner, name = str(module), ", ".join(alias.name for alias in names)
                reads = owner.split(".")[-1] in CLOCKS and bool(CLOCK_READINGS & {alias.name for alias in names})
            case _:
                continue
        if reads:
            yield f"{named(path)}:{node.lineno} {owner}.{name}"


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Makes a module of that one line, the only one of its tree."""
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)

    def write(line):
        path = tmp_path / "module.py"
        path.write_text(line)
        return path

    return write


def test_only_views_jobs_and_commands_read_the_clock():
    readings = [
        reading
        for path in modules(*APPS, "qa_plan")
        if not may_read_the_clock(path)
        for reading in clock_readings(path)
    ]
    assert readings == []


@pytest.mark.parametrize(
    ("line", "reads"),
    [
        ("timezone.now()", True),
        ("datetime.date.today()", True),
        ("timezone.localdate()", True),
        ("field(default=timezone.now)", True),
        ("from django.utils.timezone import now", True),
        ("timezone.localdate(moment)", False),
        ("self.today()", False),
    ],
)
def test_a_clock_is_recognised_in_every_spelling(written, line, reads):
    assert bool(list(clock_readings(written(line)))) == reads


def compared_roles(path):
    """Where a module takes the roles in hand, or compares or filters by one's value: an assignment has other roles."""
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.ImportFrom(module="agencies.models", names=names):
                compares = any(alias.name in ROLE_NAMES for alias in names)
            case ast.keyword(arg=str(arg)) if "role" in arg.split("__"):
                compares = bool(constants(node.value) & ROLES)
            case ast.Compare(left=ast.Attribute(attr="role"), comparators=values):
                compares = any(constants(value) & ROLES for value in values)
            case _:
                continue
        if compares:
            yield f"{named(path)}:{node.lineno}"


def constants(tree):
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}


def test_roles_are_compared_by_access_alone():
    places = [
        place
        for path in modules(*APPS, "qa_plan")
        if named(path) not in KNOW_THE_ROLES and not named(path).startswith("tasks/access/")
        for place in compared_roles(path)
    ]
    assert places == []


@pytest.mark.parametrize(
    ("line", "compares"),
    [
        ("from agencies.models import Role", True),
        ("from agencies.models import AGENCY_ROLES, User", True),
        ("people.filter(agency__users__role='liaison')", True),
        ("people.filter(role__in=['liaison', 'approver'])", True),
        ("user.role in ('leader',)", True),
        ("assignment.role == Assignment.Role.LEAD", False),
        ("assignments.filter(role='lead')", False),
        ("User.objects.create(role=old.role)", False),
    ],
)
def test_a_compared_role_is_recognised_in_every_spelling(written, line, compares):
    assert bool(list(compared_roles(written(line)))) == compares


def imports_the_decorator(path):
    """Where a module takes `deed`, by which functions become deeds, from `tasks.workflow.current`."""
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.ImportFrom(module="tasks.workflow.current", names=names):
                if any(alias.name == "deed" for alias in names):
                    yield f"{named(path)}:{node.lineno}"


def test_pages_have_no_deeds_of_their_own():
    assert any(list(imports_the_decorator(path)) for path in modules("tasks/workflow"))
    pages = modules("tasks/pages", "tasks/http")
    assert [place for path in pages for place in imports_the_decorator(path)] == []


def test_modules_stay_short_enough_to_read():
    lengths = {named(path): len(path.read_text().splitlines()) for path in modules(*APPS, "qa_plan")}
    assert {name: length for name, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_no_module_has_a_name_that_could_hold_anything():
    assert [
        named(path) for path in modules(*APPS) if set(path.relative_to(ROOT).with_suffix("").parts) & EMPTY_NAMES
    ] == []


def places_of_others(path):
    """Names of what other apps hold, such as settings are made of: no import, so import rules don't see them."""
    texts = (node.value for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant))
    return [text for text in texts if isinstance(text, str) and SAYS_WHERE.fullmatch(text)]


def test_the_ground_names_its_apps_where_it_puts_them_together_and_nowhere_else():
    naming = {named(path) for path in modules("qa_plan") if places_of_others(path)}
    assert naming == NAMES_ITS_APPS


@pytest.mark.parametrize("module", sorted(NAMES_ITS_APPS))
def test_what_it_names_is_there(module):
    """A view, job or class that was moved is missed here, and not when a request first asks for it."""
    import_module(settings.ROOT_URLCONF)  # what other addresses use is registered there
    for place in places_of_others(ROOT / module):
        assert resolve_name(place) if place != settings.AUTH_USER_MODEL else get_user_model()


def asks_the_database(path):
    """Where a module begins a question of its own: at a table's manager, or with the conditions of one."""
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Attribute(attr="objects"):
                yield f"{named(path)}:{node.lineno} objects"
            case ast.ImportFrom(module="django.db.models", names=names) if any(alias.name == "Q" for alias in names):
                yield f"{named(path)}:{node.lineno} Q"


def test_a_view_asks_the_database_by_name():
    """What a page asks stands in its page or its questions, and who may see what in `tasks.access`."""
    views = [path for path in modules(*APPS) if path.stem.split("_")[-1] == "views" or path.parent.name == "views"]
    assert views
    assert [place for path in views for place in asks_the_database(path)] == []


def test_what_is_compiled_once_stands_among_the_questions_of_its_room():
    """`tasks.reminders.fact_rows` is one such question as a whole."""
    compiling = re.compile(r"^@(compile_once|streamed)\b", re.MULTILINE)
    rooms = [path for path in modules(*APPS, "qa_plan") if compiling.search(path.read_text())]
    assert {path.name for path in rooms} == {"questions.py", "fact_rows.py"}


def test_no_page_loads_anything_from_another_host():
    other_host = r"""\s*["']?\s*(?:https?:)?//"""
    loads = re.compile(rf"(?:\b(?:src|srcset|href|action|hx-\w+)\s*=|\burl\(|@import){other_host}")
    pages = [*(ROOT / "templates").rglob("*"), *(ROOT / "static").rglob("*")]
    texts = [path for path in pages if path.suffix in {".html", ".css", ".js", ".svg", ".txt"}]
    loaded = [
        f"{named(path)}:{number}"
        for path in texts
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if loads.search(line)
    ]
    assert loaded == []


def test_what_holds_on_every_database_lies_where_the_run_on_sqlite_looks():
    run_on_sqlite = re.search(r"-m any_database (.+)", (ROOT / "Makefile").read_text())
    folders = tuple(f"{folder}/" for folder in run_on_sqlite[1].split())
    marked = [named(path) for path in modules("tests") if re.search(r"mark\.any_database", path.read_text())]
    assert marked
    assert [name for name in marked if not name.startswith(folders)] == []


def roundings(path):
    """Calls of `round`, and format specifications that round: `{value:.1f}`, `{value:.0%}`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "round":
            yield node.lineno
        if isinstance(node, ast.FormattedValue) and node.format_spec and re.search(r"\.\d+[f%]", ast.unparse(node)):
            yield node.lineno


def test_figures_are_rounded_by_the_one_rule():
    found = {
        named(path): list(roundings(path)) for path in modules(*APPS, "qa_plan") if not named(path).startswith(KEPT)
    }
    assert {name: lines for name, lines in found.items() if lines and name not in ROUND} == {}
    assert {name for name in ROUND if not found[name]} == set()


def test_templates_round_nothing_themselves():
    pages = [path for path in sorted((ROOT / "templates").rglob("*")) if path.is_file()]
    rounding = re.compile(r"floatformat|stringformat:\"\.\d")
    assert [named(path) for path in pages if rounding.search(path.read_text(encoding="utf-8"))] == []


def test_jobs_are_sent_off_after_a_commit_in_one_way_that_no_queue_makes_a_fault():
    asking = [named(path) for path in modules("qa_plan", *APPS) if "on_commit(" in path.read_text(encoding="utf-8")]
    assert asking == ["qa_plan/celery.py"]
