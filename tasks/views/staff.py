"""账号移交: a new person takes an agency's account over; the initial password is shown once."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from qa_plan import clock
from tasks.access import get_person_to_replace
from tasks.http import Request
from tasks.staffforms import HandOverForm
from tasks.workflow import WorkflowError, hand_over, initial_password


@never_cache
@sensitive_variables("password")
@require_http_methods(["GET", "POST"])
def account_hand_over(request: Request, pk: int) -> HttpResponse:
    """The answer to the post is the page with the password: it is stored nowhere, and can't be had again."""
    old = get_person_to_replace(request.user, pk)
    form = HandOverForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        password = initial_password()
        try:
            new = hand_over(old=old, password=password, by=request.user, at=clock.now(), **form.for_deed)
        except WorkflowError as error:
            form.add_error(error.field, error.message)
        else:
            return render(request, "tasks/handed_over.html", {"old": old, "new": new, "password": password})
    return render(request, "tasks/hand_over.html", {"old": old, "form": form}, status=422 if form.errors else 200)
