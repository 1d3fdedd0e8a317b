"""The choices that questions ask by too, so that they stand below the tables that have them."""

from django.db.models import TextChoices


class AssignmentRole(TextChoices):
    LEAD = "lead", "负责"
    ASSIST = "assist", "协助"


class ClosureKind(TextChoices):
    CLOSED = "closed", "办结销号"
    SUSPENDED = "suspended", "中止"
    CANCELLED = "cancelled", "撤销"
    REOPENED = "reopened", "恢复办理"


class SteeringKind(TextChoices):
    """What is done with a part in an item, in the order in which it is done."""

    WITHDRAW = "withdraw", "退出"
    REPLACE = "replace", "更换"
    ROLE = "role", "改角色"
    ADD = "add", "新增"


RUNNING = ("", ClosureKind.REOPENED)  # the latest closure of an assignment that runs; "" where there was never any
