"""What people are shown: markup that is only ever ours, and text whose every character keeps its place."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from index.types import Document
from tests.web.fakes import FakeAnswerer
from tests.web.samples import DOCUMENTS, PACT, RARE
from web.app import create_app
from web.pages import blocks, web_address, with_pages


class Page(HTMLParser):
    """What a browser would make of a page, as far as these tests ask."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.blocks: list[tuple[int, int, str]] = []
        self._open: list[str] | None = None
        # The standard says so, and html.parser leaves it to its caller: a browser reads CR LF and CR as LF.
        self.feed(html.replace("\r\n", "\n").replace("\r", "\n"))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        if "data-start" in attributes:
            self._open = []
            self._place = (int(attributes["data-start"] or ""), int(attributes["data-end"] or ""))

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self._open.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "p" and self._open is not None:
            self.blocks.append((*self._place, "".join(self._open)))
            self._open = None


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: str(document.id))
def test_every_paragraph_shown_is_its_slice_of_the_document(client: FlaskClient, document: Document) -> None:
    page = Page(client.get(f"/documents/{document.id}").get_data(as_text=True))
    assert page.blocks
    for start, end, text in page.blocks:
        assert text == document.text[start:end]


def test_paragraphs_are_cut_at_blank_lines_and_counted_in_code_points() -> None:
    shown = [RARE.text[block.start : block.end] for block in blocks(RARE.text)]
    assert [text.split()[0] for text in shown] == ["Met", "Ōno:", "Third"]
    assert shown[0].endswith("Second line 🙂 of it.")


@given(st.text(st.sampled_from("ab \n\r\t\v<&\"'🍜\u2028\u00a0"), max_size=60))
def test_paragraphs_hold_every_character_but_white_space_once_and_in_order(text: str) -> None:
    shown = list(blocks(text))
    assert "".join("".join(text[block.start : block.end] for block in shown).split()) == "".join(text.split())
    assert all(before.end < after.start for before, after in pairwise(shown))
    assert all(block.start < block.end for block in shown)


def test_no_markup_of_a_document_becomes_markup_of_the_page(client: FlaskClient) -> None:
    page = Page(client.get("/documents/hostile").get_data(as_text=True))
    scripts = [attributes for tag, attributes in page.tags if tag == "script"]
    assert all(str(attributes["src"]).startswith("/static/") for attributes in scripts)
    assert not [attributes for _, attributes in page.tags if any(name.startswith("on") for name in attributes)]
    assert not [attributes for tag, attributes in page.tags if tag == "img" and attributes["src"] == "x"]
    assert not [attributes for _, attributes in page.tags if str(attributes.get("href")).startswith("javascript:")]


@pytest.mark.parametrize("path", ["/", "/documents/briefing", "/documents/hostile", "/nothing"])
def test_pages_hold_no_inline_script_or_style_and_nothing_from_elsewhere(client: FlaskClient, path: str) -> None:
    html = client.get(path, headers={"Accept": "text/html"}).get_data(as_text=True)
    page = Page(html)
    assert "style" not in {tag for tag, _ in page.tags}
    for tag, attributes in page.tags:
        assert "style" not in attributes
        if tag in {"script", "link", "img"}:
            assert str(attributes.get("src") or attributes.get("href")).startswith("/static/")


def test_a_document_names_the_others_that_are_one_text_with_it_and_no_markup_of_theirs(client: FlaskClient) -> None:
    page = Page(client.get("/documents/pact").get_data(as_text=True))
    assert [attributes for tag, attributes in page.tags if attributes.get("href") == "/documents/mirror"]
    assert "i" not in {tag for tag, _ in page.tags}
    html = client.get("/documents/pact").get_data(as_text=True)
    assert "&lt;i&gt;The Mirror&lt;/i&gt; &amp; Sons</a>" in html
    assert ">On the Noodle Pact</a>" in client.get("/documents/mirror").get_data(as_text=True)
    assert "Also in" not in client.get("/documents/briefing").get_data(as_text=True)


def test_a_copy_of_the_same_title_is_named_by_where_it_stands() -> None:
    client = create_app(FakeAnswerer((PACT, replace(PACT, id="again", source="again.txt")))).test_client()
    assert ">again.txt</a>" in client.get("/documents/pact").get_data(as_text=True)


def test_the_chat_page_offers_the_examples_it_was_given_as_text(client: FlaskClient) -> None:
    html = client.get("/").get_data(as_text=True)
    assert "Who spoke about trade?</button>" in html
    assert "&lt;b&gt;Bold?&lt;/b&gt;</button>" in html
    assert f"{len(DOCUMENTS)} documents on record" in html


def test_the_chat_page_tells_how_to_ask_without_javascript(client: FlaskClient) -> None:
    html = client.get("/").get_data(as_text=True)
    note = html[html.index("<noscript>") : html.index("</noscript>")]
    assert "/ask?question=" in note


def test_a_question_in_the_address_is_left_to_the_script(client: FlaskClient) -> None:
    assert client.get("/?question=<script>").data == client.get("/").data


@pytest.mark.parametrize(
    ("url", "source", "address"),
    [
        ("https://example.org/a", "a.html", "https://example.org/a"),
        ("HTTP://example.org/a", "a.html", "HTTP://example.org/a"),
        (None, "https://example.org/b", "https://example.org/b"),
        ("javascript:alert(1)", "a.html", None),
        (" javascript:alert(1)", "data:text/html,x", None),
        ("https://[broken", "a.html", None),
        (None, "file:///etc/passwd", None),
        (None, "a.html", None),
    ],
)
def test_only_web_addresses_become_links(url: str | None, source: str, address: str | None) -> None:
    assert web_address(Document("a", "A", "text", source, url=url)) == address


def test_the_publisher_is_shown_as_text_where_there_is_one(client: FlaskClient) -> None:
    html = client.get("/documents/hostile").get_data(as_text=True)
    assert "<dd>&lt;img src=x onerror=&#34;window.__xss=1&#34;&gt; &amp; Sons</dd>" in html
    assert "Publisher" not in client.get("/documents/rare").get_data(as_text=True)


def test_a_page_without_date_shows_none(client: FlaskClient) -> None:
    assert "<time" not in client.get("/documents/rare").get_data(as_text=True)


def test_a_document_is_sent_once_and_then_only_asked_about(client: FlaskClient) -> None:
    first = client.get("/documents/briefing")
    assert first.headers["Cache-Control"] == "no-cache"
    again = client.get("/documents/briefing", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_document_of_a_megabyte_is_served_whole() -> None:
    text = "\n\n".join(f"Paragraph {number} 🍜 " + "word " * 20 for number in range(10_000))
    client = create_app(FakeAnswerer((Document("large", "Large", text, "large.txt"),))).test_client()
    page = Page(client.get("/documents/large").get_data(as_text=True))
    assert len(page.blocks) == 10_000
    start, end, last = page.blocks[-1]
    assert last == text[start:end]


@pytest.mark.parametrize(
    "path", ["/", "/documents/briefing", "/documents/none", "/ask", "/healthz", "/static/chat.js", "/nothing"]
)
def test_every_response_says_what_may_run(client: FlaskClient, path: str) -> None:
    with client.get(path) as response:
        headers = response.headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_static_files_are_kept_by_version_and_else_revalidated(client: FlaskClient) -> None:
    html = client.get("/").get_data(as_text=True)
    address = re.search(r'src="(/static/chat\.js\?v=\w+)"', html)
    assert address
    with client.get(address[1]) as versioned:
        assert versioned.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert versioned.mimetype == "text/javascript"
    for other in ("/static/chat.js", "/static/chat.js?v=old"):
        with client.get(other) as response:
            assert response.headers["Cache-Control"] == "no-cache"


def test_a_paragraph_shows_its_page_where_the_page_changes() -> None:
    document = Document("a", "T", "One.\n\nOn.\n\nTwo,\n\nthree.", "a.pdf", pages=(0, 11, 18))
    assert [block.page for block in with_pages(blocks(document.text), document)] == [1, None, 2, None]
    assert document.page(document.text.index("three")) == 2
    plain = replace(document, pages=())
    assert [block.page for block in with_pages(blocks(plain.text), plain)] == [None] * 4
