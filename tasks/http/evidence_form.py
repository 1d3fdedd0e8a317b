"""The part of a form that takes 佐证材料: new files, those that it holds already, and which of them to take out.

A view makes the form with `request.FILES`, says with `hold` what it is for, asks `is_valid`, and then `stored_evidence`
for what goes along with the report or request. Files are kept at once, even where the rest of the form is refused: no
browser fills a file field in again, so the form comes back holding them.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from time import monotonic
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.datastructures import MultiValueDict

from agencies.models import User
from tasks.evidence.archives import FileRefused
from tasks.evidence.inspecting import ACCEPTED, OFFERED, Upload, inspect
from tasks.http.fields import Form, RowsField, Shared, SharedField
from tasks.http.forms import attempt
from tasks.models import Assignment, Evidence
from tasks.rules.secrecy import secrecy_warning
from tasks.workflow.evidence_store import store

READING = 8  # seconds in which files of one request are looked through for marks of secrecy


class FilesInput(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: MultiValueDict[str, UploadedFile], name: str) -> Any:
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name) or []


class EvidenceField(Shared, forms.Field):
    """Any number of files, each as its `Upload` or as the refusal that names it."""

    widget = FilesInput(attrs={"accept": ",".join(f".{kind}" for kind in OFFERED)})

    @property
    def file_limit(self) -> int:
        """MB of one file."""
        return settings.EVIDENCE_FILE_MB

    @property
    def request_limit(self) -> int:
        """MB of all that is sent at once."""
        return settings.REQUEST_LIMIT // 1024**2

    def clean(self, value: Iterable[UploadedFile]) -> list[Upload | forms.ValidationError]:
        inspected: list[Upload | forms.ValidationError] = []
        limit, until = settings.EVIDENCE_FILE_MB * 1024**2, monotonic() + READING
        for file in value:
            name = str(file.name)
            try:
                is_read = monotonic() < until
                upload = inspect(file, name, file.size or 0, limit=limit, is_read=is_read)  # type: ignore[arg-type]
            except FileRefused as error:
                inspected.append(forms.ValidationError(f"“{name[:60]}”{error}。"))
            else:
                inspected.append(upload)
        return inspected


class EvidenceForm(Form):
    """To inherit from. Without `hold` it holds nothing."""

    evidence = EvidenceField(
        label="佐证材料",
        required=False,
        help_text=f"{ACCEPTED}，单个不超过{settings.EVIDENCE_FILE_MB} MB，最多{settings.EVIDENCE_FILES}个",
    )
    evidence_kept = RowsField(
        Evidence.objects.none(),
        required=False,
        error_messages=dict.fromkeys(("invalid_choice", "invalid_pk_value"), "所附佐证材料不属于该任务，请重新上传。"),
    )
    evidence_drop = SharedField(required=False, widget=forms.SelectMultiple)

    needs_evidence = False
    asks_of_secrecy = True  # by itself; else its page does, with what else is to be confirmed
    assignment: Assignment | None = None
    holding: Sequence[Evidence] = ()
    uploads: Sequence[Upload] = ()
    secrecy = ""  # what was pointed out, and is confirmed by pressing again

    def hold(self, assignment: Assignment, evidence: Iterable[Evidence] = ()) -> None:
        """What the form is for, and what is with it already: the draft's evidence, or the returned report's."""
        self.assignment = assignment
        self.holding = list(evidence)
        if self.is_bound:
            own = Evidence.objects.filter(assignment=assignment).select_related("blob")
            self.fields["evidence_kept"].queryset = own  # type: ignore[attr-defined]

    @property
    def dropped(self) -> set[str]:
        """The keys of those that are ticked, as they were sent."""
        return set(self["evidence_drop"].value() or ()) if self.is_bound else set()

    def clean_evidence(self) -> None:
        """The good ones are taken though others are refused."""
        inspected = self.cleaned_data["evidence"]
        self.uploads = [upload for upload in inspected if isinstance(upload, Upload)]
        if len(self.uploads) < len(inspected):
            raise forms.ValidationError([refusal for refusal in inspected if not isinstance(refusal, Upload)])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        kept = cleaned.get("evidence_kept") if "evidence_kept" in self.data else None  # None asks no database
        self.holding = [*self.holding, *(evidence for evidence in kept or () if evidence not in self.holding)]
        for message in self.errors.get("evidence_kept", []):
            self.add_error("evidence", message)
        count = len(self.staying) + len(self.uploads)
        if count > settings.EVIDENCE_FILES:
            message = f"佐证材料最多{settings.EVIDENCE_FILES}个，现有{count}个；可先打包为zip。"
            self.add_error("evidence", message)
            self.uploads = ()
        typed = {name: value for name, value in cleaned.items() if not name.startswith("evidence")}
        warning = self.secrecy_warning(typed.values())
        if self.asks_of_secrecy and warning and self.data.get("confirmed") != warning:
            self.secrecy = warning
            self.add_error(None, f"{warning}确认不涉密的，请再按一次提交。")
        return typed

    def secrecy_warning(self, typed: Iterable[object]) -> str:
        """What marks of secrecy are in the texts, in the names of files and in the files; "" where none is."""
        files: list[Upload | Evidence] = [*self.staying, *self.uploads]
        texts = [text for text in typed if isinstance(text, str)]
        return secrecy_warning(
            [*texts, *(file.name for file in files)], {file.name: file.marks or () for file in files}
        )

    @property
    def staying(self) -> list[Evidence]:
        """What it holds, without what is ticked to be taken out."""
        return [evidence for evidence in self.holding if str(evidence.pk) not in self.dropped]

    def stored_evidence(self, *, by: User, at: datetime) -> list[Evidence]:
        """What goes along, the new files kept; the form holds them from now on. WorkflowError where a storage fails.

        To be called outside of a transaction, whether or not the form is valid.
        """
        assert self.assignment is not None, "`hold` says what the files are for"
        uploads, self.uploads = self.uploads, ()
        for upload in uploads:
            evidence = store(upload=upload, assignment=self.assignment, by=by, at=at)
            if evidence not in self.holding:
                self.holding = [*self.holding, evidence]
        return self.staying

    @property
    def evidence_along(self) -> list[Evidence] | None:
        """What goes along with a report; None where the form was not asked to `hold`, so that it changes nothing."""
        return self.staying if self.assignment else None

    @property
    def evidence_holdings(self) -> list[tuple[Evidence, bool]]:
        """Each that it holds, and whether it is ticked to be taken out."""
        return [(evidence, str(evidence.pk) in self.dropped) for evidence in self.holding]


def is_attaching(request: HttpRequest) -> bool:
    """Whether files were chosen, and nothing else is asked for yet."""
    return request.method == "POST" and request.POST.get("action") == "attach"


def attached(request: HttpRequest, form: EvidenceForm, *, by: User, at: datetime) -> HttpResponse:
    """Stores what was chosen; the answer is the form's evidence part alone, which holds it from now on."""
    form.is_valid()
    attempt(form, form.stored_evidence, by=by, at=at)
    context = {"form": form, "stored_when_chosen": request.path}
    status = 422 if "evidence" in form.errors else 200
    return render(request, "tasks/_evidence_fields.html", context, status=status)
