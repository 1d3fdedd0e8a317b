"""What it costs an agency to file a quarter: typed fields, clicks and pages, counted in a real browser.

    python -m benchmarks.effort [--reports 9]

One liaison files every report that 省质监局 owes, from an opened period to the last one submitted: two of three items
have changed (text, percentage, readings as far as the item has any), every third has not. Needs no preparation.
"""

import argparse

from benchmarks.demonstrated import browsing, demonstrated, signed_in

USERNAME, DAY = "zhijian", "2016-09-20"  # on which the third quarter opens


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.effort")
    parser.add_argument("--reports", type=int, default=9)
    options = parser.parse_args()
    with demonstrated(DAY) as url, browsing() as site:
        measure(signed_in(site, url, USERNAME), options.reports)


class Hand:
    """Counts what a person does: fields typed into, clicks, and pages that the browser loads."""

    def __init__(self, page) -> None:
        self.page = page
        self.typed = self.clicks = self.pages = 0
        page.on("framenavigated", lambda frame: self._navigated(frame))

    def _navigated(self, frame) -> None:
        if frame == self.page.main_frame:
            self.pages += 1

    def type(self, field, text: str) -> None:
        field.fill(text)
        self.typed += 1

    def choose(self, field, number: int) -> None:
        """From a drop-down list: one click opens it, one chooses."""
        field.select_option(index=number)
        self.clicks += 2

    def click(self, button) -> None:
        button.click()
        self.clicks += 1


def measure(page, reports: int) -> None:
    hand, rows = Hand(page), []
    cards = [card.get_attribute("id") for card in page.locator("form.report").all()][:reports]
    for number, slot in enumerate(cards, 1):
        before = (hand.typed, hand.clicks, hand.pages)
        is_changed = number % 3 != 0
        file_one(hand, page.locator(f"form#{slot}"), is_changed=is_changed)
        page.locator(f"p#{slot}", has_text="已报送").wait_for()
        now = (hand.typed, hand.clicks, hand.pages)
        rows.append((is_changed, *(after - start for after, start in zip(now, before, strict=True))))
    say(rows)


def file_one(hand: Hand, card, *, is_changed: bool) -> None:
    """The reason for being behind is chosen only where the product asks for it and knows none yet."""
    if is_changed:
        hand.type(card.get_by_label("本期进展"), "本期检查企业126家，发现问题38个，已整改35个。")
        percent = card.get_by_label("进度", exact=True)
        hand.type(percent, str(min(int(percent.input_value()) + 12, 100)))
        for reading in card.locator("input[name^=reading_]").all()[:1]:
            hand.type(reading, str(int(float(reading.input_value() or 0)) + 5))
    else:
        hand.click(card.get_by_role("button", name="本期无变化", exact=True))
        return
    reason = card.get_by_label("滞后原因")
    if reason.is_visible() and not reason.input_value() and is_behind(card):
        hand.choose(card.get_by_label("滞后的常见原因"), 1)
    hand.click(card.get_by_role("button", name="报送", exact=True))


def is_behind(card) -> bool:
    """As the card says it: the percentage is under its yellow line."""
    hint = card.locator("input[name=percent] + .hint, input[name=percent] ~ .hint").first.inner_text()
    line = float(hint.rpartition("黄灯线")[2].strip(" %") or 0) if "黄灯线" in hint else 0.0
    return int(card.get_by_label("进度", exact=True).input_value()) < line


def say(rows: list[tuple[bool, int, int, int]]) -> None:
    print("| report | changed | typed fields | clicks | pages |")
    print("| ---: | --- | ---: | ---: | ---: |")
    for number, (is_changed, typed, clicks, pages) in enumerate(rows, 1):
        print(f"| {number} | {'yes' if is_changed else 'no'} | {typed} | {clicks} | {pages} |")
    totals = [sum(column) for column in zip(*(row[1:] for row in rows), strict=True)]
    print(f"| all {len(rows)} | | {totals[0]} | {totals[1]} | {totals[2] + 1} |")


if __name__ == "__main__":
    main()
