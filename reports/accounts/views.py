"""账号名单: the list of all accounts; a workbook out and in, checked before anything is done; slips with passwords."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.signing import BadSignature, dumps, loads
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from agencies.models import User
from qa_plan import clock
from qa_plan.addresses import public_site
from qa_plan.methods import takes_forms
from reports.accounts.checking import CheckedList, Checker
from reports.accounts.layout import describe
from reports.accounts.listing import accounts, opened_since, people_chosen
from reports.accounts.reading import FileRow, read_list
from reports.xlsx import FILL_IN, MEDIA_TYPE, WorkbookRefused, to_bytes
from tasks.access import can_move_people, require
from tasks.http.fields import Form
from tasks.http.request import Request, posted
from tasks.workflow import WorkflowError, one_time_passwords, open_accounts, renew_passwords

SALT = "accounts"
FILE_NAME = "账号名单.xlsx"


class Listed(NamedTuple):
    """A list as it was shown to be confirmed, and when."""

    rows: list[FileRow]
    shown_at: datetime


class ListForm(Form):
    """The form by which a list comes back."""

    workbook = forms.FileField(
        label="填好的账号名单（.xlsx）",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        help_text=f"不超过{FILL_IN.file // 1024**2} MB；先核对，确认后才开通",
        error_messages={"required": "请选择填好的账号名单。", "empty": "文件是空的，请重新选择。"},
    )


@takes_forms
def account_list(request: Request) -> HttpResponse:
    """Who has an account and who has none; an uploaded list is answered with what it would do."""
    require(can_move_people(request.user))
    form = ListForm(posted(request), request.FILES or None)
    if form.is_valid() and (rows := _read(form)):
        return _preview(request, rows, "")
    context = {"accounts": accounts(request.user), "form": form}
    return render(request, "reports/account_list.html", context, status=422 if form.errors else 200)


def _read(form: ListForm) -> list[FileRow]:
    """The rows of the file; none, with the cause at the field, of one that can't be read."""
    upload = form.cleaned_data["workbook"]
    try:
        if upload.size > FILL_IN.file:
            raise WorkbookRefused(f"文件超过{FILL_IN.file // 1024**2} MB，请用系统下载的名单填写。")
        return read_list(upload.read())
    except WorkbookRefused as error:
        form.add_error("workbook", str(error))
        return []


def _preview(request: Request, rows: Sequence[FileRow], error: str) -> HttpResponse:
    """The list goes along in the page, signed: nothing is kept of it before it is confirmed."""
    checked = Checker(request.user).check(rows)
    listed = [request.user.pk, clock.now().isoformat(), [list(row) for row in rows]]
    packed = dumps(listed, salt=SALT, compress=True)
    context = {"check": checked, "packed": packed, "error": error}
    return render(request, "reports/account_check.html", context, status=422 if error or checked.wrong else 200)


@require_safe
def account_file(request: Request) -> HttpResponse:
    """Gives the list as it is, with a row for each agency that has nobody yet."""
    require(can_move_people(request.user))
    content = to_bytes(describe(accounts(request.user), request.user, clock.now()))
    headers = {"Content-Disposition": content_disposition_header(True, FILE_NAME), "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type=MEDIA_TYPE, headers=headers)


@never_cache
@sensitive_variables("passwords", "made")
@require_POST
def account_open(request: Request) -> HttpResponse:
    """Does what was shown. The answer is the page of slips: passwords are stored nowhere, and shown once.

    Sent again it does nothing, and says whose accounts were opened and how slips are made anew.
    """
    require(can_move_people(request.user))
    listed = _unpacked(request)
    if listed is None:
        messages.error(request, "核对页已失效，请重新上传名单。")
        return redirect("reports:account-list")
    checked = Checker(request.user).check(listed.rows)
    refused = "核对之后账号又有变动，已按最新情况重新列出，请看过后再确认。"
    if not checked.wrong and request.POST.get("token") == checked.token:
        passwords = one_time_passwords(len(checked.new))
        try:
            made = open_accounts(wanted=checked.wanted, passwords=passwords, by=request.user, at=clock.now())
        except WorkflowError as error:
            refused = error.message
        else:
            return _opened(request, checked, made)
    return _opened_before(request, listed) or _preview(request, listed.rows, refused)


def _opened(request: Request, checked: CheckedList, made: Sequence[tuple[User, str]]) -> HttpResponse:
    if made:
        return _slips(request, made, f"已开通{len(made)}个账号{_also_changed(checked)}。")
    messages.success(request, "账号信息已更新。" if checked.wanted else "名单与现有账号一致，没有改动。")
    return redirect("reports:account-list")


def _opened_before(request: Request, listed: Listed) -> HttpResponse | None:
    """What the same list has done already; None where there is something in it that isn't done."""
    checked = Checker(request.user).check(listed.rows)
    if not checked.is_done:
        return None
    people = opened_since(listed.shown_at, checked.people, by=request.user)
    if not people:
        messages.success(request, "账号信息已更新。")
        return redirect("reports:account-list")
    waiting = [person for person in people if person.must_change_password]
    return render(request, "reports/account_opened.html", {"people": people, "waiting": waiting})


def _also_changed(checked: CheckedList) -> str:
    changed = len(checked.wanted) - len(checked.new)
    return f"，更新{changed}个" if changed else ""


def _unpacked(request: Request) -> Listed | None:
    """The list that the person had before them; None where it is another's, or too old, or none."""
    try:
        owner, shown_at, rows = loads(request.POST.get("list", ""), salt=SALT, max_age=settings.SESSION_COOKIE_AGE)
    except BadSignature:
        return None
    if owner != request.user.pk:
        return None
    return Listed([FileRow(*row) for row in rows], datetime.fromisoformat(shown_at))


@never_cache
@sensitive_variables("passwords", "renewed")
@require_POST
def account_slips(request: Request) -> HttpResponse:
    """Makes slips anew, each with a new password; the old one no longer holds, which is asked first."""
    require(can_move_people(request.user))
    people = people_chosen(request.POST.getlist("person"), request.user)
    if not people:
        messages.error(request, "请先勾选要重做口令单的人员。")
        return redirect("reports:account-list")
    if request.POST.get("action") != "confirm":
        settled = [person for person in people if not person.must_change_password]
        return render(request, "reports/account_renew.html", {"people": people, "settled": settled})
    passwords = one_time_passwords(len(people))
    try:
        renewed = renew_passwords(people=people, passwords=passwords, by=request.user, at=clock.now())
    except WorkflowError as error:
        messages.error(request, error.message)
        return redirect("reports:account-list")
    return _slips(request, renewed, f"已为{len(renewed)}人重设初始口令，原口令不再有效。")


def _slips(request: Request, people: Sequence[tuple[User, str]], done: str) -> HttpResponse:
    slips = [{"user": user, "password": word} for user, word in people]
    site = public_site(request.build_absolute_uri("/"))
    return render(request, "reports/account_slips.html", {"slips": slips, "done": done, "site": site})
