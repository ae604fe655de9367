"""The pages for people: the conversation, and a document with every character in its place."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, make_response, render_template, request
from markupsafe import Markup, escape

from index.types import Document
from qa.errors import RequestError
from web.answering import Live

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")

# What an HTML parser would change on its way: CR becomes LF, NUL is dropped, and all later offsets would be wrong.
_KEPT = {"\r": "&#13;", "\0": "&#0;"}


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph as it is shown: `html` is exactly the document's text[start:end], escaped.

    `page` is the number of the page it begins on, where the paragraph before it begins on another.
    """

    start: int
    end: int
    html: Markup
    page: int | None = None


def routes(live: Live, examples: tuple[str, ...]) -> Blueprint:
    blueprint = Blueprint("pages", __name__)

    @blueprint.get("/")
    def chat() -> Response:
        with live.lease() as answerer:
            return _page(render_template("chat.html", examples=examples, documents=answerer.documents))

    @blueprint.get("/documents/<document_id>")
    def document(document_id: str) -> Response:
        as_json = _wants_json()
        with live.lease() as answerer:
            found = answerer.document(document_id)
            return _page(jsonify(document_json(found)) if as_json else _document_page(found, answerer.copies(found)))

    return blueprint


def document_json(document: Document) -> dict[str, str | None]:
    return {
        "id": document.id,
        "title": document.title,
        "date": document.date,
        "url": document.url,
        "source": document.source,
        "publisher": document.publisher,
        "language": document.language,
        "text": document.text,
    }


def blocks(text: str) -> Iterator[Block]:
    """The text cut at its blank lines; offsets count characters (code points), as everywhere in the contract."""
    start = 0
    for gap in _BLANK_LINE.finditer(text):
        if gap.start() > start:
            yield _block(text, start, gap.start())
        start = gap.end()
    if start < len(text):
        yield _block(text, start, len(text))


def with_pages(found: Iterable[Block], document: Document) -> Iterator[Block]:
    shown = None
    for block in found:
        page = document.page(block.start)
        yield block if page == shown else replace(block, page=page)
        shown = page


def web_address(document: Document) -> str | None:
    """Where the document can be read on the web: its address, or its source where that is one; never `javascript:`."""
    for address in (document.url, document.source):
        try:
            if address and urlsplit(address).scheme in {"http", "https"}:
                return address
        except ValueError:
            continue
    return None


def _block(text: str, start: int, end: int) -> Block:
    html = str(escape(text[start:end]))
    for character, reference in _KEPT.items():
        html = html.replace(character, reference)
    return Block(start, end, Markup(html))


def _document_page(document: Document, copies: Sequence[Document]) -> str:
    return render_template(
        "document.html",
        document=document,
        blocks=with_pages(blocks(document.text), document),
        length=len(document.text),
        address=web_address(document),
        copies=copies,
    )


def _wants_json() -> bool:
    formats = request.args.getlist("format")
    if formats not in ([], ["json"]):
        raise RequestError("invalid_value", f"'{', '.join(formats)}' is not a format; the only one is json", "format")
    return bool(formats)


def _page(content: Response | str) -> Response:
    """Kept by the browser, and asked about again every time: a document of a megabyte is sent once."""
    response = make_response(content)
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response
