"""单位联系人 as an agency keeps them, and the directory of all agencies."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from qa_plan import clock
from qa_plan.methods import takes_forms
from tasks.access import get_agency_to_call
from tasks.http.forms import attempt, form_page
from tasks.http.request import Request, posted
from tasks.pages.contacts.forms import ContactsForm
from tasks.pages.contacts.page import directory
from tasks.workflow import contacts_basis, contacts_of, keep_contacts


@takes_forms
def agency_contacts(request: Request, pk: int) -> HttpResponse:
    """The agency's own people and coordinators write down whom to call."""
    agency = get_agency_to_call(request.user, pk)
    form = ContactsForm(posted(request), initial=contacts_of(agency))
    if form.is_valid():
        what = {"contacts": form.cleaned_data, "basis": request.POST.get("basis", "")}
        changed = attempt(form, keep_contacts, agency=agency, by=request.user, at=clock.now(), **what)
        if form.is_valid():
            messages.success(request, f"{agency}的联系人已更新。" if changed else "联系人没有变化。")
            return redirect("tasks:directory")
    basis = request.POST.get("basis") or contacts_basis(agency)
    people = [("联络员", [form[f"liaison_{name}"] for name in ("name", "office", "telephone")])]
    people.append(("负责人", [form[f"head_{name}"] for name in ("name", "office", "telephone")]))
    context = {"agency": agency, "form": form, "people": people, "basis": basis}
    return form_page(request, "tasks/agency_contacts.html", context)


@require_safe
def contact_directory(request: Request) -> HttpResponse:
    """通讯录, to print or to take along as a workbook."""
    return render(request, "tasks/directory.html", {"listed": directory(request.user.scope)})
