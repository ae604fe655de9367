import csv
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import SourceError
from index.sources import base
from index.sources.table import TableSource
from index.types import Document, Origin, Skipped


def read(folder: Path, data: bytes | str, suffix: str = ".csv") -> list[Document | Skipped]:
    path = folder / f"file{suffix}"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return list(TableSource().read(path, f"un/speeches{suffix}"))


def texts(items: list[Document | Skipped]) -> list[str]:
    return [item.text for item in items if isinstance(item, Document)]


def test_a_row_becomes_a_document_with_its_facts_whatever_the_case_of_the_columns(tmp_path: Path) -> None:
    table = (
        "ID,Title,DATE,Speaker,Url,Post,Country,Pages,Text\n"
        'A-1,General Debate,September 2015,A. Abdullah,https://example.org/a,,Kenya,7,"One, two.\n\nThree."\n'
    )
    assert read(tmp_path, table) == [
        Document(
            base.document_id("un/speeches.csv#A-1"),
            "General Debate",
            "One, two.\n\nThree.",
            "un/speeches.csv#A-1",
            "2015-09",
            "https://example.org/a",
            "A. Abdullah",
            "Representative of Kenya",
            Origin.METADATA,
            Origin.METADATA,
        )
    ]


def test_a_row_without_an_id_is_named_by_the_line_it_begins_in(tmp_path: Path) -> None:
    items = read(tmp_path, 'text\r\n"One\r\nand a half."\r\n\r\nTwo.\r\n')
    assert [item.source for item in items] == ["un/speeches.csv:2", "un/speeches.csv:5"]
    assert texts(items) == ["One\n\nand a half.", "Two."]


@pytest.mark.parametrize(
    ("table", "suffix"),
    [
        ("speaker,text\nA,One; two.\n", ".csv"),
        ("speaker;text\nA;One; two.\n".replace("One; two.", '"One; two."'), ".csv"),
        ("speaker\ttext\nA\tOne; two.\n", ".tsv"),
        ("speaker\ttext\nA\tOne; two.\n", ".csv"),
        ("speaker|text\nA|One; two.\n", ".csv"),
        ("sep=|\nspeaker|text\nA|One; two.\n", ".csv"),
        ("\n\nspeaker,text\nA,One; two.\n", ".tab"),
    ],
)
def test_what_separates_the_columns_is_found(tmp_path: Path, table: str, suffix: str) -> None:
    (document,) = read(tmp_path, table, suffix)
    assert isinstance(document, Document)
    assert (document.speaker, document.text) == ("A", "One; two.")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_table_in_any_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    table = "title;text\nSeñor Muñoz;Dijo que no habrá más reuniones este año.\n"
    (document,) = read(tmp_path, table.encode(encoding))
    assert isinstance(document, Document)
    assert document.title == "Señor Muñoz"


@pytest.mark.parametrize("most", [base.MAX_CHARACTERS, 100])
def test_a_stray_nul_costs_no_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """Read whole, or line by line because it is large; and the NUL is no part of any value."""
    monkeypatch.setattr(base, "MAX_CHARACTERS", most)
    rows = "".join(f"{number},2021-05-28,Trade grew in month {number}.\n" for number in range(20))
    items = read(tmp_path, "id,date,te\0xt\n" + rows.replace("0,2021-05-28,Trade", "\x000,2021-\x0005-28,Tr\0ade", 1))
    assert texts(items) == [f"Trade grew in month {number}." for number in range(20)]
    assert {item.date for item in items if isinstance(item, Document)} == {"2021-05-28"}
    assert items[0].source == "un/speeches.csv#0"


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ("title,body\nA,B\n", r'no column "text" in it, only: title, body'),
        ("text,Text\nA,B\n", r'two columns named "text"'),
        ("\n \n", "no text in it"),
        ("word " * 5000, "too long to be one of column names"),
        ('text,"ti"tle\nA,B\n', "its line 1 does not name columns: .*; is a quotation mark missing, or not doubled"),
        ('\ntext,"title\nA,B\n', "its line 2 does not name columns: .*; is a quotation mark missing"),
        (b"\0\1\2" * 100, "binary"),
    ],
)
def test_what_is_no_table_of_texts_is_refused_with_what_it_has(tmp_path: Path, table: str | bytes, reason: str) -> None:
    with pytest.raises(SourceError, match=reason):
        read(tmp_path, table)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("A,B,One.", "3 values, where the first line names 2 columns"),
        ("A", "1 values, where the first line names 2 columns"),
        ("A,", 'no "text" in it'),
        ("A,One.", "its id A is that of line 2"),
        ('B,"He said "yes", then left."', "this line is no row"),
        ("B," + "x" * 200, "field larger than field limit"),
    ],
)
def test_a_bad_row_is_skipped_and_the_next_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: str, reason: str
) -> None:
    monkeypatch.setattr(base, "MAX_CHARACTERS", 150)
    first, skipped, last = read(tmp_path, f"id,text\nA,First.\n{row}\nZ,Last.\n")
    assert isinstance(skipped, Skipped)
    assert skipped.source == "un/speeches.csv line 3"
    assert reason in skipped.reason
    assert texts([first, last]) == ["First.", "Last."]


def test_a_quotation_mark_that_is_never_closed_is_reported_with_the_lines_it_takes(tmp_path: Path) -> None:
    *_, skipped = read(tmp_path, 'text\nOne.\n"Two.\nThree.\nFour.\n')
    assert isinstance(skipped, Skipped)
    assert "lines 3 to 5 are no row" in skipped.reason


def test_a_table_larger_than_a_document_is_read_row_by_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "MAX_CHARACTERS", 50)
    rows = "".join(f"Línea {number}.\n" for number in range(100))
    assert len(texts(read(tmp_path, "\ufefftext\n" + rows))) == 100
    with pytest.raises(SourceError, match="not UTF-8; convert it"):
        read(tmp_path, ("text\n" + rows).encode("cp1252"))


@settings(deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t")), min_size=1))
def test_any_texts_that_are_written_as_a_table_are_read_again(
    tmp_path_factory: pytest.TempPathFactory, values: list[str]
) -> None:
    written = StringIO(newline="")
    csv.writer(written).writerows([["text"], *([f"a{value}a"] for value in values)])
    path = tmp_path_factory.mktemp("table") / "a.csv"
    path.write_bytes(written.getvalue().encode("utf-8-sig"))
    found = list(TableSource().read(path, "a.csv"))
    assert len(found) == len(values)
    assert all(isinstance(item, Document) and item.text for item in found)
