"""The snapshots of an index: which there are, going back to one, removing old ones."""

import sqlite3
import stat
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index import snapshot as disk
from index.cache import keep_only
from index.errors import IndexInvalidError, IndexMissingError, IndexWriteError
from index.readings import forget_unless
from index.types import Spans
from index.windows import embedded


@dataclass(frozen=True, slots=True)
class Listed:
    """A snapshot as far as a cheap look shows; `problem` is what is wrong with it, None where it looks whole.

    `size` is in bytes on the disk. What cannot be read of a damaged one is None.
    """

    name: str
    live: bool
    number: int
    previous: str | None
    created: str | None
    documents: int | None
    paragraphs: int | None
    model: str | None
    format: object
    size: int
    problem: str | None


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was removed: snapshots, and vectors of text that no snapshot has (None: they were not looked at).

    `freed` is in bytes.
    """

    snapshots: tuple[str, ...]
    vectors: int | None
    freed: int


def list_snapshots(index: Path) -> list[Listed]:
    """Every snapshot, the one published first first. Their bytes are not read, see `verify` for that.

    Raises:
        IndexMissingError: there is no index at that place.
    """
    live = _live(index)
    try:
        folders = sorted(path for path in (index / "snapshots").iterdir() if disk.NAME.fullmatch(path.name))
    except (FileNotFoundError, NotADirectoryError):
        folders = []
    if not folders:
        disk.current(index)  # which says what is missing, and how to make it
    return sorted((_look(folder, folder.name == live) for folder in folders), key=lambda each: each.number)


def _live(index: Path) -> str | None:
    """None where CURRENT is damaged or gone, which a rollback repairs."""
    try:
        return disk.current(index)
    except (IndexInvalidError, IndexMissingError):
        return None


def _look(folder: Path, live: bool) -> Listed:
    values: dict[str, Any] = {}
    problem = None
    try:
        values = disk.manifest_values(folder)
        disk.check_sizes(folder, disk.read_manifest(folder))
    except IndexInvalidError as error:
        problem = str(error)
    return Listed(
        name=folder.name,
        live=live,
        number=disk.number_of(values),
        previous=values.get("previous"),
        created=values.get("created"),
        documents=values.get("documents"),
        paragraphs=values.get("paragraphs"),
        model=values.get("model"),
        format=values.get("format"),
        size=_size(folder),
        problem=problem,
    )


def _size(place: Path) -> int:
    size = 0
    for path in place.rglob("*"):
        with suppress(FileNotFoundError):  # a build may be removing it
            found = path.stat()
            size += found.st_size if stat.S_ISREG(found.st_mode) else 0
    return size


def rollback(index: Path, name: str | None = None) -> str:
    """Make an earlier snapshot live again, the one live before where none is named, and return its name.

    It is opened first, so a damaged one never becomes live.

    Raises:
        IndexMissingError: there is no such snapshot, or none before.
        IndexInvalidError: it cannot be opened; the live one stays.
        IndexBusyError, IndexWriteError
    """
    list_snapshots(index)  # so that no folder is made where there is no index
    with disk.exclusive(index):
        name = name or _before(index, list_snapshots(index))
        disk.open_snapshot(index, name).close()
        try:
            disk.make_live(index, name)
        except OSError as error:
            raise IndexWriteError(f"{index} cannot be written: {error}; what was live is live still") from error
    return name


def _before(index: Path, listed: list[Listed]) -> str:
    """The snapshot that was live before the live one; where CURRENT or its manifest is damaged, the newest other."""
    live = next((each for each in listed if each.live), None)
    others = {each.name: each.number for each in listed if not each.live}
    if live and live.previous in others:
        return live.previous
    if live and live.number:
        others = {name: number for name, number in others.items() if number < live.number}
    if not others:
        raise IndexMissingError(f"{index} has no snapshot before the live one; `onrecord index list {index}`")
    return max(others, key=others.__getitem__)


def prune(index: Path, keep: int) -> Pruned:
    """Remove all but `keep` snapshots, the live one and the newest others, and what no snapshot needs any more.

    That is what killed builds left, and the vectors and readings of text that none of them has, so that nothing of a
    document that was withdrawn stays behind.

    Raises:
        ValueError: `keep` is less than 1.
        IndexMissingError, IndexInvalidError: it cannot be told which snapshot is live, or a kept one is damaged.
        IndexBusyError, IndexWriteError
    """
    if keep < 1:
        raise ValueError(keep)
    disk.current(index)
    with disk.exclusive(index) as snapshots:
        live = disk.current(index)
        listed = list_snapshots(index)
        others = [each.name for each in listed if not each.live]
        kept = {live, *others[max(0, len(others) - keep + 1) :]}
        readable = all(each.format == disk.FORMAT for each in listed if each.name in kept)
        contents = _contents(index, kept)
        before = _size(index)
        removed = tuple(each.name for each in listed if each.name not in kept)
        try:
            for name in removed:
                disk.remove(snapshots / name)
            forget_unless(index / "cache", [str(each) for each in contents if each])
            vectors = keep_only(index / "cache", _embedded(index, kept)) if readable else None
        except (OSError, sqlite3.Error) as error:
            raise IndexWriteError(f"{index} cannot be pruned: {error}; what was live is live still") from error
    return Pruned(removed, vectors, before - _size(index))


def _contents(index: Path, names: Iterable[str]) -> list[object]:
    """The `contents` of these snapshots, each of which is whole: a damaged one must not be all that is left.

    Those of another format cannot be opened; of them, the manifests alone are looked at.
    """
    manifests = {name: disk.manifest_values(index / "snapshots" / name) for name in names}
    for name, values in manifests.items():
        if values["format"] == disk.FORMAT:
            disk.open_snapshot(index, name).close()
    return [values.get("contents", "") for values in manifests.values()]


def _embedded(index: Path, names: Iterable[str]) -> Iterator[tuple[str, str, Spans]]:
    """(model digest, text, parts) of everything these snapshots have vectors of."""
    for name in names:
        with closing(disk.open_snapshot(index, name)) as snapshot:
            for contents in snapshot.corpus.contents():
                for paragraph, windows in zip(contents.paragraphs, contents.windows, strict=True):
                    for text, parts in embedded(contents.document.text, paragraph, windows):
                        yield snapshot.manifest.model_digest, text, parts
