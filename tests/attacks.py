"""The attack table: what somebody tries who means harm, at every address, as every role. A drill of ten minutes.

    python -m pytest tests/attacked_forms.py tests/attacks.py

Not among the tests of every day, which have what each page refuses. How often each attack was tried stands in
docs/security.md; the last test holds it to that.
"""

import csv
import io
import re
import sys
import time
from collections import Counter
from urllib.parse import urlsplit

import openpyxl
import pytest
from axes.models import AccessAttempt
from django.apps import apps
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models
from django.db.models import Value
from django.db.models.functions import Cast, Concat, Left
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone
from lxml import html

from agencies.limits import IN_ALL, OF_AN_ACCOUNT, OF_AN_ADDRESS
from agencies.models import User
from reports.packages.asking import request_package
from reports.packages.building import build
from tasks.models import Evidence, Plan, ProgressReport
from tests.pages.test_escaping import EVIL
from tests.support.factories import make_user, moment
from tests.support.hostile import HOSTILE
from tests.support.reading import Page
from tests.support.uploads import PDF
from tests.test_access_matrix import (
    COMMENT,
    DRAFT,
    IN_REVIEW,
    LINES,
    ROLES,
    WITHIN,
    admin_addresses,
    browser_of,
    cast,
    path_of,
    stage,
    status_of,
)

__all__ = ["browser_of", "cast", "stage"]  # fixtures
pytestmark = pytest.mark.django_db

TRIED: Counter[str] = Counter()
PLACES = list(dict.fromkeys((name, what) for name, what, *_ in LINES))
PEOPLE = [role for role in ROLES if role != "nobody"]
# Names of columns that hold no words of anybody: sums, keys, codes, places in the storage.
NO_WORDS = re.compile(
    r"(result|first_period|last_period|period_code|hash|sm3|sha256|head|start|digest|password|username|token|session_key"
    r"|code|path|key|period|subject_type|subject_id|media_type|link|stage|process|message_id|counts|content|source|calendar_token|subject|spans)$"
)
LOGIN, PASSWORD = "/accounts/login/", "zhi-liang-2016"


@pytest.fixture(autouse=True)
def today(settings):
    settings.QA_PLAN_TODAY = moment("2016-10-12").date()


@pytest.fixture(autouse=True, scope="module")
def _told():
    yield
    print(f"\ntried: {dict(sorted(TRIED.items()))}", file=sys.__stderr__)


def everything_there():
    """How many rows every table has; what a try to sign in leaves is no row of anybody's."""
    counted = {model: model._base_manager.count() for label in ("agencies", "tasks", "reports") for model in of(label)}
    return {model._meta.label: count for model, count in counted.items()}


def of(label):
    return apps.get_app_config(label).get_models()


# ── addresses × roles × methods ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("refusals_in_a_word")
@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace", "options"])
def test_no_address_takes_a_method_that_it_has_no_use_for(stage, browser_of, method):
    before, taken = everything_there(), []
    addresses = [reverse(name, args=stage[what]) for name, what in PLACES] + list(admin_addresses())
    for url in addresses:
        for role in ROLES:
            response = getattr(browser_of(role), method)(url)
            TRIED["methods"] += 1
            status = response.status_code
            is_told = method == "options" and status == 200 and not response.content
            # The administration's own pages answer any method as they answer GET, and change nothing by it.
            is_page = url.startswith("/admin/") and status in (200, 302, 403)
            if status not in (302, 400, 401, 403, 404, 405) and not is_told and not is_page:
                taken.append((url, role, status))
    assert taken == []
    assert everything_there() == before


@pytest.mark.usefixtures("refusals_in_a_word")
def test_what_the_table_refuses_is_refused_with_a_whole_form_too(stage, browser_of):
    before = everything_there()
    form = dict.fromkeys(("text", "reason", "comment", "progress", "words", "name"), "别人写的")
    form |= {"percent": "80", "action": "submit", "verdict": "accepted", "kind": "closed", "confirm": "on"}
    form |= {"due_on": "2016-11-30", "planned_on": "2016-11-30", "done_on": "2016-10-10", "reply_by": "2016-10-14"}
    for name, what, method, *expected in LINES:
        for role, status in zip(ROLES, expected, strict=True):
            if status in ("login", "403", "404"):
                client, url = browser_of(role), reverse(name, args=stage[what])
                response = client.get(url) if method == "GET" else client.post(url, form)
                TRIED["refused"] += 1
                assert status_of(response) in ("login", "403", "404", "401"), (url, role)
    assert everything_there() == before


# ── what belongs to others ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("refusals_in_a_word")
@pytest.mark.parametrize("role", ["other_liaison", "assisting_liaison"])
def test_whatever_number_is_asked_for_says_nothing_of_what_is_not_ones_own(stage, browser_of, role):
    client = browser_of(role)
    secret = [words.encode() for words in {*IN_REVIEW, DRAFT, COMMENT}]
    for name, what in PLACES:
        numbers = [number for number, part in enumerate(stage[what]) if isinstance(part, int)]
        for place in numbers[-1:]:
            highest = stage[what][place] + 5
            for number in range(max(0, highest - 40), highest):
                given = [*stage[what][:place], number, *stage[what][place + 1 :]]
                response = client.get(reverse(name, args=given))
                TRIED["numbers"] += 1
                content = b"".join(response.streaming_content) if response.streaming else response.content
                assert not [words.decode() for words in secret if words in content], (name, number)


# ── forged forms ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("token", ["", "x" * 32, "a" * 64])
def test_no_form_is_taken_without_its_token(stage, cast, token):
    before = everything_there()
    clients = {}
    for role in PEOPLE:
        clients[role] = Client(enforce_csrf_checks=True)
        clients[role].force_login(cast[role])
    for name, what, method, *expected in LINES:
        if method == "POST":
            for role, status in zip(ROLES, expected, strict=True):
                if role in clients and status in ("200", "302", "422"):
                    sent = {"csrfmiddlewaretoken": token} if token else {}
                    response = clients[role].post(reverse(name, args=stage[what]), sent)
                    TRIED["forged"] += 1
                    assert response.status_code == 403, (name, role)
    assert everything_there() == before


def test_no_form_is_taken_that_another_site_sends(stage, cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast["coordinator"])
    client.get("/accounts/password/")
    token = client.cookies["csrftoken"].value
    for name, what, method, _, status, *_ in LINES:
        if method == "POST" and status in ("200", "302", "422"):
            headers = {"origin": "https://boese.example", "referer": "https://boese.example/"}
            sent = {"csrfmiddlewaretoken": token}
            response = client.post(reverse(name, args=stage[what]), sent, headers=headers)
            TRIED["forged"] += 1
            assert response.status_code == 403, name


# ── words that are markup, or formulas ───────────────────────────────────────────────────────────────────────────


def spoiled(*payloads):
    """Puts them into the columns of words in turn, past all checks, as one that went wrong would; how many columns."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # facts may change
    count = 0
    for model in (model for label in ("agencies", "tasks", "reports") for model in of(label)):
        for field in model._meta.concrete_fields:
            if type(field) not in (models.CharField, models.TextField) or field.choices or NO_WORDS.match(field.name):
                continue
            longest, rows = field.max_length or 5000, model._base_manager.all()
            payload = payloads[count % len(payloads)]
            if field.unique:
                words = Left(Concat(Value(f"{payload[: longest - 8]}"), Cast("pk", models.CharField())), longest)
            elif field.name == "notice_text":
                longest = max((len(text) for text in rows.values_list(field.name, flat=True)), default=0)
                words = Value((payload * longest)[:longest])
            else:
                words = Value(payload[:longest])
            rows.update(**{field.name: words})
            count += 1
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = origin")
    return count


def walked(client):
    """Every page that the person comes to from the first one, by links and choices."""
    ahead, seen = {"/"}, set()
    while ahead:
        url = ahead.pop()
        seen.add(url)
        response = client.get(url)
        if response.status_code == 302:
            ahead |= {path_of(response.url)} - seen
        elif response.status_code == 200 and "html" in response.headers["Content-Type"]:
            page = Page(response, url)
            forms = {path_of(form.get("action")) for form in page.all("//form[@method='get' and @action]")}
            ways = forms | {path_of(link.url) for link in page.links("//body")}
            ahead |= set(filter(WITHIN.match, ways)) - seen
            yield url, page
        else:
            assert response.status_code < 500, url


@pytest.mark.parametrize("role", ["coordinator", "lead_liaison", "administrator"])  # of the others' pages they have all
def test_no_word_that_anybody_typed_is_markup_on_any_page(stage, browser_of, role):
    columns, shown = spoiled(EVIL), 0
    assert columns > 80
    pages = list(walked(browser_of(role)))
    for url, page in pages:
        assert [html.tostring(each) if hasattr(each, "tag") else each for each in harmful_in(page)] == [], url
        shown += EVIL[:8] in page.tree.text_content()
        TRIED["markup"] += columns
    assert len(pages) > 20
    assert shown > len(pages) // 2


def harmful_in(page):
    """What runs, or comes from elsewhere; the product's own pictures and scripts are files of this site."""
    runs = "//script[not(@src)] | //@*[starts-with(name(), 'on')] | //a[starts-with(@href, 'java')]"
    return page.all(f"{runs} | //img[not(starts-with(@src, '/'))] | //script[not(starts-with(@src, '/'))]")


CALLS = "cmd|' /C calc'!A0"
FORMULAS = [f"={CALLS}", f"+1+{CALLS}", f"-2+3+{CALLS}", f"@SUM(1+9)*{CALLS}", f"\t={CALLS}"]
FORMULAS += [f'"&{CALLS}&"', f'")+{CALLS}&("']  # out of the text of a formula of the workbook's own


def test_no_word_that_anybody_typed_is_a_formula_in_any_file(stage, cast, browser_of):
    spoiled(*FORMULAS)
    package = request_package(
        plans=[Plan.objects.get(slug=stage["plan"][0])],
        period="2016Q3",
        day=moment("2016-10-10").date(),
        by=cast["coordinator"],
        at=moment("2016-10-12"),
    )
    assert build(package.pk, at=moment("2016-10-12"), tick=timezone.now)
    files = 0
    for role in ("coordinator", "lead_liaison", "administrator"):
        addresses = {reverse(name, args=stage[what]) for name, what, method, *_ in LINES if method == "GET"}
        book = package.editions.get().files.get(kind="xlsx")
        addresses |= {reverse("reports:package-file", args=[package.pk, book.pk])}
        for url in sorted(addresses):
            response = browser_of(role).get(url)
            kind = response.headers.get("Content-Type", "")
            if response.status_code == 200 and ("spreadsheet" in kind or "csv" in kind):
                content = b"".join(response.streaming_content) if response.streaming else response.content
                files += 1
                assert formulas_of(content, kind) == [], url
    assert files >= 10


def formulas_of(content, kind):
    """Cells that a program would reckon, of those that hold what was typed."""
    if "csv" in kind:
        cells = [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))) for cell in row]
        TRIED["formulas"] += len(cells)
        return [cell for cell in cells if cell[:1] in "=+-@\t\r" and not re.fullmatch(r"[+-]?[\d.,%]*", cell)]
    found = []
    for sheet in openpyxl.load_workbook(io.BytesIO(content)).worksheets:
        for row in sheet.iter_rows():
            TRIED["formulas"] += len(row)
            reckoned = [str(cell.value) for cell in row if cell.data_type == "f"]
            # The workbook's own formulas compare with words, which stand in them as texts.
            found += [formula for formula in reckoned if "cmd" in re.sub(r'"(?:[^"]|"")*"', "", formula)]
    return found


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────


def doors(client):
    """Every form with a file in it that the person comes to, one for each kind of page."""
    found = {}
    for url, page in walked(client):
        for form in page.all("//form[@enctype='multipart/form-data' and .//input[@type='file']]"):
            action = path_of(form.get("action") or url) or url
            names = form.xpath(".//input[@type='file']/@name")
            typed = {each.get("name"): each.get("value", "") for each in form.xpath(".//input[@type='hidden'][@name]")}
            found.setdefault(resolve(action).view_name, (action, names[0], typed))
    return found


@pytest.mark.parametrize("role", ["coordinator", "lead_liaison", "administrator"])
def test_no_hostile_file_costs_anything_at_any_door(stage, browser_of, role):
    client = browser_of(role)
    found = doors(client)
    assert found
    before = (ProgressReport.objects.count(), User.objects.count())
    for door, (action, field, typed) in found.items():
        for kind, (make, _) in HOSTILE.items():
            began = time.process_time()
            file = SimpleUploadedFile("填报表.xlsx", make())
            response = client.post(action, {**typed, field: file})
            TRIED["files"] += 1
            assert response.status_code < 500, (door, kind)
            assert time.process_time() - began < 5, (door, kind)
    assert (ProgressReport.objects.count(), User.objects.count()) == before


NAMES = [
    "../../../etc/passwd.pdf",
    "..\\..\\windows\\system32\\x.pdf",
    "/etc/passwd.pdf",
    "C:\\boot.pdf",
    "a\r\nSet-Cookie: x=1.pdf",
    'a"; filename="b.html.pdf',
    "\u202efdp.exe.pdf",
    "<img src=x onerror=a()>.pdf",
    "nul.pdf",
    "....//....//x.pdf",
    "%2e%2e%2fx.pdf",
    "x.pdf/../../y.pdf",
    " .pdf",
    f"{'长' * 300}.pdf",
]


@pytest.mark.parametrize("name", NAMES)
def test_no_name_of_a_file_leads_anywhere(stage, browser_of, name, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client, [lead] = browser_of("lead_liaison"), stage["draft"]
    before = set(Evidence.objects.values_list("pk", flat=True))
    file = SimpleUploadedFile("x.pdf", PDF + name.encode("utf-8", "replace"))
    file._name = name  # past Django's own cleaning
    client.post(f"/my/{lead}/", {"action": "draft", "progress": "话", "percent": "50", "evidence": file})
    for made in Evidence.objects.exclude(pk__in=before):
        response = client.get(reverse("tasks:evidence", args=[made.pk]))
        disposition = response.headers["Content-Disposition"]
        assert "\n" not in disposition
        assert disposition.startswith("attachment")
        assert not {"/", "\\", "\r", "\n", "\u202e", "<", '"'} & set(made.name)
    TRIED["names"] += 1
    stored = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert all(path.resolve().is_relative_to(tmp_path.resolve()) for path in stored)


TRAVERSING = [
    "../settings.py",
    "..%2f..%2fetc/passwd",
    "....//x",
    "%2e%2e/%2e%2e/etc/passwd",
    "..\\..\\x",
    "%00x",
    "/etc/passwd",
]


@pytest.mark.parametrize("rest", TRAVERSING)
@pytest.mark.parametrize("before", ["/static/", "/evidence/", "/files/", "/plans/", "/help/", "/reports/", "/"])
def test_no_address_leads_out_of_its_folder(stage, browser_of, before, rest):
    for role in ("nobody", "coordinator"):
        response = browser_of(role).get(f"{before}{rest}")
        TRIED["names"] += 1
        assert status_of(response) in ("400", "404", "login", "301", "302"), (before, rest)


# ── the door ─────────────────────────────────────────────────────────────────────────────────────────────────────


OWN = ("confirm", "factor/code", "password", "logout")
LEADING_ON = [LOGIN, "/admin/login/", *(f"/accounts/{page}/" for page in OWN)]
ELSEWHERE = [
    "https://boese.example/",
    "//boese.example/",
    "///boese.example/",
    "/\\boese.example/",
    "\\\\boese.example/",
    "https:boese.example",
    "http:///boese.example",
    "javascript:alert(1)",
    "data:text/html,x",
    " https://boese.example/",
    "\thttps://boese.example/",
    "https://testserver@boese.example/",
    "https://testserver.boese.example/",
    "%68ttps://boese.example",
    "/%0d%0aLocation: https://boese.example",
    "https://boese.example/\\@testserver/",
    "//boese.example/%2f..",
    "ftp://testserver/",
]


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
@pytest.mark.parametrize(
    "address",
    [
        LOGIN,
        "/admin/login/",
        "/accounts/confirm/",
        "/accounts/factor/code/",
        "/accounts/password/",
        "/accounts/logout/",
    ],
)
def test_nobody_is_led_to_another_site(stage, browser_of, db, address, elsewhere):
    make_user("umgeleitet", password=PASSWORD)
    client = Client()
    sent = {"username": "umgeleitet", "password": PASSWORD, "next": elsewhere}
    answers = [client.post(address, sent, query_params={"next": elsewhere})]
    answers += [browser_of("leader").get(address, {"next": elsewhere}), browser_of("leader").post(address, sent)]
    for response in answers:
        TRIED["redirects"] += 1
        led = urlsplit(response.headers.get("Location", "/"))
        assert (led.scheme, led.netloc) in (("", ""), ("http", "testserver")), response.headers["Location"]
        assert not led.path.startswith(("//", "/\\", "\\"))


def test_no_session_that_somebody_handed_over_is_one_s_own_afterwards(db):
    user = make_user("zhangsan", password=PASSWORD)
    for given in ("0" * 32, "a" * 32, "../x", "", "zhangsan"):
        client = Client()
        client.cookies[django_settings.SESSION_COOKIE_NAME] = given
        client.post(LOGIN, {"username": "zhangsan", "password": PASSWORD})
        TRIED["sessions"] += 1
        assert client.cookies[django_settings.SESSION_COOKIE_NAME].value != given
    stranger, client = Client(), Client()
    for path in ("/accounts/password/", LOGIN):
        stranger.post(path, {"text": "x"})
    client.cookies = stranger.cookies
    handed = client.cookies.get(django_settings.SESSION_COOKIE_NAME)
    client.post(LOGIN, {"username": "zhangsan", "password": PASSWORD})
    held = client.cookies[django_settings.SESSION_COOKIE_NAME].value
    TRIED["sessions"] += 1
    assert handed is None or handed.value != held or stranger.get("/help/").status_code != 200
    before = held
    new = {"old_password": PASSWORD, "new_password1": "gao-zhi-liang-77", "new_password2": "gao-zhi-liang-77"}
    client.post("/accounts/password/", new)
    TRIED["sessions"] += 1
    assert client.cookies[django_settings.SESSION_COOKIE_NAME].value != before
    assert User.objects.get(pk=user.pk).check_password("gao-zhi-liang-77")


def test_no_answer_tells_whether_there_is_such_an_account(db, monkeypatch):
    make_user("zhangsan", password=PASSWORD)
    make_user("weg", password=PASSWORD, is_active=False)
    make_user("ohne", password=None)
    hashed = []
    original = User.set_password
    monkeypatch.setattr(User, "set_password", lambda self, raw: (hashed.append(raw), original(self, raw)))
    said = {}
    for number, name in enumerate(["zhangsan", "weg", "ohne", "niemand", "ZHANGSAN", " zhangsan", "a" * 400]):
        response = Client(REMOTE_ADDR=f"10.0.0.{number}").post(LOGIN, {"username": name, "password": "falsch-falsch"})
        page = Page(response, LOGIN)
        TRIED["names of accounts"] += 1
        said[name] = (response.status_code, tuple(page.errors.values()))
    assert len({said[name] for name in ("zhangsan", "weg", "ohne", "niemand", "ZHANGSAN", " zhangsan")}) == 1, said
    assert hashed == ["falsch-falsch"] * hashed.count("falsch-falsch")  # who isn't there costs a hash, too
    assert hashed


def attempts(**fields):
    AccessAttempt.objects.create(user_agent=str(len(TRIED)), attempt_time=timezone.now(), **fields)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([("zhangsan", "10.0.0.1", 5)], 429),
        ([("zhangsan", f"10.0.1.{n}", 4) for n in range(OF_AN_ACCOUNT // 4)], 429),
        ([(f"x{n}", "10.0.0.1", 4) for n in range(OF_AN_ADDRESS // 4)], 429),
        ([(f"x{n}", f"10.1.{n // 200}.{n % 200}", 4) for n in range(IN_ALL // 4)], 429),
        ([("zhangsan", "10.0.0.1", 4)], 302),
    ],
    ids=["of a machine", "of an account", "of an address", "in all", "fewer"],
)
def test_guesses_come_to_an_end(db, given, expected):
    make_user("zhangsan", password=PASSWORD)
    for username, address, failures in given:
        attempts(username=username, ip_address=address, failures_since_start=failures)
    response = Client(REMOTE_ADDR="10.0.0.1").post(LOGIN, {"username": "zhangsan", "password": PASSWORD})
    TRIED["guesses"] += sum(failures for *_, failures in given)
    assert response.status_code == expected


def test_a_known_address_stays_open_while_others_guess(db):
    make_user("zhangsan", password=PASSWORD)
    Client(REMOTE_ADDR="10.0.0.1").post(LOGIN, {"username": "zhangsan", "password": PASSWORD})
    for machine in range(OF_AN_ACCOUNT):
        attempts(username="zhangsan", ip_address=f"10.0.2.{machine}", failures_since_start=4)
    response = Client(REMOTE_ADDR="10.0.0.1").post(LOGIN, {"username": "zhangsan", "password": PASSWORD})
    assert response.status_code == 302


# ── the table ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_book_says_no_more_than_was_tried():
    """After all the others, without which it fails: docs/security.md has at most these counts."""
    book = (django_settings.BASE_DIR / "docs/security.md").read_text(encoding="utf-8")
    told = {
        name: int(count.replace(",", ""))
        for name, count in re.findall(r"^\| `([a-z ]+)` \|.*\| ([\d,]+) \|", book, re.M)
    }
    assert set(told) == set(TRIED)
    assert {name: count for name, count in told.items() if count > TRIED[name]} == {}
