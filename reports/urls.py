from django.urls import path

from reports.accounts import views as accounts
from reports.background import views as background
from reports.changes import views as changes
from reports.dashboard import views as dashboard
from reports.exports import views as exports
from reports.fillin import views as fillin
from reports.leading import views as leading
from reports.local import views as local
from reports.packages.views import checks, lists, texts
from reports.periods import views as periods
from reports.records import views as records
from reports.slips import views as slips

app_name = "reports"
urlpatterns = [
    path("", dashboard.home, name="home"),
    # /changes/
    path("changes/", changes.change_list, name="change-list"),
    path("changes/export/", changes.change_export, name="change-export"),
    # /records/
    path("records/", records.record_list, name="record-list"),
    path("records/export/", records.record_export, name="record-export"),
    # /accounts/people/
    path("agencies/contacts.xlsx", exports.directory_file, name="directory-file"),
    path("accounts/people/", accounts.account_list, name="account-list"),
    path("accounts/people/list.xlsx", accounts.account_file, name="account-file"),
    path("accounts/people/open/", accounts.account_open, name="account-open"),
    path("accounts/people/slips/", accounts.account_slips, name="account-slips"),
    # /plans/<slug>/
    path("plans/<slug:slug>/", leading.dashboard, name="dashboard"),
    path("plans/<slug:slug>/news/", leading.news, name="news"),
    path("plans/<slug:slug>/ranking/", leading.ranking, name="ranking"),
    path("plans/<slug:slug>/wall/", leading.wall, name="wall"),
    path("plans/<slug:slug>/items/export/<slug:form>/", exports.item_export, name="item-export"),
    path("plans/<slug:slug>/assignments/export/<slug:form>/", exports.assignment_export, name="assignment-export"),
    path("plans/<slug:slug>/sections/<key:number>/", dashboard.section_detail, name="section-detail"),
    path("plans/<slug:slug>/agencies/", dashboard.agency_list, name="agency-list"),
    path("plans/<slug:slug>/agencies/<key:pk>/", dashboard.agency_detail, name="agency-detail"),
    path("plans/<slug:slug>/local/", local.local, name="local"),
    path("plans/<slug:slug>/local/export/", local.export, name="local-export"),
    path("plans/<slug:slug>/local/ranking/", local.ranking, name="local-ranking"),
    path("plans/<slug:slug>/local/items/<key:number>/", local.item, name="local-item"),
    path("plans/<slug:slug>/local/<area:code>/", local.city, name="local-city"),
    path("plans/<slug:slug>/periods/<slug:code>/", periods.period_detail, name="period-detail"),
    path("plans/<slug:slug>/periods/<slug:code>/reports/", periods.period_reports, name="period-reports"),
    path("plans/<slug:slug>/reports/", lists.package_list, name="package-list"),
    # /reports/
    path("reports/", lists.desk, name="desk"),
    path("reports/compare/", checks.package_compare, name="package-compare"),
    path("reports/verify/", checks.package_verify, name="package-verify"),
    path("reports/<key:pk>/", lists.package_detail, name="package-detail"),
    path("reports/<key:pk>/briefing/", texts.briefing_text, name="briefing-text"),
    path("reports/<key:pk>/page/", texts.one_page, name="one-page"),
    path("reports/<key:pk>/files/<key:file>/", lists.package_file, name="package-file"),
    # /files/
    path("files/", background.large_file_list, name="large-file-list"),
    path("files/<key:pk>/", background.large_file, name="large-file"),
    path("files/<key:pk>/download/", background.large_file_download, name="large-file-download"),
    # /urges/
    path("urges/slips.docx", slips.slips_docx, name="slips-docx"),
    # /my/workbook/
    path("my/workbook/", fillin.fill_in, name="fill-in"),
    path("my/workbook/check/", fillin.fill_in_check, name="fill-in-check"),
    path("my/workbook/result/", fillin.fill_in_result, name="fill-in-result"),
    path("my/workbook/<slug:slug>/<str:code>/", fillin.fill_in_file, name="fill-in-file"),
]
