"""Whose plan it is: every address × role × office, own, above, below and beside.

What the table of `test_access_matrix` says of the plan's own people holds for every office. Everybody else gets of a
plan above or below what an agency gets of another agency's part, and nothing of one beside (docs/rules.md 15).
"""

import io
import random
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache, partial
from itertools import cycle, product
from typing import NamedTuple

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.template.backends.django import Template
from django.test import Client, override_settings
from django.urls import resolve, reverse

from agencies.models import Office
from reports.packages import building, issuing
from reports.packages.files import PARTS
from tasks.models import (
    Assignment,
    Closure,
    Comment,
    Correspondence,
    Decision,
    ImportDraft,
    ItemRevision,
    LocalDuty,
    Plan,
    Receipt,
    Review,
    Urge,
)
from tasks.workflow import ask_for_local_plans
from tests.pages.conftest import signed_in
from tests.support import staging
from tests.support.factories import correspond, make_office, make_user, moment, standard_rules
from tests.support.light_packages import lightly
from tests.support.reading import Page
from tests.test_access_matrix import LINES, WITHIN, path_of, status_of
from tests.test_access_matrix import ROLES as COLUMNS

pytestmark = [pytest.mark.django_db, pytest.mark.untraced]

ONCE = {"calendar", "key", "passkey"}  # a person's, or nobody's
GENERAL = {*ONCE, "-", "rule"}  # what a line is about that is of no plan and of no person
DUTY_HAS = {"plan", "item", "section", "agency", "assignment", "xlsx_of", "csv_of"}  # staged of the duty's plan
AGENCY_ROLES = ("lead_liaison", "approver")
ROLES = ("coordinator", "leader", *AGENCY_ROLES)
ADMINISTRATORS = ("administrator", "security", "auditor")  # apart; of the installation
# What only an agency's people do is refused to all others in the same way, whose plan it ever is.
OF_AGENCIES = {"tasks:report-filed"}
REFUSED_BY_ROLE = {"reports:fill-in-file"}
# Who keeps accounts and channels does so for every office.
OF_ADMINISTRATORS = {"tasks:reminder-detail", "tasks:delivery-send", "tasks:agency-people", "tasks:hand-over"}
AT_HOME = {"tasks:import-draft", "tasks:import-item", "tasks:import-confirm", "tasks:import-discard"}  # not there
# Kept by the top office's coordinators for all.
OF_THE_INSTALLATION = {"tasks:office", "tasks:rule-new", "tasks:rule-edit"}
OF_ALL_BELOW = {"reports:local", "reports:local-export", "reports:local-ranking", "reports:local-item"}
WRITTEN = (
    Review, Comment, Decision, Closure, ItemRevision, Receipt, Urge, Correspondence, LocalDuty, ImportDraft, Plan,
    Assignment,
)  # fmt: skip
WALKED, ALL = 20, 1_000_000  # pages of a random walk

ABOVE = {"city": "province", "beside": "province", "county": "city"}
FIRST_BELOW = {"province": "city", "city": "county"}
HOMES = ("province", "city", "county", "beside")


def line(home: str) -> list[str]:
    """The home, and those above it."""
    return [home, *line(ABOVE[home])] if home in ABOVE else [home]


def lies(viewer: str, owner: str) -> str:
    return "line" if owner in line(viewer) or viewer in line(owner) else "beside"


class Case(NamedTuple):
    """That somebody in that role asks for an address, and the status which is the answer."""

    name: str
    what: str
    method: str
    role: str
    wanted: str


PAIRS = [(viewer, owner) for viewer, owner in product(HOMES, HOMES) if viewer != owner]


def roles_of(home: str) -> tuple[str, ...]:
    return (*ROLES, *ADMINISTRATORS) if home == "province" else ROLES


class Home(NamedTuple):
    """An office with its people, what is staged on its plan and on its duty's, and the mark of its words."""

    mark: str
    cast: staging.Cast
    stage: dict[str, tuple]
    duty: dict[str, tuple]

    @property
    def inside(self) -> set[str]:
        return {f"{word}{self.mark}" for word in staging.INSIDE}


@pytest.fixture(scope="module")
def homes(rows_of_module: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Home]]:
    """The province, a city with a county below it, and a city beside, each with a plan of its own."""
    media = tmp_path_factory.mktemp("media")
    told = override_settings(QA_PLAN_TODAY=staging.DAY, MEDIA_ROOT=media, ADMINISTRATORS_JOINED=False)
    with pytest.MonkeyPatch.context() as patch, told:
        parts = tuple(map(lightly, PARTS))
        patch.setattr(building, "PARTS", parts)
        patch.setattr(issuing, "briefing_of", parts[-1].make)
        standard_rules()
        staging.one_rule_of_each_kind()
        yield staged()


def staged() -> dict[str, Home]:
    city = make_office("合肥市", code="340100")
    county = make_office("肥东县", code="340122", parent=city)
    beside = make_office("芜湖市", code="340200")
    homes = {"province": _staged(None, "省里")}
    homes["province"].cast.update({role: make_user(f"省里{role}", role=role) for role in ADMINISTRATORS})
    homes["city"] = _staged(city, "合肥", homes["province"])
    homes["county"] = _staged(county, "肥东", homes["city"])
    homes["beside"] = _staged(beside, "芜湖", homes["province"])
    local, top = (Plan.objects.get(slug=homes[home].stage["plan"][0]) for home in ("city", "province"))
    correspond(local.items.first(), top.items.first())
    _ask(homes["province"], city, beside)
    _ask(homes["city"], county)
    return homes


def _staged(office: Office | None, mark: str, above: Home | None = None) -> Home:
    cast = staging.people_of(office, mark)
    parent = Plan.objects.get(slug=above.stage["plan"][0]) if above else None
    stage = staging.built(cast, office=office, parent=parent, mark=mark)
    return Home(mark, cast, stage | {"city": (*stage["plan"], "349999")}, {})


def _ask(home: Home, *offices: Office) -> None:
    """For plans of their own; what the duty's plan is made of is what its pages need."""
    parent = Plan.objects.get(slug=home.stage["plan"][0])
    home.stage["city"] = (parent.slug, offices[0].code)
    what = {"due_on": staging.DAY, "words": "各地要制定本地区的工作方案。", "at": moment("2016-10-10")}
    duty = ask_for_local_plans(parent=parent, offices=offices, by=home.cast["coordinator"], **what)
    slug = duty.plan.slug
    part = Assignment.objects.filter(item__plan=duty.plan).first()
    home.duty.update(
        plan=(slug,),
        item=(slug, 1),
        section=(slug, 1),
        agency=(slug, part.agency_id),
        assignment=(part.pk,),
        xlsx_of=(slug, "xlsx"),
        csv_of=(slug, "csv"),
    )


@pytest.fixture(scope="module")
def browser_of(homes: dict[str, Home]) -> Callable[[str, str], Client]:
    return cache(lambda home, role: signed_in(homes[home].cast[role]))


@pytest.fixture
def statuses_alone(monkeypatch: pytest.MonkeyPatch, refusals_in_a_word: None) -> None:
    """Where nobody reads the pages: to set one takes longer than to find out whether it is there."""
    monkeypatch.setattr(Template, "render", lambda self, context=None, request=None: "")


# ── the statuses ─────────────────────────────────────────────────────────────────────────────────────────────────


def cases(viewer: str, owner: str) -> Iterator[Case]:
    """Of the people of one office at what is another's."""
    for name, what, method, columns in lines():
        if what not in GENERAL:
            for role in roles_of(viewer):
                yield Case(name, what, method, role, expected(name, role, columns, viewer, owner))


def lines() -> Iterator[tuple[str, str, str, dict[str, str]]]:
    for name, what, method, *statuses in LINES:
        yield name, what, method, dict(zip(COLUMNS, statuses, strict=True))


def expected(name: str, role: str, columns: dict[str, str], viewer: str, owner: str) -> str:
    """The status that the table and the way in which the plan lies come to."""
    if columns["coordinator"] == "405" or (name in REFUSED_BY_ROLE and role not in AGENCY_ROLES):
        return columns["administrator" if role in ADMINISTRATORS else role]
    if role == "administrator" and name in OF_ADMINISTRATORS:
        return columns[role]
    if lies(viewer, owner) == "beside" or name in AT_HOME:
        return "404"
    if name in OF_ALL_BELOW and owner not in ABOVE.values():
        return "404"
    if name == "reports:local-city" and (owner not in FIRST_BELOW or lies(viewer, FIRST_BELOW[owner]) == "beside"):
        return "404"
    if name == "tasks:local-new" and role == "coordinator" and ABOVE.get(viewer) == owner:
        return "302"  # it has its plan already
    if name in OF_AGENCIES and role not in AGENCY_ROLES:
        return columns["leader"]
    return columns["other_liaison"]


def own_cases(home: str) -> Iterator[Case]:
    """Of an office's own people: what the table says, but for what their plan or their office has not."""
    for name, what, method, columns in lines():
        if what not in ONCE and name != "logout":
            for role in (*ROLES, "other_liaison"):
                yield Case(name, what, method, role, own(name, method, home, role, columns))


def own(name: str, method: str, home: str, role: str, columns: dict[str, str]) -> str:
    if role == "coordinator" and name == "tasks:correspondence":  # the plan of the table has none above it
        return "200" if method == "GET" else "422"
    if role == "coordinator" and name == "tasks:setup":
        return "302"  # to what waits
    if role == "coordinator" and name in OF_THE_INSTALLATION:
        return "403"
    if role == "leader" and name == "tasks:instruction-note" and method == "POST":
        return "302"  # in the table the coordinator has taken note already
    is_of_below = name in {*OF_ALL_BELOW, "reports:local-city"} or (name, role) == ("tasks:local-duty", "coordinator")
    if is_of_below and home not in ABOVE.values():
        return "404"
    return columns[role]


def duty_cases(viewer: str, owner: str) -> Iterator[Case]:
    """Of the plan that is the duty to make local ones: what the table says of a plan, without what is below it."""
    for name, what, method, columns in lines():
        if what in DUTY_HAS:
            for role in roles_of(viewer):
                yield Case(name, what, method, role, of_duty(name, role, columns, viewer, owner))


def of_duty(name: str, role: str, columns: dict[str, str], viewer: str, owner: str) -> str:
    if columns["coordinator"] == "405":
        return columns["leader"]
    if lies(viewer, owner) == "beside" or name in {*OF_ALL_BELOW, "reports:local-city", "tasks:local-new"}:
        return "404"
    if viewer != owner or role in ADMINISTRATORS:
        return columns["other_liaison"]
    if role == "coordinator" and name in ("tasks:local-duty", "tasks:correspondence"):
        return "404"
    return columns["other_liaison" if role in AGENCY_ROLES else role]


def wrong_of(
    cases: list[Case], addresses: dict[str, tuple], browser_of: Callable[[str], Client]
) -> list[tuple[str, Case]]:
    """Those that are answered otherwise; what a form did is undone."""
    wrong = []
    for case in cases:
        url, client = reverse(case.name, args=addresses[case.what]), browser_of(case.role)
        if case.method == "GET":
            given = status_of(client.get(url))
        else:
            with transaction.atomic():
                given = status_of(client.post(url, {"action": "draft" if case.what == "draft" else "submit"}))
                transaction.set_rollback(True)
        wrong += [(given, case)] if given != case.wanted else []
    return wrong


def rows_written() -> list[int]:
    return [model.objects.count() for model in WRITTEN]


@pytest.fixture
def share(pytestconfig: pytest.Config) -> Callable[..., list[Case]]:
    """One in so many of them: of each line another role than of the line before, and others from test to test."""
    many = pytestconfig.getoption("share")
    return lambda cases, turn: [case for at, case in enumerate(cases) if (at + at // many + turn) % many == 0]


@pytest.mark.usefixtures("statuses_alone")
@pytest.mark.parametrize(("viewer", "owner"), PAIRS, ids=[f"{a} at {b}" for a, b in PAIRS])
def test_of_another_office_s_plan_everybody_gets_what_an_agency_gets_of_another_s(
    homes, browser_of, share, viewer, owner
):
    before, some = rows_written(), share(cases(viewer, owner), PAIRS.index((viewer, owner)))
    assert wrong_of(some, homes[owner].stage, partial(browser_of, viewer)) == []
    assert rows_written() == before


@pytest.mark.usefixtures("statuses_alone")
@pytest.mark.parametrize("home", ["city", "county"])
def test_an_office_s_own_people_get_what_the_table_says(homes, browser_of, share, home):
    some = share(own_cases(home), HOMES.index(home))
    assert wrong_of(some, homes[home].stage, partial(browser_of, home)) == []


@pytest.mark.usefixtures("statuses_alone")
@pytest.mark.parametrize("owner", FIRST_BELOW)
@pytest.mark.parametrize("viewer", HOMES)
def test_the_plan_of_the_duty_is_its_office_s_own_and_no_plan_is_made_under_it(homes, browser_of, share, viewer, owner):
    some = share(duty_cases(viewer, owner), HOMES.index(viewer) + 2 * HOMES.index(owner))
    assert wrong_of(some, homes[owner].duty, partial(browser_of, viewer)) == []


def test_the_book_says_no_more_answers_than_are_compared():
    book = (settings.BASE_DIR / "docs/security.md").read_text(encoding="utf-8")
    counts = {
        "its own people": sum(len(list(own_cases(home))) for home in ("city", "county")),
        "above and below": sum(len(list(cases(*pair))) for pair in PAIRS if lies(*pair) == "line"),
        "beside": sum(len(list(cases(*pair))) for pair in PAIRS if lies(*pair) == "beside"),
        "the duty's plan": sum(len(list(duty_cases(*pair))) for pair in product(HOMES, FIRST_BELOW)),
    }
    told = re.findall(r"^\| ([a-z' ]+) \|[^|]*\| ([\d,]+) \|$", book, re.M)
    said = {who: int(count.replace(",", "")) for who, count in told if who in counts}
    assert said.keys() == counts.keys()
    assert {who: count for who, count in said.items() if count > counts[who]} == {}


# ── what stays at home ───────────────────────────────────────────────────────────────────────────────────────────


def text_of(response: HttpResponse) -> str:
    """All that was sent, what a workbook holds included."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            content = b"".join(map(packed.read, packed.namelist()))
    return content.decode(errors="replace")


ON_LINE = [pair for pair in PAIRS if lies(*pair) == "line"]


@pytest.mark.parametrize(("viewer", "owner"), ON_LINE, ids=[f"{a} at {b}" for a, b in ON_LINE])
def test_what_is_open_to_those_above_and_below_says_nothing_that_stays_at_home(homes, browser_of, viewer, owner):
    """Each page of every other to one role, another one at each office."""
    turns, shown = cycle(roles_of(viewer)[:5]), ""
    for _ in range(ON_LINE.index((viewer, owner))):
        next(turns)
    at = {role: {case[:3] for case in cases(viewer, owner) if case.role == role} for role in roles_of(viewer)}
    open_ones = {case[:3] for case in cases(viewer, owner) if case.method == "GET" and case.wanted == "200"}
    for name, what, method in sorted(open_ones)[ON_LINE.index((viewer, owner)) % 2 :: 2]:
        role = next(turns)
        if name != "reports:package-file" and (name, what, method) in at[role]:  # made lightly, of the facts themselves
            response = browser_of(viewer, role).get(reverse(name, args=homes[owner].stage[what]))
            shown += text_of(response) if response.status_code == 200 else ""
    assert [word for word in homes[owner].inside if word in shown] == []
    assert homes[owner].mark in shown


def own_lists(home: Home) -> list[str]:
    """The pages that gather over plans, and the searches that would find the words."""
    names = {name for name, what, method, *_ in LINES if what == "-" and method == "GET" and ":" in name}
    return [*(reverse(name) for name in sorted(names)), *(f"/search/?q={word}" for word in ("的文字", "答复", "pdf"))]


def inside_others(homes: dict[str, Home], viewer: str, role: str) -> set[str]:
    """What nobody of that office reads; who audits reads the whole record, with the names of files that were read."""
    words = {word for name, home in homes.items() if name != viewer for word in home.inside}
    return {word for word in words if not (role == "auditor" and word.startswith("核对的文件"))}


WHO = [(home, role) for home in HOMES for role in roles_of(home)]


@pytest.mark.parametrize(("viewer", "role"), WHO)
def test_no_list_and_no_search_gathers_a_word_of_another_office(homes, browser_of, viewer, role):
    client = browser_of(viewer, role)
    shown = "".join(text_of(response) for response in map(client.get, own_lists(homes[viewer])))
    assert [word for word in inside_others(homes, viewer, role) if word in shown] == []
    assert homes[viewer].mark in shown


@pytest.fixture(scope="module")
def walked() -> Counter[str]:
    """How often an address was visited, by its name."""
    return Counter()


@pytest.mark.parametrize(("viewer", "role"), WHO)
def test_whoever_follows_links_at_random_meets_no_word_of_another_office_and_no_closed_door(
    homes, browser_of, walked, pytestconfig, viewer, role
):
    """Rather to what fewer came to before; everything that links lead to where `--share 1` asks for all."""
    most = WALKED if pytestconfig.getoption("share") > 1 else ALL
    client, chance = browser_of(viewer, role), random.Random(f"{viewer} {role}")
    others = inside_others(homes, viewer, role)
    ahead, seen = ["/", *(f"/plans/{homes[owner].stage['plan'][0]}/" for who, owner in ON_LINE if who == viewer)], set()
    while ahead and len(seen) < most:
        fewest = min(walked[resolve(way).view_name] for way in ahead)
        url = chance.choice([way for way in ahead if walked[resolve(way).view_name] == fewest])
        ahead.remove(url)
        seen.add(url)
        walked[resolve(url).view_name] += 1
        response = client.get(url)
        assert response.status_code in (200, 302), url
        if response.status_code == 302:
            ahead += {path_of(response.url)} - seen - {*ahead}
        elif "html" in response.headers["Content-Type"]:
            page = Page(response, url)
            assert [word for word in others if word in page.source] == [], url
            ways = {path_of(found.url) for found in page.links("//body")}
            ahead += sorted(way for way in ways - seen - {*ahead} if WITHIN.match(way))
