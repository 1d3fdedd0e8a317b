"""A deed is one function for one thing that people do: guard, write the fact, done. Nothing here sees a request.

`by` is who does it and `at` when. A deed that isn't allowed raises `WorkflowError` and changes nothing. Who may do a
deed is decided by `tasks.access` before it gets here.
"""

from tasks.workflow.accounts import OneTime, Wanted, one_time_passwords, open_accounts, renew_passwords
from tasks.workflow.consent import hand_in, return_draft, take_back
from tasks.workflow.contacts import contacts_basis, contacts_of, keep_contacts
from tasks.workflow.corrections import ReadIndicator, correct_item
from tasks.workflow.correspondence import confirm_correspondences
from tasks.workflow.course import acknowledge, acknowledge_all, check_closing, close_assignment
from tasks.workflow.current import WorkflowError
from tasks.workflow.filing import ReportContent, check_content, floor_of, save_draft, submit_report
from tasks.workflow.handover import hand_over, initial_password
from tasks.workflow.instructions import answer_instruction, instruct, note_answer
from tasks.workflow.item_course import close_item
from tasks.workflow.local_duty import ask_for_local_plans, ask_further_offices, close_when_covered
from tasks.workflow.membership import change_members
from tasks.workflow.milestone_course import (
    move_milestone,
    report_milestone,
    review_milestone,
    withdraw_milestone,
)
from tasks.workflow.milestone_wishes import Wish
from tasks.workflow.milestones import MilestoneContent, add_milestone, add_milestones, plan_proposed
from tasks.workflow.office import Named, begin_installation, confirm_due_dates, dismiss_setup, name_office
from tasks.workflow.periods import lock_period, restore_report, unlock_period, waive_report
from tasks.workflow.phrases import write_phrases
from tasks.workflow.planned_steering import carry_out_planned, plan_steering, take_back_steering
from tasks.workflow.plans import change_settings
from tasks.workflow.redating import amend_items
from tasks.workflow.reminders import RuleContent, add_rule, change_rule
from tasks.workflow.requests import decide_request, make_request
from tasks.workflow.reshaping import Piece, merge_items, rehearse, split_item
from tasks.workflow.responsibility import amend_item, assign, follow_group, weigh, withdraw_assignment
from tasks.workflow.reviews import comment_on_report, review_report, review_reports
from tasks.workflow.saved import change_view, remove_view, save_view
from tasks.workflow.steering import steer
from tasks.workflow.succession import carry_out_due, establish_agency, split, succeed
from tasks.workflow.urges import answer_urge, urge, urge_to_file
from tasks.workflow.versions import Basis, StaleError
from tasks.workflow.withdrawals import withdraw_report, withdraw_request

__all__ = [
    "Basis",
    "MilestoneContent",
    "Named",
    "OneTime",
    "Piece",
    "ReadIndicator",
    "ReportContent",
    "RuleContent",
    "StaleError",
    "Wanted",
    "Wish",
    "WorkflowError",
    "acknowledge",
    "acknowledge_all",
    "add_milestone",
    "add_milestones",
    "add_rule",
    "amend_item",
    "amend_items",
    "answer_instruction",
    "answer_urge",
    "ask_for_local_plans",
    "ask_further_offices",
    "assign",
    "begin_installation",
    "carry_out_due",
    "carry_out_planned",
    "change_members",
    "change_rule",
    "change_settings",
    "change_view",
    "check_closing",
    "check_content",
    "close_assignment",
    "close_item",
    "close_when_covered",
    "comment_on_report",
    "confirm_correspondences",
    "confirm_due_dates",
    "contacts_basis",
    "contacts_of",
    "correct_item",
    "decide_request",
    "dismiss_setup",
    "establish_agency",
    "floor_of",
    "follow_group",
    "hand_in",
    "hand_over",
    "initial_password",
    "instruct",
    "keep_contacts",
    "lock_period",
    "make_request",
    "merge_items",
    "move_milestone",
    "name_office",
    "note_answer",
    "one_time_passwords",
    "open_accounts",
    "plan_proposed",
    "plan_steering",
    "rehearse",
    "remove_view",
    "renew_passwords",
    "report_milestone",
    "restore_report",
    "return_draft",
    "review_milestone",
    "review_report",
    "review_reports",
    "save_draft",
    "save_view",
    "split",
    "split_item",
    "steer",
    "submit_report",
    "succeed",
    "take_back",
    "take_back_steering",
    "unlock_period",
    "urge",
    "urge_to_file",
    "waive_report",
    "weigh",
    "withdraw_assignment",
    "withdraw_milestone",
    "withdraw_report",
    "withdraw_request",
    "write_phrases",
]
