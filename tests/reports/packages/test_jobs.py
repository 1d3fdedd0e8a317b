"""The jobs are the same functions, reached through Celery."""

from datetime import date

import pytest
from django.conf import settings

from qa_plan.celery import app
from reports import jobs
from reports.models import Build, Package

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def test_every_job_of_the_schedule_is_known_to_the_worker():
    app.loader.import_default_modules()
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= set(app.tasks)
    assert jobs.build_package.name in app.tasks


def test_a_package_is_built_by_the_job_that_its_request_sends_or_else_by_the_next_round(ask):
    first, second = ask(), ask(day=date(2016, 10, 15))
    jobs.build_package(first.pk)
    assert list(Build.objects.order_by("pk").values_list("state", flat=True)) == ["done", "queued"]
    jobs.tend_packages()
    assert set(Build.objects.values_list("state", flat=True)) == {"done"}
    assert second.editions.count() == 1


def test_what_fell_due_is_asked_for_by_the_daily_job(period, lead, settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 17)
    jobs.request_packages()
    jobs.request_packages()
    assert Package.objects.get().recorded_by is None
