"""导入公文 in the browser: brought in, proofread beside its text, handed out, by coordinators alone."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command

from agencies.models import AgencyAlias
from tasks.models import ImportDraft, ImportRevision, Milestone, Plan
from tasks.standing.proofs import proof_of
from tasks.standing.proposals import proposals_of_notice, proposals_of_plan
from tasks.workflow import proofs as deeds
from tests.pages.conftest import Visitor
from tests.support.factories import make_agency, make_user, moment
from tests.support.proofs import ITEMS, TEXT, agency, correct, head, make_proof

ROOT = Path(__file__).resolve().parents[2]
NOTICE = ROOT / "fixtures/notices/皖政办秘〔2016〕76号.txt"
EXAMPLES = sorted((ROOT / "tests/tasks/notice/examples").glob("*.txt"))
LIST = "/plans/import/"
UNNUMBERED = TEXT.replace("某政办发〔2018〕9号", "")
FIRST, SECOND, THIRD = ITEMS


@pytest.fixture(autouse=True)
def march(settings):
    settings.QA_PLAN_TODAY = moment("2018-03-02").date()


@pytest.fixture
def draft(coordinator):
    return make_proof(by=coordinator)


@pytest.fixture
def url(draft):
    return draft.get_absolute_url()


def only():
    return ImportDraft.objects.get()


# ── brought in ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_coordinator_finds_the_page_in_the_navigation_and_beside_the_plans(as_coordinator):
    page = as_coordinator.get("/plans/")
    assert page.link("导入公文").url == LIST


def test_a_pasted_text_is_read_and_shown_beside_the_reading(as_coordinator):
    page = as_coordinator.post_and_follow(LIST, text=TEXT)
    assert "读出2个部分、3项任务" in page.main
    assert "没有待核对的问题" in page.main
    assert only().finding.text == TEXT


def test_a_file_is_read_from_its_bytes(as_coordinator):
    with NOTICE.open("rb") as file:
        page = as_coordinator.post_and_follow(LIST, file=file)
    assert "读出3个部分、17项任务、24家单位" in page.main
    assert "皖政办秘〔2016〕76号" in page.main


@pytest.mark.parametrize("path", [None, NOTICE, *EXAMPLES], ids=lambda path: path.stem if path else "small")
def test_the_page_shows_every_character_of_the_notice_in_order(as_coordinator, path):
    text = path.read_text(encoding="utf-8") if path else TEXT
    as_coordinator.post(LIST, text=text)
    page = as_coordinator.get(only().get_absolute_url())
    shown = "".join(page.all("//p[@class='src']//text()[not(parent::small) and not(parent::span[@class='n'])]"))
    assert "".join(shown.split()) == "".join(only().finding.text.split())


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({}, "请选择公文文件，或者粘贴公文全文。"),
        ({"text": "　\n"}, "请选择公文文件，或者粘贴公文全文。"),
        ({"text": "某省人民政府关于放假的通知\n\n一、时间\n\n（一）周一。\n"}, "没有一项任务写明负责单位"),
    ],
)
def test_what_is_no_notice_is_refused_at_its_field_and_nothing_is_kept(as_coordinator, sent, message):
    page = as_coordinator.post(LIST, 422, **sent)
    assert message in page.main
    assert not ImportDraft.objects.exists()


def test_a_damaged_file_is_named_for_what_it_is(as_coordinator, tmp_path):
    path = tmp_path / "坏.docx"
    path.write_bytes(b"PK\x03\x04" + b"\0" * 64)
    with path.open("rb") as file:
        assert "文件无法打开" in as_coordinator.post(LIST, 422, file=file).main
    assert not ImportDraft.objects.exists()


def test_a_form_sent_twice_is_one_draft(as_coordinator):
    first = as_coordinator.post(LIST, text=TEXT).response.url
    assert as_coordinator.post(LIST, text=TEXT).response.url == first


def test_a_large_file_is_read_by_a_job_and_the_page_waits_for_it(as_coordinator, monkeypatch):
    monkeypatch.setattr(deeds, "READ_AT_ONCE", 10)
    address = as_coordinator.post(LIST, text=TEXT).response.url
    page = as_coordinator.get(address)
    assert "排队等候后台读取" in page.main
    part = as_coordinator.get(address, headers={"HX-Request": "true"})
    assert "排队等候后台读取" in part.response.content.decode()
    deeds.read_waiting(only().pk, at=moment("2018-03-02"))
    assert as_coordinator.get(address, headers={"HX-Request": "true"}).response["HX-Refresh"] == "true"
    assert "读出2个部分" in as_coordinator.get(address).main


def test_the_command_reads_what_the_queue_lost(as_coordinator, monkeypatch, capsys):
    monkeypatch.setattr(deeds, "READ_AT_ONCE", 10)
    as_coordinator.post(LIST, text=TEXT)
    call_command("read_imports")
    call_command("read_imports")
    assert capsys.readouterr().out == "已读取1份公文。\n已读取0份公文。\n"
    assert only().is_open


def test_what_a_notice_says_is_text_and_nothing_else(as_coordinator):
    text = TEXT.replace("制定管理办法", "<b id=x>制定</b><script>alert(1)</script>管理办法")
    page = as_coordinator.post_and_follow(LIST, text=text)
    assert page.all("//*[@id='x']") == page.all("//main//script") == []
    assert "<script>alert(1)</script>" in page.main


# ── questions ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_missing_number_is_asked_for_and_answered_in_place(as_coordinator, coordinator):
    draft = make_proof(UNNUMBERED, by=coordinator)
    url = draft.get_absolute_url()
    assert "还有1处待核对" in as_coordinator.get(url).main
    sent = {"basis": "0", "question": "h-document_number"}
    assert "请填写发文字号。" in as_coordinator.post(url, 422, **sent).main
    page = as_coordinator.post_and_follow(url, **sent, value="某政办发〔2018〕9号")
    assert "没有待核对的问题" in page.main
    assert "（无） 某政办发〔2018〕9号" in page.main


def test_a_name_like_a_known_one_is_asked_about(as_coordinator, url, draft):
    make_agency("省市场监督管理委")
    page = as_coordinator.get(url)
    assert "“省市场监管局”不在单位名册里" in page.main
    sent = {"basis": "0", "question": "u-省市场监管局"}
    assert "请选一种答法。" in as_coordinator.post(url, 422, **sent).main
    page = as_coordinator.post_and_follow(url, **sent, answer="alias-0")
    assert "没有待核对的问题" in page.main
    as_coordinator.post(f"{url}confirm/", basis="1")
    assert AgencyAlias.objects.get().name == "省市场监管局"


def test_another_known_office_may_be_meant(as_coordinator, url):
    make_agency("省市场监督管理委")
    make_agency("省水利厅")
    sent = {"basis": "0", "question": "u-省市场监管局", "answer": "known"}
    assert "单位名册里没有“省没有厅”。" in as_coordinator.post(url, 422, **sent, means="省没有厅").main
    as_coordinator.post(url, **sent, means="省水利厅")
    assert ImportRevision.objects.get().now == "省水利厅"


def test_questions_of_one_kind_can_be_answered_at_once(as_coordinator, coordinator):
    path = ROOT / "tests/tasks/notice/examples/22-kunzhengban-2023-16-zhongxin-chengshi.txt"
    draft = make_proof(path.read_text(encoding="utf-8"), by=coordinator)
    url = draft.get_absolute_url()
    page = as_coordinator.get(url)
    assert "还有12处待核对" in page.main
    assert "其余11处同类问题也这样定" in page.main
    page = as_coordinator.post_and_follow(url, basis="0", question="p-0", answer="lead", every="on")
    assert "没有待核对的问题" in page.main
    assert ImportRevision.objects.count() == 12


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_doubt_about_an_example_is_settled_by_what_is_offered_and_it_is_handed_out(
    as_coordinator, coordinator, path
):
    url = make_proof(path.read_text(encoding="utf-8"), by=coordinator).get_absolute_url()
    page = as_coordinator.get(url)
    while questions := page.all("//*[contains(@class, 'asks')]/li//form"):
        waiting, sent = len(questions), dict(questions[0].form_values())
        sent.setdefault("answer", questions[0].xpath(".//input[@type='radio']/@value")[0])
        sent |= dict.fromkeys(questions[0].xpath(".//input[@type='checkbox']/@name"), "on")
        page = as_coordinator.post_and_follow(url, **sent)
        assert len(page.all("//*[contains(@class, 'asks')]/li//form")) < waiting
    form = as_coordinator.get(f"{url}confirm/").one("//form[.//button[normalize-space()='确认交办']]")
    as_coordinator.post(f"{url}confirm/", **dict(form.form_values()))
    assert Plan.objects.filter(import_draft=only()).exists()


def test_of_the_answers_given_at_once_none_is_kept_where_one_is_refused(as_coordinator, coordinator, monkeypatch):
    path = ROOT / "tests/tasks/notice/examples/22-kunzhengban-2023-16-zhongxin-chengshi.txt"
    draft = make_proof(path.read_text(encoding="utf-8"), by=coordinator)
    taken = deeds.correct_draft

    def refusing_the_third(**what):
        if what["basis"] == 2:
            raise deeds.StaleProof
        return taken(**what)

    monkeypatch.setattr(deeds, "correct_draft", refusing_the_third)
    sent = {"basis": "0", "question": "p-0", "answer": "lead", "every": "on"}
    page = as_coordinator.post(draft.get_absolute_url(), 422, **sent)
    assert "本次没有保存" in page.main
    assert "还有12处待核对" in page.main
    assert not ImportRevision.objects.exists()


def test_an_answer_to_what_is_not_asked_changes_nothing(as_coordinator, url):
    assert "这个问题已经不在了" in as_coordinator.post(url, 422, basis="0", question="p-9", answer="keep").main


# ── corrections ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_part_of_an_items_reading_can_be_corrected_and_says_what_had_been_read(as_coordinator, url, draft):
    item = f"{url}items/{FIRST}/"
    as_coordinator.post(item, kind="title", basis="0", words="完善制度。制定管理办法")
    as_coordinator.post(
        item, kind="agencies", basis="1", role_0="lead", role_1="assist", name="省教育厅", role="assist"
    )
    as_coordinator.post(item, kind="deadline", basis="2", how="on", on="2018-09-30", words="")
    as_coordinator.post(
        item, kind="measures", basis="3", words_0="", words_1="6月底前新建示范点30个。", new="制定管理办法"
    )
    indicator = {"name_0": "新建示范点", "target_0": "30", "unit_0": "个", "words_0": "新建示范点30个", "words_1": ""}
    as_coordinator.post(item, kind="indicators", basis="4", **indicator)
    page = as_coordinator.get(url)
    for words in ("省财政厅负责", "省财政厅协助；省教育厅协助", "2018-09-30", "新建示范点 30个"):
        assert words in page.main
    assert draft.revisions.count() == 5


def test_of_targets_with_the_same_words_only_the_one_that_was_changed_is_corrected(as_coordinator, coordinator):
    text = TEXT.replace("制定管理办法。", "优良率达到90%以上，合格率达到90%以上。")
    draft = make_proof(text, by=coordinator)
    url = f"{draft.get_absolute_url()}items/{FIRST}/"
    places = [[at, at + 5] for at in range(len(text)) if text.startswith("90%以上", at)]
    for name, place in zip(("优良率", "合格率"), places, strict=True):
        new = {"item": FIRST, "was": None, "now": place, "name": name, "target": "90", "unit": "%"}
        correct(draft, {"kind": "indicator", **new})
    read = proof_of(draft).notice.items[0].indicators
    sent = dict(as_coordinator.get(url).all("//form[.//input[@value='indicators']]")[0].form_values())
    at = next(number for number, each in enumerate(read) if [each.start, each.end] == places[0])
    as_coordinator.post(url, **sent | {f"target_{at}": "95"})
    revision = draft.revisions.last()
    assert [each["was"] for each in revision.corrections] == [places[0]]
    now = {each.start: each.target for each in proof_of(draft).notice.items[0].indicators}
    assert (now[places[0][0]], now[places[1][0]]) == (95, 90)


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"kind": "title", "words": "没有这几个字"}, "本项任务的原文里没有这几个字"),
        ({"kind": "title", "words": ""}, "请填写标题。"),
        ({"kind": "agencies", "name": "省虚构厅"}, "单位名册和公文里都没有“省虚构厅”。"),
        ({"kind": "deadline", "how": "on"}, "请填写截止日。"),
        ({"kind": "deadline", "how": "on", "on": "2018-09-30", "words": "九月"}, "本项任务的原文里没有这几个字"),
        ({"kind": "measures", "words_0": "", "words_1": "", "new": "不在原文"}, "本项任务的原文里没有这几个字"),
        ({"kind": "indicators", "words_1": "30个"}, "请填写目标值。"),
    ],
)
def test_what_the_notice_does_not_say_is_refused_at_its_field(as_coordinator, url, sent, message):
    assert message in as_coordinator.post(f"{url}items/{FIRST}/", 422, basis="0", **sent).main
    assert not ImportRevision.objects.exists()


def test_a_form_that_changes_nothing_records_nothing(as_coordinator, url):
    as_coordinator.post(f"{url}items/{FIRST}/", kind="title", basis="0", words="完善制度")
    as_coordinator.post(f"{url}items/{FIRST}/", kind="agencies", basis="0", role_0="lead", role_1="lead")
    assert not ImportRevision.objects.exists()


def test_items_are_joined_and_split(as_coordinator, url, draft):
    page = as_coordinator.post_and_follow(f"{url}items/{SECOND}/", kind="level", basis="0", how="join")
    assert "2个部分、2项任务" in page.main
    at = draft.finding.found["sections"][1]["items"][0]["duties"][1]["start"]
    page = as_coordinator.post_and_follow(f"{url}items/{THIRD}/", kind="level", basis="1", how="split", at=str(at))
    assert "2个部分、3项任务" in page.main
    assert "（三）-2" in page.main


def test_the_head_is_corrected(as_coordinator, url):
    sent = {
        "title": "甲",
        "document_number": "某政办发〔2018〕9号",
        "issuer": "某省人民政府",
        "issued_on": "2018-03-01",
    }
    as_coordinator.post(url, action="head", basis="0", **sent)
    assert [each["field"] for each in ImportRevision.objects.get().corrections] == ["title", "issuer"]


def test_of_two_with_one_page_the_second_is_refused_and_sees_the_first(as_coordinator, url, draft):
    other = make_user(role="coordinator", display_name="另一位")
    correct(draft, agency(0, "省财政厅", "assist"), by=other)
    page = as_coordinator.post(f"{url}items/{FIRST}/", 422, kind="title", basis="0", words="完善制度。制定管理办法")
    assert "另有人更正了这份核对稿" in page.main
    assert "完善制度。制定管理办法" in page.main
    assert "另一位" in as_coordinator.get(url).main
    assert draft.revisions.count() == 1


HEAD = {
    "title": "某省人民政府办公厅关于印发试点工作方案的通知",
    "document_number": "某政办发〔2018〕9号",
    "issuer": "某省人民政府办公厅",
    "issued_on": "2018-03-01",
}


def test_a_stale_head_with_a_mistake_in_it_is_said_to_be_stale_and_reverts_nothing(as_coordinator, url, draft):
    correct(draft, head("title", "另一位定的标题"), by=make_user(role="coordinator"))
    page = as_coordinator.post(url, 422, action="head", basis="0", **HEAD | {"issuer": "某省政府", "issued_on": ""})
    assert "另有人更正了这份核对稿" in page.main
    assert "请先改正标出的内容" not in page.main
    assert "发文机关：某省政府" in page.main
    assert "成文日期：（清空）" in page.main
    assert page.all("//*[@name='title']")[0].text.strip() == "另一位定的标题"
    assert proof_of(draft).notice.title == "另一位定的标题"


def test_a_stale_head_corrects_what_was_typed_and_is_refused_twice(as_coordinator, url, draft):
    correct(draft, head("title", "另一位定的标题"), by=make_user(role="coordinator"))
    for _ in range(2):
        as_coordinator.post(url, 422, action="head", basis="0", **HEAD | {"issuer": "某省政府"})
    assert draft.revisions.count() == 1


@pytest.mark.parametrize(
    ("theirs", "sent", "shown"),
    [
        (
            agency(0, "省发展改革委", ""),
            {"kind": "agencies", "role_0": "lead", "role_1": "assist", "name": "无此单位", "role": "lead"},
            {"role_0": "lead"},
        ),
        (
            {"kind": "measure", "item": FIRST, "was": None, "now": [FIRST, FIRST + 3]},
            {"kind": "measures", "words_0": "", "words_1": "不在原文里"},
            {"words_0": "（一）", "words_1": "制定管理办法。"},
        ),
    ],
    ids=["agencies", "measures"],
)
def test_a_stale_form_is_shown_anew_and_no_value_stands_in_anothers_row(
    as_coordinator, url, draft, theirs, sent, shown
):
    correct(draft, theirs, by=make_user(role="coordinator"))
    page = as_coordinator.post(f"{url}items/{FIRST}/", 422, basis="0", **sent)
    assert "另有人更正了这份核对稿" in page.main
    assert "您刚才填写的，没有保存" in page.main
    [form] = [form for form in page.all("//form") if form.xpath(f".//input[@name='kind'][@value='{sent['kind']}']")]
    fields = dict(form.form_values())
    assert fields["basis"] == "1"
    assert shown.items() <= fields.items()
    assert draft.revisions.count() == 1


def test_a_stale_form_of_an_item_that_is_none_any_more_leads_to_the_notice(as_coordinator, url, draft):
    correct(draft, {"kind": "join", "item": SECOND}, by=make_user(role="coordinator"))
    page = as_coordinator.post_and_follow(f"{url}items/{SECOND}/", kind="title", basis="0", words="")
    assert "另有人更正了这份核对稿" in page.text("//body")


def test_a_correction_is_taken_back(as_coordinator, url, draft):
    correct(draft, agency(0, "省财政厅", "assist"))
    page = as_coordinator.post_and_follow(url, action="undo", basis="1", number="1")
    assert "已被第2处撤销" in page.main
    assert "已经撤销" in as_coordinator.post(url, 422, action="undo", basis="2", number="1").main


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("", {"action": "head", **HEAD, "title": "甲"}),
        (f"items/{FIRST}/", {"kind": "measures", "words_0": "", "words_1": "", "new": "完善制度"}),
        (f"items/{SECOND}/", {"kind": "level", "how": "join"}),
    ],
    ids=["head", "measures", "level"],
)
def test_a_form_of_the_proof_that_is_sent_twice_is_one_correction(as_coordinator, url, draft, path, sent):
    for _ in range(2):
        as_coordinator.post(f"{url}{path}", basis="0", **sent)
    assert draft.revisions.count() == 1


def test_taken_back_twice_it_is_taken_back_once(as_coordinator, url, draft, coordinator):
    correct(draft, agency(0, "省财政厅", "assist"))
    for _ in range(2):
        as_coordinator.post(url, action="undo", basis="1", number="1")
    assert draft.revisions.count() == 2


def test_a_draft_is_left_and_resumed_by_somebody_else(as_coordinator, draft, url):
    other = Visitor(make_user(role="coordinator"))
    assert other.get(LIST).link("试点方案.txt").url == url
    correct(draft, agency(0, "省财政厅", "assist"), by=other.user)
    assert "第1版" in as_coordinator.get(url).main


def test_a_draft_that_was_given_up_can_be_read_and_not_changed(as_coordinator, url, draft):
    as_coordinator.post(url, action="discard")
    assert "放弃" in as_coordinator.get(url).main
    as_coordinator.get(f"{url}items/{FIRST}/", 404)
    as_coordinator.get(f"{url}confirm/", 404)


# ── handed out ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_before_says_what_will_happen_and_the_deed_does_it(as_coordinator, url):
    office = make_agency("省财政厅")
    make_user(role="liaison", agency=office)
    page = as_coordinator.get(f"{url}confirm/")
    assert "将生成2个部分、3项任务，交办6家单位，负责5条、协助1条" in page.main
    assert "收到站内消息1人" in page.main
    assert "新增单位5家" in page.main
    page = as_coordinator.post_and_follow(f"{url}confirm/", basis="0")
    assert "已交办某政办发〔2018〕9号，1人已收到站内消息；没有账号的单位5家，开通账号前收不到消息。" in page.main
    assert Plan.objects.get().items.count() == 3


def test_a_plan_of_which_nobody_could_be_told_says_so(as_coordinator, url):
    page = as_coordinator.post_and_follow(f"{url}confirm/", basis="0")
    assert "已交办某政办发〔2018〕9号，尚无人收到站内消息；没有账号的单位6家，开通账号前收不到消息。" in page.main


# ── 节点 that the notice's deadlines name ────────────────────────────────────────────────────────────────────────


@pytest.fixture
def dated(coordinator):
    """A notice that writes days for single measures, as it is read; its names that stand for many are kept."""
    text = (ROOT / "tests/tasks/notice/examples/08-guobanfa-2020-24-yingshang-huanjing.txt").read_text()
    draft = make_proof(text, by=coordinator)
    for asked in proof_of(draft).open_questions:
        correct(draft, *asked.question.choices[-1].corrections, question=asked.question.key)
    return draft


def offered(page):
    return {box.get("value"): box.get("checked") is not None for box in page.all("//input[@name='milestone']")}


def test_the_days_that_the_notice_writes_are_offered_as_milestones_and_the_ticked_ones_made(as_coordinator, dated):
    page = as_coordinator.get(f"{dated.get_absolute_url()}confirm/")
    boxes = offered(page)
    assert len(boxes) > 5
    assert "公文时限设为节点" in page.main
    chosen = list(boxes)[:2]
    as_coordinator.post(f"{dated.get_absolute_url()}confirm/", basis=proof_of(dated).version, milestone=chosen)
    plan = Plan.objects.get()
    made = Milestone.objects.order_by("pk")
    assert made.count() == 2
    assert {each.item.plan for each in made} == {plan}
    assert made[0].plans.get().reason.startswith("公文载明“")
    left = {each.place for each in proposals_of_plan(plan)}
    assert left == set(boxes) - set(chosen)
    as_coordinator.post(f"{dated.get_absolute_url()}confirm/", basis=proof_of(dated).version, milestone=list(boxes))
    assert Milestone.objects.count() == 2


def test_what_is_the_tasks_own_due_date_is_not_ticked_unless_somebody_does(as_coordinator, dated):
    due = {number: item.deadline and item.deadline.on for number, item in enumerate(proof_of(dated).notice.items, 1)}
    days = {
        each.place: each.planned_on == due[each.item.number] for each in proposals_of_notice(proof_of(dated).notice)
    }
    page = as_coordinator.get(f"{dated.get_absolute_url()}confirm/")
    assert offered(page) == {key: not is_due for key, is_due in days.items()}


def test_a_milestone_that_the_notice_does_not_name_hands_out_nothing(as_coordinator, dated):
    page = as_coordinator.post(
        f"{dated.get_absolute_url()}confirm/", 422, basis=proof_of(dated).version, milestone=["m99-1"]
    )
    assert "所选节点不在公文写明的时限之内" in page.main
    assert not Plan.objects.exists()


def test_without_a_day_in_the_notice_nothing_is_offered(as_coordinator, coordinator):
    url = make_proof(re.sub("，?[0-9]+月底前(完成)?", "", TEXT), by=coordinator).get_absolute_url()
    assert "公文时限设为节点" not in as_coordinator.get(f"{url}confirm/").main


def test_sent_twice_it_leads_to_the_same_plan(as_coordinator, url):
    as_coordinator.post(f"{url}confirm/", basis="0")
    as_coordinator.post(f"{url}confirm/", basis="0")
    assert Plan.objects.count() == 1


def test_an_open_question_or_a_stale_page_hands_out_nothing(as_coordinator, coordinator):
    url = make_proof(UNNUMBERED, by=coordinator).get_absolute_url()
    assert "还有1处待核对" in as_coordinator.get(f"{url}confirm/").main
    assert "还有1处待核对" in as_coordinator.post(f"{url}confirm/", 422, basis="0").main
    as_coordinator.post(url, basis="0", question="h-document_number", value="某政办发〔2018〕9号")
    assert "另有人更正" in as_coordinator.post(f"{url}confirm/", 422, basis="0").main
    assert not Plan.objects.exists()


def test_a_copy_of_an_imported_number_says_so_and_shows_the_differences(as_coordinator, url, coordinator):
    as_coordinator.post(f"{url}confirm/", basis="0")
    copy = make_proof(TEXT.replace("30个", "40个"), by=coordinator).get_absolute_url()
    page = as_coordinator.get(copy)
    assert "某政办发〔2018〕9号已经导入" in page.main
    assert "有1处不同" in page.main
    assert [each.text for each in page.all("//ins")] == ["4"]
    assert "已经导入" in as_coordinator.post(f"{copy}confirm/", 422, basis="0").main
    assert Plan.objects.count() == 1


def test_the_same_text_again_says_that_it_is_the_same(as_coordinator, url):
    as_coordinator.post(f"{url}confirm/", basis="0")
    page = as_coordinator.post_and_follow(LIST, text=TEXT)
    assert "一字不差" in page.main


# ── what leads to what ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", [NOTICE, *EXAMPLES], ids=lambda path: path.stem)
def test_every_link_within_the_page_leads_to_one_place_on_it(as_coordinator, path):
    as_coordinator.post(LIST, text=path.read_text(encoding="utf-8"))
    page = as_coordinator.get(only().get_absolute_url())
    places = page.all("//@id")
    assert len(places) == len(set(places))
    within = [href for href in page.all("//main//a/@href") if href.startswith("#")]
    assert {href[1:] for href in within} <= set(places)
    assert len(within) > 50


def test_an_item_without_a_lead_gets_one_in_place_or_stays_without(as_coordinator, coordinator):
    text = TEXT.replace("（省文化和旅游厅牵头，省教育厅配合，10月底前完成）", "")
    url = make_proof(text, by=coordinator).get_absolute_url()
    assert "“（二）加强宣传”没有写明负责单位" in as_coordinator.get(url).main
    sent = {"basis": "0", "question": "p-0", "answer": "known"}
    assert "单位名册和公文里没有“省没有厅”。" in as_coordinator.post(url, 422, **sent, means="省没有厅").main
    page = as_coordinator.post_and_follow(url, **sent, means="省财政厅")
    assert "没有待核对的问题" in page.main
    assert "省财政厅负责" in page.main


def test_what_is_corrected_elsewhere_is_asked_no_more(as_coordinator, coordinator):
    url = make_proof(UNNUMBERED, by=coordinator).get_absolute_url()
    sent = {"title": "甲", "document_number": "某政办发〔2018〕9号", "issuer": "某省人民政府办公厅"}
    page = as_coordinator.post_and_follow(url, action="head", basis="0", issued_on="2018-03-01", **sent)
    assert "没有待核对的问题" in page.main


def test_what_is_no_task_is_handed_out_to_nobody(as_coordinator, url):
    page = as_coordinator.post_and_follow(f"{url}items/{SECOND}/", kind="level", basis="0", how="drop")
    assert "2个部分、2项任务" in page.main
    assert "不是任务" in page.main
    as_coordinator.post(f"{url}confirm/", basis="1")
    assert [item.label for item in Plan.objects.get().items.order_by("number")] == ["（一）", "（三）"]
