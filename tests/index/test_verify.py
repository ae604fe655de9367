"""What verify finds: files that are not what was published, and contents that were wrong when they were."""

import hashlib
import json
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import faiss
import numpy as np
import pytest

from index.build import build_index
from index.errors import IndexInvalidError, IndexMissingError
from index.snapshot import current, described
from index.verify import faults, verify, verify_all
from tests.conftest import SAMPLE
from tests.fakes import BagOfWords


@pytest.fixture
def index(tmp_path: Path, sample_index: Path) -> Path:
    return shutil.copytree(sample_index, tmp_path / "index")


def live(index: Path) -> Path:
    return index / "snapshots" / current(index)


def found(index: Path) -> list[str]:
    return faults(index, current(index))


def state(index: Path) -> None:
    """Give the files as they are now the checksums that a writer would have given them."""
    folder = live(index)
    values = json.loads((folder / "manifest.json").read_bytes())
    for name in values["files"]:
        file = described(folder / name)
        values["files"][name] = {"size": file.size, "sha256": file.sha256}
    content = json.dumps(values).encode()
    (folder / "manifest.json").write_bytes(content)
    name = folder.name[:-8] + hashlib.sha256(content).hexdigest()[:8]
    folder.rename(folder.with_name(name))
    (index / "CURRENT").write_text(name + "\n")


def execute(index: Path, statement: str) -> None:
    with closing(sqlite3.connect(live(index) / "corpus.sqlite")) as connection, connection:
        assert connection.execute(statement).rowcount > 0
    state(index)


def test_nothing_is_wrong_with_what_a_build_made(index: Path) -> None:
    assert list(verify(index)) == [(current(index), [])]
    build_index(SAMPLE, index, BagOfWords(), anew=True)
    assert [wrong for _, wrong in verify_all(index)] == [[], []]


def test_each_file_that_was_lost_altered_or_added_is_named(index: Path) -> None:
    folder = live(index)
    (folder / "words.u4").unlink()
    (folder / "titles.i8").write_bytes(b"short")
    content = (folder / "vectors.faiss").read_bytes()
    (folder / "vectors.faiss").write_bytes(content[:500] + bytes([content[500] ^ 4]) + content[501:])
    (folder / "notes.txt").write_text("mine")
    (folder / "lexicon" / "x.lock").write_text("not empty")
    (folder / "lexicon" / "linked").symlink_to("/")
    size = (len(content), json.loads((folder / "manifest.json").read_bytes())["files"]["titles.i8"]["size"])[1]
    assert sorted(found(index)) == sorted(
        [
            f"{folder}/words.u4 is missing",
            f"{folder}/titles.i8 has 5 bytes, and {size:,} were published",
            f"{folder}/vectors.faiss was altered: its sha256 is not the one of what was published",
            f"{folder}/notes.txt is not a part of the snapshot",
            f"{folder}/lexicon/x.lock is not a part of the snapshot",
            f"{folder}/lexicon/linked is not a part of the snapshot",
        ]
    )


def test_an_altered_manifest_is_named(index: Path) -> None:
    path = live(index) / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b'"documents": 20', b'"documents": 21'))
    (fault,) = found(index)
    assert "manifest.json was altered" in fault


def test_a_current_with_other_bytes_is_named_with_what_repairs_it(index: Path) -> None:
    name = current(index)
    (index / "CURRENT").write_text(f"{name}\v")
    with pytest.raises(IndexInvalidError, match=f"CURRENT was altered; run `onrecord index rollback {index} {name}`"):
        list(verify(index))
    assert [each for each, _ in verify_all(index)] == ["CURRENT", name]


def test_an_unknown_snapshot_is_refused(index: Path) -> None:
    with pytest.raises(IndexMissingError, match="has no snapshot nonsense"):
        list(verify(index, "nonsense"))


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE paragraphs SET end = end + 100000 WHERE row = 3", "paragraph .* is empty, out of order or outside of"),
        ("UPDATE paragraphs SET end = start WHERE row = 3", "paragraph .* is empty"),
        ("UPDATE paragraphs SET start = 0 WHERE row = 3", "paragraph .* out of order"),
        ("UPDATE sentences SET end = end + 100000 WHERE paragraph = 3", "sentence .* outside of paragraph"),
        ("UPDATE sentences SET end = start WHERE paragraph = 3", "sentence .* is empty"),
        ("UPDATE sentences SET evidence_end = 9999999 WHERE evidence_end > 0", "the evidence .* is not in the text"),
        ("UPDATE windows SET end = end - 1 WHERE row = 3", "the windows of paragraph .* are"),
        ("UPDATE documents SET pages = '[5, 3]' WHERE row = 0", "its pages .* are not places in its text, in order"),
        ("UPDATE documents SET text = 'Cut.' WHERE row = 0", "outside of the text"),
        ("UPDATE documents SET pages = 'none' WHERE row = 0", "holds what this version cannot read"),
        ("UPDATE sentences SET basis = 'rumour' WHERE speaker = 0", "holds what this version cannot read"),
        ("UPDATE paragraphs SET answers = row WHERE row = 3", "answers point to no question before them"),
        ("INSERT INTO document_copies VALUES (1, 0, 1), (1, 1, 99)", "copies are of rows that are not there"),
        ("INSERT INTO paragraph_copies VALUES (1, 0, 1)", "copies are of rows that are not there, or of none"),
        ("INSERT INTO paragraph_copies VALUES (1, 0, 2), (1, 1, 1)", "copies are of rows that are not there"),
        ("DELETE FROM speakers WHERE row IN (SELECT speaker FROM sentences)", "speakers who are not in it"),
        ("DELETE FROM sentences WHERE paragraph = 3", "manifest|does not hold|were published"),
        ("DELETE FROM documents WHERE row = 19", "manifest|does not hold"),
    ],
)
def test_what_was_wrong_when_it_was_written_is_named(index: Path, statement: str, expected: str) -> None:
    execute(index, statement)
    wrong = found(index)
    assert wrong
    assert any(re.search(expected, fault) for fault in wrong), wrong


def test_a_fault_in_many_places_is_counted_and_not_printed_a_thousand_times(index: Path) -> None:
    execute(index, "UPDATE sentences SET end = end + 100000")
    wrong = found(index)
    assert len(wrong) < 10
    assert any("in all: sentence spans out of place" in fault for fault in wrong)


@pytest.mark.parametrize("value", [np.nan, np.inf, 0, 3])
def test_vectors_that_are_none_are_named(index: Path, value: float) -> None:
    path = live(index) / "vectors.faiss"
    vectors = faiss.read_index(str(path)).reconstruct_n(0, -1)
    broken = faiss.IndexFlatIP(vectors.shape[1])
    vectors[7] = value
    broken.add(vectors)
    faiss.write_index(broken, str(path))
    half = np.fromfile(live(index) / "sentences.f16", "<f2")
    half[: BagOfWords.dimensions] = value
    half.tofile(live(index) / "sentences.f16")
    state(index)
    assert [fault.rpartition("/")[2] for fault in found(index)] == [
        "vectors.faiss: 1 vectors are not of unit length",
        "sentences.f16: 1 vectors are not of unit length",
    ]


def test_words_that_do_not_follow_each_other_are_named(index: Path) -> None:
    path = live(index) / "words.i8"
    starts = np.fromfile(path, "<i8")
    starts[3], starts[4] = starts[4], starts[3]
    starts.tofile(path)
    state(index)
    assert [fault.rpartition("/")[2] for fault in found(index)] == [
        "words.u4: the texts in it do not follow each other"
    ]
