"""The demonstration's evidence: real files, the same everywhere, and where somebody looks for them."""

import io
import struct
import zlib
from datetime import date

import pytest
from openpyxl import load_workbook

from agencies.models import Change
from qa_plan import clock
from tasks.demo.papers import DISCLAIMER, content_of, laid_ready, papers, upload_of
from tasks.models import AgencyRequest, Evidence, ProgressReport, ReportDraft
from tasks.standing.storage_audit import faults

DAY = date(2016, 10, 12)
EVERY = [paper for of_entry in papers().values() for paper in of_entry]


def of_kind(ending):
    return [paper for paper in EVERY if paper["name"].endswith(ending)]


@pytest.mark.parametrize("paper", EVERY, ids=lambda paper: paper["name"])
def test_every_file_is_taken_as_an_upload_under_the_name_that_it_has(paper):
    upload = upload_of(paper)
    assert upload.name == paper["name"]
    assert upload.size < 50_000
    assert content_of(paper) == content_of(paper)


@pytest.mark.parametrize("paper", of_kind("xlsx"), ids=lambda paper: paper["name"])
def test_a_table_opens_and_adds_up(paper):
    rows = list(load_workbook(io.BytesIO(content_of(paper))).active.iter_rows(values_only=True))
    assert (rows[0][0], rows[-1][0]) == (paper["title"], DISCLAIMER)
    *parts, last = rows[2:-1]
    numbers = [n for n, value in enumerate(last) if isinstance(value, int)]
    if "合计" in last:
        assert numbers
        assert [sum(row[n] for row in parts) for n in numbers] == [last[n] for n in numbers]


def test_the_picture_is_whole():
    [paper] = of_kind("png")
    content, at, data = content_of(paper), 8, b""
    while at < len(content):
        [size] = struct.unpack(">I", content[at : at + 4])
        data += content[at + 8 : at + 8 + size] if content[at + 4 : at + 8] == b"IDAT" else b""
        at += 12 + size
    assert at == len(content)
    assert len(zlib.decompress(data)) == 120 * (16 * len(paper["bars"]) + 1)


def test_the_contents_are_those_that_they_have_always_been():
    """Elsewhere the demonstration has the same SHA-256 for each: nothing in them comes from the machine."""
    first = [upload_of(of_kind(ending)[0]).sha256[:12] for ending in ("png", "pdf", "xlsx")]
    assert first == ["8688cc10956f", "9caf4d3e4e75", "8d575f3e28a0"]


# ── where it is seen ─────────────────────────────────────────────────────────────────────────────────────────────

in_the_demonstration = pytest.mark.django_db


@in_the_demonstration
def test_every_paper_of_the_story_is_attached_to_what_it_is_for(demo):
    assert Evidence.objects.filter(milestones=None, instruction_replies=None).count() == len(
        {(p["item"], p["agency"], p["name"]) for p in EVERY}
    )
    for (item, agency, moment), of_entry in papers().items():
        own = {"assignment__item__number": item, "assignment__agency__name": agency}
        sources = (
            *ProgressReport.objects.filter(**own),
            *AgencyRequest.objects.filter(**own),
            *ReportDraft.objects.filter(**own),
        )
        there = {
            evidence.name
            for source in sources
            for evidence in source.evidence.all()
            if str(getattr(source, "recorded_at", None) or source.saved_at)[:10] == moment[:10]
        }
        assert {paper["name"] for paper in of_entry} <= there, (item, agency, moment)


@in_the_demonstration
def test_every_state_of_evidence_is_there_to_be_seen(demo):
    """On accepted, waiting and sent-back reports, on every completion request, on a draft and with an agency's head."""
    verdicts = set(
        ProgressReport.objects.as_of(clock.now()).filter(evidence__isnull=False).values_list("verdict", flat=True)
    )
    assert verdicts == {None, "accepted", "sent_back"}
    assert not AgencyRequest.objects.filter(kind="completion", evidence=None).exists()
    drafts = ReportDraft.objects.filter(evidence__isnull=False)
    assert sorted(draft.handed_in_at is not None for draft in drafts) == [False, True]
    assert Evidence.objects.filter(reports__isnull=False, requests__isnull=False).exists()
    assert Change.objects.filter(action="上传佐证材料").count() == Evidence.objects.count()


@in_the_demonstration
def test_every_file_is_in_the_storage_and_is_served(demo, client):
    assert list(faults()) == []
    for evidence in Evidence.objects.select_related("blob", "recorded_by"):
        client.force_login(evidence.recorded_by)
        response = client.get(evidence.get_absolute_url())
        assert response.status_code == 200
        assert len(b"".join(response.streaming_content)) == evidence.blob.size


# ── loaded again ─────────────────────────────────────────────────────────────────────────────────────────────────


@in_the_demonstration
def test_half_a_file_is_written_anew_and_a_whole_one_is_left_alone(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    upload = upload_of(EVERY[0])
    name = laid_ready(upload)
    path = tmp_path / name
    whole, before = path.read_bytes(), path.stat().st_mtime_ns
    assert laid_ready(upload) == name
    assert path.stat().st_mtime_ns == before
    path.write_bytes(whole[:100])
    assert laid_ready(upload) == name
    assert path.read_bytes() == whole
