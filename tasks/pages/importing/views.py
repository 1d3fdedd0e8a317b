"""导入公文: a notice is brought in, proofread beside its text, and handed out as a plan in one deed."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django_htmx.http import HttpResponseClientRefresh

from qa_plan import celery, clock
from qa_plan.methods import takes_forms
from tasks.access import get_import_draft, home_plans, import_drafts, parents_to_carry_out, sets_up
from tasks.http.forms import attempt, form_page
from tasks.http.request import Request, posted
from tasks.jobs import read_import
from tasks.models import ImportDraft
from tasks.notice import Item
from tasks.pages.importing.corrections import FORMS, AnyForm
from tasks.pages.importing.forms import Typed, UploadForm, alike, typed_in
from tasks.pages.importing.page import ProofPage, offered_milestones, told_words
from tasks.standing.hand_out import hand_out
from tasks.standing.proofs import Proof, proof_of
from tasks.workflow import WorkflowError
from tasks.workflow.confirming import confirm_draft
from tasks.workflow.proofs import (
    StaleProof,
    answer_alike,
    correct_draft,
    discard_draft,
    start_draft,
    take_back,
)


@takes_forms
def import_list(request: Request) -> HttpResponse:
    """Brings a notice in, and lists every 核对稿, the open ones first."""
    drafts = Paginator(import_drafts(request.user), 20).get_page(request.GET.get("page"))
    form = UploadForm(posted(request), request.FILES or None, parents=list(parents_to_carry_out(request.user)))
    if form.is_valid():
        what = {"by": request.user, "at": clock.now(), **form.content}
        draft = attempt(form, start_draft, **what)
        if draft:
            _hand_over(draft)
            return redirect(draft)
    return form_page(request, "tasks/import_list.html", {"page": drafts, "form": form})


def _hand_over(draft: ImportDraft) -> None:
    """A large file is the worker's; where the queue is down, the page offers to read it again."""
    if draft.is_under_way:
        celery.send_off(read_import.apply_async, draft.pk)


@takes_forms
def import_draft(request: Request, pk: int) -> HttpResponse:
    """The notice beside what was read of it; POST answers, corrects the head, takes back, gives up, reads again.

    Until a large file is read the page asks again and again, and loads itself anew when that has ended.
    """
    draft = get_import_draft(request.user, pk)
    if request.POST.get("action") == "discard":
        return _discarded(request, draft)
    if request.htmx and not draft.is_under_way:
        return HttpResponseClientRefresh()
    if draft.is_under_way or draft.state == ImportDraft.State.REFUSED or not hasattr(draft, "finding"):
        return _unread(request, draft)
    proof = proof_of(draft)
    if request.method == "GET":
        return _proof(request, ProofPage(proof))
    page = ProofPage(_seen(request, proof), sent=request.POST.dict())
    act = {"head": _head, "undo": _undo}.get(request.POST.get("action", ""), _answer)
    try:
        anchor = act(request, page)
        if not anchor:
            _require_newest(page.proof, proof)
    except StaleProof as stale:
        return _proof(request, ProofPage(proof_of(draft)), stale.message, page.typed)
    except WorkflowError as error:
        return _proof(request, page if page.proof is proof else ProofPage(proof), error.message)
    return redirect(f"{draft.get_absolute_url()}{anchor}") if anchor else _proof(request, page, "请先改正标出的内容。")


def _seen(request: Request, proof: Proof) -> Proof:
    """The reading that the form sent was made from: its fields mean that one's agencies, measures and targets."""
    basis = request.POST.get("basis", "")
    return proof.at(int(basis)) if basis.isdecimal() and int(basis) < proof.version else proof


def _require_newest(seen: Proof, proof: Proof) -> None:
    """What is wrong with a form is said at its field, unless the page has to be read anew first."""
    if seen.version != proof.version:
        raise StaleProof


def _unread(request: Request, draft: ImportDraft) -> HttpResponse:
    """Waits for the worker, or says why there is nothing to read."""
    if request.method == "POST":
        _hand_over(draft)
        return redirect(draft)
    template = "tasks/_import_progress.html" if request.htmx else "tasks/import_unread.html"
    return render(request, template, {"draft": draft})


def _discarded(request: Request, draft: ImportDraft) -> HttpResponse:
    try:
        discard_draft(draft=draft, by=request.user, at=clock.now())
    except WorkflowError as error:
        messages.error(request, error.message)
        return redirect(draft)
    messages.success(request, f"已放弃{draft}，没有生成行动计划。")
    return redirect("tasks:import-list")


def _proof(request: Request, page: ProofPage, error: str = "", typed: Sequence[Typed] = ()) -> HttpResponse:
    context = {
        "draft": page.proof.draft,
        "proof": page,
        "rows": page.page(request.GET.get("page")),
        "error": error,
        "typed": typed,
        "units": page.units,
        "will": hand_out(page.proof),
    }
    return render(request, "tasks/import_draft.html", context, status=422 if error else 200)


def _head(request: Request, page: ProofPage) -> str:
    if not page.head.is_valid():
        return ""
    corrections = page.head.corrections
    if corrections:
        _correct(request, page.proof, corrections, page.head.cleaned_data["basis"])
    return "#head"


def _answer(request: Request, page: ProofPage) -> str:
    question = next((one for one in page.questions if one.form.is_bound), None)
    if question is None:
        raise WorkflowError("这个问题已经不在了，请看现在的读法。")
    form = question.form
    if not form.is_valid():
        return ""
    answers = [(form.corrections, form.asked.key)]
    if form.cleaned_data["every"]:
        others = alike(form.asked, [asked.question for asked in page.proof.open_questions])
        answers += [(form.of(other), other.key) for other in others]
    what: dict[str, Any] = {"answers": answers, "basis": form.cleaned_data["basis"]}
    answer_alike(draft=page.proof.draft, by=request.user, at=clock.now(), **what)
    following = next((one for one in page.questions if one.asked.is_open and one.number > question.number), None)
    return f"#q-{following.number}" if following else "#questions"


def _undo(request: Request, page: ProofPage) -> str:
    number, basis = request.POST.get("number", ""), request.POST.get("basis", "")
    what = {"number": int(number) if number.isdecimal() else 0, "basis": int(basis) if basis.isdecimal() else -1}
    take_back(draft=page.proof.draft, by=request.user, at=clock.now(), **what)
    messages.success(request, "已撤销这处更正，两次都留在更正记录里。")
    return "#corrections"


def _correct(request: Request, proof: Proof, corrections: list[Any], basis: int) -> None:
    correct_draft(draft=proof.draft, corrections=corrections, basis=basis, by=request.user, at=clock.now())


@takes_forms
def import_item(request: Request, pk: int, start: int) -> HttpResponse:
    """One item's reading beside its text; each form corrects one thing of it."""
    proof = _open_proof(request, pk)
    sent = request.POST.get("kind", "")
    if request.method == "GET" or sent not in FORMS:
        return _item(request, proof, start)
    seen = _seen(request, proof)
    form = _item_forms(seen, _item_at(seen, start), sent, request.POST)[sent]
    try:
        if form.is_valid():
            _change(request, seen, form)
            return redirect(_row_of(proof, start) if sent == "level" else request.path)
        _require_newest(seen, proof)
    except StaleProof as stale:
        return _stale_item(request, proof_of(proof.draft), start, error=stale.message, typed=typed_in(form))
    except WorkflowError as refused:
        return _item(request, proof, start, sent, error=refused.message)
    return _item(request, proof, start, sent)


def _stale_item(request: Request, proof: Proof, start: int, *, error: str, typed: Sequence[Typed]) -> HttpResponse:
    """The item as it is read now; where it is none any more, the page of the whole notice."""
    if start in ProofPage(proof).starts:
        return _item(request, proof, start, error=error, typed=typed)
    messages.error(request, error)
    return redirect(proof.draft)


def _item(request: Request, proof: Proof, start: int, sent: str = "", **said: Any) -> HttpResponse:
    item = _item_at(proof, start)
    context = {"forms": _item_forms(proof, item, sent, request.POST), **_item_page(proof, item), **said}
    return render(request, "tasks/import_item.html", context, status=422 if request.method == "POST" else 200)


def _item_at(proof: Proof, start: int) -> Item:
    item = next((item for item in proof.notice.items if item.start == start), None)
    if item is None:
        raise Http404
    return item


def _item_forms(proof: Proof, item: Item, sent: str, data: Any) -> dict[str, AnyForm]:
    what: dict[str, Any] = {"item": item, "notice": proof.notice, "known": proof.known}
    what |= {"ended": proof.ended, "basis": proof.version}
    return {kind: form(data if kind == sent else None, **what) for kind, form in FORMS.items()}


def _change(request: Request, proof: Proof, form: AnyForm) -> None:
    """Records what the form corrects."""
    corrections = form.corrections
    if corrections:
        _correct(request, proof, corrections, form.cleaned_data["basis"])
        messages.success(request, "已更正，原来的读法留在更正记录里。")
    else:
        messages.info(request, "没有改动。")


def _item_page(proof: Proof, item: Item) -> dict[str, Any]:
    page = ProofPage(proof)
    row = next(row for row in page.rows if row.item is item)
    return {
        "draft": proof.draft,
        "proof": page,
        "row": row,
        "item": item,
        "cuts": _cuts(item, row.text),
        "names": sorted({*proof.known.values(), *page.units}),
        "is_first": any(section.items[:1] == (item,) for section in proof.notice.sections),
        "row_url": _row_of(proof, item.start),
    }


def _open_proof(request: Request, pk: int) -> Proof:
    draft = get_import_draft(request.user, pk)
    if not draft.is_open:
        raise Http404
    return proof_of(draft)


def _row_of(proof: Proof, start: int) -> str:
    return f"{proof.draft.get_absolute_url()}#i-{start}"


def _cuts(item: Item, text: str) -> list[tuple[int, str]]:
    """Where the item can be split: the start of each duty but the first, and how it begins."""
    own = [duty for duty in item.duties if duty.start >= item.start]
    return [(duty.start, text[duty.start : duty.start + 20].strip()) for duty in own[1:]]


@takes_forms
def import_confirm(request: Request, pk: int) -> HttpResponse:
    """确认交办: says what will happen, and does it."""
    draft = get_import_draft(request.user, pk)
    if draft.plan:
        return redirect(draft.plan)
    proof = _open_proof(request, pk)
    error, offered, will = "", offered_milestones(proof.notice), hand_out(proof)
    ticked = {row.key for row in offered if row.is_between}
    if request.method == "POST":
        basis = request.POST.get("basis", "")
        ticked = set(request.POST.getlist("milestone"))
        try:
            seen = int(basis) if basis.isdecimal() else -1
            plan = confirm_draft(draft=draft, basis=seen, milestones=ticked, by=request.user, at=clock.now())
            messages.success(request, f"已交办{plan.document_number}，{told_words(will)}。")
            if plan.parent_id:
                return redirect("tasks:correspondence", plan.slug)
            is_first = home_plans(request.user).listed().count() == 1  # who sets up has more to do
            return redirect("tasks:setup" if is_first and sets_up(request.user) else plan)
        except WorkflowError as refused:
            error = refused.message
    context = {"draft": draft, "proof": ProofPage(proof), "will": will, "error": error}
    context |= {"offered": [(row, row.key in ticked) for row in offered]}
    return render(request, "tasks/import_confirm.html", context, status=422 if error else 200)
