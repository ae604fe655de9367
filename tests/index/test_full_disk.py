"""The disk is full, or closed to us: one line that says so, and the index as it was."""

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from index.build import build_index
from index.errors import IndexWriteError
from index.history import prune, rollback
from index.snapshot import current, open_snapshot
from index.verify import verify_all
from tests.fakes import BagOfWords

ROOT = Path(__file__).resolve().parents[2]
# Builds with a limit on the size of a file, in bytes, as a full disk would have one; "sys.argv" is what to build.
LIMITED = """
import resource, sys, pathlib
from index.build import build_index
from index.errors import IndexWriteError
from tests.fakes import BagOfWords
limit = int(sys.argv[3])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    build_index(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), BagOfWords())
except IndexWriteError as error:
    print(error)
    sys.exit(3)
"""


def write_documents(folder: Path, count: int) -> Path:
    folder.mkdir(exist_ok=True)
    for number in range(count):
        paragraphs = (f"Wang Yi said that item{number}x{part} was agreed. " * 3 for part in range(5))
        (folder / f"{number:03}.txt").write_text("\n\n".join(paragraphs))
    return folder


def tree(place: Path) -> set[str]:
    return {path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()}


def check_as_it_was(index: Path, live: str, before: set[str]) -> None:
    """The cache may have grown: what was embedded is not lost."""
    assert current(index) == live
    assert [(name, faults) for name, faults in verify_all(index) if faults] == []
    with closing(open_snapshot(index)) as snapshot:
        assert snapshot.manifest.documents == 1
    assert {name for name in tree(index) if not name.startswith("cache/")} == before


@pytest.fixture
def limits(tmp_path: Path) -> list[int]:
    """Sizes of the files of a build: a limit just below each stops it where that one is written."""
    index = tmp_path / "whole"
    build_index(write_documents(tmp_path / "many", 60), index, BagOfWords())
    return sorted({(index / name).stat().st_size - 1 for name in tree(index)} - {-1})


def test_a_build_that_finds_no_room_ends_with_one_line_and_changes_nothing(tmp_path: Path, limits: list[int]) -> None:
    index = tmp_path / "index"
    live = build_index(write_documents(tmp_path / "few", 1), index, BagOfWords()).snapshot
    before = {name for name in tree(index) if not name.startswith("cache/")}
    # Below some hundred bytes the lexicon's files, above them those of the corpus, the vectors, the words, the cache.
    for limit in [limits[0], *limits[len(limits) // 3 :: 4]]:
        command = [sys.executable, "-c", LIMITED, str(tmp_path / "many"), str(index), str(limit)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 3, (limit, done.stdout, done.stderr)
        (line,) = done.stdout.splitlines()
        assert line.startswith(f"{index} cannot be written: ")
        assert line.endswith("what was live is live still")
        check_as_it_was(index, live, before)
    assert build_index(tmp_path / "many", index, BagOfWords()).documents == 60


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of one and a half megabytes."""
    place = tmp_path / "small"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1500k", "none", str(place)]
    if os.geteuid() or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_disk_that_fills_up_ends_a_build_and_the_index_stays(tmp_path: Path, small: Path) -> None:
    index = small / "index"
    live = build_index(write_documents(tmp_path / "few", 1), index, BagOfWords()).snapshot
    before = {name for name in tree(index) if not name.startswith("cache/")}
    many = write_documents(tmp_path / "many", 400)
    for filled in (0, 200_000, 500_000, 900_000):
        (small / "other").write_bytes(bytes(min(filled, shutil.disk_usage(small).free)))
        with pytest.raises(IndexWriteError, match=r"cannot be written: .*; what was live is live still"):
            build_index(many, index, BagOfWords())
        check_as_it_was(index, live, before)
    # Not a byte is free.
    with (small / "other").open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(4096)) == 4096:
            pass
    assert shutil.disk_usage(small).free == 0
    with pytest.raises(IndexWriteError, match=r"cannot be written: .*; what was live is live still"):
        build_index(many, index, BagOfWords())
    check_as_it_was(index, live, before)
    # The vectors of the builds that failed have taken what room there was; nothing that is indexed needs them.
    (small / "other").unlink()
    assert prune(index, 1).freed > 500_000
    assert build_index(write_documents(tmp_path / "few", 2), index, BagOfWords()).documents == 2


def test_no_room_to_unpack_in_ends_a_build_and_the_index_stays(tmp_path: Path, small: Path) -> None:
    index = small / "index"
    few = write_documents(tmp_path / "few", 1)
    live = build_index(few, index, BagOfWords()).snapshot
    before = {name for name in tree(index) if not name.startswith("cache/")}
    with zipfile.ZipFile(few / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"Trade grew, they said.\n" * 100_000)
    with pytest.raises(IndexWriteError, match=r"cannot be written: .*; what was live is live still"):
        build_index(few, index, BagOfWords())
    check_as_it_was(index, live, before)


def test_an_index_that_cannot_be_written_says_so_and_answers_on(tmp_path: Path, small: Path) -> None:
    index = small / "index"
    few = write_documents(tmp_path / "few", 1)
    build_index(few, index, BagOfWords())
    live = build_index(few, index, BagOfWords()).snapshot
    before = {name for name in tree(index) if not name.startswith("cache/")}
    subprocess.run(["mount", "-o", "remount,ro", str(small)], check=True)
    for action in (lambda: build_index(few, index, BagOfWords()), lambda: rollback(index), lambda: prune(index, 1)):
        with pytest.raises(IndexWriteError, match=f"{index} cannot be written: .*; what was live is live still"):
            action()
    check_as_it_was(index, live, before)
    with pytest.raises(IndexWriteError, match="no index can be made at"):
        build_index(few, small / "other", BagOfWords())


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_says_so(tmp_path: Path) -> None:
    index = tmp_path / "index"
    few = write_documents(tmp_path / "few", 1)
    build_index(few, index, BagOfWords())
    (index / "snapshots").chmod(0o500)
    try:
        with pytest.raises(IndexWriteError, match="cannot be written"):
            build_index(few, index, BagOfWords())
    finally:
        (index / "snapshots").chmod(0o700)
    with closing(open_snapshot(index)) as snapshot:
        assert snapshot.manifest.documents == 1


def test_a_lock_file_that_a_dead_build_left_holds_nobody_up(tmp_path: Path) -> None:
    index = tmp_path / "index"
    index.mkdir()
    (index / ".lock").write_text("99999999\n")
    assert build_index(write_documents(tmp_path / "few", 1), index, BagOfWords()).documents == 1
