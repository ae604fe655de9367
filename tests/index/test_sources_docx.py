import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.errors import SourceError
from index.sources import base, package
from index.sources.base import PARSER_ERRORS
from index.sources.docx import DocxSource
from index.types import Document, Origin, Skipped
from tests.damage import damaged

WORDS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def written(fill: Callable[[Any], object]) -> bytes:
    word = docx.Document()
    word.core_properties.title = ""
    fill(word)
    data = BytesIO()
    word.save(data)
    return data.getvalue()


def read(folder: Path, data: bytes, name: str = "talks.docx") -> list[Document | Skipped]:
    path = folder / "file.docx"
    path.write_bytes(data)
    return list(DocxSource().read(path, name))


def document(folder: Path, data: bytes, name: str = "talks.docx") -> Document:
    (found,) = read(folder, data, name)
    assert isinstance(found, Document)
    return found


def changed(data: bytes, parts: dict[str, bytes]) -> bytes:
    """The archive with other contents for some parts."""
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in [*old.namelist(), *(name for name in parts if name not in old.namelist())]:
            new.writestr(name, parts[name] if name in parts else old.read(name))
    return made.getvalue()


def sample(word: Any) -> None:
    word.core_properties.created = datetime(2021, 5, 28, tzinfo=UTC)
    word.add_heading("Four Areas", 1)
    word.add_paragraph("First, vaccines.")
    table = word.add_table(rows=2, cols=2)
    for cell, text in zip(
        [*table.rows[0].cells, *table.rows[1].cells], ["Country", "Share", "Kenya", "7 %"], strict=True
    ):
        cell.text = text
    word.add_paragraph("Second, trade.")


def test_paragraphs_and_tables_stand_in_the_order_of_the_text(tmp_path: Path) -> None:
    found = document(tmp_path, written(sample))
    assert found.text == "First, vaccines.\n\nCountry | Share\n\nKenya | 7 %\n\nSecond, trade."
    assert (found.title, found.title_origin) == ("Four Areas", Origin.HEADING)
    assert (found.date, found.date_origin) == ("2021-05-28", Origin.METADATA)


def test_a_title_is_that_of_the_page_or_else_of_the_properties(tmp_path: Path) -> None:
    def stated(word: Any) -> None:
        sample(word)
        word.core_properties.title = "Statement on Trade"

    def both(word: Any) -> None:
        stated(word)
        word.add_paragraph("The Title", style="Title")

    assert document(tmp_path, written(stated)).title_origin is Origin.METADATA
    assert document(tmp_path, written(both)).title == "The Title"


def test_the_day_of_a_librarys_template_is_no_date(tmp_path: Path) -> None:
    assert document(tmp_path, written(lambda word: word.add_paragraph("Words."))).date is None


def test_changes_fields_links_boxes_and_notes_are_text_and_what_was_deleted_is_not(tmp_path: Path) -> None:
    def fill(word: Any) -> None:
        for inner in (
            "<w:ins><w:r><w:t>Inserted </w:t></w:r></w:ins><w:del><w:r><w:delText>gone</w:delText></w:r></w:del>",
            "<w:hyperlink><w:r><w:t>linked</w:t></w:r></w:hyperlink>",
            "<w:sdt><w:sdtContent><w:r><w:t>controlled</w:t><w:tab/><w:t>tab</w:t></w:r></w:sdtContent></w:sdt>",
            "<w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:pict><w:txbxContent><w:p><w:r><w:t>boxed</w:t></w:r></w:p>"
            "</w:txbxContent></w:pict></w:r><w:r><w:t>around</w:t></w:r>",
        ):
            word.element.body.append(parse_xml(f"<w:p {WORDS}>{inner}</w:p>"))
        row = "<w:tr><w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc></w:tr>"
        word.element.body.append(
            parse_xml(f"<w:sdt {WORDS}><w:sdtContent><w:tbl>{row.format('cell')}</w:tbl></w:sdtContent></w:sdt>")
        )

    found = document(tmp_path, written(fill))
    assert found.text.split("\n\n") == ["Inserted", "linked", "controlled tab", "boxed", "around", "cell"]


def test_a_zip_bomb_is_refused_by_its_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = written(sample)
    with pytest.raises(SourceError, match="packed too tightly"):
        read(tmp_path, changed(data, {"word/media/image1.png": bytes(20_000_000)}))
    monkeypatch.setattr(package, "MAX_RATIO", 10_000)
    with pytest.raises(SourceError, match=r"word/huge.xml has 90,000,000 bytes, more than a document can have"):
        read(tmp_path, changed(data, {"word/huge.xml": b" " * 90_000_000}))


def test_limits_on_parts_and_their_sum_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = written(sample)
    monkeypatch.setattr(package, "MAX_UNPACKED", 1000)
    with pytest.raises(SourceError, match="bytes when unpacked, more than the 1,000"):
        read(tmp_path, data)
    monkeypatch.setattr(package, "MAX_PARTS", 3)
    with pytest.raises(SourceError, match="parts, more than the 3"):
        read(tmp_path, data)


def test_a_size_that_the_directory_understates_is_found_out(tmp_path: Path) -> None:
    data = written(sample)
    with zipfile.ZipFile(BytesIO(data)) as archive:
        part = archive.getinfo("word/document.xml")
    place = data.rindex(part.filename.encode()) - 46 + 24  # the size in the central directory
    lying = data[:place] + (10).to_bytes(4, "little") + data[place + 4 :]
    with pytest.raises(SourceError, match="damaged, or no DOCX"):
        read(tmp_path, lying)


def test_entities_are_not_resolved(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    data = written(sample)
    with zipfile.ZipFile(BytesIO(data)) as archive:
        xml = archive.read("word/document.xml").decode()
    head, body = xml.split("?>", 1)
    for value in (f'SYSTEM "{secret.as_uri()}"', '"secret"'):
        evil = f"{head}?><!DOCTYPE w [<!ENTITY e {value}>]>{body.replace('vaccines', 'v&e;s')}"
        try:
            items = read(tmp_path, changed(data, {"word/document.xml": evil.encode()}))
        except (SourceError, *PARSER_ERRORS):
            continue
        assert "secret" not in repr(items)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "damaged, or no DOCX"),
        (b"Hello.", "damaged, or no DOCX"),
        (package.OLE + bytes(600), "protected by a password, or of an old version"),
        (changed(written(sample), {"[Content_Types].xml": b"<Types/>"}), "damaged, or no DOCX"),
    ],
)
def test_what_is_no_docx_is_refused(tmp_path: Path, data: bytes, reason: str) -> None:
    with pytest.raises(SourceError, match=reason):
        read(tmp_path, data)


def test_parts_under_a_password_are_refused_as_that(tmp_path: Path) -> None:
    data = bytearray(written(sample))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(SourceError, match="protected by a password"):
        read(tmp_path, bytes(data))


@pytest.mark.parametrize("seeds", [range(60), pytest.param(range(60, 3000), marks=pytest.mark.slow)])
def test_a_damaged_file_is_read_or_refused(tmp_path: Path, seeds: range) -> None:
    data = written(sample)
    for seed in seeds:
        try:
            items = read(tmp_path, damaged(data, seed))
        except (SourceError, *PARSER_ERRORS):
            continue
        assert all(isinstance(item, Document | Skipped) for item in items)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30), max_size=5))
def test_any_texts_that_are_written_are_read_in_order(tmp_path: Path, values: list[str]) -> None:
    found = document(tmp_path, written(lambda word: [word.add_paragraph(f"a{value}a") for value in values]))
    position = 0
    for value in values:
        wanted = base.one_line(f"a{value}a")
        position = base.one_line(found.text).index(wanted, position) + len(wanted)
