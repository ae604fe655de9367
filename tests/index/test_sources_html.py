import re
from collections import Counter
from pathlib import Path

import pytest

from index.errors import SourceError
from index.sources.html import HtmlSource
from index.types import Document

PAGES = Path(__file__).resolve().parents[2].parent / "shared" / "corpus" / "mfa"
SENTENCE = "The two sides exchanged views on the {} question and on other matters of common concern."


def read(folder: Path, page: str, name: str = "page.html") -> Document:
    path = folder / "page.html"
    path.write_text(page, encoding="utf-8")
    (document,) = HtmlSource().read(path, name)
    assert isinstance(document, Document)
    return document


def page(body: str, head: str = "<title>Talks in Moscow</title>") -> str:
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>"


def paragraphs(*words: str) -> str:
    return "".join(f"<p>{SENTENCE.format(word)}</p>" for word in words)


def test_the_text_of_a_page_comes_without_scripts_and_menus(tmp_path: Path) -> None:
    menu = '<div class="nav"><ul><li><a href="/">Home</a></li><li><a href="/a">About us</a></li></ul></div>'
    script = "<script>alert('hello')</script><style>p { color: red }</style><!-- a note -->"
    document = read(tmp_path, page(f"{menu}<div>{script}{paragraphs('first', 'second', 'third')}</div>"))
    assert document.text == "\n\n".join(SENTENCE.format(word) for word in ("first", "second", "third"))


def test_an_answer_given_twenty_times_is_kept_twenty_times(tmp_path: Path) -> None:
    body = "".join(
        f"<p>Q: Will you travel to place number {number} this month?</p><p>A: I have no information on that.</p>"
        for number in range(20)
    )
    assert read(tmp_path, page(f"<div>{body}</div>")).text.count("A: I have no information on that.") == 20


def test_blocks_of_every_kind_become_paragraphs(tmp_path: Path) -> None:
    body = (
        f"<article><h2>Opening</h2>{paragraphs('first')}<ul><li>One item of the list<ul><li>its own item</li></ul></li>"
        f"</ul><blockquote><p>What somebody said.</p></blockquote>{paragraphs('second')}"
        "<table><tr><th>Country</th><th>Votes</th></tr><tr><td>Ghana</td><td>12</td></tr></table>"
        f"<p>One line<br>and <b>an</b>other<br><br>and a new one</p>{paragraphs('third')}</article>"
    )
    text = read(tmp_path, page(body)).text.split("\n\n")
    assert text == [
        "Opening",
        SENTENCE.format("first"),
        "One item of the list",
        "its own item",
        "What somebody said.",
        SENTENCE.format("second"),
        "Country | Votes",
        "Ghana | 12",
        "One line\nand another",
        "and a new one",
        SENTENCE.format("third"),
    ]


def test_a_page_of_one_sentence_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, page("<p>We agree.</p><script>alert(1)</script>")).text == "We agree."


def test_a_page_without_text_gives_no_text(tmp_path: Path) -> None:
    assert read(tmp_path, page("")).text == ""
    (tmp_path / "empty.html").write_text(" \n")
    assert list(HtmlSource().read(tmp_path / "empty.html", "empty.html")) == []


def test_a_page_nested_beyond_parsing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="nested too deep"):
        read(tmp_path, "<div>" * 5000 + "deep words" + "</div>" * 5000)


def test_a_page_with_an_xml_declaration_and_namespaced_tags_is_read(tmp_path: Path) -> None:
    declaration = '<?xml version="1.0" encoding="latin-1"?>'
    markup = '<html xmlns="http://www.w3.org/1999/xhtml"><body><p>We agree.<o:p/></p></body></html>'
    assert read(tmp_path, declaration + markup).text == "We agree."


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>Talks\n in Moscow</title>", "", "Talks in Moscow"),
        ("<title>Talks in Moscow | The Ministry</title>", "<h1>Talks in Moscow</h1>", "Talks in Moscow"),
        (
            '<title>Talks - The Ministry</title><meta property="og:site_name" content="The Ministry">',
            "<h1>A</h1><h1>B</h1>",
            "Talks",
        ),
        ('<title>Talks | M</title><meta property="og:title" content="Talks">', "", "Talks"),
        ("<title>China - Russia Talks</title>", "", "China - Russia Talks"),
        ("", "<h1>Talks in Moscow</h1>", "Talks in Moscow"),
        ("", "", "Four areas"),
    ],
)
def test_a_title_comes_without_the_sites_name(tmp_path: Path, head: str, body: str, title: str) -> None:
    assert read(tmp_path, page(body + paragraphs("first"), head), "2020-09-11-four-areas.html").title == title


@pytest.mark.parametrize(
    ("head", "body", "name", "date"),
    [
        (
            '<meta property="article:published_time" content="2020-09-12T08:00:00Z"><title>Of May 1, 2020</title>',
            "",
            "2020-01-01-a.html",
            "2020-09-12",
        ),
        (
            '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2020-09-13"}</script>',
            "",
            "a.html",
            "2020-09-13",
        ),
        ("", '<span class="post-date">September 14, 2020</span>', "2020-01-01-a.html", "2020-09-14"),
        ("<title>Press Conference on May 1, 2020</title>", "", "2020-01-01-a.html", "2020-05-01"),
        ("", "", "2020-01-01-a.html", "2020-01-01"),
        ("", "<p>Moscow, 11 September 2020</p>", "a.html", "2020-09-11"),
        ('<meta content="2022-01-01" property="article:modified_time"><title>T</title>', "", "a.html", None),
    ],
)
def test_a_date_is_taken_from_the_best_evidence(
    tmp_path: Path, head: str, body: str, name: str, date: str | None
) -> None:
    assert read(tmp_path, page(body + paragraphs("first", "second", "third"), head), name).date == date


def test_a_date_of_related_news_or_the_footer_is_not_the_pages_own(tmp_path: Path) -> None:
    related = (
        '<ul><li><a href="x">Press Conference on May 30, 2018</a> <span class="date">2018/05/30</span></li>'
        '<li><a href="y">Press Conference on May 29, 2018</a> <span class="date">2018/05/29</span></li></ul>'
        '<div class="footer">Copyright 1998-2014. Last updated 3 March 2014</div>'
    )
    assert read(tmp_path, page(paragraphs("first", "second", "third") + related)).date is None


@pytest.mark.parametrize(
    "head",
    [
        '<meta name="description" content="Minister: "we will act" on it">',
        '<meta name="description" content="Talks"">',
        '<meta xml:lang="en" name="description" content="Talks">',
        '<meta name="description" content="Talks&#1;">',
        '<script xml:lang="en" type="application/ld+json">{"@type": "NewsArticle"}</script>',
    ],
)
def test_a_slip_in_the_markup_of_the_head_costs_neither_the_page_nor_its_date(tmp_path: Path, head: str) -> None:
    dated = '<meta name="date" content="2020-09-12">'
    document = read(tmp_path, page("<p>We agree.</p>", head + dated))
    assert (document.text, document.date) == ("We agree.", "2020-09-12")


def test_a_canonical_address_is_kept_if_it_is_one_of_the_web(tmp_path: Path) -> None:
    link = '<link rel="canonical" href="{}">'
    assert read(tmp_path, page("<p>A.</p>", link.format("https://example.org/a"))).url == "https://example.org/a"
    assert read(tmp_path, page("<p>A.</p>", link.format("javascript:alert(1)"))).url is None


@pytest.mark.corpus
@pytest.mark.skipif(not PAGES.is_dir(), reason="the real pages of ../shared/corpus/mfa are not here")
def test_no_paragraph_of_the_ministrys_pages_is_lost() -> None:
    from lxml import html  # type: ignore[import-untyped]

    for path in sorted(PAGES.glob("*.html")):
        (document,) = HtmlSource().read(path, path.name)
        assert isinstance(document, Document)
        content = html.fromstring(path.read_text("utf-8")).xpath('//div[@class="content"]')[0]
        present = Counter(letters(paragraph.text_content()) for paragraph in content.iter("p"))
        del present[""]
        assert not present - Counter(map(letters, document.text.split("\n\n"))), path.name
        assert document.date == path.name[:10]


def letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)
