"""Two packages are compared here, and files from somewhere checked against those that were built."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from qa_plan import clock
from qa_plan.methods import takes_forms
from reports.background.asking import ask
from reports.models import LargeFile, Package, PackageQuerySet
from reports.packages.comparing import compare
from reports.packages.keeping import digest_of
from reports.packages.kept_facts import FactsUnreadable, kept_facts
from reports.packages.seeing import visible_files, visible_packages
from reports.packages.verifying import verify
from reports.quarter import Snapshot
from reports.xlsx import WorkbookRefused
from tasks.access import at_home, can_instruct, require
from tasks.http.fields import Form
from tasks.http.request import Request

CHECKED_AT_ONCE = 400_000  # bytes; what is larger is checked by the worker
MISSING = {"required": "请选择一份汇总。", "invalid_choice": "没有这份汇总。"}


class CompareForm(Form):
    """Asks for two packages to compare."""

    def __init__(self, data: QueryDict, packages: PackageQuerySet) -> None:
        super().__init__(data if {"before", "after"} <= {*data} else None, initial=_proposed(data, packages))
        for name, label in (("before", "先前的一份"), ("after", "后来的一份")):
            self.fields[name] = forms.ModelChoiceField(packages, label=label, error_messages=MISSING)


def _proposed(data: QueryDict, packages: PackageQuerySet) -> dict[str, Any]:
    """The pair to begin with: the named one, else the newest, and the newest of an earlier period, else of its own."""
    newest: list[tuple[Any, str]] = list(packages.order_by("-period", "-as_of").values_list("pk", "period"))
    at = next((at for at, (key, _) in enumerate(newest) if str(key) == data.get("after", "")), 0)
    after, *earlier = newest[at:] or [("", "")]
    before = next((key for key, period in earlier if period != after[1]), earlier[0][0] if earlier else after[0])
    return {"before": data.get("before") or before, "after": after[0]}


class VerifyForm(Form):
    """Takes a file to be checked."""

    workbook = forms.FileField(
        label="要核验的文件（.xlsx或.docx）",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.docx"}),
        error_messages={"required": "请选择要核验的文件。", "empty": "文件是空的，请重新选择。"},
    )


@takes_forms
def package_verify(request: Request) -> HttpResponse:
    """Says whether a file is one of ours as it was built; nothing of it is kept."""
    form = VerifyForm(request.POST, request.FILES) if request.method == "POST" else VerifyForm()
    context: dict[str, object] = {"form": form}
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["workbook"]
        if upload.size > CHECKED_AT_ONCE and can_instruct(request.user):  # for others it is only known or not
            return redirect(_by_the_worker(request, upload))
        try:
            context["finding"] = verify(
                upload,
                visible_files(request.user),
                compares=can_instruct(request.user),
                at=clock.now(),
            )
        except WorkbookRefused as refusal:
            form.add_error("workbook", str(refusal))
    status = 422 if request.method == "POST" and form.errors else 200
    return render(request, "reports/package_verify.html", context, status=status)


def _by_the_worker(request: Request, upload: UploadedFile) -> LargeFile:
    asked = {"sha256": digest_of(upload.chunks())}
    what: dict[str, Any] = {"kind": LargeFile.Kind.CHECK, "name": str(upload.name), "asked": asked, "total": 100}
    return ask(**what, by=request.user, at=clock.now(), source=upload)


@require_safe
def package_compare(request: Request) -> HttpResponse:
    """Shows two packages side by side, from the facts that they keep."""
    require(can_instruct(request.user))
    built = (
        visible_packages(request.user).filter(at_home(request.user, "plans__office"), editions__isnull=False).distinct()
    )
    form = CompareForm(request.GET, built)
    packages = built.order_by("-period", "-as_of")
    choices = [(package.pk, f"{package}（截至{package.day:%Y-%m-%d}）") for package in packages]
    context: dict[str, object] = {"form": form, "choices": choices}
    if form.is_valid():
        before, after = form.cleaned_data["before"], form.cleaned_data["after"]
        try:
            comparison = compare(_facts_of(before), _facts_of(after))
        except FactsUnreadable as error:
            form.add_error(None, str(error))
        else:
            context |= {"before": before, "after": after, "comparison": comparison}
    return render(request, "reports/package_compare.html", context, status=422 if form.errors else 200)


def _facts_of(package: Package) -> Snapshot:
    """Gives the facts of the package's newest edition; all of them have the same."""
    return kept_facts(package.editions.select_related("package").order_by("-number")[0])
