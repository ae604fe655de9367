"""Electronic books: the text of all chapters, in the order in which they are read. One book is one document."""

import posixpath
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from lxml import etree  # type: ignore[import-untyped]

from index.dates import find_date, parse_date
from index.errors import SourceError
from index.sources import base
from index.sources.base import best_date, best_title, make_document, one_line, title_from_name
from index.sources.blocks import block_text, blocks
from index.sources.encoding import clean_characters, decode
from index.sources.html import page_tree
from index.sources.package import open_package, parse_xml, read_part
from index.sources.titles import stated_title
from index.types import Document, Origin, Skipped

CONTAINER = "META-INF/container.xml"
ENCRYPTION = "META-INF/encryption.xml"
CHAPTERS = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml", "text/x-oeb1-document")


class EpubSource:
    suffixes: tuple[str, ...] = (".epub",)

    def read(self, path: Path, name: str) -> Iterator[Document | Skipped]:
        with open_package(path, "EPUB") as archive:
            place, package = _package(archive)
            trees = []
            for part in _spine(package, place):
                try:
                    trees.append(_chapter(archive, part))
                except KeyError:
                    yield Skipped(f"{name}/{one_line(part)}", "a chapter that the book names and does not hold")
            yield _document(package, [tree for tree in trees if tree is not None], name)


def _package(archive: zipfile.ZipFile) -> tuple[str, "etree._Element"]:
    """The part that describes the book, and its folder."""
    container = parse_xml(read_part(archive, CONTAINER))
    path = next((element.get("full-path") for element in container.iter("{*}rootfile")), None)
    if not path:
        raise SourceError(f"damaged, or no EPUB: its {CONTAINER} names no book")
    if ENCRYPTION in archive.namelist():
        _check_readable(parse_xml(read_part(archive, ENCRYPTION)))
    return posixpath.dirname(path), parse_xml(read_part(archive, path))


def _check_readable(encryption: "etree._Element") -> None:
    """Fonts may be scrambled, which nobody minds here; chapters may not."""
    locked = (unquote(element.get("URI") or "").lower() for element in encryption.iter("{*}CipherReference"))
    if any(part.endswith((".xhtml", ".html", ".htm", ".xml")) for part in locked):
        raise SourceError("protected against copying (DRM); only its owner's program can read it")


def _spine(package: "etree._Element", place: str) -> Iterator[str]:
    """The chapters' paths, in their order, without the table of contents and each once."""
    items = {item.get("id"): item for item in package.iter("{*}item")}
    seen = set()
    for reference in package.iter("{*}itemref"):
        item = items.get(reference.get("idref"))
        if item is None or item.get("media-type") not in CHAPTERS or "nav" in (item.get("properties") or "").split():
            continue
        path = posixpath.normpath(posixpath.join(place, unquote(item.get("href") or "")))
        if path not in seen:
            seen.add(path)
            yield path


def _chapter(archive: zipfile.ZipFile, part: str) -> "etree._Element | None":
    data = read_part(archive, part)
    declared = base.CHARSET.search(data[:4096])
    return page_tree(clean_characters(decode(data, declared[1].decode("ascii") if declared else None)))


def _document(package: "etree._Element", trees: list["etree._Element"], name: str) -> Document:
    bodies = [body for tree in trees for body in tree.iter("body")]
    paragraphs = [block_text(runs) for body in bodies for runs in blocks(body)]
    headings = (one_line("".join(heading.itertext())) for body in bodies for heading in body.iter("h1"))
    title, title_origin = best_title(
        title_from_name(name),
        (stated_title(next(_facts(package, "title"), None)), Origin.METADATA),
        (next(filter(None, headings), None), Origin.HEADING),
    )
    date, date_origin = best_date((_date(package), Origin.METADATA), (find_date(title), Origin.TITLE))
    return make_document(
        name,
        title,
        paragraphs,
        date=date,
        # Who wrote a book is not who speaks in it, so its author is nobody here.
        publisher=next(_facts(package, "publisher"), None),
        title_origin=title_origin,
        date_origin=date_origin,
    )


def _facts(package: "etree._Element", fact: str) -> Iterator[str]:
    found = (one_line("".join(element.itertext())) for element in package.iter(f"{{*}}{fact}"))
    return filter(None, found)


def _date(package: "etree._Element") -> str | None:
    """When the book came out; a version of EPUB names other days (`opf:event`) in the same way."""
    for element in package.iter("{*}date"):
        event = next((value for key, value in element.attrib.items() if key.endswith("event")), "publication")
        if event == "publication" and (date := parse_date("".join(element.itertext()))):
            return date
    return None
