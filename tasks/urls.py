from django.urls import path

from tasks.pages.contacts import views as contacts
from tasks.pages.corrections import views as corrections
from tasks.pages.correspondence import views as correspondences
from tasks.pages.desk import views as desks
from tasks.pages.drawing import views as drawing
from tasks.pages.evidence import views as evidence
from tasks.pages.filed import views as filed
from tasks.pages.filing import views as filing
from tasks.pages.groups import views as groups
from tasks.pages.help import views as helping
from tasks.pages.importing import views as importing
from tasks.pages.instructions import views as instructions
from tasks.pages.items import views as items
from tasks.pages.ledger import saved_views
from tasks.pages.ledger import views as ledger
from tasks.pages.local_duty import views as local_duties
from tasks.pages.messages import views as messages
from tasks.pages.milestones import views as milestones
from tasks.pages.periods import views as periods
from tasks.pages.plans import views as plans
from tasks.pages.reminders import settings_views as reminding
from tasks.pages.reminders import views as reminders
from tasks.pages.requests import views as requests
from tasks.pages.reshaping import views as reshaping
from tasks.pages.reviews import views as reviews
from tasks.pages.roadmap import views as roadmaps
from tasks.pages.search import views as searching
from tasks.pages.setup import views as setup
from tasks.pages.staff import views as staff
from tasks.pages.steering import views as steering
from tasks.pages.unfiled import views as unfiled
from tasks.pages.urges import views as urges

app_name = "tasks"
urlpatterns = [
    # /desk/
    path("desk/", desks.desk, name="desk"),
    # /plans/
    path("plans/", plans.plan_list, name="plan-list"),
    path("plans/import/", importing.import_list, name="import-list"),
    path("plans/import/<key:pk>/", importing.import_draft, name="import-draft"),
    path("plans/import/<key:pk>/items/<key:start>/", importing.import_item, name="import-item"),
    path("plans/import/<key:pk>/confirm/", importing.import_confirm, name="import-confirm"),
    path("plans/<slug:slug>/notice/", plans.notice, name="notice"),
    path("plans/<slug:slug>/settings/", plans.plan_settings, name="plan-settings"),
    path("plans/<slug:slug>/local/duty/", local_duties.local_duty, name="local-duty"),
    path("plans/<slug:slug>/local/new/", drawing.local_new, name="local-new"),
    path("plans/<slug:slug>/correspondence/", correspondences.correspondence, name="correspondence"),
    path("plans/<slug:slug>/roadmap/", roadmaps.roadmap, name="roadmap"),
    path("plans/<slug:slug>/roadmap/propose/", roadmaps.roadmap_propose, name="roadmap-propose"),
    # /plans/<slug>/items/, /plans/<slug>/assignments/
    path("plans/<slug:slug>/items/", ledger.item_list, name="item-list"),
    path("plans/<slug:slug>/assignments/", ledger.assignment_list, name="assignment-list"),
    path("plans/<slug:slug>/views/", saved_views.view_list, name="saved-view-list"),
    path("plans/<slug:slug>/views/<key:pk>/", saved_views.saved_view, name="saved-view"),
    path("plans/<slug:slug>/items/dates/", items.item_dates, name="item-dates"),
    path("plans/<slug:slug>/items/<key:number>/", items.item_detail, name="item-detail"),
    path("plans/<slug:slug>/items/<key:number>/amend/", items.item_amend, name="item-amend"),
    path("plans/<slug:slug>/items/<key:number>/weights/", items.item_weights, name="item-weights"),
    path("plans/<slug:slug>/items/<key:number>/responsibility/", steering.item_steer, name="item-steer"),
    path("plans/<slug:slug>/items/<key:number>/suspend/", items.item_suspend, name="item-suspend"),
    path("plans/<slug:slug>/items/<key:number>/split/", reshaping.item_split, name="item-split"),
    path("plans/<slug:slug>/items/<key:number>/merge/", reshaping.item_merge, name="item-merge"),
    path("plans/<slug:slug>/items/<key:number>/correction/", corrections.item_correct, name="item-correct"),
    path("plans/<slug:slug>/responsibility/", steering.plan_steer, name="plan-steer"),
    path("responsibility/<key:pk>/", steering.planned_steering, name="planned-steering"),
    path("plans/<slug:slug>/items/<key:number>/milestones/new/", milestones.milestone_new, name="milestone-new"),
    path("plans/<slug:slug>/items/<key:number>/instruct/", instructions.instruction_new, name="instruction-new"),
    path("plans/<slug:slug>/periods/", periods.period_list, name="period-list"),
    path("plans/<slug:slug>/periods/<slug:code>/revise/", periods.period_revise, name="period-revise"),
    path("plans/<slug:slug>/periods/<slug:code>/lock/", periods.period_lock, name="period-lock"),
    path("plans/<slug:slug>/periods/<slug:code>/unfiled/", unfiled.unfiled, name="unfiled"),
    # /assignments/<id>/
    path("assignments/<key:pk>/close/", items.assignment_close, name="assignment-close"),
    path("assignments/<key:pk>/waivers/<slug:code>/", periods.report_waive, name="report-waive"),
    path("assignments/<key:pk>/requests/new/", requests.request_new, name="request-new"),
    # /milestones/
    path("milestones/<key:pk>/", milestones.milestone_detail, name="milestone-detail"),
    path("milestones/<key:pk>/move/", milestones.milestone_move, name="milestone-move"),
    path("milestones/<key:pk>/withdraw/", milestones.milestone_withdraw, name="milestone-withdraw"),
    path("milestones/<key:pk>/done/", milestones.milestone_report, name="milestone-report"),
    path("milestones/<key:pk>/review/", milestones.milestone_review, name="milestone-review"),
    # /requests/
    path("requests/", requests.request_list, name="request-list"),
    path("requests/<key:pk>/", requests.request_detail, name="request-detail"),
    path("requests/<key:pk>/withdraw/", requests.request_withdraw, name="request-withdraw"),
    # /urges/
    path("urges/", urges.urge_list, name="urge-list"),
    path("urges/new/", urges.urge_new, name="urge-new"),
    path("urges/slips/", urges.urge_slips, name="urge-slips"),
    path("urges/<key:pk>/", urges.urge_detail, name="urge-detail"),
    path("urges/<key:pk>/slip/", urges.urge_slip, name="urge-slip"),
    # /instructions/
    path("instructions/", instructions.instruction_list, name="instruction-list"),
    path("instructions/<key:pk>/", instructions.instruction_detail, name="instruction-detail"),
    path("instructions/<key:pk>/noted/<key:reply>/", instructions.instruction_note, name="instruction-note"),
    # /reminders/
    path("reminders/", reminders.reminder_list, name="reminder-list"),
    path("reminders/preview/", reminders.reminder_preview, name="reminder-preview"),
    path("reminders/rules/", reminding.rule_list, name="rule-list"),
    path("reminders/rules/new/", reminding.rule_new, name="rule-new"),
    path("reminders/rules/<key:pk>/", reminding.rule_edit, name="rule-edit"),
    path("reminders/settings/", reminding.reminder_settings, name="reminder-settings"),
    path("reminders/settings/calendar/", reminding.calendar_address, name="calendar-address"),
    path("reminders/<key:pk>/", reminders.reminder_detail, name="reminder-detail"),
    path("reminders/deliveries/<key:pk>/send/", reminders.delivery_send, name="delivery-send"),
    path("calendar/<slug:token>.ics", reminding.calendar_feed, name="calendar-feed"),
    # /my/
    path("my/", filing.my, name="my"),
    path("my/milestones/", milestones.my_milestones, name="my-milestones"),
    path("my/submit/", filing.file_all, name="file-all"),
    path("my/reports/", filed.report_history, name="report-history"),
    path("my/reports/<key:pk>/", filed.report_filed, name="report-filed"),
    path("my/requests/", requests.my_requests, name="my-requests"),
    path("my/receipts/", requests.acknowledge, name="acknowledge"),
    path("my/<key:pk>/", filing.report_edit, name="report-edit"),
    # /reviews/
    path("reviews/", reviews.review_list, name="review-list"),
    path("reviews/decided/", reviews.review_decided, name="review-decided"),
    path("reviews/phrases/", reviews.phrase_list, name="phrase-list"),
    path("reviews/<key:pk>/", reviews.review_detail, name="review-detail"),
    path("reviews/<key:pk>/comments/", reviews.review_comment, name="review-comment"),
    # /messages/
    path("messages/", messages.message_list, name="message-list"),
    path("messages/<key:pk>/", messages.message_open, name="message-open"),
    # /help/
    path("help/", helping.help_page, name="help"),
    # /search/
    path("search/", searching.search, name="search"),
    # /evidence/
    path("evidence/<key:pk>/", evidence.evidence, name="evidence"),
    path("evidence/<key:pk>/view/", evidence.evidence_view, name="evidence-view"),
    path("evidence/<key:pk>/shown/", evidence.evidence_shown, name="evidence-shown"),
    # /agencies/
    path("agencies/<key:pk>/people/", staff.agency_people, name="agency-people"),
    path("agencies/contacts/", contacts.contact_directory, name="directory"),
    path("agencies/<key:pk>/contacts/", contacts.agency_contacts, name="agency-contacts"),
    path("agencies/succession/", staff.succession_list, name="succession-list"),
    path("agencies/succession/new/", staff.succession_new, name="succession-new"),
    # /accounts/
    path("accounts/hand-over/<key:pk>/", staff.account_hand_over, name="hand-over"),
    # /setup/
    path("setup/", setup.setup, name="setup"),
    path("setup/office/", setup.office, name="office"),
    path("setup/first/<str:key>/", setup.first_account, name="first-account"),
    # /groups/
    path("groups/<key:pk>/", groups.group_detail, name="group-detail"),
]
