"""Fills an empty database: the real notice with its demo story, and sixty made-up plans beside it."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from random import Random

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db import connection, transaction

from agencies.models import Agency, AgencyGroup, GroupMembership, Role, User
from benchmarks.cities import CityMaker
from benchmarks.facts import Cast
from benchmarks.plans import FIRST_NUMBER, PlanMaker
from benchmarks.rows import Rows
from benchmarks.wording import Wording, agency_names
from qa_plan.clock import now, today
from tasks.demo.playing import load_demo
from tasks.models import DailySnapshot, LightChange, Plan
from tasks.workflow.daily import daily_round

SEED = 76
AGENCIES = 500
GROUP_MEMBERS = 30
LARGE_ITEMS, LARGE_AGENCIES = 1000, 200
OTHER_ITEMS, OTHER_AGENCIES = 322, 100
LARGE_PLAN = f"2016-{FIRST_NUMBER}"  # slug


def fill_notice() -> Plan:
    """The real notice, its agencies, people and story. Filled already, nothing changes."""
    call_command("migrate", verbosity=0, interactive=False)
    return load_demo(on=today())


def fill_all(plans: int) -> None:
    """The notice and the load, all of it or nothing. Filled already, nothing changes."""
    with step("migrations"):
        call_command("migrate", verbosity=0, interactive=False)
    if Plan.objects.filter(slug=LARGE_PLAN).exists():
        say("The load is there already.")
        return
    with transaction.atomic():
        with step("the notice and its story"):
            load_demo(on=today())
        rows, random = Rows(), Random(SEED)
        with step("people"):
            cast = make_cast(rows)
        wording = Wording(random)
        with step("plans"):
            for number in range(plans):
                maker = PlanMaker(number, rows=rows, cast=cast, wording=wording, random=random, today=today())
                if number == 0:
                    maker.make(item_count=LARGE_ITEMS, agency_count=LARGE_AGENCIES)
                else:
                    maker.make(item_count=OTHER_ITEMS, agency_count=OTHER_AGENCIES)
                rows.write()
        with step("cities and counties"):
            make_cities(rows, wording, random, cast)
        with step("keys and constraints"):
            rows.finish()
    with step("VACUUM ANALYZE"):
        vacuum()
    with step("the last daily round"):
        list(daily_round(today()))
        check_curve(Plan.objects.get(slug=LARGE_PLAN))
    for model, count in rows.written.items():
        say(f"{count:>9,} {model._meta.verbose_name}")


def make_cast(rows: Rows) -> Cast:
    """The made-up agencies with one liaison each: `load-001`, `load-002` …"""
    password = make_password(settings.DEMO_PASSWORD)
    last = max(Agency.objects.values_list("ordinal", flat=True))
    agencies = [
        rows.add(Agency(name=name, ordinal=last + serial)) for serial, name in enumerate(agency_names()[:AGENCIES], 1)
    ]
    liaisons = {
        agency.pk: rows.add(
            User(
                username=f"load-{serial:03}",
                display_name="联络员",
                role=Role.LIAISON,
                agency=agency,
                password=password,
                date_joined=now(),
            )
        )
        for serial, agency in enumerate(agencies, 1)
    }
    group = rows.add(AgencyGroup(name="皖江省质量工作领导小组"))
    for agency in agencies[:GROUP_MEMBERS]:
        rows.add(GroupMembership(group=group, agency=agency, is_inferred=True))
    return Cast(agencies, liaisons, group, User.objects.get(username="coordinator"))


def make_cities(rows: Rows, wording: Wording, random: Random, cast: Cast) -> None:
    """Below the notice, with plans of their own: sixteen cities, two counties beside them and 105 in them."""
    notice, password = Plan.objects.order_by("pk")[0], make_password(settings.DEMO_PASSWORD)
    what = {"rows": rows, "wording": wording, "random": random, "password": password, "by": cast.coordinator}
    CityMaker(notice, **what).make()
    rows.write()


def vacuum() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def check_curve(plan: Plan) -> None:
    """Stops where the made-up past and the product's own rule disagree: the daily round found a jump in the curve."""
    day = today() - timedelta(days=1)
    before, last = DailySnapshot.objects.filter(plan=plan, day__gte=day - timedelta(days=1)).order_by("day")
    changed = LightChange.objects.filter(item__plan=plan, day=day).count()
    if abs(last.percent - before.percent) > 2 or changed > plan.items.count() / 10:
        sys.exit(f"The curve of {plan} jumps: {before.percent:.1f} → {last.percent:.1f}, {changed} lights changed.")


@contextmanager
def step(name: str) -> Iterator[None]:
    start = time.monotonic()
    yield
    say(f"{time.monotonic() - start:7.1f} s  {name}")


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
