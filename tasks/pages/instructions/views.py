"""批示: writing one on an item, the list, one with its answers, answering it, and taking note of an answer."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from qa_plan import clock
from qa_plan.methods import takes_forms
from tasks.access import (
    assignment_to_answer_with,
    can_steer,
    get_instruction,
    get_item_to_instruct,
    get_reply_to_note,
    instructs,
    require,
)
from tasks.http.dating import dated
from tasks.http.evidence_form import attached, is_attaching
from tasks.http.forms import attempt, form_page
from tasks.http.request import Request, posted
from tasks.models import Assignment, InstructedAssignment
from tasks.pages.instructions.forms import AnswerForm, InstructionForm, NoteForm
from tasks.pages.instructions.page import (
    InstructionPage,
    PartLine,
    Turn,
    assignments_to_name,
    counts,
    instructions_of,
    suggested_day,
)
from tasks.rules.asof import AsOf
from tasks.workflow import answer_instruction, instruct, note_answer


@takes_forms
def instruction_new(request: Request, slug: str, number: int) -> HttpResponse:
    """By a leader, or by a coordinator on a leader's behalf."""
    today = clock.today()
    item = get_item_to_instruct(request.user, slug, number, clock.end_of(today))
    offered = assignments_to_name(item, AsOf(today, today))
    on_behalf = can_steer(request.user)
    initial: dict[str, Any] = {
        "assignment": [each.pk for each in offered if each.role == Assignment.Role.LEAD],
        "leader": "" if on_behalf else str(request.user),
        "given_on": today,
        "answer_by": suggested_day(today),
    }
    form = InstructionForm(posted(request), offered=offered, on_behalf=on_behalf, initial=initial)
    if form.is_valid():
        made = attempt(form, instruct, item=item, by=request.user, at=clock.now(), **form.content)
        if made:
            count = len(form.content["assignments"])
            messages.success(request, f"批示已发给{count}家单位，{made.answer_by:%Y-%m-%d}前答复。")
            return redirect(made)
    context = {"plan": item.plan, "item": item, "form": form, "on_behalf": on_behalf}
    return form_page(request, "tasks/instruction_new.html", context)


@require_safe
@dated
def instruction_list(request: Request) -> HttpResponse:
    """An agency's own; all of them for those who belong to none."""
    turn = request.GET.get("turn", Turn.WAITING)
    if turn not in Turn.values:
        raise Http404
    as_of = request.as_of
    page = Paginator(instructions_of(request.user, as_of, turn), 20).get_page(request.GET.get("page"))
    context = {"page": page, "turn": turn, "turns": counts(request.user, as_of)}
    return render(request, "tasks/instruction_list.html", context)


@takes_forms
@dated
def instruction_detail(request: Request, pk: int) -> HttpResponse:
    """To the agencies that it names, which answer here, and to those who oversee them."""
    as_of = request.as_of
    instruction = get_instruction(request.user, pk, as_of.moment)
    page = InstructionPage(instruction, as_of, request.user)
    # What is sent again finds its answer there; a form for an answer is shown only where none was given.
    part = page.own_part or (next(iter(page.own_parts), None) if request.method == "POST" else None)
    require(request.method != "POST" or part is not None)
    if part is None:
        return _shown(request, page)
    form = AnswerForm(posted(request), request.FILES or None)
    assignment = assignment_to_answer_with(request.user, part, as_of.moment)
    form.hold(assignment)
    if is_attaching(request):
        return attached(request, form, by=request.user, at=clock.now())
    if request.method == "POST" and _answered(request, form, part, assignment):
        messages.success(request, f"已答复{instruction}。")
        return redirect(instruction)
    return _shown(request, page, answer=form)


def _answered(request: Request, form: AnswerForm, part: InstructedAssignment, assignment: Assignment) -> bool:
    """Keeps the files, whether or not the rest is refused, and answers."""
    now = clock.now()
    form.is_valid()
    evidence = attempt(form, form.stored_evidence, by=request.user, at=now)
    what = {"part": part, "assignment": assignment, "evidence": evidence, "by": request.user, "at": now}
    return form.is_valid() and bool(attempt(form, answer_instruction, text=form.cleaned_data["text"], **what))


@require_POST
def instruction_note(request: Request, pk: int, reply: int) -> HttpResponse:
    """阅知 of one answer."""
    today = clock.today()
    moment = clock.end_of(today)
    instruction = get_instruction(request.user, pk, moment)
    answer = get_reply_to_note(request.user, instruction, reply, moment)
    form = NoteForm(request.POST, auto_id=f"note-{reply}-%s")
    if form.is_valid():
        text = form.cleaned_data["text"]
        if attempt(form, note_answer, reply=answer, text=text, by=request.user, at=clock.now()):
            messages.success(request, f"已阅知{answer.part.assignment.agency}的答复。")
            return redirect(instruction)
    return _shown(request, InstructionPage(instruction, AsOf(today, today), request.user), note=(reply, form))


def _shown(
    request: Request,
    page: InstructionPage,
    *,
    answer: AnswerForm | None = None,
    note: tuple[int, NoteForm] | None = None,
) -> HttpResponse:
    """The instruction with the form of who may answer, and one beside each answer for who takes note of them."""
    noted, typed = note or (0, NoteForm())
    notes = instructs(request.user, page.instruction.item.plan) and page.as_of.is_today
    forms = {line.key: _note_form(line) for line in page.lines if notes} | ({noted: typed} if noted else {})
    lines = [(line, forms.get(line.key)) for line in page.lines]
    context = {"page": page, "lines": lines, "answer": answer, "form": answer or typed}
    item = page.instruction.item
    return form_page(request, "tasks/instruction_detail.html", context | {"plan": item.plan, "item": item})


def _note_form(line: PartLine) -> NoteForm | None:
    """For an answer of which nobody took note yet."""
    return NoteForm(auto_id=f"note-{line.key}-%s") if line.key and line.note is None else None
