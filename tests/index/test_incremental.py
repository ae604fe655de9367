"""A rebuild takes what it knows from earlier ones, and gives what a first build of the same folder gives."""

import json
import os
import random
import shutil
import sqlite3
import tempfile
import zlib
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import build as building
from index import reading, readings
from index.build import Built, build_index
from index.contents import digest_files, reading_digest
from index.history import prune, rollback
from index.readings import Readings
from index.snapshot import open_snapshot
from index.sources import Found, list_files
from index.sources import read_file as read_now
from index.types import Document, Skipped
from tests.fakes import BagOfWords
from tests.index.equality import assert_equal
from tests.strategies import words

Write = Callable[[Mapping[str, str | bytes]], Path]
Edit = tuple[str, str, str]

TALKS = "Foreign Minister Wang Yi met Sergey Lavrov.\n\nWang Yi said that {} grew.\n\nFirst, China wants {}."
BRIEFING = "MS. PSAKI: On {} we agree.\n\nQ: And on {}?\n\nMS. PSAKI: Jen Psaki said so."
NAMES = ("a.txt", "b.md", "c/d.txt", "e.jsonl")


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index"


def build(folder: Path, index: Path, embedder: BagOfWords | None = None) -> Built:
    return build_index(folder, index, embedder or BagOfWords())


def cached(index: Path, table: str) -> int:
    with closing(sqlite3.connect(index / "cache" / "readings.sqlite")) as connection:
        (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        return int(count)


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are parsed, and the sources of the documents that are attributed."""
    seen: list[str] = []

    def read_file(file: Found) -> Any:
        seen.append(file.name)
        return read_now(file)

    def read_document(document: Document, embedder: BagOfWords) -> reading.Reading:
        seen.append(f"in {document.source}")
        return reading.read_document(document, embedder)

    monkeypatch.setattr(readings, "read_file", read_file)
    monkeypatch.setattr(building, "read_document", read_document)
    return seen


# Equal to a first build


def contents(name: str, first: str, second: str) -> str:
    if name.endswith(".jsonl"):
        records = [{"id": word, "text": TALKS.format(word, first), "speaker": "Ann Roe"} for word in (first, second)]
        return "\n".join(map(json.dumps, records))
    return (TALKS if name.endswith(".txt") else BRIEFING).format(first, second)


def apply(edit: Edit, folder: Path) -> None:
    name, first, second = edit
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and first == second:
        path.unlink()
    elif path.exists() and first < second:
        path.rename(path.with_name(f"{first}{path.suffix}"))
    else:
        path.write_text(contents(name, first, second))


@given(st.lists(st.lists(st.tuples(st.sampled_from(NAMES), words(), words()), max_size=4), min_size=2, max_size=4))
@settings(max_examples=12, deadline=None)
def test_after_any_edits_an_index_is_what_a_first_build_gives(rounds: list[list[Edit]]) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        (work / "documents").mkdir()
        (work / "documents" / "z.txt").write_text("Trade grew, Wang Yi said.")
        for edits in rounds:
            for edit in edits:
                apply(edit, work / "documents")
            build(work / "documents", work / "index")
            build(work / "documents", work / "fresh")
            assert_equal(work / "index", work / "fresh")
            shutil.rmtree(work / "fresh")


def test_a_whole_sample_read_from_the_cache_is_what_was_read_first(tmp_path: Path, sample_index: Path) -> None:
    folder = tmp_path / "documents"
    shutil.copytree(Path(building.__file__).parent / "sample" / "documents", folder)
    (folder / "new.txt").write_text("Trade grew.")
    build(folder, tmp_path / "index")
    (folder / "new.txt").unlink()
    build(folder, tmp_path / "index")
    assert_equal(tmp_path / "index", sample_index)


# What is read again


def test_only_a_changed_file_is_read_again(documents: Write, index: Path, parsed: list[str]) -> None:
    build(documents({"a.txt": "One.", "b.txt": "Two.", "c.md": "Three."}), index)
    parsed.clear()
    build(documents({"b.txt": "Two and more."}), index)
    assert parsed == ["b.txt", "in b.txt"]


def test_of_a_file_of_records_only_the_changed_ones_are_attributed_again(
    documents: Write, index: Path, parsed: list[str]
) -> None:
    lines = [json.dumps({"id": str(i), "text": f"Record {i}."}) for i in range(5)]
    build(documents({"a.jsonl": "\n".join(lines)}), index)
    parsed.clear()
    lines[2] = json.dumps({"id": "2", "text": "Another record."})
    build(documents({"a.jsonl": "\n".join(lines)}), index)
    assert parsed == ["a.jsonl", "in a.jsonl#2"]


def test_a_moved_file_keeps_who_speaks_and_its_vectors(documents: Write, index: Path, parsed: list[str]) -> None:
    folder = documents({"a.txt": TALKS, "b.txt": "Two."})
    (folder / "a.txt").write_text("# Talks\n\n" + TALKS)
    (folder / "a.txt").rename(folder / "talks.md")
    build(folder, index)
    parsed.clear()
    (folder / "deep").mkdir()
    (folder / "talks.md").rename(folder / "deep" / "talks.md")
    embedder = BagOfWords()
    assert build(folder, index, embedder).embedded == 0
    assert parsed == ["deep/talks.md"]
    assert embedder.embedded == []


def test_a_file_with_something_skipped_is_tried_again_by_every_build(
    documents: Write, index: Path, parsed: list[str]
) -> None:
    build(documents({"a.jsonl": '{"id": "1", "text": "One."}\n{"id": "2"}', "b.txt": "Two."}), index)
    parsed.clear()
    built = build(documents({"b.txt": "Three."}), index)
    assert parsed == ["a.jsonl", "b.txt", "in b.txt"]
    assert [item.source for item in built.skipped] == ["a.jsonl line 2"]


def test_a_new_version_of_the_code_reads_everything_again(
    documents: Write, index: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = documents({"a.txt": "One."})
    build(folder, index)
    parsed.clear()
    monkeypatch.setattr(building, "reading_digest", lambda: "another")
    monkeypatch.setattr(building, "contents_digest", lambda files, basis: "another")
    build(folder, index)
    assert parsed == ["a.txt", "in a.txt"]
    assert cached(index, "readings") == 1


def test_another_model_cuts_windows_anew(documents: Write, index: Path) -> None:
    class Narrow(BagOfWords):
        limit = 10

    text = " ".join(f"word{number}" for number in range(35))
    folder = documents({"a.txt": text})
    build(folder, index)
    build(folder, index, Narrow("narrow"))
    build(folder, index.with_name("fresh"), Narrow("narrow"))
    assert_equal(index, index.with_name("fresh"))


def test_settings_of_a_file_are_read_with_it(documents: Write, index: Path) -> None:
    folder = documents({"a.txt": "One.", "b.txt": "Two."})
    build(folder, index)
    (folder / "onrecord.toml").write_text('[[documents]]\npaths = "a.txt"\nspeaker = "Ann Roe"\n')
    assert not build(folder, index).unchanged
    build(folder, index.with_name("fresh"))
    assert_equal(index, index.with_name("fresh"))


# Nothing changed


def test_an_unchanged_folder_leaves_the_live_snapshot(documents: Write, index: Path, parsed: list[str]) -> None:
    folder = documents({"a.txt": "One.", "b.bin": b"\x00"})
    first = build(folder, index)
    parsed.clear()
    reported: list[Skipped] = []
    again = build_index(folder, index, BagOfWords(), report=reported.append)
    assert (first.unchanged, again.unchanged) == (False, True)
    assert (again.snapshot, again.documents, again.paragraphs, again.embedded) == (first.snapshot, 1, 1, 0)
    assert [path.name for path in (index / "snapshots").iterdir()] == [first.snapshot]
    assert again.skipped == first.skipped == tuple(reported)
    assert parsed == []


def test_times_and_places_of_files_are_no_change(documents: Write, index: Path, tmp_path: Path) -> None:
    folder = documents({"a.txt": "One."})
    first = build(folder, index)
    moved = shutil.copytree(folder, tmp_path / "restored", copy_function=shutil.copyfile)
    assert build(moved, index).snapshot == first.snapshot


def test_a_change_of_the_same_length_and_time_is_one(documents: Write, index: Path) -> None:
    folder = documents({"a.txt": "Trade grew."})
    before = (folder / "a.txt").stat()
    build(folder, index)
    (folder / "a.txt").write_text("Trade fell.")
    os.utime(folder / "a.txt", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert not build(folder, index).unchanged


def test_a_damaged_snapshot_is_built_again(documents: Write, index: Path) -> None:
    folder = documents({"a.txt": "One."})
    first = build(folder, index)
    path = index / "snapshots" / first.snapshot / "words.u4"
    path.write_bytes(bytes([path.read_bytes()[0] ^ 1]) + path.read_bytes()[1:])
    again = build(folder, index)
    assert not again.unchanged
    open_snapshot(index).close()


def test_another_model_is_a_change(documents: Write, index: Path) -> None:
    folder = documents({"a.txt": "One."})
    build(folder, index)
    assert not build(folder, index, BagOfWords("other")).unchanged


def test_anew_reads_everything_and_publishes(documents: Write, index: Path, parsed: list[str]) -> None:
    folder = documents({"a.txt": "One."})
    first = build(folder, index)
    parsed.clear()
    again = build_index(folder, index, BagOfWords(), anew=True)
    assert parsed == ["a.txt", "in a.txt"]
    assert not again.unchanged
    assert again.snapshot != first.snapshot


# The cache on the disk


def rows(index: Path) -> list[bytes]:
    with closing(sqlite3.connect(index / "cache" / "readings.sqlite")) as connection:
        held = connection.execute("SELECT content FROM items").fetchall()
        held += connection.execute("SELECT content FROM readings").fetchall()
        held += connection.execute("SELECT words FROM readings").fetchall()
        return [bytes(content) for (content,) in held]


def stored(index: Path) -> bytes:
    return b"".join(path.read_bytes() for path in (index / "cache").glob("*") if "vectors" not in path.name)


def test_nothing_of_a_withdrawn_document_stays_in_the_cache(documents: Write, index: Path) -> None:
    folder = documents({f"{i}.txt": f"Paragraph {i} of {i * 977}. " * (300 + i) for i in range(30)})
    build(folder, index)
    before = rows(index)
    for number in range(3, 9):
        (folder / f"{number}.txt").unlink()
    build(folder, index)
    kept = rows(index)
    gone = [content for content in before if content not in kept]
    assert len(gone) == 18
    assert all(content in stored(index) for content in kept if len(content) < 400)
    for content in gone:
        assert content[:60] not in stored(index)
        assert content[-40:] not in stored(index)


def test_what_a_killed_build_left_of_a_withdrawn_document_is_forgotten(documents: Write, index: Path) -> None:
    class Killed(BaseException):
        pass

    def kill(stage: str, done: int, total: int | None) -> None:
        if (stage, done) == ("reading", 2):
            raise Killed

    folder = documents({"a.txt": "One."})
    build(folder, index)
    (folder / "b.txt").write_text("A secret treaty.")
    with pytest.raises(Killed):
        build_index(folder, index, BagOfWords(), kill)
    assert cached(index, "readings") == 2
    (folder / "b.txt").unlink()
    assert build(folder, index).unchanged
    assert cached(index, "readings") == 0
    assert build(folder, index).unchanged


def test_a_build_that_was_stopped_reads_no_file_twice(documents: Write, index: Path, parsed: list[str]) -> None:
    class Stop(Exception):
        pass

    def stop(stage: str, done: int, total: int | None) -> None:
        if stage == "embedding":
            raise Stop

    folder = documents({"a.txt": "One.", "b.txt": "Two."})
    with pytest.raises(Stop):
        build_index(folder, index, BagOfWords(), stop)
    parsed.clear()
    build(folder, index)
    assert parsed == []


def test_pruning_forgets_what_was_read_for_a_snapshot_that_is_gone(documents: Write, index: Path) -> None:
    folder = documents({"a.txt": "One."})
    build(folder, index)
    (folder / "b.txt").write_text("A secret treaty.")
    build(folder, index)
    prune(index, 1)
    assert cached(index, "readings") == 2
    (folder / "b.txt").unlink()
    build(folder, index)
    rollback(index)
    prune(index, 2)
    assert cached(index, "readings") == 1
    prune(index, 1)
    assert cached(index, "readings") == 0


@pytest.mark.parametrize("damage", ["not sqlite", "a page", "a row", "the words", "another layout"])
def test_a_damaged_cache_costs_the_time_to_read_again(documents: Write, index: Path, damage: str) -> None:
    folder = documents({f"{i}.txt": TALKS.format("trade", f"peace {i}") for i in range(40)})
    build(folder, index)
    path = index / "cache" / "readings.sqlite"
    if damage == "not sqlite":
        path.write_bytes(b"nonsense" * 1000)
    elif damage == "a page":
        content = bytearray(path.read_bytes())
        content[4096:20_480] = bytes(16_384)
        path.write_bytes(content)
    else:
        statement = {
            "a row": "UPDATE items SET content = substr(content, 1, 20) || zeroblob(5) WHERE row = 20",
            "the words": "UPDATE readings SET words = zeroblob(40) WHERE row = 20",
            "another layout": "PRAGMA user_version = 99",
        }[damage]
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(statement)
    (folder / "new.txt").write_text("New.")
    build(folder, index)
    build(folder, index.with_name("fresh"))
    assert_equal(index, index.with_name("fresh"))


def test_any_damaged_bytes_of_the_cache_are_survived(documents: Write, index: Path, tmp_path: Path) -> None:
    """Half of them are in the first page, where the schema is."""
    folder = documents({f"{i}.txt": TALKS.format("trade", f"peace {i}") for i in range(8)})
    build(folder, index)
    documents({"new.txt": "New."})
    build(folder, tmp_path / "fresh")
    whole = (index / "cache" / "readings.sqlite").read_bytes()
    for seed in range(60):
        rng = random.Random(seed)
        damaged = bytearray(whole)
        for _ in range(rng.choice([1, 5, 20])):
            damaged[rng.randrange(rng.choice([4096, len(damaged)]))] ^= rng.randrange(1, 256)
        shutil.rmtree(tmp_path / "damaged", ignore_errors=True)
        shutil.copytree(index, tmp_path / "damaged")
        (tmp_path / "damaged" / "cache" / "readings.sqlite").write_bytes(damaged)
        build(folder, tmp_path / "damaged")
        assert_equal(tmp_path / "damaged", tmp_path / "fresh")


def test_the_cache_holds_nothing_that_could_be_executed(documents: Write, index: Path) -> None:
    """Every row is checksummed JSON or numbers: what somebody writes into it is data."""
    build(documents({"a.txt": TALKS}), index)
    with closing(sqlite3.connect(index / "cache" / "readings.sqlite")) as connection:
        contents = connection.execute("SELECT content FROM items UNION ALL SELECT content FROM readings").fetchall()
    for (content,) in contents:
        json.loads(zlib.decompress(content))


def test_a_file_of_records_is_never_whole_in_memory(tmp_path: Path) -> None:
    """Items go to the reader one by one, whether they come from the file or from the cache."""
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "a.jsonl").write_text("".join(f'{{"id": "{i}", "text": "Record {i}."}}\n' for i in range(1000)))
    (file,) = digest_files(list_files(folder))
    assert not isinstance(file, Skipped)
    for _ in range(2):
        with closing(Readings(tmp_path / "readings.sqlite", reading_digest(), "")) as cache:
            taken = cache.documents(file)
            assert not isinstance(next(taken), Skipped)
            assert len([*taken]) == 999
