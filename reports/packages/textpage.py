"""The briefing of a package is a text to edit, figures locked: composed from kept facts, worded by coordinators."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from reports.briefing import Briefing, Paragraph, WordingError, check_wording, compose, typed_numbers
from reports.models import Edition, Package
from reports.packages.kept_facts import kept_facts
from reports.packages.wording import newest_wording, wording_of
from reports.quarter import Snapshot
from tasks.models import Plan

LONGEST_PARAGRAPH = 2000
FIELD_NAME = "text-"  # begins the name of a paragraph's field; its key ends it


@dataclass(frozen=True, slots=True)
class WordingField:
    """A paragraph to be worded, with what the form holds and what is wrong with it."""

    paragraph: Paragraph
    value: str
    error: str = ""
    theirs: str = ""  # what somebody else made of it meanwhile

    @property
    def name(self) -> str:
        return f"{FIELD_NAME}{self.paragraph.key}"

    @property
    def typed_numbers(self) -> list[str]:
        """Finds numbers that the product didn't write there itself: nobody keeps them true."""
        composed = typed_numbers(self.paragraph.composed)
        return [number for number in typed_numbers(self.value) if number not in composed]


class TextPage:
    """The page on which a briefing is worded. `sent` is a form that came back; else fields hold what is in force."""

    def __init__(self, package: Package, edition: Edition, sent: Mapping[str, str] | None = None) -> None:
        self.package = package
        self.edition = edition
        self.sent = sent

    @cached_property
    def snapshot(self) -> Snapshot:
        return kept_facts(self.edition)

    @cached_property
    def briefing(self) -> Briefing:
        return compose(
            self.snapshot, wording_of(self.package), Plan.objects.office_of(self.snapshot.plans[0].slug).name
        )

    @cached_property
    def version(self) -> int:
        """The key of the newest wording, from which a form is made."""
        return newest_wording(self.package)

    @cached_property
    def fields(self) -> list[WordingField]:
        return [self._field(paragraph) for paragraph in self.briefing.open_paragraphs]

    def _field(self, paragraph: Paragraph) -> WordingField:
        if self.sent is None:
            return WordingField(paragraph, paragraph.wording)
        value = self.sent.get(f"{FIELD_NAME}{paragraph.key}", paragraph.wording)
        theirs = paragraph.wording if self.is_stale and value.strip() != paragraph.wording else ""
        return WordingField(paragraph, value, _fault(value, paragraph), theirs)

    @property
    def is_stale(self) -> bool:
        """Says whether somebody else worded it after the form was made."""
        return self.sent is not None and self.sent.get("version") != str(self.version)

    @property
    def has_errors(self) -> bool:
        return any(field.error for field in self.fields)

    @property
    def texts(self) -> dict[str, str]:
        """The texts by paragraph, as the deed takes them: "" for what is as composed, or was emptied to be so again."""
        return {field.paragraph.key: _kept(field) for field in self.fields}


def _fault(value: str, paragraph: Paragraph) -> str:
    """Says why the wording can't stand; "" where it can. An empty one stands for the composed one."""
    if len(value.strip()) > LONGEST_PARAGRAPH:
        return f"每段不能超过{LONGEST_PARAGRAPH}个字，现在有{len(value.strip())}个字，请删减。"
    if "\0" in value:
        return "文字中有不能保存的空字符，请删去。"
    try:
        check_wording(value or paragraph.composed, paragraph.figures)
    except WordingError as error:
        return str(error)
    return ""


def _kept(field: WordingField) -> str:
    if not field.value.strip():
        return ""
    wording = check_wording(field.value, field.paragraph.figures)
    return "" if wording == field.paragraph.composed else wording
