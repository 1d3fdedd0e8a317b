"""Who may: every address × every role, in one table. An address without a line in it fails.

Read a line as: who asks for this, with this method, gets that. `login` is the way to the sign-in page. What is visible
and not allowed is 403, what isn't visible 404 (docs/rules.md 7).
"""

import re
from collections.abc import Callable, Collection, Iterator
from functools import cache
from http.cookies import SimpleCookie
from typing import NamedTuple

import pytest
from django.contrib import admin
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse
from django.utils import timezone

from agencies.installation import new_key
from agencies.models import Agency, AgencyGroup, Office, Role, SecurityEvent, User
from agencies.security import Kind, record
from tasks.models import (
    AgencyRequest,
    Assignment,
    Closure,
    Comment,
    Decision,
    ItemRevision,
    MilestoneDone,
    MilestonePlan,
    MilestoneReview,
    MilestoneWithdrawal,
    ProgressReport,
    Receipt,
    Review,
    WorkdayOverride,
)
from tasks.models.fact import Fact
from tasks.workflow.reminders import renew_calendar
from tests.pages.conftest import signed_in
from tests.support import staging
from tests.support.factories import (
    make_agency,
    make_office,
    make_user,
    moment,
)
from tests.support.reading import Page
from tests.support.staging import COMMENT, DRAFT

pytestmark = [pytest.mark.django_db, pytest.mark.untraced]

ROLES = ("nobody", "coordinator", "lead_liaison", "approver", "other_liaison", "leader", "administrator")

# `lead_liaison` and `approver` are the liaison and the head of the agency that the object belongs to, `other_liaison`
# is the liaison of an agency without a part in it.
TABLE = """
address                  of what     method  nobody coordinator lead_liaison approver other_liaison leader administrator

# open to everyone
healthz                  -           GET     503    503         503          503      503           503    503
metrics                  -           GET     200    200         200          200      200           200    200
login                    -           GET     200    302         302          302      302           302    302
login                    -           POST    200    302         302          302      302           302    302

administration-door      -           GET     login  403         403          403      403           403    403
administration-door      -           POST    login  403         403          403      403           403    403

account_login            -           GET     200    302         302          302      302           302    302
account_login            -           POST    200    302         302          302      302           302    302
openid_connect_login     -           GET     404    404         404          404      404           404    404
openid_connect_callback  -           GET     404    404         404          404      404           404    404
openid_connect_told      -           POST    404    404         404          404      404           404    404
gateway_login            -           GET     404    404         404          404      404           404    404
cas_login                -           GET     404    404         404          404      404           404    404
cas_callback             -           GET     404    404         404          404      404           404    404
cas_callback             -           POST    404    404         404          404      404           404    404
dingtalk_login           -           GET     404    404         404          404      404           404    404
dingtalk_callback        -           GET     404    404         404          404      404           404    404
feishu_login             -           GET     404    404         404          404      404           404    404
feishu_callback          -           GET     404    404         404          404      404           404    404
mfa_authenticate         -           GET     login  302         302          302      302           302    302
mfa_authenticate         -           POST    login  302         302          302      302           302    302

# once anybody has an account, there is no first one to make
tasks:first-account      key         GET     404    404         404          404      404           404    404
tasks:first-account      key         POST    404    404         404          404      404           404    404

# everybody's own
logout                   -           GET     login  405         405          405      405           405    405
logout                   -           POST    login  302         302          302      302           302    302
password_change          -           GET     login  200         200          200      200           200    200
password_change          -           POST    login  200         200          200      200           200    200
session_list             -           GET     login  200         200          200      200           200    200
session_list             -           POST    login  302         302          302      302           302    302

# who has no password, as nobody here, can't confirm by it who they are
account_reauthenticate   -           GET     login  403         403          403      403           403    403
account_reauthenticate   -           POST    login  403         403          403      403           403    403
mfa_index                -           GET     login  200         200          200      200           200    200
mfa_reauthenticate       -           GET     login  403         403          403      403           403    403
mfa_reauthenticate       -           POST    login  403         403          403      403           403    403
mfa_activate_totp        -           GET     login  403         403          403      403           403    403
mfa_activate_totp        -           POST    login  403         403          403      403           403    403
mfa_list_webauthn        -           GET     login  200         200          200      200           200    200
mfa_add_webauthn         -           GET     login  403         403          403      403           403    403
mfa_add_webauthn         -           POST    login  403         403          403      403           403    403
mfa_reauthenticate_webauthn -        GET     login  403         403          403      403           403    403
mfa_reauthenticate_webauthn -        POST    login  403         403          403      403           403    403
mfa_edit_webauthn        passkey     GET     login  403         403          403      403           403    403
mfa_edit_webauthn        passkey     POST    login  403         403          403      403           403    403
mfa_remove_webauthn      passkey     GET     login  403         403          403      403           403    403
mfa_remove_webauthn      passkey     POST    login  403         403          403      403           403    403
mfa_deactivate_totp      -           GET     login  404         404          404      404           404    404
mfa_deactivate_totp      -           POST    login  404         404          404      404           404    404
mfa_view_recovery_codes  -           GET     login  404         404          404      404           404    404
mfa_generate_recovery_codes -        GET     login  403         403          403      403           403    403
mfa_generate_recovery_codes -        POST    login  403         403          403      403           403    403
password_change_done     -           GET     login  200         200          200      200           200    200
tasks:message-list       -           GET     login  200         200          200      200           200    200
tasks:message-list       -           POST    login  302         302          302      302           302    302
tasks:search             -           GET     login  200         200          200      200           200    200
tasks:help               -           GET     login  200         200          200      200           200    200
tasks:message-open       message     POST    login  404         302          404      404           404    404

# supervision is open to everyone who is signed in
reports:home             -           GET     login  302         302          302      302           302    302
reports:dashboard        plan        GET     login  200         200          200      200           200    200
reports:news             plan        GET     login  200         200          200      200           200    200
reports:ranking          plan        GET     login  200         200          200      200           200    200
reports:wall             plan        GET     login  200         200          200      200           200    200
reports:local            plan        GET     login  200         200          200      200           200    200
reports:local-export     plan        GET     login  200         200          200      200           200    200
reports:local-ranking    plan        GET     login  200         200          200      200           200    200
reports:local-city       city        GET     login  200         200          200      200           200    200
reports:local-item       item        GET     login  200         200          200      200           200    200
reports:section-detail   section     GET     login  200         200          200      200           200    200
reports:item-export      xlsx_of     GET     login  200         200          200      200           200    200
reports:item-export      xlsx_of     POST    login  200         200          200      200           200    200
reports:assignment-export csv_of     GET     login  200         200          200      200           200    200
reports:assignment-export csv_of     POST    login  200         200          200      200           200    200
reports:large-file-list  -           GET     login  200         200          200      200           200    200
reports:large-file       large       GET     login  200         404          404      404           404    404
reports:large-file-download large    GET     login  200         404          404      404           404    404
reports:agency-list      plan        GET     login  200         200          200      200           200    200
reports:agency-detail    agency      GET     login  200         200          200      200           200    200
reports:agency-detail    stranger    GET     login  404         404          404      404           404    404
reports:period-detail    period      GET     login  200         200          200      200           200    200
reports:period-reports   period      GET     login  200         200          200      200           200    200
tasks:plan-list          -           GET     login  200         200          200      200           200    200
tasks:notice             plan        GET     login  200         200          200      200           200    200
tasks:item-list          plan        GET     login  200         200          200      200           200    200
tasks:assignment-list    plan        GET     login  200         200          200      200           200    200
tasks:item-detail        item        GET     login  200         200          200      200           200    200
tasks:roadmap            plan        GET     login  200         200          200      200           200    200
tasks:milestone-detail   milestone   GET     login  200         200          200      200           200    200
tasks:group-detail       group       GET     login  200         200          200      200           200    200
tasks:planned-steering   planned     GET     login  200         200          200      200           200    200
tasks:planned-steering   planned     POST    login  422         403          403      403           403    403

# evidence is for those who may read what it belongs to
tasks:evidence           e_accepted  GET     login  200         200          200      200           200    200
tasks:evidence           e_waiting   GET     login  200         200          200      404           200    200
tasks:evidence           e_sent_back GET     login  200         200          200      404           200    200
tasks:evidence           e_request   GET     login  200         200          200      404           200    200
tasks:evidence           e_milestone GET     login  200         200          200      404           200    200
tasks:evidence           e_draft     GET     login  404         200          200      404           404    404
tasks:evidence-view      e_accepted  GET     login  200         200          200      200           200    200
tasks:evidence-view      e_waiting   GET     login  200         200          200      404           200    200
tasks:evidence-view      e_sent_back GET     login  200         200          200      404           200    200
tasks:evidence-view      e_request   GET     login  200         200          200      404           200    200
tasks:evidence-view      e_milestone GET     login  200         200          200      404           200    200
tasks:evidence-view      e_draft     GET     login  404         200          200      404           404    404
tasks:evidence-shown     e_accepted  GET     login  200         200          200      200           200    200
tasks:evidence-shown     e_waiting   GET     login  200         200          200      404           200    200
tasks:evidence-shown     e_sent_back GET     login  200         200          200      404           200    200
tasks:evidence-shown     e_request   GET     login  200         200          200      404           200    200
tasks:evidence-shown     e_milestone GET     login  200         200          200      404           200    200
tasks:evidence-shown     e_draft     GET     login  404         200          200      404           404    404

# packages: coordinators and leadership ask for them and read all; agencies (and administrators) meet what is issued,
# and of it the briefing: a workbook holds texts that wait and comments of reviews
reports:package-list     plan        GET     login  200         200          200      200           200    200
reports:package-list     plan        POST    login  422         403          403      403           422    403
reports:package-detail   draft_pack  GET     login  200         404          404      404           200    404
reports:package-detail   draft_pack  POST    login  422         404          404      404           422    404
reports:package-detail   issued      GET     login  200         200          200      200           200    200
reports:package-detail   issued      POST    login  422         403          403      403           422    403
reports:package-file     draft_docx  GET     login  200         404          404      404           200    404
reports:package-file     docx        GET     login  200         200          200      200           200    200
reports:package-file     xlsx        GET     login  200         404          404      404           200    404
reports:desk             -           GET     login  200         403          403      403           200    403
reports:desk             -           POST    login  422         403          403      403           403    403
reports:briefing-text    draft_pack  GET     login  200         404          404      404           200    404
reports:briefing-text    draft_pack  POST    login  422         404          404      404           403    404
reports:briefing-text    issued      GET     login  200         403          403      403           200    403
reports:briefing-text    issued      POST    login  403         403          403      403           403    403
reports:one-page         draft_pack  GET     login  200         404          404      404           200    404
reports:one-page         issued      GET     login  200         200          200      200           200    200
reports:package-compare  -           GET     login  200         403          403      403           200    403
reports:package-verify   -           GET     login  200         200          200      200           200    200
reports:package-verify   -           POST    login  422         422          422      422           422    422

# coordinators steer
tasks:item-amend         item        GET     login  200         403          403      403           403    403
tasks:item-amend         item        POST    login  422         403          403      403           403    403
tasks:review-decided     -           GET     login  200         403          403      403           403    403
tasks:phrase-list        -           GET     login  200         403          403      403           403    403
tasks:phrase-list        -           POST    login  302         403          403      403           403    403
tasks:saved-view-list    plan        GET     login  200         403          403      403           403    403
tasks:saved-view-list    plan        POST    login  200         403          403      403           403    403
tasks:saved-view         view        GET     login  302         403          403      403           403    403
tasks:saved-view         view        POST    login  302         403          403      403           403    403
tasks:saved-view         other_view  GET     login  404         403          403      403           403    403
tasks:item-dates         plan        GET     login  200         403          403      403           403    403
tasks:item-dates         plan        POST    login  422         403          403      403           403    403
tasks:period-list        plan        GET     login  200         200          200      200           200    200
tasks:period-list        plan        POST    login  422         403          403      403           403    403
tasks:period-revise      coming      GET     login  200         403          403      403           403    403
tasks:period-revise      coming      POST    login  422         403          403      403           403    403
tasks:item-weights       item        GET     login  200         403          403      403           403    403
tasks:item-weights       item        POST    login  422         403          403      403           403    403
tasks:item-correct       item        GET     login  200         200          200      200           200    200
tasks:item-correct       item        POST    login  422         403          403      403           403    403
tasks:item-steer         item        GET     login  200         403          403      403           403    403
tasks:item-steer         item        POST    login  422         403          403      403           403    403
tasks:item-suspend       item        GET     login  200         403          403      403           403    403
tasks:item-suspend       item        POST    login  422         403          403      403           403    403
tasks:item-split         item        GET     login  200         403          403      403           403    403
tasks:item-split         item        POST    login  422         403          403      403           403    403
tasks:item-merge         item        GET     login  200         403          403      403           403    403
tasks:item-merge         item        POST    login  422         403          403      403           403    403
tasks:plan-steer         plan        GET     login  200         403          403      403           403    403
tasks:plan-steer         plan        POST    login  422         403          403      403           403    403
tasks:roadmap-propose    plan        GET     login  200         403          403      403           403    403
tasks:roadmap-propose    plan        POST    login  422         403          403      403           403    403
tasks:local-duty         plan        GET     login  200         403          403      403           403    403
tasks:local-duty         plan        POST    login  422         403          403      403           403    403
tasks:local-new          plan        GET     login  403         403          403      403           403    403
tasks:local-new          plan        POST    login  403         403          403      403           403    403
tasks:correspondence     plan        GET     login  404         403          403      403           403    403
tasks:correspondence     plan        POST    login  404         403          403      403           403    403
tasks:milestone-new      item        GET     login  200         403          403      403           403    403
tasks:milestone-new      item        POST    login  422         403          403      403           403    403
tasks:milestone-move     milestone   GET     login  200         403          403      403           403    403
tasks:milestone-move     milestone   POST    login  422         403          403      403           403    403
tasks:milestone-withdraw milestone   GET     login  200         403          403      403           403    403
tasks:milestone-withdraw milestone   POST    login  422         403          403      403           403    403
tasks:milestone-review   ms_waiting  GET     login  200         403          403      403           403    403
tasks:milestone-review   ms_waiting  POST    login  422         403          403      403           403    403
tasks:plan-settings      plan        GET     login  200         403          403      403           403    403
tasks:plan-settings      plan        POST    login  422         403          403      403           403    403
tasks:assignment-close   assignment  GET     login  200         403          403      403           403    403
tasks:assignment-close   assignment  POST    login  422         403          403      403           403    403
tasks:group-detail       group       POST    login  200         403          403      403           403    403
tasks:import-list        -           GET     login  200         403          403      403           403    403
tasks:import-list        -           POST    login  422         403          403      403           403    403
tasks:import-draft       import      GET     login  200         403          403      403           403    403
tasks:import-draft       import      POST    login  422         403          403      403           403    403
tasks:import-item        import_item GET     login  200         403          403      403           403    403
tasks:import-item        import_item POST    login  422         403          403      403           403    403
tasks:import-confirm     import      GET     login  200         403          403      403           403    403
tasks:import-confirm     import      POST    login  422         403          403      403           403    403
tasks:desk               -           GET     login  200         403          403      403           403    403
tasks:desk               -           POST    login  422         403          403      403           403    403
tasks:unfiled            period      GET     login  200         403          403      403           403    403
tasks:unfiled            period      POST    login  422         403          403      403           403    403
tasks:period-lock        period      GET     login  200         403          403      403           403    403
tasks:period-lock        period      POST    login  422         403          403      403           403    403
tasks:report-waive       waiver      GET     login  200         403          403      403           403    403
tasks:report-waive       waiver      POST    login  422         403          403      403           403    403
tasks:reminder-list      -           GET     login  200         200          200      200           200    200
tasks:reminder-preview   -           GET     login  200         200          200      200           200    200
tasks:reminder-detail    reminder    GET     login  200         200          404      404           404    200
tasks:delivery-send      delivery    POST    login  302         403          404      404           404    302
tasks:rule-list          -           GET     login  200         200          200      200           200    200
tasks:rule-new           -           GET     login  200         403          403      403           403    403
tasks:rule-new           -           POST    login  422         403          403      403           403    403
tasks:rule-edit          rule        GET     login  200         403          403      403           403    403
tasks:rule-edit          rule        POST    login  422         403          403      403           403    403
tasks:reminder-settings  -           GET     login  200         200          200      200           200    200
tasks:reminder-settings  -           POST    login  422         422          422      422           422    422
tasks:calendar-address   -           POST    login  302         302          302      302           302    302
tasks:calendar-feed      calendar    GET     200    200         200          200      200           200    200
tasks:urge-list          -           GET     login  200         200          200      200           200    200
tasks:urge-new           -           GET     login  200         403          403      403           403    403
tasks:urge-new           -           POST    login  422         403          403      403           403    403
tasks:urge-detail        urge        GET     login  200         200          200      404           200    200
tasks:urge-detail        urge        POST    login  403         422          422      404           403    403
tasks:urge-slip          urge        GET     login  200         200          200      404           200    200
tasks:urge-slips         -           GET     login  302         302          302      302           302    302
tasks:instruction-list   -           GET     login  200         200          200      200           200    200
tasks:instruction-new    item        GET     login  200         403          403      403           200    403
tasks:instruction-new    item        POST    login  422         403          403      403           422    403
tasks:instruction-detail instruction GET     login  200         200          200      404           200    200
tasks:instruction-detail instruction POST    login  403         422          422      404           403    403
tasks:instruction-note   ins_reply   GET     login  405         405          405      405           405    405
tasks:instruction-note   ins_reply   POST    login  302         403          403      404           422    403
tasks:evidence           e_answer    GET     login  200         200          200      404           200    200
reports:slips-docx       -           GET     login  302         302          302      302           302    302
tasks:request-list       -           GET     login  200         403          403      403           403    403
tasks:request-detail     request     GET     login  200         200          200      404           200    200
tasks:my-requests        -           GET     login  403         200          200      200           403    403
tasks:request-withdraw   request     GET     login  405         405          405      405           405    405
tasks:request-withdraw   request     POST    login  403         302          302      404           403    403
tasks:request-detail     request     POST    login  422         403          403      404           403    403
tasks:review-list        -           GET     login  200         403          403      403           403    403
tasks:review-list        -           POST    login  422         403          403      403           403    403
tasks:review-detail      waiting     GET     login  200         403          403      404           403    403
tasks:review-detail      waiting     POST    login  422         403          403      404           403    403
tasks:review-detail      sent_back   GET     login  200         403          403      404           403    403
tasks:review-detail      sent_back   POST    login  422         403          403      404           403    403
tasks:review-detail      accepted    GET     login  200         403          403      403           403    403
tasks:review-detail      accepted    POST    login  422         403          403      403           403    403
tasks:review-comment     waiting     POST    login  422         403          403      404           403    403
tasks:review-comment     accepted    POST    login  422         403          403      403           403    403

# the record of changes, people and agencies: coordinators and administrators
tasks:setup              -           GET     login  200         403          403      403           403    200
tasks:setup              -           POST    login  302         403          403      403           403    403
tasks:office             -           GET     login  200         403          403      403           403    200
tasks:office             -           POST    login  422         403          403      403           403    422
reports:account-list     -           GET     login  200         403          403      403           403    200
reports:account-list     -           POST    login  422         403          403      403           403    422
reports:account-file     -           GET     login  200         403          403      403           403    200
reports:account-open     -           POST    login  302         403          403      403           403    302
reports:account-slips    -           POST    login  302         403          403      403           403    302
reports:change-list      -           GET     login  200         403          403      403           403    200
reports:change-export    -           GET     login  200         403          403      403           403    200
reports:change-export    -           POST    login  200         403          403      403           403    200
reports:record-list      -           GET     login  403         403          403      403           403    200
reports:record-export    -           GET     login  403         403          403      403           403    200
reports:record-export    -           POST    login  403         403          403      403           403    200
tasks:directory          -           GET     login  200         200          200      200           200    200
reports:directory-file   -           GET     login  200         200          200      200           200    200
tasks:agency-contacts    people      GET     login  200         200          200      403           403    403
tasks:agency-contacts    people      POST    login  302         302          302      403           403    403
tasks:agency-people      people      GET     login  200         403          403      403           403    200
tasks:hand-over          person      GET     login  200         403          403      403           403    200
tasks:hand-over          person      POST    login  422         403          403      403           403    422
tasks:hand-over          leader      GET     login  404         404          404      404           404    404
tasks:succession-list    -           GET     login  200         403          403      403           403    200
tasks:succession-new     -           GET     login  200         403          403      403           403    200
tasks:succession-new     -           POST    login  422         403          403      403           403    422

# agencies write their own assignments, and nobody writes in their name
tasks:my                 -           GET     login  403         200          200      200           403    403
tasks:my-milestones      -           GET     login  403         200          200      200           403    403
tasks:acknowledge        -           GET     login  405         405          405      405           405    405
tasks:acknowledge        -           POST    login  403         302          302      302           403    403
tasks:request-new        assignment  GET     login  403         200          200      403           403    403
tasks:request-new        assignment  POST    login  403         422          422      403           403    403
tasks:milestone-report   milestone   GET     login  403         200          200      403           403    403
tasks:milestone-report   milestone   POST    login  403         422          422      403           403    403
tasks:file-all           -           GET     login  403         200          200      200           403    403
tasks:file-all           -           POST    login  403         302          302      302           403    403
tasks:report-history     -           GET     login  403         200          200      200           403    403
tasks:report-filed       waiting     GET     login  403         200          200      404           403    403
tasks:report-filed       waiting     POST    login  403         302          302      404           403    403
tasks:report-filed       accepted    GET     login  403         200          200      403           403    403
tasks:report-filed       accepted    POST    login  403         422          422      403           403    403
tasks:report-edit        assignment  GET     login  403         200          200      403           403    403
tasks:report-edit        assignment  POST    login  403         422          422      403           403    403
tasks:report-edit        draft       POST    login  403         302          302      403           403    403
reports:fill-in          -           GET     login  403         200          200      200           403    403
reports:fill-in          -           POST    login  403         422          422      422           403    403
reports:fill-in-file     period      GET     login  403         200          200      404           403    403
reports:fill-in-check    -           GET     login  403         302          302      302           403    403
reports:fill-in-check    -           POST    login  403         302          302      302           403    403
reports:fill-in-result   -           GET     login  403         302          302      302           403    403
"""

# Pages that only show: whoever may read them is told that they take nothing.
READ_ONLY = [
    "reports:local",
    "reports:local-export",
    "reports:local-city",
    "reports:local-item",
    "reports:local-ranking",
    "openid_connect_login",
    "openid_connect_callback",
    "gateway_login",
    "cas_login",
    "dingtalk_login",
    "dingtalk_callback",
    "feishu_login",
    "feishu_callback",
    "reports:home",
    "reports:dashboard",
    "reports:news",
    "reports:ranking",
    "reports:wall",
    "reports:section-detail",
    "reports:agency-list",
    "reports:agency-detail",
    "reports:period-detail",
    "reports:period-reports",
    "reports:directory-file",
    "tasks:directory",
    "tasks:plan-list",
    "tasks:notice",
    "tasks:review-decided",
    "tasks:item-list",
    "tasks:assignment-list",
    "tasks:item-detail",
    "tasks:roadmap",
    "tasks:search",
    "tasks:help",
    "tasks:milestone-detail",
    "tasks:request-list",
    "tasks:reminder-list",
    "tasks:reminder-preview",
    "tasks:reminder-detail",
    "tasks:rule-list",
    "tasks:calendar-feed",
    "tasks:instruction-list",
    "tasks:urge-list",
    "tasks:urge-slip",
    "tasks:urge-slips",
    "reports:slips-docx",
    "tasks:evidence",
    "tasks:evidence-shown",
    "tasks:evidence-view",
    "tasks:my",
    "tasks:my-requests",
    "tasks:report-history",
    "reports:account-file",
    "tasks:my-milestones",
    "reports:fill-in-file",
    "reports:fill-in-result",
    "reports:package-file",
    "reports:package-compare",
    "reports:one-page",
    "reports:large-file-list",
    "reports:large-file",
    "reports:large-file-download",
    "reports:change-list",
    "reports:record-list",
    "mfa_index",
    "mfa_list_webauthn",
    "mfa_view_recovery_codes",
    "tasks:succession-list",
    "tasks:agency-people",
    "healthz",
    "metrics",
    "password_change_done",
]

NOTHING_THERE = [
    "/plans/none/",
    "/plans/none/items/",
    "/plans/none/items/1/",
    "/plans/none/items/export/csv/",
    "/plans/none/assignments/export/csv/",
    "/reports/0/briefing/",
    "/reports/0/page/",
    "/plans/none/items/1/amend/",
    "/plans/none/items/dates/",
    "/plans/none/roadmap/",
    "/plans/none/roadmap/propose/",
    "/plans/none/items/1/milestones/new/",
    "/milestones/0/",
    "/milestones/0/move/",
    "/milestones/0/withdraw/",
    "/milestones/0/done/",
    "/milestones/0/review/",
    "/plans/none/settings/",
    "/plans/import/0/",
    "/plans/import/0/items/1/",
    "/plans/import/0/confirm/",
    "/plans/none/items/1/weights/",
    "/plans/none/items/1/responsibility/",
    "/plans/none/items/1/split/",
    "/plans/none/items/1/suspend/",
    "/plans/none/items/1/merge/",
    "/plans/none/responsibility/",
    "/plans/none/items/1/correction/",
    "/responsibility/0/",
    "/plans/none/assignments/",
    "/plans/none/views/",
    "/plans/none/views/1/",
    "/plans/none/agencies/",
    "/plans/none/agencies/1/",
    "/plans/none/sections/1/",
    "/plans/none/notice/",
    "/plans/none/periods/2016Q3/",
    "/plans/none/periods/2016Q3/reports/",
    "/plans/none/periods/2016Q3/lock/",
    "/plans/none/periods/",
    "/plans/none/periods/2016Q4/revise/",
    "/assignments/0/waivers/2016Q3/",
    "/plans/none/reports/",
    "/reports/0/",
    "/reports/0/files/0/",
    "/files/0/",
    "/files/0/download/",
    "/groups/0/",
    "/evidence/0/",
    "/evidence/0/shown/",
    "/evidence/0/view/",
    "/assignments/0/close/",
    "/assignments/0/requests/new/",
    "/requests/0/",
    "/requests/0/withdraw/",
    "/reminders/0/",
    "/reminders/rules/0/",
    "/reminders/deliveries/0/send/",
    "/instructions/0/",
    "/instructions/0/noted/0/",
    "/plans/none/items/1/instruct/",
    "/urges/0/",
    "/urges/0/slip/",
    "/my/0/",
    "/my/reports/0/",
    "/reviews/0/",
    "/reviews/0/comments/",
    "/messages/0/",
    "/accounts/hand-over/0/",
    "/agencies/0/people/",
    "/agencies/0/contacts/",
]
HEAD, *LINES = [line.split() for line in TABLE.splitlines() if line.strip() and not line.startswith("#")]


# ── the stage ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def cast(rows_of_module: None) -> dict[str, User | None]:
    """One person of every kind."""
    agencies = {name: make_agency(name) for name in ("省商务厅", "合肥海关", "省水利厅")}
    people: dict[str, User | None] = {
        "nobody": None,
        "coordinator": make_user("coordinator", role=Role.COORDINATOR, display_name="统筹员"),
        "lead_liaison": make_user("lead", role=Role.LIAISON, agency=agencies["省商务厅"], display_name="商务联络员"),
        "approver": make_user("approver", role=Role.APPROVER, agency=agencies["省商务厅"], display_name="商务负责人"),
        "assisting_liaison": make_user("assisting", role=Role.LIAISON, agency=agencies["合肥海关"]),
        "other_liaison": make_user("other", role=Role.LIAISON, agency=agencies["省水利厅"]),
        "leader": make_user("leader", role=Role.LEADER, display_name="分管领导"),
        "administrator": make_user("administrator", role=Role.ADMINISTRATOR, display_name="管理员"),
    }
    return people


@pytest.fixture(scope="module")
def browser_of(cast: dict[str, User | None]) -> Callable[[str], Client]:
    """By role. Each has signed in once, and is given again without what the test before left in its cookies."""
    clients = {role: signed_in(user) if user else Client() for role, user in cast.items()}
    cookies = {role: client.cookies for role, client in clients.items()}

    def given(role: str) -> Client:
        clients[role].cookies = SimpleCookie(cookies[role])
        return clients[role]

    return given


@pytest.fixture(scope="module")
def stage(cast, tmp_path_factory) -> Iterator[dict[str, tuple]]:
    """What the addresses need, by the word of the table's second column; each kind of report has words of its own.

    It is built once: every test is rolled back to it.
    """
    with override_settings(QA_PLAN_TODAY=staging.DAY, MEDIA_ROOT=tmp_path_factory.mktemp("media")):
        yield built(cast)


def built(cast: dict[str, User]) -> dict[str, tuple]:
    """The stage of every office, and what there is once in an installation."""
    staging.one_rule_of_each_kind()
    staged = staging.built(cast)
    record(Kind.SIGNED_IN, by=cast["leader"], at=moment("2016-10-10"))
    calendar = renew_calendar(user=cast["lead_liaison"], at=moment("2016-10-10"))
    city = (*staged["plan"], make_office("合肥市", code="340100").code)
    return staged | {
        "calendar": (calendar,),
        "key": (new_key(timezone.now()),),
        "city": city,
        "passkey": (1,),
    }  # nobody's


class Answer(NamedTuple):
    """What a browser got: the status, or `login` for the way to the sign-in page, and where it leads from there."""

    status: str
    page: str  # "" where it is none
    ways: Collection[str]  # paths


def answer(client: Client, method: str, url: str, **sent: str) -> str:
    """The status, or `login` for the way to the sign-in page."""
    response = client.get(url) if method == "GET" else client.post(url, sent)
    return status_of(response)


def status_of(response: HttpResponse) -> str:
    if response.status_code == 302 and response.url.startswith(reverse("login")):
        return "login"
    return str(response.status_code)


@pytest.fixture(scope="module")
def look(stage, browser_of) -> Callable[[str, str], Answer]:
    """What a role gets at an address. Who looks changes nothing, so each is asked for once, whoever wants to know."""

    @cache
    def look(role: str, url: str) -> Answer:
        response = browser_of(role).get(url)
        assert {"no-store", "no-cache"} & set(response.headers["Cache-Control"].replace(" ", "").split(",")), url
        status = status_of(response)
        if status == "302":
            return Answer(status, "", {path_of(response.url)})
        if status != "200" or "html" not in response.headers["Content-Type"]:
            return Answer(status, "", ())  # a file is to keep; what it holds is for the tests of its own page
        page = Page(response, url)
        forms = {path_of(form.get("action")) for form in page.all("//form[@method='get' and @action]")}
        forms |= {path_of(button.get("formaction")) for button in page.all("//button[@form='ledger' and @formaction]")}
        shown = {path_of(source) for source in page.all("//main//*[@src]/@src")}
        return Answer(status, page.source, forms | shown | {path_of(link.url) for link in page.links("//body")})

    return look


def path_of(url: str) -> str:
    return url.removeprefix("http://testserver").partition("?")[0]


# ── the table ────────────────────────────────────────────────────────────────────────────────────────────────────


def names_of(resolver: URLResolver, namespaces: tuple[str, ...] = ()) -> Iterator[str]:
    """Every name that the resolver knows; the administration's are one rule, not lines."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield ":".join([*namespaces, pattern.name or f"unnamed: {pattern.pattern}"])
        elif pattern.namespace != "admin":
            yield from names_of(pattern, (*namespaces, *filter(None, [pattern.namespace])))


def test_every_address_has_a_line_in_the_table_and_every_line_an_address():
    assert {line[0] for line in LINES} == set(names_of(get_resolver()))
    assert tuple(HEAD[-len(ROLES) :]) == ROLES
    assert all(len(line) == 3 + len(ROLES) for line in LINES)


def test_an_address_that_takes_posts_has_a_line_for_them():
    """What has no line with POST is among the pages that only show, and the other way round."""
    posting = {line[0] for line in LINES if line[2] == "POST"}
    assert {line[0] for line in LINES} - posting == set(READ_ONLY)


@pytest.mark.usefixtures("refusals_in_a_word")
@pytest.mark.parametrize("line", LINES, ids=[" ".join(line[:3]) for line in LINES])
def test_everybody_gets_what_the_table_says(stage, browser_of, look, line):
    name, what, method, *expected = line
    url = reverse(name, args=stage[what])
    sent = {"action": "draft"} if what == "draft" else {"action": "submit"}
    if method == "GET":
        given = [look(role, url).status for role in ROLES]
    else:
        given = [answer(browser_of(role), method, url, **sent) for role in ROLES]
    assert dict(zip(ROLES, given, strict=True)) == dict(zip(ROLES, expected, strict=True))


SHOWN = [line for line in LINES if line[2] == "GET" and "200" in line[3:]]


@pytest.mark.parametrize("line", SHOWN, ids=[" ".join(line[:2]) for line in SHOWN])
def test_whoever_is_shown_a_page_may_ask_for_its_head_alone(stage, browser_of, line):
    name, what, _, *expected = line
    response = browser_of(ROLES[expected.index("200")]).head(reverse(name, args=stage[what]))
    assert (response.status_code, response.getvalue()) == (200, b"")


@pytest.mark.parametrize("role", ROLES[1:])
@pytest.mark.parametrize(("status", "title"), [("403", "无权进行此项操作"), ("404", "页面不存在")])
def test_whoever_is_refused_gets_a_page_that_says_so(stage, browser_of, role, status, title):
    name, what, *_ = next(line for line in LINES if line[2] == "GET" and line[3 + ROLES.index(role)] == status)
    url = reverse(name, args=stage[what])
    page = Page(browser_of(role).get(url), url)
    assert (str(page.status), page.title) == (status, title)


@pytest.mark.parametrize("name", READ_ONLY)
def test_a_page_that_only_shows_takes_nothing(stage, browser_of, name):
    what = next(line[1] for line in LINES if line[0] == name)
    url = reverse(name, args=stage[what])
    assert (
        answer(
            browser_of("lead_liaison" if name in ("tasks:my", "tasks:my-milestones") else "coordinator"), "POST", url
        )
        == "405"
    )


@pytest.mark.usefixtures("refusals_in_a_word")
@pytest.mark.parametrize("url", NOTHING_THERE)
def test_what_is_not_there_is_not_found_by_anybody_and_hidden_from_nobody(stage, browser_of, url):
    for method in ("GET", "POST"):
        for role in ("coordinator", "lead_liaison", "leader", "administrator"):
            assert answer(browser_of(role), method, url) in ("404", "405"), (method, role)
        assert answer(browser_of("nobody"), method, url) == "login", method


@pytest.mark.usefixtures("refusals_in_a_word")
def test_refused_posts_change_nothing(stage, browser_of):
    def counts():
        models = (ProgressReport, Review, Comment, ItemRevision, Closure, Receipt, AgencyRequest, Decision)
        milestones = (MilestonePlan, MilestoneDone, MilestoneReview, MilestoneWithdrawal)
        return [model.objects.count() for model in (*models, *milestones)]

    before = counts()
    whole = {"percent": "80", "progress": "别人写的", "action": "submit", "verdict": "accepted", "reason": "无"}
    whole |= {"text": "我也说", "reports": str(stage["waiting"][0]), "comment": "不行"}
    whole |= {"name": "验收", "planned_on": "2016-11-30", "done_on": "2016-10-10", "words": "已办"}
    whole |= {"due_on": "2016-11-30", "kind": "closed", "confirm": "on"}
    for name, what, method, *expected in LINES:
        for role, status in zip(ROLES, expected, strict=True):
            if method == "POST" and status in ("login", "403", "404"):
                given = answer(browser_of(role), "POST", reverse(name, args=stage[what]), **whole)
                assert given in ((status, "403") if status == "404" else (status,))  # it is there: nobody took it back
    assert counts() == before


# ── what leaves ──────────────────────────────────────────────────────────────────────────────────────────────────


NO_FILES = {"metrics", "tasks:calendar-feed"}  # asked for by machines, with a secret of their own
FILES = {
    *("reports:account-file", "reports:assignment-export", "reports:change-export", "reports:directory-file"),
    *("reports:fill-in-file", "reports:item-export", "reports:large-file-download", "reports:local-export"),
    *("reports:package-file", "reports:record-export", "reports:slips-docx", "tasks:evidence", "tasks:evidence-shown"),
}


@pytest.mark.usefixtures("refusals_in_a_word")
def test_whatever_anybody_gets_as_a_file_is_in_the_security_log(stage, cast, browser_of, look):
    """Of each address with an answer that is no page, for one who gets it."""
    given = {"reports:slips-docx": ("coordinator", f"{reverse('reports:slips-docx')}?id={stage['urge'][0]}")}
    for name, what, method, *expected in LINES:
        url, people = reverse(name, args=stage[what]), dict(zip(ROLES, expected, strict=True))
        role = next((role for role, status in people.items() if status == "200" and role != "nobody"), None)
        if method == "GET" and role and name not in NO_FILES and look(role, url) == Answer("200", "", ()):
            given[name] = (role, url)
    assert set(given) == FILES
    for role, url in given.values():
        before = SecurityEvent.objects.count()
        assert browser_of(role).get(url).status_code == 200
        event = SecurityEvent.objects.first()
        assert (event.kind, event.by, SecurityEvent.objects.count() - before) == ("downloaded", cast[role], 1), url
        assert f"（{url.partition('?')[0]}）" in event.detail


# ── the administration ───────────────────────────────────────────────────────────────────────────────────────────


MASTER_DATA = {Agency, AgencyGroup, Office, User, WorkdayOverride}


def admin_addresses() -> Iterator[str]:
    """The index, and for each registered kind its list, its form for a new one, and the form of a missing one."""
    yield reverse("admin:index")
    for model in admin.site._registry:
        stem = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{stem}_changelist")
        yield reverse(f"{stem}_add")
        yield reverse(f"{stem}_change", args=["0"])


@pytest.mark.parametrize("role", [role for role in ROLES if role != "administrator"])
def test_only_administrators_enter_the_administration(browser_of, role):
    client = browser_of(role)
    for url in admin_addresses():
        for response in (client.get(url), client.post(url, {"name": "eingeschlichen"})):
            assert response.status_code == 302, url
            assert response.url.startswith((reverse("admin:login"), reverse("login")))


def test_administrators_keep_master_data_there(stage, browser_of):
    client = browser_of("administrator")
    assert client.get(reverse("admin:index")).status_code == 200
    for model in MASTER_DATA:
        stem = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        assert client.get(reverse(f"{stem}_changelist")).status_code == 200
        assert client.get(reverse(f"{stem}_add")).status_code == 200


def test_there_are_no_buttons_for_business_data(stage, cast, rf):
    """Nothing but master data can be added or deleted; facts can't even be changed."""
    request = rf.get("/")
    request.user = cast["administrator"]
    facts = {model for model in admin.site._registry if issubclass(model, Fact) or model is Assignment}
    assert ProgressReport in facts
    for model, model_admin in admin.site._registry.items():
        if model in MASTER_DATA:
            continue
        assert not model_admin.has_add_permission(request), model
        assert not model_admin.has_delete_permission(request), model
        assert model not in facts or not model_admin.has_change_permission(request), model


def test_a_fact_can_be_looked_at_there_and_nothing_else(stage, browser_of):
    client = browser_of("administrator")
    stem = "admin:tasks_progressreport"
    [pk] = stage["accepted"]
    assert client.get(reverse(f"{stem}_changelist")).status_code == 200
    page = Page(client.get(reverse(f"{stem}_change", args=[pk])), "/")
    assert "通过的文字" in page.source
    assert page.all("//textarea | //input[@type='submit']") == []
    assert client.post(reverse(f"{stem}_change", args=[pk]), {"percent": "99"}).status_code == 403
    assert client.get(reverse(f"{stem}_add")).status_code == 403
    assert client.post(reverse(f"{stem}_delete", args=[pk]), {"post": "yes"}).status_code == 403
    selected = {"action": "delete_selected", "_selected_action": [pk], "post": "yes"}
    client.post(reverse(f"{stem}_changelist"), selected)
    assert ProgressReport.objects.get(pk=pk).percent == 30


def test_people_are_switched_off_and_never_deleted(cast, browser_of):
    client = browser_of("administrator")
    pk = cast["leader"].pk
    assert client.post(reverse("admin:agencies_user_delete", args=[pk]), {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=pk).exists()


@pytest.mark.parametrize("url", ["/admin/", "/admin/agencies/user/", "/admin/agencies/user/add/"])
def test_who_is_not_signed_in_gets_no_page_of_the_administration(url):
    assert answer(Client(), "GET", url) in ("login", "302")


# ── what other agencies must never meet ──────────────────────────────────────────────────────────────────────────


IN_REVIEW = set(staging.IN_REVIEW)


WITHIN = re.compile("/(?!static/|admin/|accounts/(?!hand-over/|people/))")


@pytest.fixture(scope="module")
def reached(look) -> Callable[[str], dict[str, Answer]]:
    """Every page that the role comes to from the first one, by links and choices. All tests below read this walk."""

    @cache
    def reached(role: str) -> dict[str, Answer]:
        found: dict[str, Answer] = {}
        ahead = {"/"}
        while ahead:
            url = ahead.pop()
            found[url] = look(role, url)
            ahead |= set(filter(WITHIN.match, found[url].ways)) - found.keys()
        return found

    return reached


@pytest.mark.parametrize(
    ("role", "may_read"),
    [
        ("lead_liaison", IN_REVIEW | {DRAFT}),
        ("approver", IN_REVIEW | {DRAFT}),
        ("coordinator", IN_REVIEW | {COMMENT}),
        ("leader", IN_REVIEW),
        ("administrator", IN_REVIEW),
        ("assisting_liaison", set()),
        ("other_liaison", set()),
    ],
)
def test_drafts_are_the_agency_s_own_and_what_is_in_review_its_and_its_overseers(reached, role, may_read):
    pages = [answer.page for answer in reached(role).values() if answer.page]
    assert {words for words in IN_REVIEW | {DRAFT, COMMENT} for page in pages if words in page} == may_read
    assert any("通过的文字" in page for page in pages)
    assert len(pages) > 9


@pytest.mark.parametrize("role", ROLES[1:])
def test_no_page_offers_a_way_that_is_closed(reached, role):
    assert [url for url, answer in reached(role).items() if answer.status not in ("200", "302")] == []


def test_every_page_can_be_reached_by_links(reached):
    """Those that somebody may open, each from their own first page."""
    pages = [*reached("coordinator"), *reached("lead_liaison"), *reached("administrator")]
    shown = {line[0] for line in LINES if line[2] == "GET" and "200" in line[4:] and ":" in line[0]}
    assert shown - {resolve(url).view_name for url in pages} == set()
