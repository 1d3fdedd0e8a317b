"""Nobody locks everybody out: the last administrator, the last coordinator, the last head who has to consent."""

import pytest
from django.db import connection, transaction

from agencies.last_ones import LAST_ADMINISTRATOR, LAST_COORDINATOR, refusal_of
from agencies.models import User
from tests.support.at_once import AtOnce
from tests.support.factories import make_agency, make_user

pytestmark = pytest.mark.django_db


def changed(user, **values):
    names = ("role", "agency", "also_administers", "is_active")
    return User(**{**{name: getattr(user, name) for name in names}, **values})


@pytest.mark.parametrize(
    ("role", "values", "message"),
    [
        ("administrator", {"is_active": False}, LAST_ADMINISTRATOR),
        ("administrator", {"role": "leader"}, LAST_ADMINISTRATOR),
        ("coordinator", {"is_active": False}, LAST_COORDINATOR),
        ("coordinator", {"role": "leader"}, LAST_COORDINATOR),
        ("leader", {"is_active": False}, ""),
    ],
)
def test_the_last_one_stays_and_any_other_may_go(role, values, message):
    last = make_user(role=role)
    make_user(role=role, is_active=False)
    assert refusal_of(last, changed(last, **values)) == message
    make_user(role=role)
    assert refusal_of(last, changed(last, **values)) == ""


def test_who_administers_beside_coordinating_counts_as_both():
    both = make_user("both", also_administers=True)
    make_user("second")
    assert refusal_of(both, changed(both, also_administers=False)) == LAST_ADMINISTRATOR
    administrator = make_user(role="administrator")
    assert refusal_of(both, changed(both, also_administers=False)) == ""
    assert refusal_of(administrator, changed(administrator, is_active=False)) == ""


def test_the_head_of_an_agency_that_asks_for_consent_stays_in_it():
    agency = make_agency("省商务厅", requires_consent=True)
    head = make_user(role="approver", agency=agency)
    for values in ({"is_active": False}, {"role": "liaison"}, {"agency": make_agency()}):
        assert "最后一名在用的单位负责人" in refusal_of(head, changed(head, **values))
    make_user(role="approver", agency=agency)
    assert refusal_of(head, changed(head, is_active=False)) == ""


def test_what_changes_nothing_of_this_is_never_refused():
    last = make_user(role="administrator")
    assert refusal_of(last, changed(last)) == ""
    gone = make_user(role="coordinator", is_active=False)
    assert refusal_of(gone, changed(gone)) == ""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("role", ["administrator", "coordinator"])
def test_of_two_who_switch_the_last_two_off_at_once_one_is_refused(role):
    pair = [make_user(role=role), make_user(role=role)]

    def switch_off(user):
        def deed():
            with transaction.atomic():
                if not (refusal := refusal_of(user, changed(user, is_active=False))):
                    User.objects.filter(pk=user.pk).update(is_active=False)
                return refusal

        return deed

    at_once = AtOnce(*(switch_off(user) for user in pair))
    with transaction.atomic():
        list(User.objects.select_related(None).select_for_update().order_by("pk"))
        at_once.begin()
    said, failed = at_once.finish()
    assert failed == []
    assert sorted(map(bool, said)) == [False, True]
    assert User.objects.filter(role=role, is_active=True).count() == 1
    assert connection.vendor == "postgresql"
