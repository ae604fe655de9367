"""The document view: the words a link names are the words that are marked."""

import pytest

from index.types import Document
from tests.browser.driving import Browser
from tests.web.fakes import FakeAnswerer
from tests.web.samples import BRIEFING, HOSTILE, RARE
from tests.web.serving import serving
from web.app import create_app

MARKED = "return [...document.querySelectorAll('mark')].map((mark) => mark.textContent)"


def place(document: Document, first: str, last: str = "") -> tuple[int, int]:
    """From the beginning of `first` to the end of `last`, in characters of the document."""
    start = document.text.index(first)
    last = last or first
    return start, document.text.index(last, start) + len(last)


def show(browser: Browser, document: Document, span: tuple[int, int]) -> list[str]:
    browser.open(f"/documents/{document.id}#{span[0]}-{span[1]}")
    marked: list[str] = browser.run(MARKED)
    return marked


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (BRIEFING, "We will first provide vaccines to developing countries that need them most."),
        (BRIEFING, "The two ministers"),
        (BRIEFING, "about trade."),
        (RARE, "with 𝒇riends"),
        (RARE, "🍜"),
        (RARE, "𠮷野家 🍜"),
        (RARE, "The noodle treaty 🍜 stands & nobody <leaves> it."),
        (RARE, "line 🙂 of"),
        (RARE, "gap 🙃."),
        (HOSTILE, '<img src=x onerror="window.__xss=1">'),
    ],
)
def test_the_named_characters_are_marked_in_view_and_focused(browser: Browser, document: Document, words: str) -> None:
    assert show(browser, document, place(document, words)) == [words]
    assert browser.run("return document.activeElement.tagName") == "MARK"
    assert browser.run(
        "const { top } = document.activeElement.getBoundingClientRect(); return top >= 0 && top < innerHeight"
    )
    assert not browser.one("#note").is_displayed()
    assert browser.complaints() == []


def test_a_carriage_return_keeps_its_place(browser: Browser) -> None:
    assert show(browser, RARE, place(RARE, "𝒇riends.\r\nSecond")) == ["𝒇riends.\r\nSecond"]


def test_a_passage_across_paragraphs_is_marked_in_each(browser: Browser) -> None:
    assert show(browser, RARE, place(RARE, "of it.\n", "Third paragraph")) == [
        "of it.",
        "Ōno: The noodle treaty 🍜 stands & nobody <leaves> it.",
        "Third paragraph",
    ]


def test_another_fragment_moves_the_mark_and_leaves_the_text_whole(browser: Browser) -> None:
    show(browser, RARE, place(RARE, "noodle"))
    before = browser.run("return document.querySelector('#text').textContent")
    start, end = place(RARE, "Second line", "Ōno")
    browser.run(f"location.hash = '#{start}-{end}'")
    browser.until("document.querySelectorAll('mark').length === 2")
    assert browser.run(MARKED) == ["Second line 🙂 of it.", "Ōno"]
    assert browser.run("return document.querySelector('#text').textContent") == before


@pytest.mark.parametrize(
    "fragment", ["nonsense", "9-5", "5-5", "0-99999", "-1-5", "1-2-3", "1.5-3", "%3Cscript%3E", "0-1"]
)
def test_a_fragment_that_is_no_passage_is_ignored_with_a_note(browser: Browser, fragment: str) -> None:
    browser.open(f"/documents/rare#{fragment}")
    assert browser.run(MARKED) == []
    assert "does not have" in browser.text("#note")
    assert browser.one("#note").get_attribute("role") == "status"
    assert not browser.one("#tools").is_displayed()
    assert browser.complaints() == []


@pytest.mark.parametrize("fragment", ["", "#", "#main"])
def test_a_document_without_a_fragment_needs_no_note(browser: Browser, fragment: str) -> None:
    browser.open(f"/documents/briefing{fragment}")
    assert browser.run(MARKED) == []
    assert not browser.one("#note").is_displayed()


def test_the_passage_can_be_copied_with_its_source(browser: Browser) -> None:
    words = "The noodle treaty 🍜 stands & nobody <leaves> it."
    start, end = place(RARE, words)
    show(browser, RARE, (start, end))
    browser.run("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    address = f"{browser.base}/documents/rare#{start}-{end}"
    browser.one("#copy-link").click()
    browser.until("document.querySelector('#copied').textContent === 'Copied'")
    assert browser.run("return window.copied") == address
    browser.one("#copy-quotation").click()
    browser.until("window.copied.includes('noodle')")
    assert browser.run("return window.copied") == f"“{words}”\n— Rare Characters\n{address}"


def test_a_selection_can_be_linked_to(browser: Browser) -> None:
    browser.open("/documents/rare")
    assert not browser.one("#tools").is_displayed()
    browser.run(
        """const [first, second] = document.querySelectorAll("#text p");
           const from = first.firstChild.data.indexOf("Second");
           const to = second.firstChild.data.indexOf("stands");
           getSelection().setBaseAndExtent(first.firstChild, from, second.firstChild, to);
           navigator.clipboard.writeText = async (text) => { window.copied = text; };"""
    )
    browser.until("!document.querySelector('#tools').hidden")
    browser.one("#copy-link").click()
    browser.until("window.copied")
    start, end = place(RARE, "Second", "treaty 🍜 ")
    assert browser.run("return window.copied").endswith(f"/documents/rare#{start}-{end}")


def test_a_passage_at_the_end_of_a_megabyte_is_marked(browser: Browser) -> None:
    text = "\n\n".join(f"Paragraph {number} 🍜 " + "word " * 20 + "ends." for number in range(9_000))
    document = Document("large", "Large", text, "large.txt")
    words = "Paragraph 8990 🍜 word"
    with serving(create_app(FakeAnswerer((document,)))) as base:
        browser.base = base
        assert show(browser, document, place(document, words)) == [words]
        assert browser.run("return document.activeElement.getBoundingClientRect().top < innerHeight")
        browser.driver.get("about:blank")
