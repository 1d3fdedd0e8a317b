"""Three other real notices of the family, with what a careful reader finds in each."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tasks.notice import parse, read

EXAMPLES = sorted((Path(__file__).parent / "examples").glob("*.txt"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_reads_as_a_careful_reader_reads_it(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    told = parse(read(path)).as_dict()
    assert {key: told[key] for key in ("document_number", "title", "issuer", "issued_on")} == {
        key: expected[key] for key in ("document_number", "title", "issuer", "issued_on")
    }
    assert [
        {
            "title": section["title"],
            "items": [{key: item[key] for key in ("title", "leads", "assists")} for item in section["items"]],
        }
        for section in told["sections"]
    ] == expected["sections"]


def test_there_are_three_examples() -> None:
    assert len(EXAMPLES) == 3


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_nothing_behind_the_last_ending_is_part_of_the_last_item(path: Path) -> None:
    notice = parse(read(path))
    for stranger in ("此件公开发布", notice.issuer + "20", "要认真贯彻落实本意见"):
        assert stranger not in notice.items[-1].text.replace(" ", "")
