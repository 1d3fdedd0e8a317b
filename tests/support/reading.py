"""Pages as their readers see them: text without markup, links with what they say, tables row by row."""

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404, resolve
from lxml import html


class Link(NamedTuple):
    text: str
    url: str  # path and query, without the fragment

    @property
    def number(self) -> int | None:
        """The first number that the link shows."""
        found = re.search(r"\d+", self.text)
        return int(found[0]) if found else None

    @property
    def view_name(self) -> str:
        """The name of the address that it leads to, "" for files and other sites."""
        try:
            return resolve(urlsplit(self.url).path).view_name
        except Resolver404:
            return ""


class Page:
    """One answer. `path` is where it was found."""

    def __init__(self, response, url: str) -> None:
        self.response, self.url = response, url
        self.status = response.status_code
        self.source = response.content.decode()
        self.tree = html.fromstring(self.source) if self.source.strip() else html.Element("html")

    def all(self, xpath: str) -> list:
        return self.tree.xpath(xpath)

    def one(self, xpath: str):
        [found] = self.all(xpath)
        return found

    def texts(self, xpath: str) -> list[str]:
        return [text_of(element) for element in self.all(xpath)]

    def text(self, xpath: str = "//body") -> str:
        return text_of(self.one(xpath))

    @property
    def main(self) -> str:
        return self.text("//main")

    @property
    def title(self) -> str:
        return self.text("//h1")

    @property
    def messages(self) -> list[str]:
        """What the product says about the last deed."""
        return self.texts("//ul[@class='messages']/li")

    @property
    def errors(self) -> dict[str, str]:
        """Messages by the name of the control that they stand at; those of the whole form under ""."""
        found = {}
        for message in self.all("//*[contains(@class, 'error')]//*[@class='msg']"):
            place = next(a for a in message.iterancestors() if "error" in a.get("class", ""))
            control = place.xpath(".//input[not(@type='hidden')] | .//textarea | .//select")
            found[control[0].get("name") if control else ""] = text_of(message)
        return found

    def links(self, within: str = "//main") -> list[Link]:
        return list(links_of(self.one(within), self.url))

    def link(self, text: str, within: str = "//body") -> Link:
        [found] = [link for link in self.links(within) if link.text == text]
        return found

    def rows(self, within: str = "//section[@id='rows']//tbody/tr") -> list[list[str]]:
        """The cells of every row."""
        return [[text_of(cell) for cell in row.xpath("./td | ./th")] for row in self.all(within)]

    def values(self, form: str = "//main//form[@method='post']") -> dict[str, str]:
        """What the form would send if nothing were typed."""
        sent = {}
        for control in self.one(form).xpath(".//input[@name] | .//textarea[@name]"):
            if control.get("type") in ("checkbox", "radio"):
                if control.get("checked") is not None:
                    sent[control.get("name")] = control.get("value", "on")
            else:
                sent[control.get("name")] = (
                    control.text or "" if control.tag == "textarea" else control.get("value", "")
                )
        return sent


def text_of(element) -> str:
    return " ".join(element.text_content().split())


def links_of(element, base: str) -> Iterator[Link]:
    for anchor in element.xpath(".//a[@href]"):
        href = anchor.get("href")
        # Unlike Python, browsers let a bare "?" empty the query.
        url = urljoin(base.partition("?")[0] if href.startswith("?") else base, href)
        yield Link(text_of(anchor) or anchor.get("aria-label", ""), urlsplit(url)._replace(fragment="").geturl())
