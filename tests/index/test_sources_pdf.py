from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import PassingError, SourceError
from index.sources import base, pdfprocess
from index.sources import pdf as reader
from index.sources.layout import Line, lay_out, without_running
from index.sources.pdf import PdfSource
from index.types import Document, Origin, Skipped
from tests.damage import damaged
from tests.index.pdfs import Put, column, pdf

PICTURE = b"q 100 0 0 100 72 700 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \xff EI Q"
WRAPPED = [
    "The two sides agreed that the work of the commission on trade and invest-",
    "ment would go on, and that the long-term programme of visits, which both of",
    "them value, would be extended by a further three years from the spring on.",
]


def read(folder: Path, data: bytes, name: str = "talks.pdf") -> list[Document | Skipped]:
    path = folder / "file.pdf"
    path.write_bytes(data)
    return list(PdfSource().read(path, name))


def document(folder: Path, data: bytes, name: str = "talks.pdf") -> Document:
    (found,) = read(folder, data, name)
    assert isinstance(found, Document)
    return found


def test_lines_become_paragraphs_and_cut_words_whole(tmp_path: Path) -> None:
    lines = [*WRAPPED, "", "A second paragraph stands below a gap."]
    assert document(tmp_path, pdf([column(lines)])).text == (
        "The two sides agreed that the work of the commission on trade and investment would go on, and that the "
        "long-term programme of visits, which both of them value, would be extended by a further three years from "
        "the spring on.\n\nA second paragraph stands below a gap."
    )


def test_a_paragraph_that_goes_on_over_a_page_is_one_and_what_follows_is_on_the_second(tmp_path: Path) -> None:
    found = document(tmp_path, pdf([column(WRAPPED[:2]), column([WRAPPED[2], "", "Another one."])]))
    first, second = found.text.split("\n\n")
    assert first.endswith("three years from the spring on.")
    assert [found.page(found.text.index(words)) for words in ("The two", "value", "them value", second)] == [1, 2, 2, 2]


def test_running_heads_and_numbers_of_pages_are_no_text(tmp_path: Path) -> None:
    pages = [
        [
            Put("Ministry of Trade – Statements", 800),
            *column([f"Words of page {word}."]),
            Put(f"Page {number} of 4", 40),
        ]
        for number, word in enumerate(("one", "two", "three", "four"), 1)
    ]
    found = document(tmp_path, pdf(pages))
    assert found.text.split("\n\n") == [f"Words of page {word}." for word in ("one", "two", "three", "four")]
    assert [found.page(found.text.index(word)) for word in ("one", "two", "three", "four")] == [1, 2, 3, 4]


def test_a_table_that_goes_on_over_pages_keeps_its_numbers(tmp_path: Path) -> None:
    pages = [
        column([f"{n * 731} {n * 977}", f"{n * 373} people came to the talks.", f"{n * 577}"]) for n in range(2, 6)
    ]
    found = document(tmp_path, pdf(pages))
    assert all(str(n * factor) in found.text for n in range(2, 6) for factor in (731, 977, 373, 577))


def test_indents_and_labels_and_larger_type_begin_paragraphs(tmp_path: Path) -> None:
    puts = [
        Put("Four Areas of Work", 780, size=20),
        Put("Moscow, 11 September 2020", 750),
        *column(WRAPPED, top=720),
        Put("And this is another paragraph, indented and with a full line to its right,", 678, left=90),
        Put("which has a second line.", 664),
        Put("Q: Is it true?", 650),
        Put("MS. PSAKI: It is.", 636),
    ]
    found = document(tmp_path, pdf([puts]), "2001-02-03.pdf")
    assert (found.title, found.title_origin) == ("Four Areas of Work", Origin.HEADING)
    assert (found.date, found.date_origin) == ("2001-02-03", Origin.FILE_NAME)
    assert [paragraph[:12] for paragraph in found.text.split("\n\n")] == [
        "Moscow, 11 S",
        "The two side",
        "And this is ",
        "Q: Is it tru",
        "MS. PSAKI: I",
    ]
    assert document(tmp_path, pdf([puts])).date_origin is Origin.DATELINE


@pytest.mark.parametrize(
    ("stated", "title", "origin"),
    [
        ("Joint Statement on Trade", "Joint Statement on Trade", Origin.METADATA),
        ("Microsoft Word - x.doc", "Talks", Origin.FILE_NAME),
        ("untitled", "Talks", Origin.FILE_NAME),
        ("A_RES_75_1", "Talks", Origin.FILE_NAME),
        ("", "Talks", Origin.FILE_NAME),
    ],
)
def test_a_title_in_the_properties_counts_unless_a_program_put_it_there(
    tmp_path: Path, stated: str, title: str, origin: Origin
) -> None:
    found = document(tmp_path, pdf([column(["Some words."])], Title=stated, CreationDate="D:20210528101500+02'00'"))
    assert (found.title, found.title_origin) == (title, origin)
    assert (found.date, found.date_origin) == ("2021-05-28", Origin.METADATA)


def test_a_scan_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"no text in it: 2 pages of pictures, as scanned ones are; recognise"):
        read(tmp_path, pdf([PICTURE, PICTURE]))
    with pytest.raises(SourceError, match="no text in it: 1 page, empty"):
        read(tmp_path, pdf([b""]))


def test_scanned_pages_among_others_are_reported_by_their_numbers(tmp_path: Path) -> None:
    found, skipped = read(tmp_path, pdf([column(["One."]), PICTURE, PICTURE, b"", column(["Five."]), PICTURE]))
    assert isinstance(found, Document)
    assert [found.page(found.text.index(word)) for word in ("One", "Five")] == [1, 5]
    assert isinstance(skipped, Skipped)
    assert skipped.source == "talks.pdf pages 2–3, 6"


def test_a_protected_file_is_refused_as_that(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="protected by a password"):
        read(tmp_path, pdf([column(["Secret."])], encrypted=True))


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4", b"Hello, I am a text.", b"\0" * 1000, b"PK\x03\x04"])
def test_what_is_no_pdf_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(SourceError, match="damaged, or no PDF"):
        read(tmp_path, data)


def test_limits_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = pdf([column(["One hundred words."] * 9)] * 3)
    for name, value, reason in [
        ("MAX_BYTES", 100, "more than the 100 a PDF may have"),
        ("MAX_PAGES", 2, "3 pages, more than the 2 a PDF may have"),
    ]:
        with monkeypatch.context() as patch:
            patch.setattr(reader, name, value)
            with pytest.raises(SourceError, match=reason):
                read(tmp_path, data)
    monkeypatch.setattr(base, "MAX_CHARACTERS", 100)
    with pytest.raises(SourceError, match="more than the 100 characters"):
        read(tmp_path, data)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (
            "import os, signal; print('{\"pages\": 1}', flush=True); os.kill(os.getpid(), signal.SIGSEGV)",
            "signal 11 on page 1",
        ),
        ("raise MemoryError('too much')", "MemoryError: too much"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "killed by signal 9; the next build tries again"),
        ("import time; time.sleep(60)", "not read within 0.5 seconds"),
    ],
)
def test_a_library_that_crashes_or_hangs_costs_one_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, reason: str
) -> None:
    """What it brought upon itself it does again; what came from outside may not come again."""
    script = tmp_path / "process.py"
    script.write_text(body)
    monkeypatch.setattr(pdfprocess, "__file__", str(script))
    monkeypatch.setattr(reader, "MAX_SECONDS", 0.5 if "sleep" in body else 60)
    with pytest.raises(SourceError, match=reason) as raised:
        read(tmp_path, pdf([column(["One."])]))
    assert isinstance(raised.value, PassingError) == ("KILL" in body or "sleep" in body)


@pytest.mark.parametrize("seeds", [range(20), pytest.param(range(20, 600), marks=pytest.mark.slow)])
def test_a_damaged_file_is_read_or_refused(tmp_path: Path, seeds: range) -> None:
    data = pdf([column(WRAPPED), PICTURE, column(["Two.", "Three."])], Title="Talks", CreationDate="D:20210528")
    refused = 0
    for seed in seeds:
        try:
            items = read(tmp_path, damaged(data, seed, most=30))
        except SourceError:
            refused += 1
        else:
            assert all(isinstance(item, Document | Skipped) for item in items)
    assert 0 < refused < len(seeds)


numbers = st.floats(-50, 900) | st.sampled_from([0.0, 72.0, 72.1, 90.0, 500.0])
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(
    ["Page 1", "1", "2", "- 3 -", "Q: Why?", "• One", "invest-", "ment", "The end.", "CHAPTER", "and so on"]
)
lines = st.builds(
    lambda *values: Line(base.one_line(values[0]), *values[1:]), words, numbers, numbers, numbers, st.floats(0, 30)
)


@settings(deadline=None)
@given(st.lists(st.lists(lines, max_size=8), max_size=7))
def test_whatever_stands_on_the_pages_they_begin_in_order_within_the_text(pages: list[list[Line]]) -> None:
    layout = lay_out(pages)
    found = base.make_document("a.pdf", "T", layout.paragraphs, pages=layout.pages)
    assert len(found.pages) == len(pages)
    assert list(found.pages) == sorted(found.pages)
    assert all(0 <= start <= len(found.text) for start in found.pages)
    numbers = [found.page(position) for position in range(len(found.text))]
    assert all(number is not None and 1 <= number <= len(pages) for number in numbers)


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(0, 10**6), min_size=1, max_size=4), min_size=1, max_size=6))
def test_every_line_that_is_no_running_one_is_in_the_text_on_its_page(pages: list[list[int]]) -> None:
    """Each line is a word of letters alone that no other has, so none is a number or stands twice."""
    count = 0
    made: list[list[Line]] = []
    for page in pages:
        made.append([])
        for row, _ in enumerate(page):
            count += 1
            word = "".join("abcdefghij"[int(digit)] for digit in f"{count:06}")
            made[-1].append(Line(word, 72, 700 - 14 * row, 150, 11))
    assert without_running(made) == made
    layout = lay_out(made)
    found = base.make_document("a.pdf", "T", layout.paragraphs, pages=layout.pages)
    for number, page_lines in enumerate(made, 1):
        for line in page_lines:
            assert found.page(found.text.index(line.text)) == number


def test_a_hyphen_that_belongs_to_a_word_stays(tmp_path: Path) -> None:
    """The document shows which: by the word elsewhere, by both halves as words, or as it cuts no others."""
    full = "words that fill the line up to its end so that no further word has room on it"
    for lines, wanted in [
        (["It is a long-term aim.", f"{full} long-", "term"], "long-term\n"),
        (["The body took a decision by making one.", f"{full} decision-", "making"], "decision-making\n"),
        ([*[f"{full} here"] * 30, f"{full} inter-", "governmental"], "inter-governmental\n"),
        (["The investment was large.", f"{full} invest-", "ment"], "investment\n"),
        ([f"{full} COVID-", "19"], "COVID-19\n"),
    ]:
        assert wanted.strip() in document(tmp_path, pdf([column(lines)])).text


def test_a_menu_that_is_drawn_last_parts_no_paragraph_from_its_end(tmp_path: Path) -> None:
    menu = Put("Home The Ministry Press and Media Service Resources", 800, left=100)
    found = document(tmp_path, pdf([[*column(WRAPPED[:2]), menu], column(["Both countries value it."])]))
    assert found.text.split("\n\n")[1:] == [menu.text, "Both countries value it."]
