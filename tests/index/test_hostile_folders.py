"""Folders that are large, forbidden, or change while they are read."""

import gzip
import io
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index.sources import Found, list_files, read_file, read_folder
from index.types import Document, Skipped

MEGABYTE = 1 << 20


def found(folder: Path) -> dict[str, str | None]:
    """Source → the reason it was skipped for, or None where it is a document."""
    return {item.source: item.reason if isinstance(item, Skipped) else None for item in read_folder(folder)}


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can reach, as pytest's own is not."""
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        yield Path(place)


def found_as_nobody(folder: Path) -> dict[str, str | None]:
    """As `found`, by a user who is not root: root may read and write everything."""

    def run(send: Callable[[object], None]) -> None:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setuid(65534)
        send(found(folder))

    found(folder)  # imports what nobody may not
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=run, args=(sender.send,))
    child.start()
    sender.close()
    try:
        result: dict[str, str | None] = receiver.recv()
    finally:
        child.join()
        receiver.close()
    return result


def packed(**members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)
    return buffer.getvalue()


def test_files_that_may_not_be_read_are_reported_one_by_one(open_folder: Path) -> None:
    (open_folder / "forbidden").mkdir()
    (open_folder / "forbidden" / "in.txt").write_text("Text.")
    for name in ("a.txt", "b.zip", "c.txt.gz", "d.warc", "z.txt"):
        (open_folder / name).write_bytes(b"Text.")
    for name in ("a.txt", "b.zip", "c.txt.gz", "d.warc", "forbidden"):
        (open_folder / name).chmod(0)
    denied = dict.fromkeys(("a.txt", "b.zip", "c.txt.gz", "d.warc", "forbidden"), "Permission denied")
    assert found_as_nobody(open_folder) == {**denied, "z.txt": None}


def test_a_folder_that_cannot_be_written_is_read_whole(open_folder: Path) -> None:
    (open_folder / "a.txt").write_text("A.")
    (open_folder / "b.zip").write_bytes(packed(c_txt="C."))
    (open_folder / "b.zip").chmod(0o444)
    open_folder.chmod(0o555)
    assert found_as_nobody(open_folder) == {"a.txt": None, "b.zip/c.txt": None}


def test_a_folder_called_like_the_sidecar_is_none(tmp_path: Path) -> None:
    (tmp_path / "onrecord.toml").mkdir()
    (tmp_path / "a.txt").write_text("A.")
    assert found(tmp_path) == {"a.txt": None}


@pytest.mark.parametrize("name", ["a.txt", "a.jsonl", "a.zip", "a.txt.gz", "a.warc"])
def test_a_file_that_vanishes_after_it_was_listed_is_reported(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("A.")
    (file,) = list_files(tmp_path)
    (tmp_path / name).unlink()
    assert isinstance(file, Found)
    assert list(read_file(file)) == [Skipped(name, "No such file or directory", passing=True)]


def test_a_file_that_becomes_a_pipe_or_folder_after_it_was_listed_is_reported(tmp_path: Path) -> None:
    for name, make in (("a.txt", Path.mkdir), ("b.zip", Path.mkdir), ("c.txt", os.mkfifo)):
        (tmp_path / name).write_text("A.")
        (file,) = list_files(tmp_path)
        (tmp_path / name).unlink()
        make(tmp_path / name)
        assert isinstance(file, Found)
        assert list(read_file(file)) == [Skipped(name, "not a regular file")]
        (tmp_path / name).rename(tmp_path / f".{name}")


@pytest.mark.parametrize("left", [0, 30, 60])
def test_a_container_that_shrinks_while_it_is_read_loses_only_what_was_not_read(tmp_path: Path, left: int) -> None:
    text = os.urandom(200_000).hex()
    (tmp_path / "a.zip").write_bytes(packed(a_txt="A.", b_txt=text, c_txt=text))
    items = read_folder(tmp_path)
    first = next(items)
    os.truncate(tmp_path / "a.zip", left)
    rest = list(items)
    assert isinstance(first, Document)
    assert [item.source for item in rest] == ["a.zip/b.txt", "a.zip/c.txt"]
    assert all(isinstance(item, Skipped) and "damaged" in item.reason for item in rest)


def test_a_file_that_grows_while_it_is_read_is_read_in_some_state(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "A."}\n' * 3, encoding="utf-8")
    items = read_folder(tmp_path)
    next(items)
    with path.open("a", encoding="utf-8") as file:
        file.write('{"text": "B."}\n{"text": "cut of')
    assert all(isinstance(item, Document) or item.reason.startswith("not JSON") for item in items)


def test_links_and_pipes_are_not_followed_out_of_a_folder_or_waited_for(tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside.zip", tmp_path / "folder"
    outside.write_bytes(packed(a_txt="Secret."))
    folder.mkdir()
    (folder / "out.zip").symlink_to(outside)
    (folder / "loop.zip").symlink_to("loop.zip")
    (folder / "up").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe.warc.gz")
    assert found(folder) == {
        "loop.zip": "Too many levels of symbolic links",
        "out.zip": "a link to a file outside the folder",
        "pipe.warc.gz": "not a regular file",
        "up": "a link to a folder, which is not followed",
    }


def test_names_of_any_bytes_stay_apart_in_folders_and_containers(tmp_path: Path) -> None:
    names = [b"caf\xe9.zip", b"caf\xe8.zip", "日本.zip".encode(), b"a\nb.zip"]
    for name in names:
        (tmp_path / os.fsdecode(name)).write_bytes(packed(**{"é\x07_txt": "A."}))
    items = list(read_folder(tmp_path))
    assert len({item.id for item in items if isinstance(item, Document)}) == len(names)
    for item in items:
        assert item.source.encode("utf-8").decode("utf-8").isprintable()


@pytest.mark.parametrize("number", [300, pytest.param(10_000, marks=pytest.mark.slow)])
def test_many_tiny_files_are_all_read_in_the_order_of_their_paths(tmp_path: Path, number: int) -> None:
    for row in range(number):
        path = tmp_path / f"{row % 7}" / f"{row:05}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"Text {row}.", encoding="utf-8")
    items = list(read_folder(tmp_path))
    assert [item.source for item in items] == sorted(item.source for item in items)
    assert len({item.id for item in items if isinstance(item, Document)}) == number
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for row in range(number):
            archive.writestr(f"{row:05}.txt", f"Text {row}.")
    (tmp_path / "packed").mkdir()
    (tmp_path / "packed" / "all.zip").write_bytes(buffer.getvalue())
    assert sum(isinstance(item, Document) for item in read_folder(tmp_path / "packed")) == number


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(200 * MEGABYTE)


def records(path: Path) -> None:
    line = json.dumps({"text": "Trade grew by a third. " * 40}) + "\n"
    with gzip.open(path, "wt", 1) if path.suffix == ".gz" else path.open("w") as file:
        for _ in range(200 * MEGABYTE // len(line)):
            file.write(line)


def prose(path: Path) -> None:
    """The most that a text may have, in an encoding that must be guessed."""
    paragraph = "Trade grew by a third, the café owner señor Núñez said on Monday in a long statement. " * 8 + "\n\n"
    with path.open("w", encoding="cp1252") as file:
        for _ in range(19_900_000 // len(paragraph)):
            file.write(paragraph)


# Not ru_maxrss, which a child has from its parent.
MEASURE = """
import re, sys
from pathlib import Path
from index.sources import read_folder
from index.types import Document

def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) // 1024

before = peak()
documents = sum(isinstance(item, Document) for item in read_folder(Path(sys.argv[1])))
print(documents, peak() - before)
"""


@pytest.mark.parametrize(
    ("name", "make", "documents", "megabytes"),
    [
        ("sparse.txt", sparse, 0, 30),
        ("sparse.jsonl", sparse, 0, 300),  # one line: as much of it as a document may have is held
        pytest.param("records.jsonl", records, 200_000, 60, marks=pytest.mark.slow),
        pytest.param("records.jsonl.gz", records, 200_000, 60, marks=pytest.mark.slow),
        pytest.param("prose.txt", prose, 1, 800, marks=pytest.mark.slow),
    ],
)
def test_a_file_of_200_megabytes_is_refused_or_read_in_bounded_memory(
    tmp_path: Path, name: str, make: Callable[[Path], None], documents: int, megabytes: int
) -> None:
    make(tmp_path / name)
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(tmp_path)], capture_output=True, text=True, check=True, cwd=Path.cwd()
    )
    count, peak = map(int, done.stdout.split())
    assert count >= documents
    assert bool(count) is bool(documents)
    assert peak < megabytes, f"{peak} MB"
