"""What the errands of a morning cost: clicks, fields typed, pages and seconds, counted in a real browser.

    python -m benchmarks.errands

Each begins on the page on which its person lands after signing in, which isn't counted, on the demonstration's day.
Seconds are those of the machine: what people read and think comes to them. Needs no preparation.
"""

import argparse
import re
from collections.abc import Callable
from typing import NamedTuple

from playwright.sync_api import Browser, Page, expect

from benchmarks.demonstrated import browsing, demonstrated, signed_in
from tests.e2e.counted import Hand

DAY = "2016-10-12"


class Errand(NamedTuple):
    name: str
    who: str
    run: Callable[[Hand, Page], None]


def main() -> None:
    argparse.ArgumentParser(prog="python -m benchmarks.errands", description=__doc__).parse_args()
    with demonstrated(DAY) as url, browsing() as site:
        more_to_review(signed_in(site, url, "zhijian"))
        print("| errand | pages | clicks | fields typed | seconds |")
        print("| --- | ---: | ---: | ---: | ---: |")
        for errand in ERRANDS:
            print(told(errand, site, url))


def told(errand: Errand, site: Browser, url: str) -> str:
    page = signed_in(site, url, errand.who)
    hand = Hand()
    errand.run(hand, hand.at(page))
    page.wait_for_load_state()
    row = f"| {errand.name} | {hand.pages + 1} | {hand.clicks} | {hand.typed} | {hand.seconds:.1f} |"
    page.context.close()
    return row


def more_to_review(page: Page) -> None:
    """The demonstration has eight reports that wait: three drafts of 省质监局 are filed beside them."""
    page.goto("/my/submit/")
    page.get_by_role("button", name="报送所选").click()
    expect(page.locator(".messages")).to_be_visible()
    page.context.close()


# ── the office ───────────────────────────────────────────────────────────────────────────────────────────────────


def worst_items(hand: Hand, page: Page) -> None:
    panel = page.locator("section", has=page.get_by_role("heading", name="最滞后的任务"))
    expect(panel.locator("ol > li")).to_have_count(3)
    expect(panel.locator("ol small").first).to_contain_text("自")


def urge_all(hand: Hand, page: Page) -> None:
    hand.click(page.get_by_role("link", name=re.compile("^催报")))
    hand.click(page.get_by_role("button", name="发出催报并打印催办单").first)
    expect(page.locator(".slip")).not_to_have_count(0)


def ten_reviews(hand: Hand, page: Page) -> None:
    hand.click(way(page, "审核"))
    hand.click(page.get_by_role("link", name="开始审核"))
    for _ in range(10):
        told = page.locator(".compare").inner_text()
        hand.click(page.get_by_role("button", name="通过并审核下一份"))
        expect(page.locator(".compare")).not_to_have_text(told)
        page.wait_for_load_state()


def two_words(hand: Hand, page: Page) -> None:
    box = page.get_by_role("searchbox", name="搜索")
    hand.fill(box, "研讨班 场地")
    hand.clicks += 1  # the Enter key
    box.press("Enter")
    hand.click(page.locator(".found a", has_text="省国资委").first)
    expect(page.get_by_role("heading", level=1)).to_contain_text("（十）")


def a_city_that_lags(hand: Hand, page: Page) -> None:
    hand.click(way(page, "市县"))
    hand.click(page.locator("tr", has_text="亳州市").get_by_role("link", name=re.compile("催办")))
    hand.click(page.get_by_role("button", name="发出催办"))
    expect(page.locator(".slip, .messages").first).to_be_visible()


# ── an agency, the leadership, a city ────────────────────────────────────────────────────────────────────────────


def correction(hand: Hand, page: Page) -> None:
    hand.click(page.locator("#filed tr", has_text="待审").get_by_role("link", name="重新报送").first)
    text = page.get_by_label("本期进展")
    hand.fill(text, f"{text.input_value()}另有2家园区进入公示。")
    hand.click(page.get_by_role("button", name="报送", exact=True))
    expect(page.locator(".messages, p[id^=r]").first).to_contain_text("已报送")


def a_leader_s_quarter(hand: Hand, page: Page) -> None:
    expect(page.locator(".lede")).to_contain_text("总体进度")
    with page.expect_download():
        hand.click(page.locator("#files").get_by_role("link", name="Excel工作簿"))
    hand.click(page.locator("#files").get_by_role("link", name="一页图"))
    expect(page.locator("article.a4")).to_be_visible()


def a_city_s_plan(hand: Hand, page: Page) -> None:
    """Drawn from the items of the province's plan as they are offered, and handed out."""
    hand.click(page.get_by_role("main").get_by_role("link", name=re.compile("从上级任务生成|生成本地方案")).first)
    hand.fill(page.get_by_label("发文字号"), "亳政办〔2016〕41号")
    hand.fill(page.get_by_label("成文日期"), "2016-10-10")
    hand.click(page.get_by_role("button", name="生成核对稿"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("核对")
    page.wait_for_load_state()
    settle = page.get_by_role("button", name="定下来")
    while waiting := settle.count():
        question = page.locator(".asks > li").filter(has=settle).first
        hand.click(question.get_by_role("radio").first)
        if question.get_by_role("checkbox").count():  # all of its kind
            hand.click(question.get_by_role("checkbox").first)
        hand.click(question.get_by_role("button", name="定下来"))
        expect(settle).not_to_have_count(waiting)
        page.wait_for_load_state()
    hand.click(page.get_by_role("link", name="下一步：确认交办"))
    hand.click(page.get_by_role("button", name="确认交办"))
    expect(page.get_by_role("status")).to_contain_text("已交办")


def way(page: Page, name: str):  # type: ignore[no-untyped-def]
    return page.get_by_role("navigation", name="主导航").get_by_role("link", name=re.compile(f"^{name}"))


ERRANDS = (
    Errand("the three worst items and why", "coordinator", worst_items),
    Errand("urge all who haven't filed, with slips", "coordinator", urge_all),
    Errand("ten reviews, one by one", "coordinator", ten_reviews),
    Errand("find a report by two words, and open it", "coordinator", two_words),
    Errand("a city that lags, and an urge to it", "coordinator", a_city_that_lags),
    Errand("one correction of a filed report", "zhijian", correction),
    Errand("a leader's quarter: the sentence, the workbook, the one-page view", "leader", a_leader_s_quarter),
    Errand("a city's plan drawn from the province's, and issued", "bozhou", a_city_s_plan),
)

if __name__ == "__main__":
    main()
