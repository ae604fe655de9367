"""Web pages: trafilatura says what of a page is its text, the page itself says where the paragraphs end."""

import logging
import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import htmldate
import trafilatura
from lxml import etree, html  # type: ignore[import-untyped]

from index.dates import find_date, parse_date
from index.errors import SourceError
from index.sources.base import (
    best_date,
    best_title,
    date_from_address,
    date_from_dateline,
    date_from_name,
    make_document,
    one_line,
    read_text,
    title_from_name,
    web_address,
)
from index.sources.blocks import block_text, blocks
from index.types import Document, Origin, Skipped

LONG = 40
"""Letters and digits from which on a run of words is unlikely to occur twice on a page by chance."""

COVERED = 0.95
"""The share of trafilatura's text that must be found again on the page for the page's own paragraphs to be used."""

SEPARATOR = re.compile(r"\s+[|–—-]\s+|\s*[|»]\s*")
META_KEYS = ("name", "property", "itemprop", "http-equiv")
CHANGED = re.compile(r"modif|updat|revis|copyright|last", re.IGNORECASE)
DATE_MARK = re.compile(r"(?:^|[\s_-])(?:date|time|publish\w*|pubdate|posted\w*)(?:$|[\s_-])", re.IGNORECASE)

for library in ("trafilatura", "htmldate"):
    # What they report of a page is in our own report; without a handler Python would print it a second time.
    logging.getLogger(library).addHandler(logging.NullHandler())


class HtmlSource:
    suffixes: tuple[str, ...] = (".html", ".htm", ".xhtml", ".shtml")

    def read(self, path: Path, name: str) -> Iterator[Document | Skipped]:
        tree = page_tree(read_text(path))
        if tree is None:
            return
        title, title_origin = best_title(title_from_name(name), _title(tree))
        paragraphs = main_text(tree)
        url = _url(tree)
        date, date_origin = best_date(
            (_stated_date(tree), Origin.METADATA),
            (find_date(title), Origin.TITLE),
            (date_from_name(name), Origin.FILE_NAME),
            (date_from_dateline(paragraphs), Origin.DATELINE),
            # Last: it tells when a text went online, and the others when its words were said.
            (date_from_address(url), Origin.ADDRESS),
        )
        yield make_document(
            name, title, paragraphs, date=date, url=url, title_origin=title_origin, date_origin=date_origin
        )


def page_tree(text: str) -> "html.HtmlElement | None":
    """The page's tree, or None where the file holds nothing but white space or comments."""
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
    try:
        # Encoded anew, because what the page declares of its encoding was true of the file only.
        tree = html.document_fromstring(text.encode("utf-8"), parser=parser)
    except etree.ParserError:
        return None
    # From its limit on the parser drops the rest of the page and reports success.
    if parser.error_log.filter_types(etree.ErrorTypes.ERR_RESOURCE_LIMIT):
        raise SourceError("its tags are nested too deep to be parsed")
    return tree


def main_text(tree: "html.HtmlElement") -> list[str]:
    """The paragraphs of a page's main text.

    trafilatura knows text from furniture, but on some pages it drops the second of two equal paragraphs (all but one
    "A: I have no information on that."). So its answer only selects: a block of the page is kept if its words are
    among trafilatura's.
    """
    page = trafilatura.bare_extraction(tree, include_comments=False)
    if page is None or isinstance(page, dict) or page.body is None:
        return []
    chosen = [block_text(runs) for runs in blocks(page.body)]
    kept = _matching(blocks(tree), chosen)
    wanted, have = sum(len(_letters(text)) for text in chosen), sum(len(_letters(text)) for text in kept)
    return kept if have >= COVERED * wanted else chosen


def _matching(page: list[list[str]], chosen: list[str]) -> list[str]:
    """The blocks of `page` whose words are among those of `chosen`."""
    segments = {_letters(piece) for text in chosen for piece in (text, *text.split("\n"))} - {""}
    everything = "".join(_letters(text) for text in chosen)
    letters = [_letters("".join(runs)) for runs in page]
    exact = {row for row, text in enumerate(letters) if text in segments}
    # Outside the main text a menu's "Home" is found in "Homeland", so there only a whole segment counts.
    borders = [row for row in exact if len(letters[row]) >= LONG] or exact or range(len(page))
    first, last = min(borders, default=0), max(borders, default=0)
    return [
        block_text(runs)
        for row, runs in enumerate(page)
        if row in exact or (first <= row <= last and letters[row] and _is_part(letters[row], runs, everything))
    ]


def _is_part(letters: str, runs: list[str], everything: str) -> bool:
    if letters in everything:
        return True
    # trafilatura takes a note's number or a button out of a paragraph; the rest of it stays recognisable.
    found = sum(len(run) for run in map(_letters, runs) if len(run) >= LONG // 2 and run in everything)
    return 2 * found > len(letters)


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def _title(tree: "html.HtmlElement") -> tuple[str, Origin]:
    """The page's title without the site's name, where the page itself shows which part that is, and where it stood."""
    stated = one_line(tree.findtext(".//title") or "")
    headings = {text for heading in tree.iter("h1") if (text := one_line(heading.text_content()))}
    shared = _meta(tree, "og:title")
    candidates = [(shared, Origin.METADATA), *((text, Origin.HEADING) for text in headings if len(headings) == 1)]
    for candidate, origin in candidates:
        if candidate and (not stated or candidate.casefold() in stated.casefold()):
            return candidate, origin
    *parts, last = SEPARATOR.split(stated)
    if parts and last.casefold() == _meta(tree, "og:site_name").casefold():
        return stated[: stated.rindex(last)].rstrip(" |–—-»"), Origin.METADATA
    return (stated, Origin.METADATA) if stated else (min(headings, default=""), Origin.HEADING)


def _url(tree: "html.HtmlElement") -> str | None:
    links = (link.get("href") for link in tree.iter("link") if (link.get("rel") or "").lower() == "canonical")
    return next(filter(None, map(web_address, (*links, _meta(tree, "og:url")))), None)


def _meta(tree: "html.HtmlElement", key: str) -> str:
    for meta in tree.iter("meta"):
        if key in (meta.get("property"), meta.get("name")):
            return one_line(meta.get("content") or "")
    return ""


def _stated_date(tree: "html.HtmlElement") -> str | None:
    """The day on which the page says it was published.

    htmldate sees the statements alone, because of a whole page it also takes a related article's date, or the
    footer's. Of the dates marked as such in the page itself one counts only if there is no other.
    """
    statements = html.document_fromstring("<html><head></head></html>")
    for element in filter(_is_statement, tree.iter("meta", "script")):
        # Copied, not made anew: lxml parses names (`xml:lang`, `act"`) and characters that it refuses to write.
        copied = deepcopy(element)
        copied.tail = None
        statements.head.append(copied)
    found = htmldate.find_date(statements, extensive_search=False, original_date=True, min_date="1900-01-01")
    if found:
        return parse_date(found)
    marked = {date for element in tree.iter() if (date := _marked_date(element))}
    return marked.pop() if len(marked) == 1 else None


def _is_statement(element: "html.HtmlElement") -> bool:
    """Whether a <meta> or <script> may say when the page was published, and not only when it was changed."""
    if element.tag == "script":
        return bool(element.get("type") == "application/ld+json")
    return not CHANGED.search("".join(element.get(key) or "" for key in META_KEYS))


def _marked_date(element: "html.HtmlElement") -> str | None:
    if not isinstance(element.tag, str):  # a comment
        return None
    marks = f"{element.get('class') or ''} {element.get('id') or ''}"
    if element.tag != "time" and not DATE_MARK.search(marks):
        return None
    date = parse_date((element.get("datetime") or element.text_content()).strip()[:60])
    return date if date and len(date) == len("2020-09-11") else None
