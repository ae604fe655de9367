"""Where a document's title and date come from, in every reader."""

from pathlib import Path

import pytest

from index.sources import read_folder
from index.sources.base import date_from_address, make_document
from index.types import Document, Origin

BODY = "The minister said that talks would go on. Both sides agreed to meet again next month in the capital."


def only(folder: Path, name: str, text: str) -> Document:
    (folder / name).write_text(text, encoding="utf-8")
    (document,) = read_folder(folder)
    assert isinstance(document, Document)
    return document


def page(head: str = "", body: str = "") -> str:
    return f"<html><head>{head}</head><body><article>{body}<p>{BODY}</p><p>{BODY[::-1]}</p></article></body></html>"


STATED = '<meta property="article:published_time" content="2021-05-28">'
ADDRESS = '<link rel="canonical" href="https://example.org/news/2020/04/03/talks.html">'


@pytest.mark.parametrize(
    ("name", "text", "date", "origin"),
    [
        ("a.html", page(STATED + ADDRESS + "<title>Talks on 1 June 2019</title>"), "2021-05-28", Origin.METADATA),
        ("a.html", page(ADDRESS + "<title>Talks on 1 June 2019</title>"), "2019-06-01", Origin.TITLE),
        ("2018-02-03-a.html", page(ADDRESS), "2018-02-03", Origin.FILE_NAME),
        ("a.html", page(ADDRESS, "<p>Moscow, 5 May 2020</p>"), "2020-05-05", Origin.DATELINE),
        ("a.html", page(ADDRESS), "2020-04-03", Origin.ADDRESS),
        ("a.html", page(), None, None),
        ("a.md", f"---\ndate: 2020-01-02\n---\n{BODY}", "2020-01-02", Origin.FRONT_MATTER),
        ("a.md", f"---\nurl: https://example.org/2020/04/x\n---\n{BODY}", "2020-04", Origin.ADDRESS),
        ("a.txt", f"Talks\n5 May 2020\n\n{BODY}", "2020-05-05", Origin.DATELINE),
        ("2018-02-03-a.txt", BODY, "2018-02-03", Origin.FILE_NAME),
        ("a.jsonl", f'{{"text": "{BODY}", "date": "2020"}}', "2020", Origin.METADATA),
        ("a.jsonl", f'{{"text": "{BODY}", "title": "Talks, 1 June 2019"}}', "2019-06-01", Origin.TITLE),
        ("a.jsonl", f'{{"text": "{BODY}", "url": "https://example.org/20200403/x"}}', "2020-04-03", Origin.ADDRESS),
    ],
)
def test_a_date_is_the_best_that_is_found_and_keeps_where(
    tmp_path: Path, name: str, text: str, date: str | None, origin: Origin | None
) -> None:
    document = only(tmp_path, name, text)
    assert (document.date, document.date_origin) == (date, origin)


@pytest.mark.parametrize(
    ("name", "text", "title", "origin"),
    [
        ("a.html", page("<title>Talks</title>"), "Talks", Origin.METADATA),
        ("a.html", page("<title>Talks | Site</title>", "<h1>Talks</h1>"), "Talks", Origin.HEADING),
        ("a.html", page(), "A", Origin.FILE_NAME),
        ("a.md", f"---\ntitle: Talks\n---\n{BODY}", "Talks", Origin.FRONT_MATTER),
        ("a.md", f"# Talks\n\n{BODY}", "Talks", Origin.HEADING),
        ("four_areas.txt", BODY, "Four areas", Origin.FILE_NAME),
        ("a.txt", f"Talks\n\n{BODY}", "Talks", Origin.HEADING),
        ("a.jsonl", f'{{"text": "{BODY}", "id": "A-1"}}', "A-1", Origin.METADATA),
        ("a.jsonl", f'{{"text": "{BODY}"}}', "A, line 1", Origin.FILE_NAME),
    ],
)
def test_a_title_keeps_where_it_was_found(tmp_path: Path, name: str, text: str, title: str, origin: Origin) -> None:
    document = only(tmp_path, name, text)
    assert (document.title, document.title_origin) == (title, origin)


@pytest.mark.parametrize(
    ("url", "date"),
    [
        ("https://example.org/2021/05/28/four-areas/", "2021-05-28"),
        ("https://example.org/2021/05/four-areas/", "2021-05"),
        ("https://example.org/202009/t20200911_815.html", "2020-09-11"),
        ("https://example.org/news/2021-05-28-four-areas", "2021-05-28"),
        ("https://example.org/202105/four.html", "2021-05"),
        ("https://example.org/article-20210528.html", "2021-05-28"),
        ("https://example.org/2021/13/28/four-areas/", None),
        ("https://example.org/20210545/", None),
        ("https://example.org/id120210528/", None),
        ("https://example.org/18120210528", None),
        ("https://example.org/read?day=/2021/05/28/", None),
        ("https://2021-05-28.example.org/read", None),
        ("https://example.org/17760704/declaration", None),
        (None, None),
    ],
)
def test_an_address_tells_a_day_or_a_month(url: str | None, date: str | None) -> None:
    assert date_from_address(url) == date


def test_pages_begin_where_their_text_stands_after_cleaning() -> None:
    paragraphs = ["Four Areas", "One.  \n\n \nTwo goes on", "Three.", "Share"]
    whole = "\n\n".join(paragraphs)
    pages = [0, whole.index("goes"), whole.index("Three"), whole.index("Share"), len(whole)]
    document = make_document("a.pdf", "four areas", paragraphs, pages=pages)
    assert document.text == "One.\n\nTwo goes on\n\nThree."
    assert [document.text[start:] for start in document.pages] == [
        document.text,
        "goes on\n\nThree.",
        "Three.",
        "",
        "",
    ]
    assert [document.page(document.text.index(word)) for word in ("One", "Two", "goes", "Three")] == [1, 1, 2, 3]


def test_a_first_page_that_holds_nothing_but_the_title_leaves_the_text_on_the_second() -> None:
    document = make_document("a.pdf", "Title", ["Title", "Text."], pages=[0, len("Title\n\n")])
    assert (document.text, document.page(0)) == ("Text.", 2)
