"""A rebuild takes what it knows from earlier ones, and gives what a first build of the same folder gives."""

import errno
import gzip
import io
import json
import os
import random
import shutil
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import build as building
from index import reading, readings
from index.build import Built, build_index
from index.contents import digest_files, reading_digest
from index.errors import DocumentsError
from index.history import prune, rollback
from index.readings import Readings
from index.snapshot import current, open_snapshot
from index.sources import Found, archives, list_files, pdfprocess
from index.sources import read_file as read_now
from index.types import Document, Skipped
from tests.fakes import BagOfWords
from tests.index.pdfs import column, pdf
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


def tables(snapshot: Path) -> dict[str, list[Any]]:
    with closing(sqlite3.connect(snapshot / "corpus.sqlite")) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in names}


def found(index: Path) -> list[Any]:
    with closing(open_snapshot(index)) as snapshot:
        results = [snapshot.lexicon.search(text, 20) for text in ("trade grew", "climate", "Wang Yi talks")]
        return [(rows.tolist(), scores.tolist()) for rows, scores in results]


def assert_equal(index: Path, other: Path) -> None:
    mine, fresh = index / "snapshots" / current(index), other / "snapshots" / current(other)
    assert tables(mine) == tables(fresh)
    for name in ("vectors.faiss", "sentences.f16", "words.u4", "words.i8", "titles.u4", "titles.i8"):
        assert (mine / name).read_bytes() == (fresh / name).read_bytes(), name
    assert found(index) == found(other)
    manifests = [json.loads((each / "manifest.json").read_bytes()) for each in (mine, fresh)]
    counts = ("documents", "paragraphs", "sentences", "windows", "contents", "tuned")
    assert [manifests[0][key] for key in counts] == [manifests[1][key] for key in counts]


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


def test_a_file_that_changes_while_it_is_read_is_read_again_by_the_next_build(
    documents: Write, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = documents({"a.txt": "One.", "b.txt": "Other."})

    def read_file(file: Found) -> Any:
        items = [*read_now(file)]
        if file.name == "a.txt" and "Two" not in file.path.read_text():
            file.path.write_text("Two.")
        return items

    monkeypatch.setattr(readings, "read_file", read_file)
    build(folder, index)
    built = build(folder, index)
    assert not built.unchanged
    with closing(open_snapshot(index)) as snapshot:
        assert {document.text for document in snapshot.corpus.all_documents()} == {"Two.", "Other."}
    assert build(folder, index).unchanged


class Failing(io.FileIO):
    """A file on a disk that fails at one of its reads, counted from 0."""

    at = 0

    def readinto(self, buffer: Any) -> Any:
        self._fail()
        return super().readinto(buffer)

    def readall(self) -> bytes:
        self._fail()
        return super().readall()

    def _fail(self) -> None:
        Failing.at -= 1
        if Failing.at == -1:
            raise OSError(errno.EIO, "Input/output error")


class FailingContainer(Failing):
    def read(self, size: int | None = -1, /) -> bytes:
        self._fail()
        return super().read(-1 if size is None else size)


def sample(name: str) -> bytes:
    text = b"Trade grew."
    if name.endswith(".zip"):
        with zipfile.ZipFile(packed := io.BytesIO(), "w") as archive:
            archive.writestr("c.txt", text)
        return packed.getvalue()
    if name.endswith(".docx"):
        word = docx.Document()
        word.add_paragraph(text.decode())
        word.save(packed := io.BytesIO())
        return packed.getvalue()
    mail = b"From: a@b.org\n\n" + text
    return {
        ".csv": b"text\n" + text, ".eml": mail, ".mbox": b"From a@b.org Sat Jan  2 10:00:00 2021\n" + mail,
        ".gz": gzip.compress(text),
    }.get(Path(name).suffix, text)  # fmt: skip


@pytest.mark.parametrize("name", ["b.txt", "b.csv", "b.eml", "b.mbox", "b.txt.gz", "b.zip", "b.docx"])
@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_file_that_the_disk_did_not_give_is_read_by_the_next_build(
    documents: Write, index: Path, monkeypatch: pytest.MonkeyPatch, name: str, at: int
) -> None:
    """Though nothing in the folder has changed, and whatever the reader makes of it."""
    folder = documents({"a.txt": "One.", name: sample(name)})
    whole, opened = Path.open, []

    def open_file(path: Path, *values: Any, **named: Any) -> Any:
        opened.append(path.name)
        failing = path.name == name and opened.count(name) == 2  # the first is for the digest
        return io.BufferedReader(Failing(path), 16) if failing else whole(path, *values, **named)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", open_file)
        patch.setattr(archives, "_Guarded", FailingContainer)
        patch.setattr(Failing, "at", at)
        built = build(folder, index)
        failed = Failing.at < 0
    assert [(item.source.partition("/")[0], item.reason, item.passing) for item in built.skipped] == (
        [(name, "Input/output error", True)] if failed else []
    )
    assert failed or at
    again = build(folder, index)
    assert (again.unchanged, again.documents, again.skipped) == (not failed, 2, ())
    assert build(folder, index).unchanged
    build(folder, index.with_name("fresh"))
    assert_equal(index, index.with_name("fresh"))


def test_a_pdf_whose_reading_was_ended_from_outside_is_read_by_the_next_build(
    documents: Write, index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = documents({"a.txt": "One.", "b.pdf": pdf([column(["Two."])])})
    (tmp_path / "killed.py").write_text("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    with monkeypatch.context() as patch:
        patch.setattr(pdfprocess, "__file__", str(tmp_path / "killed.py"))
        built = build(folder, index)
        assert not build(folder, index).unchanged
    assert [item.passing for item in built.skipped] == [True]
    assert build(folder, index).documents == 2
    assert build(folder, index).unchanged


def test_what_could_not_be_read_for_now_is_not_withdrawn_with_the_rest(
    documents: Write, index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = documents({"b.pdf": pdf([column(["Two."])])})
    live = build(folder, index).snapshot
    (tmp_path / "killed.py").write_text("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    monkeypatch.setattr(pdfprocess, "__file__", str(tmp_path / "killed.py"))
    with pytest.raises(DocumentsError, match=r"b\.pdf") as raised:
        build_index(folder, index, BagOfWords(), anew=True, empty=True)
    assert "--allow-empty" not in str(raised.value)
    assert current(index) == live


def test_a_file_that_nobody_may_read_is_no_change_until_they_may(
    documents: Write, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = documents({"a.txt": "One.", "b.txt": "Two."})
    whole = Path.open

    def open_file(path: Path, *values: Any, **named: Any) -> Any:
        if path.name == "b.txt":
            raise PermissionError(errno.EACCES, "Permission denied")
        return whole(path, *values, **named)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", open_file)
        assert build(folder, index).documents == 1
        assert build(folder, index).unchanged
    assert build(folder, index).documents == 2


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
