"""Labelled sets: which paragraphs of one make up a document, and whose words they are."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.build import build_documents
from index.snapshot import open_snapshot
from index.types import Basis, Document, Paragraph, Speech
from qa.sets import read_documents, spread
from tests.fakes import BagOfWords
from tests.qa.test_attribution import write
from tests.strategies import texts

Rows = Sequence[Mapping[str, Any]]
Read = tuple[list[str], list[tuple[Document, tuple[Paragraph, ...]]]]
TALKS: Rows = [
    {"_id": "t-0", "title": "Talks", "text": "Welcome. Please sit.", "speaker": "MS. PSAKI"},
    {"_id": "t-1", "title": "Talks", "text": "Why?", "speaker": "Q"},
    {"_id": "t-2", "title": "Talks", "text": "It rained."},
    {"_id": "n-0", "title": "Notes", "text": "Trade grew."},
    {"_id": "t-3", "title": "Talks", "text": "Other talks."},
    {"_id": "x", "title": "", "text": "Nameless."},
    {"_id": "y", "text": "Nameless too."},
    {"_id": "z", "text": "And again."},
]


def read(folder: Path, rows: Rows) -> Read:
    write(folder / "corpus.jsonl.gz", [dict(row) for row in rows])
    return read_documents(folder)


def test_rows_that_share_a_title_and_stand_together_are_one_document(tmp_path: Path) -> None:
    ids, documents = read(tmp_path, TALKS)
    assert ids == [row["_id"] for row in TALKS]
    assert [(document.id, document.title, len(paragraphs)) for document, paragraphs in documents] == [
        ("t-0", "Talks", 3),
        ("n-0", "Notes", 1),
        ("t-3", "Talks", 1),
        ("x", "", 1),
        ("y", "", 1),
        ("z", "", 1),
    ]
    assert documents[0][0].text == "Welcome. Please sit.\n\nWhy?\n\nIt rained."
    assert all(document.source == document.id for document, _ in documents)


def test_every_sentence_is_its_rows_speakers_where_the_row_has_one(tmp_path: Path) -> None:
    _, documents = read(tmp_path, TALKS)
    speeches = [[sentence.speech for sentence in paragraph.sentences] for paragraph in documents[0][1]]
    assert speeches == [[Speech("MS. PSAKI", Basis.METADATA)] * 2, [Speech("Q", Basis.METADATA)], [None]]


@given(
    st.lists(
        st.fixed_dictionaries(
            {"text": texts(), "title": st.sampled_from(["", "Talks", "Notes"])},
            optional={"speaker": st.sampled_from(["Ann Archer", ""])},
        ),
        max_size=6,
    )
)
@settings(max_examples=40, deadline=None)
def test_paragraphs_slice_back_to_the_texts_of_their_rows(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]
) -> None:
    rows = [{"_id": str(place), **row} for place, row in enumerate(rows)]
    ids, documents = read(tmp_path_factory.mktemp("set"), rows)
    assert ids == [row["_id"] for row in rows]
    paragraphs = [(document, paragraph) for document, each in documents for paragraph in each]
    assert [document.text[paragraph.start : paragraph.end] for document, paragraph in paragraphs] == [
        row["text"] for row in rows
    ]
    for row, (document, paragraph) in zip(rows, paragraphs, strict=True):
        assert document.title == row["title"]
        assert document.id in ids
        assert {s.speech.speaker if s.speech else "" for s in paragraph.sentences} <= {row.get("speaker", "")}
        assert all(paragraph.start <= s.start < s.end <= paragraph.end for s in paragraph.sentences)
    titles = [title for title, group in groupby(row["title"] for row in rows) for _ in group if title]
    assert len(documents) <= len(rows)
    assert sum(len(each) for document, each in documents if document.title) == len(titles)


def test_a_set_without_paragraphs_has_no_documents(tmp_path: Path) -> None:
    assert read(tmp_path, []) == ([], [])


def test_the_ids_are_in_the_order_of_the_rows_of_an_index(tmp_path: Path) -> None:
    ids, documents = read(tmp_path, TALKS)
    built = build_documents(documents, tmp_path / "index", BagOfWords())
    assert (built.documents, built.paragraphs, built.skipped) == (6, 8, ())
    snapshot = open_snapshot(tmp_path / "index")
    for row, (key, given_row) in enumerate(zip(ids, TALKS, strict=True)):
        document, paragraph = snapshot.corpus.paragraph(row)
        assert (key, document.text[paragraph.start : paragraph.end]) == (given_row["_id"], given_row["text"])
    assert {speaker.name for speaker in snapshot.corpus.speakers.values()} == {"MS. PSAKI", "Q"}
    assert snapshot.corpus.rows_of_speakers(["MS. PSAKI"]).tolist() == [0]
    assert sorted(snapshot.lexicon.search("talks", 9)[0].tolist()) == [0, 1, 2, 4]
    snapshot.close()


def test_a_row_of_no_words_keeps_its_place(tmp_path: Path) -> None:
    rows = [
        {"_id": "a", "text": "Trade."},
        {"_id": "b", "text": ""},
        {"_id": "c", "text": " \n"},
        {"_id": "d", "text": "Peace."},
    ]
    ids, documents = read(tmp_path, rows)
    build_documents(documents, tmp_path / "index", BagOfWords())
    snapshot = open_snapshot(tmp_path / "index")
    assert [ids[row] for row in snapshot.lexicon.search("peace", 9)[0]] == ["d"]
    snapshot.close()


@pytest.mark.parametrize(("limit", "places"), [(None, [0, 1, 2, 3, 4]), (9, [0, 1, 2, 3, 4]), (2, [0, 2]), (0, [])])
def test_some_of_the_rows_come_from_all_over(limit: int | None, places: list[int]) -> None:
    assert spread([{"_id": place} for place in range(5)], limit) == [{"_id": place} for place in places]
