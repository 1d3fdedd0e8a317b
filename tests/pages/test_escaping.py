"""What people typed is text wherever it appears, and never markup."""

from datetime import date
from urllib.parse import urlencode

import pytest

from agencies.models import Role
from tests.support.factories import (
    SENT_BACK,
    accepted_report,
    close,
    comment_on,
    file_report,
    make_agency,
    make_assignment,
    make_draft,
    make_group,
    make_item,
    make_plan,
    make_user,
    moment,
    review,
    revise,
)
from tests.support.reading import Page

EVIL = """<script>alert(1)</script><img src=x onerror=alert(2)>"'><a href="javascript:alert(3)">'"""


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)


def assert_harmless(page, *, shown=True):
    assert not page.all(
        "//script[not(@src)] | //img | //@*[starts-with(name(), 'on')] | //a[starts-with(@href, 'java')]"
    )
    assert (
        "alert(1)" in page.tree.text_content() + "".join(page.all("//@value | //@title | //@aria-label")) or not shown
    )


@pytest.fixture
def everything(lead_agency, lead_liaison, coordinator):
    """A plan in which whatever a person can type is evil."""
    plan = make_plan(title=EVIL, issuer=EVIL)
    item = make_item(plan, title=EVIL, text=EVIL, end=len(EVIL), label=EVIL[:20])
    lead = make_assignment(item, lead_agency)
    agency = make_agency(EVIL[:100])
    assist = make_assignment(item, agency, "assist")
    texts = dict.fromkeys(("progress", "problems", "next_steps", "delay_reason"), EVIL)
    accepted_report(lead, 30, at=moment("2016-07-10"), period="2016Q2", **texts)
    report = file_report(lead, 40, at=moment("2016-10-08"), **texts, recorded_by=lead_liaison)
    review(report, SENT_BACK, comment=EVIL)
    waiting = file_report(assist, 40, at=moment("2016-10-08"), **texts)
    comment_on(waiting, EVIL, at=moment("2016-10-09"), recorded_by=make_user(display_name=EVIL[:50]))
    revise(item, plan.due_on, at=moment("2016-08-01"), wording=EVIL, reason=EVIL)
    closed = make_assignment(make_item(plan), lead_agency)
    close(closed, at=moment("2016-10-01"), reason=EVIL)
    drafted = make_assignment(make_item(plan), lead_agency)
    make_draft(drafted, by=lead_liaison, at=moment("2016-10-10"), **texts)
    group = make_group(agency, name=EVIL[:100])
    item.assist_group, item.assist_rule = group, EVIL
    item.save()
    make_user(role=Role.LEADER, display_name=EVIL[:50])
    return {
        "plan": f"/plans/{plan.slug}/",
        "item": item.get_absolute_url(),
        "agency": f"/plans/{plan.slug}/agencies/{lead_agency.pk}/",
        "group": f"/groups/{group.pk}/",
        "review": f"/reviews/{waiting.pk}/",
        "sent_back": f"/reviews/{report.pk}/",
        "file": f"/my/{lead.pk}/",
        "amend": f"{item.get_absolute_url()}amend/",
        "close": f"/assignments/{lead.pk}/close/",
    }


def test_on_the_pages_of_a_coordinator(as_coordinator, everything):
    plan = everything["plan"]
    urls = [f"{plan}{path}" for path in ("", "items/", "assignments/", "agencies/", "sections/1/", "notice/")]
    urls += [everything[name] for name in ("item", "agency", "group", "review", "sent_back", "amend", "close")]
    for url in [*urls, "/plans/", "/reviews/"]:
        assert_harmless(as_coordinator.get(url), shown="notice" not in url)


def test_on_the_pages_of_an_agency(as_lead, everything):
    for url in ("/my/", everything["file"]):
        assert_harmless(as_lead.get(url))


def test_in_what_a_form_gives_back(as_lead, as_coordinator, everything):
    texts = {"progress": EVIL, "problems": EVIL, "percent": EVIL, "delay_reason": EVIL}
    assert_harmless(as_lead.post(everything["file"], 422, action="submit", **texts))
    assert_harmless(as_lead.post(everything["file"], 422, headers={"HX-Request": "true"}, action="draft", **texts))
    assert_harmless(as_coordinator.post(everything["review"], 422, verdict=EVIL, comment=EVIL))
    assert_harmless(as_coordinator.post(f"{everything['review']}comments/", 422, text=EVIL, mentions=EVIL))
    assert_harmless(as_coordinator.post("/reviews/", 422, verdict=EVIL, comment=EVIL, reports=EVIL))
    assert_harmless(as_coordinator.post(everything["amend"], 422, due_on=EVIL, reason=EVIL, wording=EVIL))
    assert_harmless(as_coordinator.post(everything["close"], 422, kind=EVIL, reason=EVIL))


def test_in_the_address(as_leader, everything):
    for name in ("q", "section", "agency", "due_after", "light", "sort", "page", "per_page", "report", "x"):
        page = as_leader.get(f"{everything['plan']}assignments/?{urlencode({name: EVIL, 'x': EVIL})}")
        assert_harmless(page, shown=False)


def test_in_a_day_that_is_none(as_leader, everything):
    assert_harmless(as_leader.get(f"{everything['plan']}?as_of=<img+src=x+onerror=a>", 400), shown=False)


def test_on_the_sign_in_page(client, coordinator):
    page = Page(client.post("/accounts/login/?next=/%22%3E%3Cimg%20src=x%3E", {"username": EVIL, "password": "x"}), "/")
    assert_harmless(page, shown=False)
    assert page.values()["username"] == EVIL
