"""An index of format 3, as the version before wrote it, becomes one of this version's without the original files."""

import hashlib
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.build import build_index
from index.errors import IndexInvalidError, IndexMissingError
from index.history import list_snapshots
from index.maps import Maps
from index.snapshot import FORMAT, current, described, open_snapshot
from index.types import Document, Skipped
from index.upgrade import outdated, upgrade
from index.verify import faults
from tests.conftest import SAMPLE
from tests.fakes import BagOfWords
from tests.web.test_cli import run

# As format 3 had it, to the letter.
SCHEMA = """
CREATE TABLE documents (row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, text TEXT NOT NULL,
  source TEXT NOT NULL, date TEXT, url TEXT, speaker TEXT, role TEXT, first_day TEXT, last_day TEXT);
CREATE TABLE paragraphs (row INTEGER PRIMARY KEY, document INTEGER NOT NULL, start INTEGER NOT NULL,
  end INTEGER NOT NULL, answers INTEGER);
CREATE TABLE sentences (paragraph INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, speaker INTEGER,
  basis TEXT, evidence_start INTEGER, evidence_end INTEGER, PRIMARY KEY (paragraph, start)) WITHOUT ROWID;
CREATE TABLE speakers (row INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, aliases TEXT NOT NULL,
  lookalikes TEXT NOT NULL);
CREATE TABLE roles (speaker INTEGER NOT NULL, words TEXT NOT NULL, country TEXT, first_day TEXT, last_day TEXT,
  mentions INTEGER NOT NULL);
CREATE TABLE windows (row INTEGER PRIMARY KEY, paragraph INTEGER NOT NULL, start INTEGER NOT NULL,
  end INTEGER NOT NULL);
CREATE TABLE skipped (source TEXT NOT NULL, reason TEXT NOT NULL);
CREATE INDEX paragraphs_document ON paragraphs (document, row);
"""
KEPT = ("id", "title", "text", "source", "date", "url", "speaker", "role")
SKIPPED = Skipped("broken.pdf", "no reader for .pdf files")


def documents(index: Path) -> list[Document]:
    with closing(open_snapshot(index)) as snapshot:
        return list(snapshot.corpus.all_documents())


def write_format_3(index: Path, found: list[Document], **changes: Any) -> Path:
    """An index with these documents, with the parts that an upgrade reads; returns the snapshot's folder."""
    folder = index / "snapshots" / "new"
    folder.mkdir(parents=True)
    with closing(sqlite3.connect(folder / "corpus.sqlite")) as connection, connection:
        connection.executescript(SCHEMA)
        for row, document in enumerate(found):
            columns = [getattr(document, name) for name in KEPT]
            connection.execute(
                f"INSERT INTO documents (row, {', '.join(KEPT)}) VALUES (?{', ?' * len(KEPT)})", (row, *columns)
            )
        connection.execute("INSERT INTO skipped VALUES (?, ?)", (SKIPPED.source, SKIPPED.reason))
    identity = np.eye(BagOfWords.dimensions, dtype=np.float32)
    Maps(identity, 0.5 * identity, 70).write(folder / "maps.f32")
    files = {path.name: described(path) for path in folder.iterdir()}
    manifest = {
        "format": 3, "created": "2020-01-01T00:00:00+00:00", "model": "bag-of-words",
        "model_digest": BagOfWords().digest, "dimensions": BagOfWords.dimensions, "documents": len(found),
        "paragraphs": 1, "sentences": 1, "windows": 1, "tuned": 70,
        "files": {name: {"size": file.size, "sha256": file.sha256} for name, file in files.items()}, **changes,
    }  # fmt: skip
    content = json.dumps(manifest).encode()
    (folder / "manifest.json").write_bytes(content)
    name = f"20200101T000000Z-{hashlib.sha256(content).hexdigest()[:8]}"
    (index / "CURRENT").write_text(name + "\n")
    return folder.rename(folder.with_name(name))


@pytest.fixture
def old(tmp_path: Path, sample_index: Path) -> Path:
    write_format_3(tmp_path / "index", documents(sample_index))
    return tmp_path / "index"


def test_an_older_index_says_how_to_upgrade_it(old: Path) -> None:
    with pytest.raises(
        IndexInvalidError, match=f"has format 3, this version reads {FORMAT}; run `onrecord index upgrade"
    ):
        open_snapshot(old)
    (listed,) = list_snapshots(old)
    assert (listed.live, listed.format, listed.number) == (True, 3, 0)
    assert "onrecord index upgrade" in (listed.problem or "")
    assert faults(old, current(old)) == []


def test_an_upgraded_index_has_the_documents_and_what_this_version_makes_of_them(old: Path, sample_index: Path) -> None:
    before = current(old)
    assert outdated(old) == "bag-of-words"
    built = upgrade(old, BagOfWords())
    assert built
    assert (built.documents, built.skipped, built.tuned) == (20, (SKIPPED,), 70)
    with closing(open_snapshot(old)) as snapshot, closing(open_snapshot(sample_index)) as expected:
        assert snapshot.manifest.format == FORMAT
        assert snapshot.manifest.previous == before
        assert snapshot.corpus.skipped() == (SKIPPED,)
        assert snapshot.maps
        assert np.array_equal(snapshot.maps.passages, 0.5 * np.eye(BagOfWords.dimensions))
        pairs = list(zip(snapshot.corpus.contents(), expected.corpus.contents(), strict=True))
        for found, wanted in pairs:
            assert [getattr(found.document, name) for name in KEPT] == [getattr(wanted.document, name) for name in KEPT]
            assert (found.paragraphs, found.windows) == (wanted.paragraphs, wanted.windows)
    assert faults(old, current(old)) == []
    assert before in [each.name for each in list_snapshots(old)]
    assert outdated(old) is None
    assert upgrade(old, BagOfWords()) is None


def test_an_upgrade_embeds_nothing_that_the_cache_has(old: Path, sample_index: Path) -> None:
    shutil.copytree(sample_index / "cache", old / "cache")
    built = upgrade(old, BagOfWords())
    assert built
    assert built.embedded == 0


def test_a_build_over_an_older_index_keeps_its_maps(old: Path) -> None:
    assert build_index(SAMPLE, old, BagOfWords()).tuned == 70


def test_text_that_was_altered_is_not_taken_over(old: Path) -> None:
    path = old / "snapshots" / current(old) / "corpus.sqlite"
    content = path.read_bytes()
    place = content.index(b"vaccine")
    path.write_bytes(content[:place] + b"Vaccine" + content[place + 7 :])
    before = current(old)
    with pytest.raises(IndexInvalidError, match=r"corpus\.sqlite was altered"):
        upgrade(old, BagOfWords())
    assert current(old) == before
    assert [path.name for path in (old / "snapshots").iterdir()] == [before]


@pytest.mark.parametrize("column", ["text", "source", "id"])
def test_a_format_without_the_text_is_refused(tmp_path: Path, column: str) -> None:
    folder = write_format_3(tmp_path / "index", [Document("a", "Title", "Text.", "a.txt")], format=1)
    with closing(sqlite3.connect(folder / "corpus.sqlite")) as connection, connection:
        connection.executescript(
            f"CREATE TABLE d AS SELECT * FROM documents; DROP TABLE documents;"
            f"ALTER TABLE d RENAME TO documents; ALTER TABLE documents DROP COLUMN {column};"
        )
    file = described(folder / "corpus.sqlite")
    values = json.loads((folder / "manifest.json").read_bytes())
    values["files"]["corpus.sqlite"] = {"size": file.size, "sha256": file.sha256}
    content = json.dumps(values).encode()
    (folder / "manifest.json").write_bytes(content)
    name = folder.rename(folder.with_name(f"20200101T000000Z-{hashlib.sha256(content).hexdigest()[:8]}")).name
    (tmp_path / "index" / "CURRENT").write_text(name + "\n")
    with pytest.raises(
        IndexInvalidError, match="has no id, title, text, source of each document; run `onrecord index b"
    ):
        upgrade(tmp_path / "index", BagOfWords())


def test_a_newer_index_is_not_upgraded(tmp_path: Path) -> None:
    write_format_3(tmp_path / "index", [], format=FORMAT + 1, version="9.9")
    with pytest.raises(IndexInvalidError, match=r"install onrecord 9\.9, which wrote it"):
        outdated(tmp_path / "index")
    with pytest.raises(IndexMissingError):
        outdated(tmp_path / "nowhere")


def test_pruning_beside_an_older_snapshot_keeps_vectors_and_says_how_they_go(old: Path) -> None:
    upgrade(old, BagOfWords())
    said = run("index", "prune", old, "--keep", "2").stdout
    assert f"kept as long as a snapshot of another format is: `onrecord index upgrade {old}`" in said
    assert "and 0 vectors removed" in run("index", "prune", old, "--keep", "1").stdout
