"""Two who confirm the same list at once: each account is made once. On PostgreSQL, in connections of their own."""

import pytest
from django.db import transaction

from agencies.models import Change, ChangeChain, User
from tasks.workflow import Wanted, WorkflowError, one_time_passwords, open_accounts
from tests.support.at_once import AtOnce
from tests.support.factories import make_agency, make_user, moment

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_same_list_confirmed_twice_at_once_makes_each_account_once():
    agency, by = make_agency("省商务厅"), make_user()
    ChangeChain.objects.get_or_create(pk=1)
    wanted = [Wanted(name, name, "liaison", agency, "13800000000", "") for name in ("jia", "yi")]

    def confirm():
        return open_accounts(wanted=wanted, passwords=one_time_passwords(2), by=by, at=moment("2016-10-12"))

    at_once = AtOnce(confirm, confirm)
    with transaction.atomic():
        ChangeChain.objects.select_for_update().get()
        at_once.begin()
    [made], refused = at_once.finish()
    assert [type(refusal) for refusal in refused] == [WorkflowError]
    assert [user.username for user, _ in made] == ["jia", "yi"]
    assert User.objects.filter(agency=agency).count() == 2
    assert Change.objects.filter(action="开通账号").count() == 2
