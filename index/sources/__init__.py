"""A folder of files, and of files in files, becomes documents, and a reason for each file that does not."""

import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from index.errors import DocumentsError, SourceError
from index.sources.archives import GzipContainer, ZipContainer
from index.sources.base import PARSER_ERRORS, Source, date_from_address, skipped
from index.sources.containers import MAX_DEPTH, Container, Member, Room, TooMuchError
from index.sources.docx import DocxSource
from index.sources.epub import EpubSource
from index.sources.html import HtmlSource
from index.sources.jsonl import JsonLinesSource
from index.sources.mail import MailSource
from index.sources.markdown import MarkdownSource
from index.sources.pdf import PdfSource
from index.sources.sidecar import NAME, Settings, read_sidecar
from index.sources.table import TableSource
from index.sources.text import TextSource
from index.sources.warc import WarcContainer
from index.types import Document, Origin, Skipped

_SINGLE: tuple[Source, ...] = (
    HtmlSource(),
    PdfSource(),
    DocxSource(),
    EpubSource(),
    MarkdownSource(),
    TextSource(),
    JsonLinesSource(),
    TableSource(),
)
SOURCES: tuple[Source, ...] = (*_SINGLE, MailSource(_SINGLE))
# The first whose ending a name has is the one that unpacks it.
CONTAINERS: tuple[Container, ...] = (WarcContainer(), GzipContainer(), ZipContainer())

_PACKED = tuple(container.suffixes for container in CONTAINERS)

NOT_REGULAR = "not a regular file"
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def suffixes(last: str = " and ") -> str:
    """The endings of the files that are read, for a reader: `.csv, .docx and .html`."""
    *most, final = sorted({ending for reader in SOURCES for ending in reader.suffixes}.union(*_PACKED))
    return ", ".join(most) + last + final


@dataclass(frozen=True, slots=True)
class Found:
    """A file of the folder. What is read of it depends on its bytes, its name and the settings, on nothing else."""

    path: Path
    name: str
    """Its path inside the folder, with forward slashes, in characters that can be stored and shown."""
    settings: Settings


@dataclass(frozen=True, slots=True)
class _Part:
    """Something to read: a file of the folder, or a member of one; `holders` are the containers it lies in.

    `name` is its document's source, `file_name` tells its reader, `address` is where it was saved from.
    """

    name: str
    file_name: str
    settings: Settings
    holders: tuple[str, ...] = ()
    address: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.holders, self.name)


def read_folder(folder: Path) -> Iterator[Document | Skipped]:
    """The documents of a folder and of those below it, in the order of their paths, and what was skipped.

    Hidden files and folders are passed over in silence. Everything else is one or the other.

    Raises:
        DocumentsError: there is no such folder, or it cannot be listed. Raised by the call, not by the first item.
    """
    files = list_files(folder)
    return without_repeats(
        item for file in files for item in ([file] if isinstance(file, Skipped) else read_file(file))
    )


def list_files(folder: Path) -> Iterator[Found | Skipped]:
    """The regular files of a folder and of those below it, in the order of their paths, and what is no such file.

    Without the folder's onrecord.toml, and without what that excludes.

    Raises:
        DocumentsError: there is no such folder, or it cannot be listed, or its onrecord.toml is wrong. Raised by the
            call, not by the first item.
    """
    _check(folder)
    return _list_files(folder, read_sidecar(folder))


def read_file(file: Found) -> Iterator[Document | Skipped]:
    """The documents of one file, in order, none of them empty, and what of it was skipped; never nothing at all.

    Two documents may have the same id: see `without_repeats`.
    """
    try:
        facts = file.path.stat()
    except OSError as error:
        yield skipped(file.name, error)
        return
    if not stat.S_ISREG(facts.st_mode):  # any more: to open a pipe would be to wait for its writer for ever
        yield Skipped(file.name, NOT_REGULAR)
        return
    with Room(facts.st_size) as room:
        for item in _read(file.path, _Part(file.name, file.path.name, file.settings), room):
            yield item if isinstance(item, Skipped) or item.text.strip() else Skipped(item.source, "no text in it")


def without_repeats(items: Iterable[Document | Skipped]) -> Iterator[Document | Skipped]:
    """`items` with a reason instead of every document whose id an earlier one has."""
    seen: dict[str, str] = {}
    for item in items:
        if isinstance(item, Skipped):
            yield item
        elif item.id in seen:
            yield Skipped(item.source, f"the same document as {seen[item.id]}")
        else:
            seen[item.id] = item.source
            yield item


def _check(folder: Path) -> None:
    if not folder.exists():
        raise DocumentsError(f"there is no folder {folder}; name the one that holds the documents")
    if not folder.is_dir():
        raise DocumentsError(f"{folder} is not a folder; name the one that holds the documents")
    try:
        os.scandir(folder).close()
    except OSError as error:
        raise DocumentsError(f"the folder {folder} cannot be read: {error.strerror}") from error


def _list_files(folder: Path, settings: Settings) -> Iterator[Found | Skipped]:
    unused = list(settings.entries)
    for path in _walk(folder):
        if isinstance(path, Skipped):
            yield path
            continue
        name = _name(path, folder)
        if name == NAME:
            continue
        container = bool(_container(path.name))
        unused = [] if container else [entry for entry in unused if entry.place([name]) is None]
        if path.name == NAME:
            yield Skipped(name, f"{NAME} counts at the top of the folder only")
        elif not settings.excludes([name]):
            yield Found(path, name, settings.settings_of(name, container=container))
    for entry in unused:
        yield Skipped(NAME, f"no file has a path like {' or '.join(entry.paths)}")


def _read(path: Path, part: _Part, room: Room) -> Iterator[Document | Skipped]:
    """The documents of a file, of whatever kind, and what was skipped.

    Raises:
        TooMuchError: of a member; what else is in the container counts as well.
        IndexWriteError: there is no place to unpack a member.
    """
    empty = True
    try:
        for item in _unpacked(path, part, room) if _container(part.file_name) else _documents(path, part):
            empty = False
            yield item
    except TooMuchError as error:
        if part.holders:
            raise
        yield skipped(part.name, error)
    except (SourceError, OSError, *PARSER_ERRORS) as error:
        yield skipped(part.name, error)
    else:
        if empty:
            yield Skipped(part.name, "no text in it")


def _documents(path: Path, part: _Part) -> Iterator[Document | Skipped]:
    source = _source(part.file_name)
    if source is None:
        raise SourceError(_no_reader(part.file_name))
    for item in source.read(path, part.name):
        yield item if isinstance(item, Skipped) else part.settings.completed(_addressed(item, part), part.names)


def _addressed(document: Document, part: _Part) -> Document:
    """The address a page was saved from, which is also a record's where it has none itself, before what it claims.

    It tells the day of what has none.
    """
    if not part.address:
        return document
    own = document.url if document.source != part.name else None
    document = replace(document, url=own or part.address)
    day = None if document.date else date_from_address(document.url)
    return replace(document, date=day, date_origin=Origin.ADDRESS) if day else document


def _unpacked(path: Path, part: _Part, room: Room) -> Iterator[Document | Skipped]:
    container = _container(part.file_name)
    if container is None or len(part.holders) == MAX_DEPTH:
        raise SourceError(f"packed more than {MAX_DEPTH} times over; unpack it yourself")
    for member in container.members(path, part.name, part.file_name, room.budget):
        yield from [member] if isinstance(member, Skipped) else _member(member, part, room)


def _member(member: Member, holder: _Part, room: Room) -> Iterator[Document | Skipped]:
    name = _storable(member.address or "/".join(filter(None, (holder.name, member.name))))
    part = _Part(name, member.file_name, holder.settings, holder.names, member.address or holder.address)
    if part.settings.excludes(part.names):
        return
    ending = _ending(part.file_name)
    if not ending:
        yield Skipped(name, _no_reader(part.file_name))
        return
    try:
        path = room.unpack(member, ending)
    except TooMuchError:
        raise
    except SourceError as error:
        yield skipped(name, error)
        return
    try:
        yield from _read(path, part, room)
    finally:
        path.unlink(missing_ok=True)


def _container(file_name: str) -> Container | None:
    return next((found for found in CONTAINERS if file_name.lower().endswith(found.suffixes)), None)


def _source(file_name: str) -> Source | None:
    return next((found for found in SOURCES if Path(file_name).suffix.lower() in found.suffixes), None)


def _ending(file_name: str) -> str:
    """What its reader or unpacker knows a file by; "" where there is none."""
    return Path(file_name).suffix.lower() if _container(file_name) or _source(file_name) else ""


def _no_reader(file_name: str) -> str:
    suffix = Path(file_name).suffix.lower()
    return f"no reader for {_storable(suffix)} files" if suffix else "no reader for files without a suffix"


def _walk(folder: Path) -> Iterator[Path | Skipped]:
    """The regular files below `folder`, by path, and what is neither one nor a folder."""
    root = folder.resolve()
    waiting = [folder]
    while waiting:
        path = waiting.pop()
        try:
            reason = None if path == folder else _not_followed(path, root)
            if reason:
                yield Skipped(_name(path, folder), reason)
            elif path.is_dir():
                waiting += sorted((child for child in path.iterdir() if not child.name.startswith(".")), reverse=True)
            else:
                yield path
        except OSError as error:
            yield Skipped(_name(path, folder), error.strerror or str(error))


def _not_followed(path: Path, root: Path) -> str | None:
    mode = path.stat().st_mode  # of a link's target; raises where there is none, or where links go in a circle
    if path.is_symlink():
        if stat.S_ISDIR(mode):
            return "a link to a folder, which is not followed"
        if not path.resolve().is_relative_to(root):
            return "a link to a file outside the folder"
    # Opening a pipe would wait for its writer for ever.
    return None if stat.S_ISDIR(mode) or stat.S_ISREG(mode) else NOT_REGULAR


def _name(path: Path, folder: Path) -> str:
    """The path inside the folder, in characters that can be stored and shown, whatever bytes the name consists of."""
    return _storable(path.relative_to(folder).as_posix())


def _storable(name: str) -> str:
    name = os.fsencode(name).decode("utf-8", errors="backslashreplace")
    return CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", name)
