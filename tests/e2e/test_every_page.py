"""Every page in a real browser: no barrier that axe finds, nothing wider than a phone, no complaint, no stranger."""

import json
import time
from datetime import date
from pathlib import Path

import pytest
from allauth.account.internal.flows.login import _AUTHENTICATION_METHODS_USER_SESSION_KEY as OF_USER
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.template.loader import render_to_string
from django.test import Client, override_settings
from django.utils import timezone
from playwright.sync_api import expect

from agencies.models import Agency, Role, User
from reports.models import LargeFile
from reports.packages.asking import request_package
from reports.packages.building import build
from tasks.models import (
    AgencyRequest,
    Assignment,
    ImportDraft,
    Instruction,
    Milestone,
    Plan,
    ProgressReport,
    Reminder,
    ReminderRule,
    Urge,
)
from tests.e2e.conftest import DESK, PHONE
from tests.support import reading
from tests.support.factories import (
    accepted_report,
    correspond,
    make_assignment,
    make_item,
    make_local_plan,
    make_milestone_wish,
    make_office,
    moment,
    plan_withdrawal,
)
from tests.support.passkey import Passkey
from tests.support.proofs import ITEMS, TEXT, make_proof

pytestmark = pytest.mark.django_db

AXE = f"{Axe().axe_script};\n{Path(__file__).with_name('alike.js').read_text()}"
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLOURS = {"type": "rule", "values": ["color-contrast"]}
# What a phone in the dark can have other barriers in: its own scheme, and little room between what is tapped.
PHONE_RULES = {"type": "rule", "values": ["color-contrast", "target-size", "scrollable-region-focusable"]}

PLAN = "/plans/2016-76/"
# Every template in each of its states, by the account that sees most in it.
PAGES = {
    "": ["/accounts/login/?next=/my/", "/missing/"],
    "leader": [
        f"{PLAN}items/6/instruct/",
        PLAN,
        f"{PLAN}news/",
        f"{PLAN}ranking/",
        f"{PLAN}local/",
        f"{PLAN}local/?show=lacking&sort=-covered",
        f"{PLAN}local/340100/",
        f"{PLAN}local/340200/",
        f"{PLAN}local/items/2/",
        f"{PLAN}local/ranking/",
        f"{PLAN}wall/?still=1",
        f"{PLAN}wall/?screen=4&still=1",
        "/instructions/{instruction}/",
        f"{PLAN}?as_of=2016-05-01",
        f"{PLAN}?as_of=2016-05-24",
        f"{PLAN}sections/1/",
        f"{PLAN}sections/2/?as_of=2016-05-01",
        f"{PLAN}items/",
        f"{PLAN}items/?light=red&light=yellow&sort=light&q=质量",
        f"{PLAN}items/?q=没有这样的词&light=purple",
        f"{PLAN}items/6/",
        f"{PLAN}items/8/",
        f"{PLAN}items/10/?as_of=2016-10-05",
        f"{PLAN}items/12/",
        f"{PLAN}assignments/",
        f"{PLAN}assignments/?role=lead&sort=-light&page=2",
        f"{PLAN}agencies/?sort=late",
        f"{PLAN}periods/2016Q3/",
        f"{PLAN}periods/2016Q3/?as_of=2016-09-01",
        f"{PLAN}periods/2016Q2/reports/?report=late",
        f"{PLAN}notice/",
        f"{PLAN}roadmap/",
        f"{PLAN}roadmap/?state=late&moved=on&as_of=2016-10-01",
        "/milestones/{moved}/",
        f"{PLAN}?as_of=2017-01-01",
        "/plans/",
        "/reviews/",
        "/urges/",
        "/instructions/?turn=all",
        "/instructions/{instruction}/",
        "/reminders/",
        "/reminders/preview/",
        "/reminders/rules/",
        "/reports/compare/",
        "/messages/",
        "/help/",
        "/search/",
        "/search/?q=质量 标准",
        "/search/?q=质量&kind=reports",
        "/accounts/password/",
        "/accounts/sessions/",
        "/accounts/factor/",
        "/accounts/confirm/",
        "/accounts/password/done/",
    ],
    "coordinator": [
        f"{PLAN}local/duty/",
        PLAN,
        f"{PLAN}items/3/",
        f"{PLAN}items/3/amend/",
        f"{PLAN}items/3/responsibility/",
        "/responsibility/{planned}/",
        f"{PLAN}items/3/suspend/",
        f"{PLAN}items/3/split/",
        f"{PLAN}items/3/merge/",
        f"{PLAN}items/9/correction/",
        f"{PLAN}responsibility/?assignment={{lead}}",
        f"{PLAN}items/dates/?item=3&item=4",
        f"{PLAN}assignments/?assignments=1-9&hide=bar",
        f"{PLAN}views/?ledger=assignment&light=red",
        f"{PLAN}items/3/milestones/new/",
        f"{PLAN}roadmap/propose/",
        "/milestones/{reported}/review/",
        "/milestones/{moved}/move/",
        "/milestones/{moved}/withdraw/",
        f"{PLAN}periods/",
        f"{PLAN}periods/2016Q4/revise/",
        f"{PLAN}settings/",
        "/assignments/{lead}/close/",
        "/assignments/{closed}/close/",
        "/desk/",
        "/desk/?kind=urge",
        "/desk/?open={waiting}",
        f"{PLAN}periods/2016Q3/unfiled/",
        f"{PLAN}periods/2016Q2/unfiled/",
        "/reviews/",
        "/reviews/?age=3&sort=-filed&choose=all",
        "/reviews/{sent_back}/",
        "/reviews/decided/?verdict=sent_back",
        "/reviews/phrases/",
        "/groups/{group}/",
        f"{PLAN}agencies/{{agency}}/",
        f"{PLAN}periods/2016Q3/reports/?report=missing",
        f"{PLAN}periods/2016Q2/lock/",
        "/assignments/{lead}/waivers/2016Q3/",
        "/requests/",
        "/requests/?turn=all",
        "/requests/{request}/",
        "/requests/{wish}/",
        "/plans/import/",
        "/plans/import/{proof}/",
        "/plans/import/{proof}/items/{proof_item}/",
        "/plans/import/{proof}/confirm/",
        "/plans/import/{waiting_proof}/",
        "/changes/",
        "/agencies/{agency}/people/",
        "/agencies/{agency}/contacts/",
        "/agencies/contacts/",
        "/agencies/succession/",
        "/agencies/succession/new/",
        "/accounts/hand-over/{person}/",
        "/accounts/people/",
        "/setup/",
        "/setup/office/",
        "/urges/new/?plan=2016-76",
        "/urges/{urge}/",
        "/urges/{urge}/slip/",
        "/reminders/{reminder}/",
        "/reminders/rules/new/",
        "/reminders/rules/{rule}/",
        f"{PLAN}reports/",
        "/reports/",
        "/reports/{package}/",
        "/reports/{queued}/",
        "/reports/{package}/briefing/",
        "/reports/{package}/page/",
        "/reports/compare/?before={package}&after={package}",
        "/reports/verify/",
        "/files/",
        "/files/{waiting_file}/",
        "/files/{checked_file}/",
    ],
    "zhijian": [
        "/messages/",
        "/my/",
        "/my/{lead}/",
        "/milestones/{open}/done/",
        "/instructions/{instruction}/",
        "/my/milestones/",
        "/assignments/{lead}/requests/new/?kind=milestone",
        "/my/submit/",
        "/my/reports/",
        "/my/requests/",
        "/my/reports/{filed}/",
        "/reminders/settings/",
        f"{PLAN}reports/",
    ],
    "shangwu": ["/urges/", "/urges/{urge}/"],
    "haiguan": [
        "/my/",
        "/my/workbook/",
        "/accounts/factor/",
        "/accounts/factor/app/",
        "/accounts/factor/keys/new/",
        "/accounts/factor/keys/{passkey}/name/",
        "/accounts/factor/keys/{passkey}/off/",
        "/accounts/factor/keys/confirm/",
    ],
    "admin": ["/plans/", "/records/", "/admin/agencies/user/", "/admin/agencies/agency/"],
}
REFUSALS = {
    ("", "/missing/"): 404,
    ("leader", "/reviews/"): 403,
    ("leader", f"{PLAN}?as_of=2017-01-01"): 400,
}


@pytest.fixture(scope="module")
def packages(site):
    """One that is built, and one that waits for the worker."""
    plans, at = list(Plan.objects.all()), moment("2016-10-12 18:00")
    asked = {"plans": plans, "period": "2016Q3", "by": User.objects.get(username="coordinator"), "at": at}
    made, queued = (request_package(day=date(2016, 10, day), **asked) for day in (11, 10))
    assert build(made.pk, at=at, tick=timezone.now)
    return {"package": made.pk, "queued": queued.pk}


@pytest.fixture(scope="module")
def keys(site, packages):
    """What stands in braces in the addresses above; the agency is 省质监局."""
    agency = Agency.objects.get(name="省质监局")
    mine = Assignment.objects.filter(agency=agency)
    files = {"kind": LargeFile.Kind.CHECK, "recorded_by": User.objects.get(username="coordinator")}
    files |= {"asked": {}, "name": "旧汇总.xlsx", "recorded_at": moment("2016-10-12 18:00")}
    imports = {"by": User.objects.get(username="coordinator"), "at": moment("2016-10-12 18:00")}
    proof = make_proof(**imports)
    waiting = make_proof(f"{TEXT}\n", **imports)
    make_cities(Plan.objects.get())
    ImportDraft.objects.filter(pk=waiting.pk).update(state=ImportDraft.State.WAITING)
    return {
        **packages,
        "waiting_file": LargeFile.objects.create(key="1", total=100, **files).pk,
        "checked_file": LargeFile.objects.create(key="2", state="done", result="<p>与生成时一致</p>", **files).pk,
        "proof": proof.pk,
        "proof_item": ITEMS[0],
        "waiting_proof": waiting.pk,
        "agency": agency.pk,
        "lead": mine.get(item__number=9).pk,
        "closed": mine.get(item__number=8).pk,
        "wish": make_milestone_wish(mine.get(item__number=9), at=moment("2016-10-12 18:00")).pk,
        "planned": plan_withdrawal(mine.get(item__number=3), **imports).pk,
        "group": agency.agency_groups.get().pk,
        "filed": ProgressReport.objects.waiting(moment("2016-10-12 18:00")).filter(assignment__agency=agency).last().pk,
        "sent_back": ProgressReport.objects.filter(assignment__agency=agency, reviews__verdict="sent_back").last().pk,
        "waiting": ProgressReport.objects.filter(settled_at=None, assignment__ended_at=None).first().pk,
        "moved": Milestone.objects.get(name="示范县现场考评").pk,
        "reported": Milestone.objects.get(name="10类消费品质量比对试验").pk,
        "open": Milestone.objects.get(name="省级质检中心退出办法会签").pk,
        "person": agency.users.get(role=Role.LIAISON).pk,
        "request": AgencyRequest.objects.last().pk,
        "instruction": Instruction.objects.get().pk,
        "urge": Urge.objects.get(agency__name="省商务厅").pk,
        "reminder": Reminder.objects.first().pk,
        "rule": ReminderRule.objects.first().pk,
        "passkey": make_passkey(site.sessions["haiguan"]).pk,
    }


def make_passkey(session_key):
    """A key of whose session it is, who need not confirm for an hour that it is they."""
    client, session = Client(), SessionStore(session_key)
    password = {"method": "password", "at": time.time() + 3600, "reauthenticated": True}
    session.update({AUTHENTICATION_METHODS_SESSION_KEY: [password], OF_USER: session[SESSION_KEY]})
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session_key
    new = "/accounts/factor/keys/new/"
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        made = Passkey().made(reading.Page(client.get(new), new))
        client.post(new, {"name": "办公电脑", "credential": made})
    return Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN)


def make_cities(plan):
    """One whose plan leaves two items out and is undecided of a third; one without a plan."""
    issued, _ = (make_office(area, code=code) for area, code in (("合肥市", "340100"), ("芜湖市", "340200")))
    local = make_local_plan(plan, issued)
    make_office("肥东县", parent=issued)
    for item in plan.items.all()[2:]:
        part = make_assignment(make_item(local, title=item.title))
        accepted_report(part, at=moment("2016-10-01"), progress="已开展专项行动。")
        if item.number > 3:
            correspond(part.item, item)


@pytest.fixture(scope="module")
def windows(visit):
    """One window for each account."""
    opened = {}

    def window(username):
        if username not in opened:
            opened[username] = visit(username, viewport=DESK)
            opened[username].page.add_init_script(AXE)
        return opened[username]

    return window


def barriers(page, rules, within="html"):
    """What axe finds in the page as it is now, or in a part of it."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    return page.evaluate("([part, rules]) => barriers(part, rules)", [within, rules])


@pytest.mark.parametrize(("who", "url"), [(who, url) for who, urls in PAGES.items() for url in urls])
def test_page(windows, keys, who, url):
    visitor = windows(who)
    page = visitor.page
    visitor.complaints.clear()
    page.set_viewport_size(DESK)
    page.emulate_media(color_scheme="light")
    answer = page.goto(url.format(**keys))
    assert answer.status == REFUSALS.get((who, url), 200)
    found = {"desk, light": barriers(page, RULES)}
    # Both widths and both schemes are seen: colours don't depend on the width, places not on the scheme, and names,
    # roles and headings on neither.
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="dark")
    found["phone, dark"] = barriers(page, PHONE_RULES)
    found["wider than a phone"] = page.evaluate(TOO_WIDE)
    found["one over another"] = page.evaluate(OVERLAID)
    found["complaints"] = visitor.complaints
    assert {kind: problems for kind, problems in found.items() if problems} == {}, json.dumps(found, ensure_ascii=False)


# What sticks out of the window, unless something around it scrolls or hides it.
TOO_WIDE = """() => document.documentElement.scrollWidth <= window.innerWidth ? [] :
    [...document.querySelectorAll("body *")].filter(element => {
        if (element.getBoundingClientRect().right <= window.innerWidth + 1) return false;
        for (let box = element.parentElement; box; box = box.parentElement)
            if (getComputedStyle(box).overflowX != "visible") return false;
        return true;
    }).map(element => element.outerHTML.slice(0, 120))"""

# Cells of one row whose words lie over each other: a phone makes a block of every row, and gives each cell its place.
OVERLAID = """() => [...document.querySelectorAll("main tr")].filter(row => {
        const words = [...row.cells].map(cell => {
            const range = document.createRange(), walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
            const boxes = [];
            for (let text; (text = walker.nextNode());) {
                if (text.parentElement.closest(".sr, svg")) continue;
                range.selectNodeContents(text);
                boxes.push(...range.getClientRects());
            }
            return boxes.filter(box => box.width > 2 && box.height > 2);
        });
        const overlaid = (one, other) => Math.min(one.right, other.right) - Math.max(one.left, other.left) > 3
            && Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 3;
        return words.some((boxes, at) => words.slice(at + 1).some(others =>
            boxes.some(box => others.some(other => overlaid(box, other)))));
    }).map(row => row.innerText.slice(0, 60)).slice(0, 5)"""


def test_page_of_a_locked_account(visit, settings):
    settings.AXES_FAILURE_LIMIT = 1
    window = visit(viewport=DESK)
    page = window.page
    page.goto("/accounts/login/")
    page.get_by_label("用户名").fill("niemand")
    page.get_by_label("密码").fill("falsch")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="暂时不能登录")).to_be_visible()
    page.wait_for_load_state()
    assert barriers(page, RULES) == []
    assert window.complaints == []


def test_page_of_an_error_of_the_server(visit):
    page = visit(viewport=DESK).page
    page.route("**/broken/", lambda route: route.fulfill(body=render_to_string("500.html"), content_type="text/html"))
    page.goto("/broken/")
    expect(page.get_by_role("heading", name="系统出错")).to_be_visible()
    page.wait_for_load_state()
    assert barriers(page, RULES) == []
    page.set_viewport_size(PHONE)
    assert page.evaluate(TOO_WIDE) == []


def test_form_after_a_refusal(visit, keys):
    """What htmx puts into the page must be as good as what was there."""
    window = visit("zhijian", viewport=DESK)
    page = window.page
    page.goto("/my/")
    slot = f"#r{keys['lead']}-2016Q3"
    card = page.locator(slot)
    card.get_by_label("进度", exact=True).fill("5")
    card.get_by_role("button", name="报送").click()
    expect(card.get_by_label("滞后原因")).to_be_visible()
    assert barriers(page, RULES, within=slot) == []
    page.emulate_media(color_scheme="dark")
    assert barriers(page, COLOURS, within=slot) == []
    assert window.complaints == []


def test_what_only_seems_alike_is_measured(visit):
    """Two of one class in one place, and one of them too pale; what spares axe work must not hide it."""
    page = visit(viewport=DESK).page
    page.goto("/accounts/login/")
    page.evaluate("""() => {
        const main = document.querySelector("main");
        main.insertAdjacentHTML("beforeend", "<p class=a>深色的文字</p><p class=a>浅色的文字</p>");
        main.lastElementChild.style.color = "#bbb";
    }""")
    assert ["浅色的文字" in found for found in barriers(page, COLOURS)] == [True]
