import codecs
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import SourceError
from index.sources import base
from index.sources.base import (
    clean_body,
    date_from_dateline,
    date_from_name,
    document_id,
    make_document,
    read_text,
    title_from_name,
    web_address,
)
from index.sources.encoding import clean_characters


def written(folder: Path, data: bytes) -> Path:
    path = folder / "file.txt"
    path.write_bytes(data)
    return path


def test_an_id_is_the_same_in_every_version() -> None:
    assert document_id("seed/2020-09-11-china-russia-four-areas.txt") == "qlrsb22hvtv3"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_an_id_is_twelve_characters_safe_in_a_url(source: str) -> None:
    assert len(document_id(source)) == 12
    assert set(document_id(source)) <= set("abcdefghijklmnopqrstuvwxyz234567")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_is_read_with_and_without_a_byte_order_mark(tmp_path: Path, encoding: str) -> None:
    assert read_text(written(tmp_path, "Córdoba, “今日”".encode(encoding))) == "Córdoba, “今日”"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("El señor Muñoz dijo que no habrá más reuniones este año.", "latin-1"),
        ("The Minister’s remark – “we agree” – was noted.", "cp1252"),
        ("café", "latin-1"),
        ("Министр иностранных дел заявил, что переговоры прошли успешно.", "cp1251"),
        ("外交部发言人主持例行记者会。", "gb18030"),
    ],
)
def test_older_encodings_are_recognised(tmp_path: Path, text: str, encoding: str) -> None:
    assert read_text(written(tmp_path, text.encode(encoding))) == text


def test_the_encoding_a_page_declares_is_believed_where_it_is_not_utf_8(tmp_path: Path) -> None:
    page = '<meta http-equiv="Content-Type" content="text/html; charset=koi8-r"><p>Министр заявил</p>'
    assert "Министр заявил" in read_text(written(tmp_path, page.encode("koi8-r")))


def test_a_damaged_byte_costs_one_character_and_not_the_document(tmp_path: Path) -> None:
    data = "Выступление министра".encode() + b"\xff."
    assert read_text(written(tmp_path, data)) == "Выступление министра\ufffd."


def test_binary_data_is_refused(tmp_path: Path) -> None:
    for data in (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"text\0text", codecs.BOM_UTF8 + b"\x01\x02\x03"):
        with pytest.raises(SourceError, match="binary, not text"):
            read_text(written(tmp_path, data))


def test_a_stray_nul_is_removed_as_any_control_is(tmp_path: Path) -> None:
    """Up to one in a hundred characters, wherever they stand; more is another kind of file."""
    for text in ("words " * 20, "häuser " * 20):
        for data in (text.encode(), text.encode("cp1252")):
            assert read_text(written(tmp_path, data + b"\0")) == text
            with pytest.raises(SourceError, match="binary, not text"):
                read_text(written(tmp_path, data + b"\0\0"))
    with pytest.raises(SourceError, match="binary, not text"):
        read_text(written(tmp_path, b"words " * 20_000 + b"\0" * 2_000))


def test_an_encoding_nothing_tells_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="its encoding cannot be told"):
        read_text(written(tmp_path, b"\x81\x8d\x8f\x90\x9d hello" * 5))


def test_a_text_of_fifty_megabytes_is_refused_with_its_size(tmp_path: Path) -> None:
    path = written(tmp_path, b"word " * (50 * 2**20 // 5))
    with pytest.raises(SourceError, match=r"52,428,800 characters, more than the 20,000,000 a document may have"):
        read_text(path)


def test_a_file_that_cannot_fit_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, b"")
    with path.open("wb") as file:
        file.truncate(90 * 2**20)  # sparse: it takes no space
    monkeypatch.setattr(Path, "read_bytes", lambda self: pytest.fail("it was read"))
    with pytest.raises(SourceError, match="94,371,840 bytes"):
        read_text(path)


def test_only_line_ends_and_invisible_characters_are_changed() -> None:
    assert clean_characters("a\r\nb\rc\x0cd\te\xa0f\u200b\u00ad\x07\ufeffg\ud800") == "a\nb\nc\nd\te\xa0fg\ufffd"


def test_paragraphs_are_apart_by_exactly_one_blank_line() -> None:
    assert clean_body(["One.\n", " ", "Two.\nStill two.\n \xa0\n\nThree."]) == "One.\n\nTwo.\nStill two.\n\nThree."


def test_site_furniture_is_dropped_at_the_ends_and_kept_in_the_middle() -> None:
    head = ["Home > China News", "Print"]
    tail = ["Suggest To A Friend:   \nPrint", "Share", "Tweet", "Email this page", "Share on Facebook", "###"]
    assert clean_body([*head, "A.", "Print", "###", "B.", *tail]) == "A.\n\nPrint\n\n###\n\nB."


@pytest.mark.parametrize(
    "line", ["Home is where we begin.", "Share the vaccines with everyone.", "Print media were there.", "Email him."]
)
def test_a_sentence_is_not_furniture(line: str) -> None:
    assert clean_body([line]) == line


def test_a_title_that_the_body_repeats_is_taken_off_it() -> None:
    document = make_document("a.txt", "Four\xa0 areas", ["FOUR AREAS", "Text."])
    assert (document.title, document.text) == ("Four areas", "Text.")
    assert make_document("a.txt", "Alone", ["Alone"]).text == "Alone"


def test_a_body_beyond_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "MAX_CHARACTERS", 10)
    with pytest.raises(SourceError, match="11 characters, more than the 10"):
        make_document("a.txt", "T", ["x" * 11])


def test_a_file_name_gives_a_title_and_a_date() -> None:
    assert title_from_name("talks/2020-09-11-four_areas-of-work.txt") == "Four areas of work"
    assert title_from_name("2020-09-11.txt") == "2020 09 11"
    assert date_from_name("talks/2020-09-11-four.txt") == "2020-09-11"
    assert date_from_name("2020-13-11-four.txt") is None
    assert date_from_name("2020-talks/four.txt") is None


def test_a_dateline_is_a_line_that_says_little_else() -> None:
    assert date_from_dateline(["For Immediate Release\nJanuary 20, 2021"]) == "2021-01-20"
    assert date_from_dateline(["We met on 5 May 2020 and agreed on many things that matter to us."]) is None
    assert date_from_dateline(["One.", "Two.", "Three.", "Moscow, 5 May 2020"]) is None


def test_only_an_address_of_the_web_is_a_documents_address() -> None:
    assert web_address(" https://example.org/a?b=c ") == "https://example.org/a?b=c"
    for url in ("javascript:alert(1)", "/relative", 'https://x"onclick=', "http://a b", None, 7):
        assert web_address(url) is None
    for leads_nowhere in ("http://[a/", "http://a℀b/"):
        assert web_address(leads_nowhere) is None
