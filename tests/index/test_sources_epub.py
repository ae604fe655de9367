import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from index.errors import SourceError
from index.sources import base
from index.sources.base import PARSER_ERRORS
from index.sources.epub import EpubSource
from index.types import Document, Origin, Skipped
from tests.damage import damaged

CONTAINER = b'<container><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>'
PACKAGE = b"""<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:opf="http://www.idpf.org/2007/opf"><metadata><dc:title>Collected Statements</dc:title>
  <dc:creator>A. Author</dc:creator><dc:publisher>The Press</dc:publisher>
  <dc:date opf:event="modification">2022-01-01</dc:date><dc:date opf:event="publication">2021-05-28</dc:date></metadata>
  <manifest><item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
  <item id="two" href="text/two%20b.xhtml" media-type="application/xhtml+xml"/>
  <item id="one" href="text/one.xhtml" media-type="application/xhtml+xml"/>
  <item id="cover" href="cover.png" media-type="image/png"/></manifest>
  <spine><itemref idref="nav"/><itemref idref="cover"/><itemref idref="one"/><itemref idref="two"/>
  <itemref idref="one"/><itemref idref="none"/></spine></package>"""
PARTS = {
    "META-INF/container.xml": CONTAINER,
    "OPS/book.opf": PACKAGE,
    "OPS/nav.xhtml": b"<html><body>Contents</body></html>",
    "OPS/text/one.xhtml": "<html><body><h1>One</h1><p>Señor <b>Muñoz</b> spoke.</p><p/></body></html>".encode(),
    "OPS/text/two b.xhtml": b"<html><body><h1>Two</h1><p>He left.</p><script>no()</script></body></html>",
}


def book(parts: dict[str, bytes]) -> bytes:
    data = BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return data.getvalue()


def read(folder: Path, data: bytes) -> list[Document | Skipped]:
    path = folder / "file.epub"
    path.write_bytes(data)
    return list(EpubSource().read(path, "books/talks.epub"))


def test_a_book_is_one_document_of_its_chapters_in_their_order(tmp_path: Path) -> None:
    assert read(tmp_path, book(PARTS)) == [
        Document(
            base.document_id("books/talks.epub"),
            "Collected Statements",
            "One\n\nSeñor Muñoz spoke.\n\nTwo\n\nHe left.",
            "books/talks.epub",
            "2021-05-28",
            title_origin=Origin.METADATA,
            date_origin=Origin.METADATA,
            publisher="The Press",
        )
    ]


def test_a_chapter_that_is_missing_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    skipped, found = read(tmp_path, book({name: part for name, part in PARTS.items() if "two" not in name}))
    assert isinstance(skipped, Skipped)
    assert skipped.source == "books/talks.epub/OPS/text/two b.xhtml"
    assert isinstance(found, Document)


def test_without_a_title_the_first_heading_is_one(tmp_path: Path) -> None:
    parts = PARTS | {"OPS/book.opf": PACKAGE.replace(b"Collected Statements", b"untitled")}
    (found,) = read(tmp_path, book(parts))
    assert isinstance(found, Document)
    assert (found.title, found.title_origin) == ("One", Origin.HEADING)


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"mimetype": b"application/epub+zip"}, "damaged, or no EPUB"),
        ({"META-INF/container.xml": b"<container/>"}, "names no book"),
        ({"META-INF/container.xml": b"<container"}, "a part of it is no XML"),
        ({"META-INF/container.xml": CONTAINER}, "damaged, or no EPUB"),
        (
            PARTS | {"META-INF/encryption.xml": b'<e><CipherReference URI="OPS/text/one.xhtml"/></e>'},
            r"protected against copying \(DRM\)",
        ),
    ],
)
def test_what_is_no_open_book_is_refused(tmp_path: Path, parts: dict[str, bytes], reason: str) -> None:
    with pytest.raises(SourceError, match=reason):
        read(tmp_path, book(parts))


def test_scrambled_fonts_keep_no_book_closed(tmp_path: Path) -> None:
    parts = PARTS | {"META-INF/encryption.xml": b'<e><CipherReference URI="OPS/font.otf"/></e>'}
    assert len(read(tmp_path, book(parts))) == 1


def test_neither_entities_nor_paths_lead_out_of_the_book(tmp_path: Path) -> None:
    (tmp_path / "secret.xhtml").write_text("<p>secret</p>")
    evil = f'<!DOCTYPE p [<!ENTITY e SYSTEM "{(tmp_path / "secret.xhtml").as_uri()}">]>'.encode()
    parts = PARTS | {
        "OPS/book.opf": evil
        + PACKAGE.replace(b"text/one.xhtml", b"../../../secret.xhtml").replace(b"Collected", b"&e;Collected"),
        "OPS/text/two b.xhtml": evil + b"<html><body><p>Two &e;</p></body></html>",
    }
    assert "<p>secret" not in repr(read(tmp_path, book(parts)))
    assert not any(isinstance(item, Document) and "secret" in item.text for item in read(tmp_path, book(parts)))


def test_a_bomb_of_entities_is_not_resolved(tmp_path: Path) -> None:
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    evil = f'<!DOCTYPE p [<!ENTITY a0 "ha">{levels}]>'.encode()
    parts = PARTS | {"OPS/book.opf": evil + PACKAGE.replace(b"Collected", b"&a11;Collected")}
    try:
        (found,) = read(tmp_path, book(parts))
    except SourceError:
        return  # a newer parser refuses the file as a whole
    assert isinstance(found, Document)
    assert len(found.title) < 100


def test_a_chapter_or_a_book_beyond_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "MAX_CHARACTERS", 30)
    with pytest.raises(SourceError, match="more than a document can have"):
        read(tmp_path, book(PARTS))


@pytest.mark.parametrize("seeds", [range(100), pytest.param(range(100, 5000), marks=pytest.mark.slow)])
def test_a_damaged_book_is_read_or_refused(tmp_path: Path, seeds: range) -> None:
    data = book(PARTS)
    for seed in seeds:
        try:
            items = read(tmp_path, damaged(data, seed))
        except (SourceError, *PARSER_ERRORS):
            continue
        assert all(isinstance(item, Document | Skipped) for item in items)
