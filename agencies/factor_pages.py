"""The library's pages that show something of a factor, where it was kept under a secret key that is no longer there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from cryptography.fernet import InvalidToken
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.template.response import SimpleTemplateResponse

from agencies.factor_forms import UNREADABLE, logger

View = Callable[..., HttpResponseBase]


def readable(view: View) -> View:
    """The same page, or what helps, in one sentence, where the factor can't be read."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = view(request, *args, **kwargs)
            return response.render() if isinstance(response, SimpleTemplateResponse) else response
        except InvalidToken:
            logger.error("The second factor of %s was kept under another SECRET_KEY.", request.user)
            return render(request, "mfa/unreadable.html", {"help": UNREADABLE}, status=409)

    return answer
