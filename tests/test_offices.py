"""Whose plan it is: every address that shows something of a plan × role × office, own, above, below and beside.

What the table of `test_access_matrix` says of the plan's own people holds for every office. Everybody else gets of a
plan above or below what an agency gets of another agency's part, and nothing of one beside (docs/rules.md 15).
"""

import io
import random
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

import pytest
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import reverse

from agencies.models import Office, Role
from reports.packages import building, issuing
from reports.packages.files import PARTS
from tasks.models import (
    Closure,
    Comment,
    Decision,
    ItemRevision,
    Plan,
    Receipt,
    Review,
    Urge,
)
from tests.pages.conftest import signed_in
from tests.support import staging
from tests.support.factories import correspond, make_office, make_user, standard_rules
from tests.support.light_packages import lightly
from tests.support.reading import Page
from tests.test_access_matrix import LINES, WITHIN, path_of, status_of
from tests.test_access_matrix import ROLES as COLUMNS

pytestmark = [pytest.mark.django_db, pytest.mark.untraced]

# What a line is about that is of no plan, or of a person alone.
PERSONAL = {"-", "message", "calendar", "key", "rule", "large", "city", "passkey"}
AGENCY_ROLES = ("lead_liaison", "approver", "assisting_liaison", "other_liaison")
# What only an agency's people do is refused to all others in the same way, whose plan it ever is.
OF_AGENCIES = {"tasks:report-filed"}
REFUSED_BY_ROLE = {"reports:fill-in-file"}
# Who keeps accounts and channels does so for every office.
OF_ADMINISTRATORS = {"tasks:reminder-detail", "tasks:delivery-send", "tasks:agency-people", "tasks:hand-over"}
AT_HOME = {"tasks:import-draft", "tasks:import-item", "tasks:import-confirm", "tasks:import-discard"}  # not there
LOCAL = ("reports:local", "tasks:local-")  # there where an office lies below, or for those below
WALKED = 40  # pages of a random walk
SEEDS = (18, 2018)


class Home(NamedTuple):
    """An office with its people, what is staged on its plan, and the mark of its words."""

    mark: str
    cast: staging.Cast
    stage: dict[str, tuple]

    @property
    def inside(self) -> set[str]:
        return {f"{word}{self.mark}" for word in staging.INSIDE}


@pytest.fixture(scope="module")
def homes(rows_of_module: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Home]]:
    """The province, a city with a county below it, and a city beside, each with a plan of its own."""
    media = tmp_path_factory.mktemp("media")
    with pytest.MonkeyPatch.context() as patch, override_settings(QA_PLAN_TODAY=staging.DAY, MEDIA_ROOT=media):
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
    homes["province"].cast["administrator"] = make_user("管理", role=Role.ADMINISTRATOR)
    top = Plan.objects.get(slug=homes["province"].stage["plan"][0])
    homes["city"] = _staged(city, "合肥", top)
    homes["county"] = _staged(county, "肥东", Plan.objects.get(slug=homes["city"].stage["plan"][0]))
    homes["beside"] = _staged(beside, "芜湖", top)
    local = Plan.objects.get(office=city).items.first()
    correspond(local, top.items.first())
    return homes


def _staged(office: Office | None, mark: str, parent: Plan | None = None) -> Home:
    cast = staging.people_of(office, mark)
    return Home(mark, cast, staging.built(cast, office=office, parent=parent, mark=mark))


@pytest.fixture(scope="module")
def browser_of(homes: dict[str, Home]) -> Callable[[str, str], Client]:
    return cache(lambda home, role: signed_in(homes[home].cast[role]))


# Whose people look at whose plan, and how it lies to them.
VIEWS = [
    ("province", "city", "line"),
    ("province", "county", "line"),
    ("city", "province", "line"),
    ("city", "county", "line"),
    ("city", "beside", "beside"),
    ("county", "province", "line"),
    ("county", "city", "line"),
    ("county", "beside", "beside"),
    ("beside", "county", "beside"),
]
ROLES = ("coordinator", "leader", "lead_liaison")


def expected(name: str, what: str, method: str, role: str, columns: dict[str, str], lies: str) -> str:
    """The status that the table and the way in which the plan lies come to."""
    if columns["coordinator"] == "405" or (name in REFUSED_BY_ROLE and role not in AGENCY_ROLES):
        return columns[role]
    if role == "administrator" and name in OF_ADMINISTRATORS:
        return columns[role]
    if lies == "beside" or name in AT_HOME:
        return "404"
    if name in OF_AGENCIES and role not in AGENCY_ROLES:
        return columns[role]
    return columns["other_liaison"]


def lines_of_plans() -> Iterator[tuple[str, str, str, dict[str, str]]]:
    for name, what, method, *statuses in LINES:
        if what not in PERSONAL and not name.startswith(LOCAL):
            yield name, what, method, dict(zip(COLUMNS, statuses, strict=True))


def text_of(response: HttpResponse) -> str:
    """All that was sent, what a workbook holds included."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            content = b"".join(map(packed.read, packed.namelist()))
    return content.decode(errors="replace")


@pytest.mark.usefixtures("refusals_in_a_word")
@pytest.mark.parametrize(("viewer", "owner", "lies"), VIEWS, ids=[f"{a} at {b}" for a, b, _ in VIEWS])
def test_of_another_office_s_plan_everybody_gets_what_an_agency_gets_of_another_s(
    homes, browser_of, viewer, owner, lies
):
    counts = [model.objects.count() for model in (Review, Comment, Decision, Closure, ItemRevision, Receipt, Urge)]
    wrong, shown = [], ""
    roles = [*ROLES, "administrator"] if viewer == "province" else ROLES
    for name, what, method, columns in lines_of_plans():
        url = reverse(name, args=homes[owner].stage[what])
        for role in roles:
            client = browser_of(viewer, role)
            response = client.get(url) if method == "GET" else client.post(url, {"action": "submit"})
            wanted = expected(name, what, method, role, columns, lies)
            if status_of(response) != wanted:
                wrong.append((method, url, role, status_of(response), wanted))
            if response.status_code == 200 and name != "reports:package-file":  # made lightly, of the facts themselves
                shown += text_of(response)
    assert wrong == []
    assert [word for word in homes[owner].inside if word in shown] == []
    assert (f"{staging.OPEN}{homes[owner].mark}" in shown) == (lies == "line")
    assert counts == [
        model.objects.count() for model in (Review, Comment, Decision, Closure, ItemRevision, Receipt, Urge)
    ]


@pytest.mark.usefixtures("refusals_in_a_word")
@pytest.mark.parametrize("home", ["city", "county"])
def test_an_office_s_own_people_get_what_the_table_says(homes, browser_of, home):
    wrong = []
    for name, what, method, columns in lines_of_plans():
        for role in ("coordinator", "leader", "lead_liaison", "approver", "other_liaison"):
            if method == "GET" and name != "tasks:correspondence":  # the table's plan has no parent
                given = status_of(browser_of(home, role).get(reverse(name, args=homes[home].stage[what])))
                if given != columns[role]:
                    wrong.append((name, what, role, given, columns[role]))
    assert wrong == []


def test_as_many_answers_are_compared_as_there_are_addresses_roles_and_offices():
    lines = sum(1 for _ in lines_of_plans())
    assert lines > 150
    assert len(VIEWS) * len(ROLES) * lines > 4000


# ── what stays at home ───────────────────────────────────────────────────────────────────────────────────────────


def own_lists(home: Home) -> list[str]:
    """The pages that gather over plans, and the searches that would find the words."""
    names = {name for name, what, method, *_ in LINES if what == "-" and method == "GET" and ":" in name}
    return [*(reverse(name) for name in sorted(names)), *(f"/search/?q={word}" for word in ("的文字", "答复", "pdf"))]


@pytest.mark.parametrize("viewer", ["province", "city", "county", "beside"])
@pytest.mark.parametrize("role", ["coordinator", "leader", "lead_liaison"])
def test_no_list_and_no_search_gathers_a_word_of_another_office(homes, browser_of, viewer, role):
    client = browser_of(viewer, role)
    shown = "".join(text_of(response) for response in map(client.get, own_lists(homes[viewer])))
    others = {word: name for name, home in homes.items() if name != viewer for word in home.inside}
    assert {word: name for word, name in others.items() if word in shown} == {}
    assert homes[viewer].mark in shown


@pytest.mark.parametrize("viewer", ["province", "city", "county"])
@pytest.mark.parametrize("role", ["coordinator", "leader", "lead_liaison"])
@pytest.mark.parametrize("seed", SEEDS)
def test_whoever_follows_links_at_random_meets_no_word_of_another_office_and_no_closed_door(
    homes, browser_of, viewer, role, seed
):
    client, chance = browser_of(viewer, role), random.Random(seed)
    others = {word for name, home in homes.items() if name != viewer for word in home.inside}
    ahead, seen = ["/", *(f"/plans/{home.stage['plan'][0]}/" for home in seen_from(homes, viewer))], set()
    while ahead and len(seen) < WALKED:
        url = ahead.pop(chance.randrange(len(ahead)))
        seen.add(url)
        response = client.get(url)
        assert response.status_code in (200, 302), url
        if response.status_code == 302:
            ahead.append(path_of(response.url)) if path_of(response.url) not in seen else None
        elif "html" in response.headers["Content-Type"]:
            page = Page(response, url)
            assert [word for word in others if word in page.source] == [], url
            ways = {path_of(link.url) for link in page.links("//body")}
            ahead += sorted(way for way in ways - seen - {*ahead} if WITHIN.match(way))


def seen_from(homes: dict[str, Home], viewer: str) -> list[Home]:
    return [homes[owner] for who, owner, lies in VIEWS if who == viewer and lies == "line"]
