"""Files that hold files: the protocol, and how their members are unpacked without trusting a word they say.

Nothing is ever written where a member's name points to: a member becomes a file without its name in a private folder,
is read, and is gone; a build gives the place for that folder (`unpacked_in`). Its bytes are counted while they come, as
a bomb lies about its size.
"""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

from index.errors import IndexWriteError, SourceError
from index.types import Skipped

MAX_DEPTH = 3
"""Containers inside each other. Nobody packs documents deeper, and a quine is a container in itself without end."""

MAX_MEMBERS = 100_000
MAX_MEMBER = 1 << 30
MAX_TOTAL = 8 << 30
MAX_RATIO, RATIO_FROM = 200, 64 << 20
"""Text packs to a tenth, a page of equal rows to a hundredth; from so many unpacked bytes on, more is an attack."""

BLOCK = 1 << 16


# Of the many functions between a build and whatever unpacks, most are readers, whose protocol need not speak of it.
_PLACE: ContextVar[tuple[Path | None, str]] = ContextVar("place", default=(None, "onrecord-"))


class TooMuchError(SourceError):
    """What a file unpacks to is more than a folder of documents would be; no more of it is unpacked."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a container. `content` can be had only before the next member is asked for.

    `name` is its path inside the container with forward slashes, without steps out of it; "" where the container is
    no more than a wrapping of one file. `file_name` has the ending that says what reads it. `address` is where on the
    web it was saved from.
    """

    name: str
    file_name: str
    content: Iterator[bytes]
    address: str | None = None


class Budget:
    """What may still be unpacked of one file of the folder, whatever is nested in it.

    Args:
        packed: The size of that file in bytes.
    """

    def __init__(self, packed: int) -> None:
        self._packed = packed
        self._total = self._members = 0

    def add_member(self) -> None:
        """Raises TooMuchError."""
        self._members += 1
        if self._members > MAX_MEMBERS:
            raise TooMuchError(f"it holds more than {MAX_MEMBERS:,} files; the rest of it is left out")

    def add_bytes(self, number: int) -> None:
        """Raises TooMuchError."""
        self._total += number
        if self._total > MAX_TOTAL:
            raise TooMuchError(f"it unpacks to more than {MAX_TOTAL >> 30} GiB; the rest of it is left out")
        if self._total > max(RATIO_FROM, MAX_RATIO * self._packed):
            raise TooMuchError(f"it unpacks to more than {MAX_RATIO} times its size; the rest of it is left out")


class Container(Protocol):
    suffixes: tuple[str, ...]
    """The file name endings it unpacks, in lower case, with the dot."""

    def members(self, path: Path, name: str, file_name: str, budget: Budget) -> Iterator[Member | Skipped]:
        """The files in a container, in order.

        Args:
            path: Where the container is; its own name says nothing, it may be a temporary one.
            name: What it is called in a report.
            file_name: What it would be called as a file.
            budget: To be charged for what is unpacked besides the members' contents.

        Raises:
            SourceError: the container is damaged. Also raised by a member's `content`, for this member alone.
            TooMuchError: no more of it may be unpacked.
        """


class Room:
    """The place where the members of one file of the folder are unpacked, and what may still be; gone when left.

    Args:
        packed: The size of that file in bytes.
    """

    def __init__(self, packed: int) -> None:
        self.budget = Budget(packed)
        self._opened = ExitStack()
        self._folder: Path | None = None
        self._number = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def unpack(self, member: Member, ending: str) -> Path:
        """A new file with the content of a member, its name's ending the given one; the caller removes it.

        Raises:
            SourceError: the member is damaged or too large.
            TooMuchError: no more may be unpacked.
            IndexWriteError: the place is full or cannot be written.
        """
        self.budget.add_member()
        self._number += 1
        self._folder = self._folder or self._opened.enter_context(private_folder())
        path = self._folder / f"{self._number}{ending}"
        try:
            self._write(member.content, path)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return path

    def _write(self, content: Iterator[bytes], path: Path) -> None:
        size = 0
        with path.open("xb") as file:
            for block in content:
                size += len(block)
                self.budget.add_bytes(len(block))
                if size > MAX_MEMBER:
                    raise SourceError(f"it unpacks to more than {MAX_MEMBER >> 30} GiB")
                try:
                    file.write(block)
                except OSError as error:
                    raise not_written(error) from error


@contextmanager
def unpacked_in(place: Path, prefix: str) -> Iterator[None]:
    """Inside the block, the folders of what is unpacked are made in this place, their names beginning so.

    Where a process that is killed leaves them, whoever gave the place finds them by that; elsewhere nobody would.
    """
    token = _PLACE.set((place, prefix))
    try:
        yield
    finally:
        _PLACE.reset(token)


@contextmanager
def private_folder() -> Iterator[Path]:
    """An empty folder to unpack in, gone afterwards. Raises IndexWriteError."""
    place, prefix = _PLACE.get()
    try:
        folder = tempfile.TemporaryDirectory(prefix=prefix, dir=place)
    except OSError as error:
        raise not_written(error) from error
    with folder as name:
        yield Path(name)


def not_written(error: OSError) -> IndexWriteError:
    """That what lies in a file has no place to be unpacked in: no fault of that file, so it is not skipped."""
    place, _ = _PLACE.get()
    if place:
        return IndexWriteError(f"{place} cannot be written: {error.strerror}; what was live is live still")
    return IndexWriteError(
        f"the folder for temporary files cannot be written: {error.strerror}; free some room there, or name another one"
        " in TMPDIR"
    )
