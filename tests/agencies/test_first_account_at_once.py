"""Two who open the first address at once: one account. On PostgreSQL, in connections of their own."""

import pytest
from django.db import transaction
from django.utils import timezone

from agencies.installation import new_key
from agencies.models import Change, Office, SetupKey, User
from tasks.workflow import WorkflowError, begin_installation
from tests.support.at_once import AtOnce
from tests.support.factories import moment

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_first_accounts_at_once_are_one():
    now = timezone.now()
    key = new_key(now)

    def begin(name):
        what = {"office_name": "甲办", "urge_prefix": "督", "display_name": name, "password": "gaosu-tielu-8"}
        what |= {"also_coordinates": True, "at": moment("2016-10-12"), "now": now}
        return lambda: begin_installation(key=key, username=name, **what)

    at_once = AtOnce(begin("jia"), begin("yi"))
    with transaction.atomic():
        SetupKey.objects.select_for_update().get()
        at_once.begin()
    made, refused = at_once.finish()
    assert len(made) == 1
    assert [type(refusal) for refusal in refused] == [WorkflowError]
    assert list(User.objects.all()) == made
    assert Office.objects.count() == 1
    assert Change.objects.filter(action="设立首个账号").count() == 1
