"""Pages with forms are shown and take them; who asks for the head of one is told what the page says."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from qa_plan.methods import takes_forms


@takes_forms
def page(request):
    """As many of ours are: whatever isn't GET was sent."""
    return HttpResponse("shown" if request.method == "GET" else "done")


@pytest.mark.parametrize(("method", "said"), [("GET", "shown"), ("HEAD", "shown"), ("POST", "done")])
def test_a_head_is_never_taken_for_a_form(method, said):
    request = RequestFactory().generic(method, "/")
    assert page(request).content.decode() == said
    assert request.method == method


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused(method):
    response = page(RequestFactory().generic(method, "/"))
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, POST")


def test_the_method_is_given_back_where_the_view_breaks_off():
    @takes_forms
    def broken(request):
        raise ZeroDivisionError

    request = RequestFactory().head("/")
    with pytest.raises(ZeroDivisionError):
        broken(request)
    assert request.method == "HEAD"
