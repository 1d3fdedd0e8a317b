"""Receipts, closing and reopening; beside each deed each reason for which it is refused."""

import pytest

from tasks.models import (
    Assignment,
    Closure,
    Receipt,
)
from tasks.workflow import (
    acknowledge,
    close_assignment,
)
from tests.support.factories import (
    close,
    withdraw,
)
from tests.support.refusals import LATER, NOW, refused

pytestmark = pytest.mark.django_db


# ── receipts ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_second_receipt_is_the_first_one(lead, lead_liaison, approver):
    first = acknowledge(assignment=lead, by=lead_liaison, at=NOW)
    assert acknowledge(assignment=lead, by=approver, at=LATER) == first
    receipt = Receipt.objects.get()
    assert (receipt.assignment, receipt.recorded_at, receipt.recorded_by) == (lead, NOW, lead_liaison)


# ── closing ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", [Closure.Kind.CLOSED, Closure.Kind.SUSPENDED, Closure.Kind.CANCELLED])
def test_what_runs_can_be_ended_and_what_has_ended_reopened(lead, coordinator, kind):
    closure = close_assignment(assignment=lead, kind=kind, reason="已验收", by=coordinator, at=NOW)
    assert (closure.assignment, closure.kind, closure.reason) == (lead, kind, "已验收")
    assert (closure.recorded_at, closure.recorded_by) == (NOW, coordinator)
    close_assignment(assignment=lead, kind=Closure.Kind.REOPENED, reason="复查", by=coordinator, at=LATER)
    assert Assignment.objects.as_of(LATER).get(pk=lead.pk).closure == "reopened"


def test_what_was_reopened_can_be_ended_again(lead, coordinator):
    close(lead, at=NOW)
    close(lead, Closure.Kind.REOPENED, at=NOW)
    close_assignment(assignment=lead, kind=Closure.Kind.CLOSED, reason="再验收", by=coordinator, at=LATER)
    assert Closure.objects.count() == 3


@pytest.mark.parametrize("ended", [Closure.Kind.CLOSED, Closure.Kind.SUSPENDED, Closure.Kind.CANCELLED])
@pytest.mark.parametrize("kind", [Closure.Kind.CLOSED, Closure.Kind.SUSPENDED, Closure.Kind.CANCELLED])
def test_what_has_ended_cannot_end_again(lead, coordinator, ended, kind):
    close(lead, ended, at=NOW)
    with refused("该责任分工已经办结或中止。"):
        close_assignment(assignment=lead, kind=kind, reason="重复", by=coordinator, at=LATER)


def test_what_runs_cannot_be_reopened(lead, coordinator):
    with refused("该责任分工正在办理，无须恢复。"):
        close_assignment(assignment=lead, kind=Closure.Kind.REOPENED, reason="恢复", by=coordinator, at=NOW)


@pytest.mark.parametrize("reason", ["", "  "])
def test_closing_says_why(lead, coordinator, reason):
    with refused("请写明依据。", "reason"):
        close_assignment(assignment=lead, kind=Closure.Kind.CLOSED, reason=reason, by=coordinator, at=NOW)


def test_a_withdrawn_assignment_cannot_be_closed(lead, coordinator):
    withdraw(lead, at=NOW)
    with refused("该责任分工已经撤回。"):
        close_assignment(assignment=lead, kind=Closure.Kind.CLOSED, reason="已验收", by=coordinator, at=LATER)
