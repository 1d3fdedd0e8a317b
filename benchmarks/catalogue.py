"""Which pages are measured, as whom, and how many queries each asks of the database."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agencies.models import User
from benchmarks.filling import LARGE_PLAN
from benchmarks.urls import FLOOR, STOCK
from qa_plan.clock import now, today
from reports.dashboard import overview_cache
from tasks.models import Assignment, Plan, ProgressReport
from tasks.models.choices import RUNNING
from tasks.standing import pending
from tasks.standing.filing import opened_periods

NOTICE, LARGE, ALL, CITIES = "notice", "1,000 tasks", "all plans", "18 cities"
FILERS = 8
FILINGS_PER_FILER = 60


@dataclass(slots=True)
class Page:
    """A page of one plan (NOTICE or LARGE) or of all together (ALL); `visitor` is "" for nobody signed in.

    `queries` is counted at the second visit, as the first one after a change: nothing that was reckoned is known.
    """

    name: str
    of: str
    path: str
    visitor: str = "coordinator"
    status: int = 200
    size: int = 0
    queries: int = 0


@dataclass(slots=True)
class Catalogue:
    """`filings`: by liaison, the addresses at which a report is owed and none was filed. `password` is everybody's."""

    password: str
    pages: list[Page]
    filings: dict[str, list[str]]


def catalogue() -> Catalogue:
    settings.ROOT_URLCONF = "benchmarks.urls"
    notice = Plan.objects.order_by("pk")[0]
    large = Plan.objects.filter(slug=LARGE_PLAN).first()
    filings = dict(owed_filings(large)) if large else {}
    pages = [Page("floor", ALL, FLOOR), *plan_pages(notice, NOTICE), *local_pages(notice)]
    if large:
        pages += plan_pages(large, LARGE)
    pages += common_pages(next(iter(filings), "zhijian"))
    for visitor in {page.visitor for page in pages}:
        count_queries(visitor, [page for page in pages if page.visitor == visitor])
    return Catalogue(settings.DEMO_PASSWORD, pages, filings)


def plan_pages(plan: Plan, of: str) -> Iterator[Page]:
    agency = Assignment.objects.filter(item__plan=plan, role="lead").order_by("pk")[0].agency_id
    root = f"/plans/{plan.slug}/"
    yield Page("dashboard", of, root, "leader")
    yield Page("dashboard, a past day", of, f"{root}?as_of={plan.periods.order_by('pk')[0].due_on}", "leader")
    yield Page("ledger of tasks", of, f"{root}items/")
    yield Page("ledger of tasks, 50", of, f"{root}items/?per_page=50")
    yield Page("ledger of assignments", of, f"{root}assignments/")
    yield Page("ledger of assignments, 50", of, f"{root}assignments/?per_page=50")
    yield Page("ledger of assignments, 50, by light", of, f"{root}assignments/?per_page=50&sort=light")
    yield Page("ledger of assignments, 100", of, f"{root}assignments/?per_page=100")
    yield Page("stock admin, 100 rows", of, f"{STOCK}tasks/assignment/?item__plan__id__exact={plan.pk}")
    yield Page("task", of, f"{root}items/{plan.items.count() // 2}/")
    yield Page("roadmap", of, f"{root}roadmap/")
    yield Page("section", of, f"{root}sections/1/", "leader")
    yield Page("agencies", of, f"{root}agencies/", "leader")
    yield Page("agency", of, f"{root}agencies/{agency}/", "leader")


def local_pages(plan: Plan) -> Iterator[Page]:
    """How the offices below carry it out; none where there are no such offices."""
    root, local = f"/plans/{plan.slug}/local/", plan.local_plans.select_related("office").order_by("pk").first()
    if local is None or local.office is None:
        return
    yield Page("cities", CITIES, root, "leader")
    yield Page("cities, a past day", CITIES, f"{root}?as_of={plan.periods.order_by('pk')[0].due_on}", "leader")
    yield Page("city", CITIES, f"{root}{local.office.code}/", "leader")
    yield Page("counties of a city", CITIES, f"/plans/{local.slug}/local/", "leader")
    yield Page("task in the cities", CITIES, f"{root}items/1/", "leader")
    yield Page("ranking of cities", CITIES, f"{root}ranking/", "leader")


def common_pages(liaison: str) -> Iterator[Page]:
    mine = Assignment.objects.as_of(now()).filter(agency__users__username=liaison, role="lead", closure__in=RUNNING)
    waiting = ProgressReport.objects.waiting(now())[0]
    yield Page("what waits", ALL, "/desk/")
    yield Page("plans", ALL, "/plans/")
    yield Page("my tasks", ALL, "/my/", liaison)
    yield Page("my report, its form", ALL, f"/my/{mine.order_by('pk')[0].pk}/", liaison)
    yield Page("reviews", ALL, "/reviews/")
    yield Page("reviews, by change", ALL, "/reviews/?sort=change")
    yield Page("review", ALL, f"/reviews/{waiting.pk}/")
    yield Page("messages", ALL, "/messages/", liaison)
    yield Page("sign-in", ALL, "/accounts/login/", "")
    yield Page("health", ALL, "/healthz", "", status=503)  # no worker runs beside the measured server


def owed_filings(plan: Plan) -> Iterator[tuple[str, list[str]]]:
    """The liaisons with the most reports left to file in the plan's current period, of all plans."""
    period = opened_periods(plan, today())[-1]
    filed = ProgressReport.objects.filter(assignment=OuterRef("pk"), period__code=period.code)
    owed = Assignment.objects.as_of(now()).filter(~Exists(filed), role="lead", closure__in=RUNNING)
    found: dict[int, list[int]] = defaultdict(list)
    for agency, key in owed.filter(agency__users__username__startswith="load-").values_list("agency", "pk"):
        found[agency].append(key)
    liaisons = dict(User.objects.filter(agency__in=found).values_list("agency", "username"))
    for agency, keys in sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0]))[:FILERS]:
        yield liaisons[agency], [f"/my/{key}/" for key in sorted(keys)[:FILINGS_PER_FILER]]


def count_queries(visitor: str, pages: list[Page]) -> None:
    """Fills in `queries` and `size`. Raises where a page does not answer with the status expected of it."""
    client = Client(headers={"host": "127.0.0.1"})
    if visitor:
        client.force_login(User.objects.get(username=visitor), settings.AUTHENTICATION_BACKENDS[-1])
    for page in pages:
        client.get(page.path)
        overview_cache.clear()
        pending.forget()
        with CaptureQueriesContext(connection) as queries:
            response = client.get(page.path)
        if response.status_code != page.status:
            raise AssertionError(f"{page.path} answered {response.status_code} to {visitor or 'nobody'}")
        page.queries, page.size = len(queries), len(response.content)
