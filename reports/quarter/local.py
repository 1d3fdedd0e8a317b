"""市县落实 as of the moment of a package: the offices directly below, and what they do for each item."""

from collections import Counter
from collections.abc import Iterator

from django.utils import timezone

from reports.quarter.definition import Definition, Filters
from reports.quarter.local_facts import LocalItemRow, LocalOfficeRow
from reports.quarter.records import PlanState
from tasks.rules.means import expected_or_own
from tasks.rules.status import Light
from tasks.rules.units import unit_word
from tasks.standing.local import CellState, LocalPicture, LocalStanding, OfficeStanding, newest_words
from tasks.standing.local.picture import read_picture
from tasks.standing.local.words import Words

DECIMALS = 6  # of a mean, as of all of them in a package
UNDECIDED, ADDED = ("undecided", "对应待确认"), ("added", "本地增加")


def local_rows(definition: Definition, now: PlanState) -> tuple[tuple[LocalOfficeRow, ...], tuple[LocalItemRow, ...]]:
    """Offices and their rows; none for a part of a plan, of which they say nothing, and where no office lies below."""
    if definition.filters != Filters():
        return (), ()
    picture = read_picture(now.plan, now.day, definition.as_of)
    words = newest_words([each.pk for office in picture.offices for each in office.items], definition.as_of)
    offices = tuple(_office(each, picture) for each in picture.offices)
    return offices, tuple(row for each in picture.offices for row in _rows(each, picture, words))


def _office(each: OfficeStanding, picture: LocalPicture) -> LocalOfficeRow:
    numbers = {item.pk: item.number for item in picture.items}
    counted = each.total.counted
    return LocalOfficeRow(
        code=each.office.code,
        area=each.office.area,
        level=each.office.level,
        level_word=unit_word(each.office.level, picture.levels),
        document=each.plan.document_number if each.plan else "",
        issued_on=each.plan.issued_on if each.plan else None,
        asked=len(each.asked),
        covered=len(each.covered),
        lacking=tuple(numbers[item] for item in each.lacking),
        unsettled=len(each.unsettled),
        items=len(each.items),
        dated=len(each.dated),
        stepped=len(each.stepped),
        came_due=len(each.came_due),
        kept=len(each.kept),
        percent=rounded(each.total.percent) if counted else None,
        expected=rounded(each.total.expected) if counted else None,
        **{light.value: each.lights[light] for light in Light},
        owed=each.owed,
        filed=each.filed,
        counties=each.counties,
        issued_counties=each.issued_counties,
        is_unreported=each.total.is_unreported,
    )


def rounded(value: float) -> float:
    return round(value, DECIMALS)


def _rows(office: OfficeStanding, picture: LocalPicture, words: dict[int, Words]) -> Iterator[LocalItemRow]:
    stepped = {item.pk for item in office.stepped}
    came_due, kept = (Counter(each.item_id for each in milestones) for milestones in (office.came_due, office.kept))
    seen: set[int] = set()

    def row(each: LocalStanding, item: int | None, state: tuple[str, str], *, is_asked: bool = False) -> LocalItemRow:
        is_first = each.pk not in seen
        seen.add(each.pk)
        said = words.get(each.pk)
        return LocalItemRow(
            code=office.office.code,
            item=item,
            state=state[0],
            state_word=state[1],
            is_asked=is_asked,
            local=f"{each.item.label}{each.item.title}",
            is_first=is_first,
            counts=is_first and each.counts,
            percent=rounded(each.percent),
            basis=rounded(expected_or_own(each)),
            expected=None if each.expected is None else rounded(each.expected),
            light=each.light.value,
            light_word=each.light_word,
            has_accepted=any(lead.has_accepted and lead.counts for lead in each.leads),
            due_on=each.due_on,
            is_dated=each.item.is_dated,
            is_stepped=each.pk in stepped,
            came_due=came_due[each.pk],
            kept=kept[each.pk],
            words=said.text if said else "",
            words_by=said.agency if said else "",
            words_on=timezone.localdate(said.filed_at) if said else None,
        )

    if not office.is_issued:
        yield LocalItemRow(office.office.code, None, CellState.UNISSUED.value, CellState.UNISSUED.label, is_asked=False)
        return
    for item in picture.items:
        cell = office.cell(item.pk)
        state = (cell.state.value, cell.state.label)
        for place, each in enumerate(cell.items):
            yield row(each, item.number, state, is_asked=item.is_asked and not place)
        if cell.state != CellState.LISTED:
            yield LocalItemRow(office.office.code, item.number, *state, is_asked=item.is_asked)
    for each in office.items:
        if not each.item.targets:
            yield row(each, None, UNDECIDED if each.item.targets is None else ADDED)
