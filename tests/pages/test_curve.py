"""The curve's table: its points as figures, for whoever doesn't see the drawing."""

from datetime import date, timedelta

import pytest

from tasks.models import DailySnapshot
from tests.support.factories import accepted_report, moment, revise

pytestmark = pytest.mark.django_db
FIRST = date(2016, 9, 1)


@pytest.fixture
def recorded(plan, lead):
    """Four days, of which only the third differs from the one before as it is shown."""
    accepted_report(lead, 70, at=moment("2016-10-10"))
    for place, percent in enumerate((10.0, 10.04, 10.05, 10.1)):
        DailySnapshot.objects.create(
            plan=plan, day=FIRST + timedelta(days=place), percent=percent, expected_percent=45.25
        )


def test_the_first_month_of_each_year_names_it(as_leader, plan, recorded, item):
    revise(item, date(2017, 3, 31), at=moment("2016-10-10"))
    page = as_leader.get(f"{plan.get_absolute_url()}?as_of=2016-10-12")
    labels = page.texts("//figure[@class='curve']/*[local-name()='svg']/*[local-name()='text']")
    months = [label for label in labels if label.endswith(("月", "年"))]
    assert months == ["6月", "2016年", *(f"{n}月" for n in range(7, 13)), "1月", "2017年", "2月", "3月"]


def test_the_table_has_each_day_on_which_the_shown_progress_changed_and_the_day_itself(as_leader, plan, recorded):
    page = as_leader.get(f"{plan.get_absolute_url()}?as_of=2016-10-12")
    assert page.rows("//figure//table/tbody/tr") == [
        ["9月1日", "10.0%", "45.3%"],
        ["9月3日", "10.1%", "45.3%"],
        ["10月12日", "70.0%", "63.8%"],
    ]
    links = [link.get("href") for link in page.all("//figure//table/tbody//a")]
    assert links == ["?as_of=2016-09-01", "?as_of=2016-09-03", "?as_of=2016-10-12"]
