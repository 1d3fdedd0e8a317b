"""Seven other real notices, with what a careful reader finds in each."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tasks.notice import Notice, parse, read
from tests.support.notice_truth import deadlines, difference, f1

EXAMPLES = sorted((Path(__file__).parent / "examples").glob("*.txt"))
every_example = pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem[:2])


@cache
def notice_in(path: Path) -> Notice:
    return parse(read(path))


def truth_of(path: Path) -> dict[str, Any]:
    truth: dict[str, Any] = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    return truth


def test_there_are_seven_examples() -> None:
    assert len(EXAMPLES) == 7


@every_example
def test_an_example_says_who_issued_what_and_when(path: Path) -> None:
    told, truth = notice_in(path).as_dict(), truth_of(path)
    for field in ("document_number", "title", "issuer", "issued_on"):
        assert told[field] == truth.get(field, told[field])


@every_example
def test_every_ending_names_who_a_careful_reader_finds_in_it(path: Path) -> None:
    told, truth = notice_in(path).as_dict(), truth_of(path)
    assert difference(told, truth) == ({}, {})
    assert f1(told, truth) == 1


@every_example
def test_sections_and_items_are_those_of_a_careful_reader(path: Path) -> None:
    told, truth = notice_in(path).as_dict(), truth_of(path)
    answered = {section["title"] for section in truth["sections"]}
    items = [
        (section["title"], _head(item), item["leads"], item["assists"])
        for section in told["sections"]
        if section["title"] in answered
        for item in section["items"]
    ]
    assert items == [
        (section["title"], _head(item), _either(item, "leads"), _either(item, "assists"))
        for section in truth["sections"]
        for item in section["items"]
    ]


def _head(item: dict[str, Any]) -> str:
    """The title, or the first words of one whose title is a sentence."""
    return re.sub(r"\s", "", item.get("title") or item["text_start"])[:20]


def _either(item: dict[str, Any], role: str) -> list[str]:
    """An item's units are the union of its duties'; a lead anywhere is a lead."""
    duties = item.get("duties", [item])
    leads = dict.fromkeys(name for duty in duties for name in duty["leads"])
    assists = dict.fromkeys(name for duty in duties for name in duty["assists"] if name not in leads)
    return list(leads if role == "leads" else assists)


@pytest.mark.parametrize("path", [path for path in EXAMPLES if path.stem[:2] in ("21", "23")], ids=lambda p: p.stem[:2])
def test_deadlines_are_read_in_the_notices_own_words(path: Path) -> None:
    told, truth = notice_in(path).as_dict(), truth_of(path)
    assert deadlines(told) == deadlines(truth)
    assert [item["deadline"]["text"] for section in told["sections"] for item in section["items"]] == [
        item["deadline"] for section in truth["sections"] for item in section["items"]
    ]
    for item in (item for section in told["sections"] for item in section["items"]):
        endless = re.search("持续|长期", item["deadline"]["text"])
        assert (item["deadline"]["on"] is None) == bool(endless)
        assert item["deadline"]["on"] is None or item["deadline"]["on"].startswith("2023-")


def test_a_group_keeps_the_lead_that_its_heading_names() -> None:
    path = next(path for path in EXAMPLES if path.stem.startswith("22"))
    groups = [
        f"{item.group.label}{item.group.title}" + "".join(duty.ending for duty in item.group.duties)
        for item in notice_in(path).items
        if item.duties and item.group
    ]
    plain = [re.sub("[。.]", "", group) for group in groups]
    assert plain == [
        re.sub("[。.]", "", item["group"]) for section in truth_of(path)["sections"] for item in section["items"]
    ]


@every_example
def test_every_ending_is_in_a_duty_or_in_a_problem(path: Path) -> None:
    notice = notice_in(path)
    spans = [(duty.ending_start, duty.ending_start + len(duty.ending)) for i in notice.items for duty in i.duties]
    told = " ".join(problem.words or problem.reason for problem in notice.problems)
    for match in re.finditer(
        r"[（(\[][^（()\[）]*(?:负责|牵头|责任单位：|牵头单位：)[^）)\]]*[）)\]]|责任单位：", notice.text
    ):
        if "以下简称" not in match[0] and not re.search("谁.{2}谁负责", match[0]):
            assert any(start <= match.start() < end for start, end in spans) or match[0] in told, match[0]


@every_example
def test_every_slice_of_an_example_is_its_text(path: Path) -> None:
    notice = notice_in(path)
    for item in notice.items:
        assert notice.text[item.start : item.end] == item.text
        for duty in item.duties:
            assert notice.text[duty.ending_start :].startswith(duty.ending)
            assert item.start <= duty.start <= duty.ending_start < duty.end <= item.end
            assert duty.deadline is None or notice.text[duty.deadline.start : duty.deadline.end] == duty.deadline.text
        for measure in item.measures:
            assert notice.text[measure.start : measure.end] == measure.text
            assert measure.duty is None or measure.end <= item.duties[measure.duty].end


@every_example
def test_nothing_behind_the_last_ending_is_part_of_the_last_item(path: Path) -> None:
    notice = notice_in(path)
    for stranger in ("此件公开发布", notice.issuer + "20", "要认真贯彻落实本意见", "要完善深化“放管服”改革和"):
        assert stranger not in notice.items[-1].text.replace(" ", "")
