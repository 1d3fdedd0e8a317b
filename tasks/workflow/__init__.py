"""Deeds: one function for each thing that people do. Guard, write the fact, done; nothing here sees a request.

`by` is who does it and `at` when. A deed that isn't allowed raises `WorkflowError` and changes nothing. Who may do a
deed is decided by `tasks.access` before it gets here.
"""

from tasks.workflow.course import acknowledge, close_assignment
from tasks.workflow.current import WorkflowError
from tasks.workflow.reporting import ReportContent, check_content, save_draft, submit_report
from tasks.workflow.responsibility import amend_item, assign, follow_group, withdraw_assignment
from tasks.workflow.reviewing import review_report

__all__ = [
    "ReportContent",
    "WorkflowError",
    "acknowledge",
    "amend_item",
    "assign",
    "check_content",
    "close_assignment",
    "follow_group",
    "review_report",
    "save_draft",
    "submit_report",
    "withdraw_assignment",
]
