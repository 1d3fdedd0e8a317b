"""The books say what is there: every setting, command, address, path, citation and link in them is held to the code.

Each check is a function from texts to what is wrong with them, so that a test can show it a text that is wrong.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.urls import Resolver404, resolve

from qa_plan.version import VERSION

ROOT = Path(__file__).resolve().parent.parent
OUTSIDE_OF_DOCS = ("README.md", "README.zh-CN.md", "CONTRIBUTING.md", "benchmarks/README.md")
BOOKS = [*(ROOT / name for name in OUTSIDE_OF_DOCS), *sorted((ROOT / "docs").rglob("*.md"))]
SETTINGS = [ROOT / "docs/settings.md", ROOT / "docs/settings.zh-CN.md"]
CODE = ("qa_plan", "agencies", "tasks", "reports", "tests", "benchmarks")
FOLDERS = (*CODE, "templates", "static", "fixtures", "docs", "deploy")
LONGEST_README = 120


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


BLOCK = re.compile(r"^```\w*\n(.*?)^```\n", re.M | re.S)


def blocks_of(text: str) -> list[str]:
    """The lines of code that stand by themselves."""
    return [line for block in BLOCK.findall(text) for line in block.splitlines()]


def spans_of(text: str) -> list[str]:
    """The pieces of code within sentences and tables."""
    return re.findall(r"`([^`\n]+)`", BLOCK.sub("", text))


def in_all_books(check) -> dict[str, list[str]]:
    wrong = {named(book): list(check(text_of(book))) for book in BOOKS}
    return {book: faults for book, faults in wrong.items() if faults}


# ── settings ─────────────────────────────────────────────────────────────────────────────────────────────────────

NAME = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*")
NO_SETTING = {"DJANGO_SETTINGS_MODULE"}  # Django's own, and the same in every installation


def settings_read(source: str) -> Iterator[str]:
    """Names that a module reads from the environment: `env.str("NAME")`, `os.environ`, or from a table for `Env`."""
    tree = ast.parse(source)
    tables = [node.value for node in ast.walk(tree) if isinstance(node, ast.AnnAssign) and node.value is not None]
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="env" | "environ" | "os")),
                args=[ast.Constant(value=str(name)), *_],
            ):
                yield name
            case ast.Call(
                func=ast.Attribute(value=ast.Attribute(attr="environ")), args=[ast.Constant(value=str(name)), *_]
            ):
                yield name
            case ast.Subscript(value=ast.Attribute(attr="environ"), slice=ast.Constant(value=str(name))):
                yield name
    if "def channels(env: Env)" in source:
        for table in tables:
            yield from (
                node.value
                for node in ast.walk(table)
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and NAME.fullmatch(node.value)
            )


def settings_written(book: str) -> set[str]:
    """The names in the first column of the book's tables."""
    first_cells = [line.split("|")[1] for line in book.splitlines() if line.startswith("| `")]
    return {name for cell in first_cells for name in re.findall(r"`([A-Z0-9_]+)`", cell)}


def known_settings() -> set[str]:
    apps = ("qa_plan", "agencies", "tasks", "reports")
    modules = [path for app in apps for path in (ROOT / app).rglob("*.py")]
    return {name for path in modules for name in settings_read(text_of(path))} - NO_SETTING


@pytest.mark.parametrize("book", SETTINGS, ids=named)
def test_every_setting_is_in_the_book_and_every_one_in_the_book_is_read(book):
    written, known = settings_written(text_of(book)), known_settings()
    assert len(known) > 40
    assert (known - written, written - known) == (set(), set())


def test_both_languages_give_the_same_settings_in_the_same_order():
    rows = [re.findall(r"^\| (`[A-Z].*?) \|", text_of(book), re.M) for book in SETTINGS]
    assert [row.replace("、", ", ") for row in rows[1]] == rows[0]


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ('X = env.bool("SOME_SWITCH", False)', {"SOME_SWITCH"}),
        ('vars().update(env.dj_email_url("MAIL", "console:"))', {"MAIL"}),
        ('os.environ["PLACE"], os.environ.get("OTHER_PLACE")', {"PLACE", "OTHER_PLACE"}),
        ('T: dict = {"a": ("A_KEY", {"b": ("A_URL", "https://a")})}\ndef channels(env: Env): ...', {"A_KEY", "A_URL"}),
        ('{"BACKEND": "x", "OPTIONS": {}}', set()),
    ],
)
def test_a_setting_is_found_however_it_is_read(source, names):
    assert set(settings_read(source)) == names


# ── commands ─────────────────────────────────────────────────────────────────────────────────────────────────────


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", text_of(ROOT / "Makefile"), re.M))


def unknown_commands(book: str) -> list[str]:
    """`manage.py X`, `make X` and `python -m benchmarks.X` that are not there."""
    code = "\n".join([*blocks_of(book), *spans_of(book)])
    commands = set(re.findall(r"manage\.py (\w+)", code)) - {*get_commands()}
    made = set(re.findall(r"(?:^|[ ;&])make ([a-z]+)\b", code, re.M)) - targets()
    measured = set(re.findall(r"-m benchmarks\.(\w+)", code)) - {
        path.stem for path in (ROOT / "benchmarks").glob("*.py")
    }
    return sorted([*commands, *made, *measured])


def test_every_command_in_the_books_exists():
    assert in_all_books(unknown_commands) == {}


def test_every_command_of_ours_is_in_the_book_of_operations():
    ours = {
        path.stem
        for app in ("tasks", "reports", "agencies", "qa_plan")
        for path in (ROOT / app).glob("management/commands/[a-z]*.py")
    }
    for book in ("docs/operations.md", "docs/operations.zh-CN.md"):
        assert ours - set(re.findall(r"manage\.py (\w+)", text_of(ROOT / book))) == set(), book


def test_a_command_that_is_not_there_is_found():
    assert unknown_commands("`manage.py migrate`, `manage.py fly`, `make run`") == ["fly"]
    assert unknown_commands("```\nALLOWED_HOSTS=x make tea PORT=1\n.venv/bin/python -m benchmarks.hope\n```\n") == [
        "hope",
        "tea",
    ]


def test_the_version_is_the_newest_of_the_changelog():
    versions = re.findall(r"^## (\d+\.\d+\.\d+) \(\d{4}-\d\d-\d\d\)$", text_of(ROOT / "CHANGELOG.md"), re.M)
    assert versions[0] == VERSION


def test_what_names_an_image_or_an_archive_names_that_version():
    for place in ("deploy/Containerfile", "deploy/compose.yaml", "docs/operations.md", "docs/operations.zh-CN.md"):
        named = re.findall(r"\bqa-plan[:-](\d+\.\d+\.\d+)", text_of(ROOT / place))
        assert set(named) == {VERSION}, place


# ── addresses ────────────────────────────────────────────────────────────────────────────────────────────────────

OF_A_MACHINE = ("/dev/", "/etc/", "/opt/", "/proc/", "/tmp/", "/usr/", "/var/")


def unknown_addresses(book: str) -> Iterator[str]:
    """`/plans/<slug>/…`: what stands in angle brackets may be anything."""
    for span in spans_of(book):
        address = span.partition("?")[0]
        if re.fullmatch(r"/[\w/<>.-]*", address) and not address.startswith(OF_A_MACHINE):
            try:
                resolve(re.sub(r"<\w+>", "1", address))
            except Resolver404:
                yield span


def test_every_address_in_the_books_leads_somewhere():
    assert in_all_books(unknown_addresses) == {}


def test_an_address_that_leads_nowhere_is_found():
    text = "`/plans/<slug>/items/<number>/`, `/plans/<slug>/weather/`, `/healthz`, `/dev/shm`, `/?as_of=2016-09-30`"
    assert list(unknown_addresses(text)) == ["/plans/<slug>/weather/"]


# ── paths and names ──────────────────────────────────────────────────────────────────────────────────────────────


def rooms_drawn(book: str) -> set[str]:
    """The map of a book as paths: `tasks/access/`, `tasks/jobs.py`. The words on them stand behind two blanks."""
    drawn: set[str] = set()
    app = ""
    for line in BLOCK.findall(book)[0].splitlines():
        *cells, _ = re.split(r" {2,}", line)
        tokens = " ".join(cells).split()
        if not line.startswith(" "):
            app = tokens.pop(0) if tokens else ""
        drawn |= {f"{app}{token}" if token.endswith("/") else f"{app}{token}.py" for token in tokens}
    return drawn


@pytest.mark.parametrize("name", ["docs/architecture.md", "docs/architecture.zh-CN.md"])
def test_the_map_shows_every_room_and_none_that_is_not_there(name):
    drawn = rooms_drawn(text_of(ROOT / name))
    assert {path for path in drawn if not exists(path)} == set()
    rooms = {
        f"{app}/{path.parent.name}/" for app in ("tasks", "reports") for path in (ROOT / app).glob("*/__init__.py")
    }
    shown = {re.sub(r"<.+>/", "", path) for path in drawn}
    assert {
        room for room in rooms if not room.endswith(("/migrations/", "/management/")) and room not in shown
    } == set()


@cache
def file_names() -> set[str]:
    folders = [ROOT / folder for folder in FOLDERS]
    return {path.name for path in ROOT.iterdir()} | {path.name for folder in folders for path in folder.rglob("*")}


def exists(path: str) -> bool:
    """A file or folder of the repository; `<subject>` and `*` stand for any."""
    return any(ROOT.glob(re.sub(r"<\w+>", "*", path).rstrip("/")))


def is_module(name: str) -> bool:
    """`tasks.standing.course`, or a name that stands in one: `qa_plan.clock.today`."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        path = ROOT.joinpath(*parts[:length])
        if not path.is_dir() and not path.with_suffix(".py").exists():
            continue
        sources = [path / "__init__.py"] if path.is_dir() else [path.with_suffix(".py")]
        return all(any(re.search(rf"\b{rest}\b", text_of(each)) for each in sources) for rest in parts[length:])
    return False


def unknown_paths(book: str) -> Iterator[str]:
    folders = "|".join(FOLDERS)
    for span in spans_of(book):
        if re.fullmatch(rf"(?:\.ci|{folders})(?:/[\w.<>*-]*)+", span):
            known = exists(span)
        elif match := re.fullmatch(r"(tests/[\w/]+\.py)::(\w+)", span):
            known = exists(match[1]) and f"\ndef {match[2]}(" in text_of(ROOT / match[1])
        elif re.fullmatch(rf"(?:{'|'.join(CODE)})(?:\.\w+)+", span):
            known = is_module(span)
        elif re.fullmatch(r"[\w.-]+\.(?:py|md|toml|yaml|txt|html|css|json)", span):
            known = span in file_names()
        else:
            continue
        if not known:
            yield span


def test_every_path_and_module_in_the_books_exists():
    assert in_all_books(unknown_paths) == {}


def test_a_path_that_is_not_there_is_found():
    right = (
        "`tasks/pages/<subject>/`, `tests/support/`, `qa_plan.clock.today`, `tasks.access`, `pyproject.toml`, `.ci/run`"
    )
    right += f", `{named(Path(__file__))}::{test_a_path_that_is_not_there_is_found.__name__}`"
    wrong = "`tests/test_docs.py::test_moonrise`, `tests/moon.py::test_docs`, "
    wrong += "`tasks/helpers/`, `tasks/pages/moon/views.py`, `tasks.moon`, `qa_plan.clock.tomorrow`, `sun.py`"
    assert list(unknown_paths(f"{right}, {wrong}")) == re.findall("`(.+?)`", wrong)


def unknown_identifiers(book: str) -> Iterator[str]:
    """Of the glossary's second column: names that occur nowhere in the code."""
    code = "\n".join(text_of(path) for app in ("agencies", "tasks", "reports") for path in (ROOT / app).rglob("*.py"))
    for line in book.splitlines():
        if line.startswith("| ") and line.count("|") == 4:
            for name in re.findall(r"`([\w.]+)`", line.split("|")[2]):
                if not all(re.search(rf"\b{part}\b", code) for part in name.split(".")):
                    yield name


def test_every_identifier_of_the_glossary_stands_in_the_code():
    assert list(unknown_identifiers(text_of(ROOT / "docs/glossary.md"))) == []


def test_an_identifier_of_nothing_is_found():
    rows = "| 计划 | `Plan`, `Plan.moonrise` | a plan |\n| 日 | `Sunrise` | a day |"
    assert list(unknown_identifiers(rows)) == ["Plan.moonrise", "Sunrise"]


# ── citations and links ──────────────────────────────────────────────────────────────────────────────────────────


def unknown_citations(source: str) -> Iterator[str]:
    """`docs/rules.md 4`, `docs/rules.md 2, 3 and 5`: a book or a numbered section that isn't there."""
    for book, numbers in re.findall(r"\b(docs/[\w./-]+\.md)((?:(?:,| and)? \d+\b)*)", source):
        path = ROOT / book
        sections = set(re.findall(r"^## (\d+)\.", text_of(path), re.M)) if path.exists() else set()
        cited = set(re.findall(r"\d+", numbers))
        if not path.exists() or cited - sections:
            yield f"{book}{numbers}"


def test_no_code_cites_a_section_that_is_not_there():
    files = [ROOT / "Makefile", ROOT / "pyproject.toml"]
    files += [path for app in CODE for path in (ROOT / app).rglob("*.py")]
    files += [path for path in (ROOT / "templates").rglob("*") if path.is_file()]
    files.remove(Path(__file__).resolve())
    assert {named(path): wrong for path in files if (wrong := list(unknown_citations(text_of(path))))} == {}


def test_the_rules_have_the_sections_that_code_may_cite():
    assert re.findall(r"^## (\d+)\.", text_of(ROOT / "docs/rules.md"), re.M) == [str(number) for number in range(1, 16)]


def test_a_citation_of_nothing_is_found():
    text = "(docs/rules.md 2, 3 and 5) docs/rules.md 7. docs/rules.md 99; docs/rules.md 1 and 16, docs/moon.md"
    assert list(unknown_citations(text)) == ["docs/rules.md 99", "docs/rules.md 1 and 16", "docs/moon.md"]


def anchors_of(text: str) -> set[str]:
    """As GitHub makes them of headings: lower case, without punctuation, blanks as hyphens."""
    headings = re.findall(r"^#+ (.+)$", BLOCK.sub("", text), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def is_address(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def broken_links(text: str, folder: Path) -> Iterator[str]:
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith(("https://", "http://")):
            continue
        if target.startswith("/"):  # a page of the product: manuals are shown there
            if not is_address(target):
                yield target
            continue
        place, _, anchor = target.partition("#")
        path = (folder / place).resolve()
        if not path.exists() or (anchor and anchor not in anchors_of(text_of(path) if place else text)):
            yield target


def test_links_between_the_books_lead_somewhere():
    books = [*BOOKS, ROOT / "CHANGELOG.md"]
    found = {named(book): list(broken_links(text_of(book), book.parent)) for book in books}
    assert {book: links for book, links in found.items() if links} == {}


def test_a_link_that_leads_nowhere_is_found():
    text = "# A day\n[a](#a-day) [b](#b-day) [c](README.md#two-commands) [d](README.md#three) [e](MOON.md)"
    text += " [f](/my/) [g](/moon/)"
    assert list(broken_links(text, ROOT)) == ["#b-day", "README.md#three", "MOON.md", "/moon/"]


# ── what the books promise of themselves ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_a_readme_is_read_in_one_go(name):
    assert len(text_of(ROOT / name).splitlines()) <= LONGEST_README


def test_every_decision_has_a_number_of_its_own_a_status_and_a_line_in_the_index():
    folder = ROOT / "docs/decisions"
    files = sorted(folder.glob("[0-9]*.md"))
    numbers = [int(path.name[:4]) for path in files]
    assert numbers == [*range(1, len(files) + 1)]
    index = text_of(folder / "README.md")
    for number, path in zip(numbers, files, strict=True):
        title = re.match(rf"# {number}\. (.+)\n\nStatus: (?:accepted|superseded by \d+)\n", text_of(path))
        assert title, path.name
        assert f"| {number} | [{title[1]}]({path.name}) |" in index
        for heading in ("Context", "Decision", "Consequences", "Revisit when"):
            assert f"\n## {heading}\n" in text_of(path), path.name


def test_the_multiples_of_a_page_are_those_that_the_benchmark_holds():
    source = ast.parse(text_of(ROOT / "benchmarks/pages.py"))
    [bars] = [
        node.value for node in source.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "BARS"
    ]
    book = text_of(ROOT / "docs/architecture.md").partition("## What a page may cost")[2]
    lines = re.findall(r"^\| (.+?) \| (.+?) \| (\d+) \| (\d+) \|$", book, re.M)
    promised = {(page, of): (int(one), int(eight)) for page, of, one, eight in lines}
    assert promised == ast.literal_eval(bars)


def tools_of(commands: str) -> list[str]:
    """`ruff check`, `mypy`, `manage.py check`: what the lines call, in their order."""
    calls = re.findall(r"-m ((?:ruff )?\w+)|\.venv/bin/(?!python)([\w-]+)|(manage\.py \w+)", commands)
    return [next(filter(None, call)) for call in calls]


def test_the_hooks_before_a_commit_call_what_make_check_calls():
    recipe = re.search(r"^check:.*\n((?:\t.*\n)+)", text_of(ROOT / "Makefile"), re.M)
    hooks = re.findall(r"^ +entry: (.+?)\n +language: system$", text_of(ROOT / ".pre-commit-config.yaml"), re.M | re.S)
    assert len(tools_of(recipe[1])) >= 7
    assert [tools_of(hook) for hook in hooks] == [[tool] for tool in tools_of(recipe[1])]
    assert "repo: https" not in text_of(ROOT / ".pre-commit-config.yaml")
