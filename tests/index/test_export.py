"""What is exported can be read by people, and by a build, which makes the same documents of it."""

import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.build import build_again, build_index
from index.corpus import Contents
from index.errors import SourceError
from index.export import export_lines
from index.snapshot import open_snapshot
from index.sources.base import document_id
from index.sources.encoding import clean_characters
from index.sources.exported import read_back
from index.types import Basis, Document, Origin
from tests.fakes import BagOfWords
from tests.strategies import texts

FULL = Document(
    document_id("a/b.pdf"), "Talks", "One line.\nAnother.\n\nTalks\n\nShare this page", "a/b.pdf", "2020-09-11",
    "https://example.org/a", "Wang Yi", "Foreign Minister of China", Origin.METADATA, Origin.DATELINE, "The Ministry",
    "fr", (0, 10),
)  # fmt: skip


def exported(index: Path) -> list[str]:
    with closing(open_snapshot(index)) as snapshot:
        return list(export_lines(snapshot.corpus))


def contents(index: Path) -> list[Contents]:
    with closing(open_snapshot(index)) as snapshot:
        return list(snapshot.corpus.contents())


def rebuilt(lines: list[str], folder: Path) -> Path:
    (folder / "documents").mkdir()
    (folder / "documents" / "export.jsonl").write_text("".join(f"{line}\n" for line in lines))
    build_index(folder / "documents", folder / "again", BagOfWords())
    return folder / "again"


def test_an_export_built_again_is_the_same_documents_with_the_same_ids(sample_index: Path, tmp_path: Path) -> None:
    lines = exported(sample_index)
    again = rebuilt(lines, tmp_path)
    before, after = contents(sample_index), contents(again)
    assert {each.document.id: each for each in before} == {
        each.document.id: replace(each, row=one.row)
        for each in after
        for one in before
        if one.document == each.document
    }
    assert len(before) == len(after) == 20
    assert sorted(exported(again)) == sorted(lines)


def test_every_span_of_an_export_is_in_its_text(sample_index: Path) -> None:
    speakers: set[str] = set()
    for line in exported(sample_index):
        record = json.loads(line)
        for paragraph in record["paragraphs"]:
            assert "\n\n" not in record["text"][paragraph["start"] : paragraph["end"]]
            for sentence in paragraph["sentences"]:
                assert paragraph["start"] <= sentence["start"] < sentence["end"] <= paragraph["end"]
                assert (sentence["speaker"] is None) == (sentence["basis"] is None)
                if sentence["basis"] in (Basis.CUE, Basis.LABEL):
                    start, end = sentence["evidence"]
                    assert record["text"][start:end].strip()
                speakers.add(sentence["speaker"])
    assert "Wang Yi" in speakers


def test_everything_that_is_known_of_a_document_comes_back(tmp_path: Path) -> None:
    """Also what another record would lose: lines in a paragraph, a repeated title, what looks like furniture."""
    build_again([FULL], tmp_path / "index", BagOfWords())
    (line,) = exported(tmp_path / "index")
    assert contents(rebuilt([line], tmp_path))[0].document == FULL


@given(texts().map(clean_characters).filter(str.strip), st.text("ab/.#:é 1", min_size=1).map(str.strip).filter(bool))
def test_any_text_comes_back_as_it_was(text: str, source: str) -> None:
    source = " ".join(source.split())
    record = {"id": document_id(source), "title": "Title", "source": source, "text": text}
    assert read_back(json.loads(json.dumps(record))) == Document(record["id"], "Title", text, source)


@pytest.mark.parametrize(
    "changes", [{"id": "other"}, {"id": None}, {"source": "c.txt"}, {"source": 7}, {"source": "\ud800"}]
)
def test_a_record_of_somebody_else_is_read_as_any_other(changes: dict[str, Any]) -> None:
    record = {"id": FULL.id, "title": "Talks", "text": "One.", "source": FULL.source, **changes}
    assert read_back(record) is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"text": "A\x00b."}, '"text" or "source"'),
        ({"text": " \n"}, '"text" or "source"'),
        ({"speaker": 5}, '"speaker" is not a string'),
        ({"date": "soon"}, '"date" is not YYYY'),
        ({"date_origin": "a guess"}, '"date_origin" is none of'),
        ({"language": "<b>"}, '"language" is not a code'),
        ({"pages": [5, 3]}, '"pages" are not places'),
        ({"pages": [True]}, '"pages" are not places'),
        ({"pages": "12"}, '"pages" are not places'),
        ({"pages": [10**9]}, '"pages" are not places'),
    ],
)
def test_an_exported_record_that_was_spoilt_is_refused_with_the_reason(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(SourceError, match=reason):
        read_back({"id": FULL.id, "title": "Talks", "text": "One.", "source": FULL.source, **changes})


def test_a_record_of_ones_own_is_none_that_was_exported_whatever_its_source_is_called() -> None:
    assert read_back({"text": "One.", "source": "\ud800"}) is None


def test_a_link_of_an_exported_record_can_be_no_script() -> None:
    record = {"id": FULL.id, "title": "T", "text": "One.", "source": FULL.source, "url": "javascript:alert(1)"}
    document = read_back(record)
    assert document
    assert document.url is None


def test_two_copies_of_an_export_in_one_folder_are_one(sample_index: Path, tmp_path: Path) -> None:
    lines = exported(sample_index)
    rebuilt(lines, tmp_path)
    (tmp_path / "documents" / "copy.jsonl").write_text("".join(f"{line}\n" for line in lines))
    built = build_index(tmp_path / "documents", tmp_path / "again", BagOfWords())
    assert built.documents == 20
    assert all("the same document as" in item.reason for item in built.skipped)
    assert len(built.skipped) == 20
