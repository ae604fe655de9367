"""A folder of files becomes documents, and a reason for each file that does not."""

import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from index.errors import DocumentsError, SourceError
from index.sources.base import PARSER_ERRORS, Source
from index.sources.docx import DocxSource
from index.sources.epub import EpubSource
from index.sources.html import HtmlSource
from index.sources.jsonl import JsonLinesSource
from index.sources.mail import MailSource
from index.sources.markdown import MarkdownSource
from index.sources.pdf import PdfSource
from index.sources.sidecar import Settings
from index.sources.table import TableSource
from index.sources.text import TextSource
from index.types import Document, Skipped

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


def suffixes(last: str = " and ") -> str:
    """The endings of the files that are read, for a reader: `.csv, .docx and .html`."""
    *most, final = sorted(suffix for source in SOURCES for suffix in source.suffixes)
    return ", ".join(most) + last + final


CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Found:
    """A file of the folder. What is read of it depends on its bytes, its name and the settings, on nothing else."""

    path: Path
    name: str
    """Its path inside the folder, with forward slashes, in characters that can be stored and shown."""
    settings: Settings


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

    Raises:
        DocumentsError: there is no such folder, or it cannot be listed. Raised by the call, not by the first item.
    """
    _check(folder)
    return _list_files(folder)


def read_file(file: Found) -> Iterator[Document | Skipped]:
    """The documents of one file, in order, none of them empty, and what of it was skipped; never nothing at all.

    Two documents may have the same id: see `without_repeats`.
    """
    for item in _read_file(file.path, file.name):
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


def _list_files(folder: Path) -> Iterator[Found | Skipped]:
    for path in _walk(folder):
        yield path if isinstance(path, Skipped) else Found(path, _name(path, folder), Settings())


def _read_file(path: Path, name: str) -> Iterator[Document | Skipped]:
    suffix = path.suffix.lower()
    source = next((source for source in SOURCES if suffix in source.suffixes), None)
    if source is None:
        yield Skipped(name, f"no reader for {suffix} files" if suffix else "no reader for files without a suffix")
        return
    empty = True
    try:
        for item in source.read(path, name):
            empty = False
            yield item
    except SourceError as error:
        yield Skipped(name, str(error))
    except OSError as error:
        yield Skipped(name, error.strerror or str(error))
    except PARSER_ERRORS as error:
        yield Skipped(name, f"cannot be parsed: {type(error).__name__}: {error}")
    else:
        if empty:
            yield Skipped(name, "no text in it")


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
    return None if stat.S_ISDIR(mode) or stat.S_ISREG(mode) else "not a regular file"


def _name(path: Path, folder: Path) -> str:
    """The path inside the folder, in characters that can be stored and shown, whatever bytes the name consists of."""
    name = os.fsencode(path.relative_to(folder).as_posix()).decode("utf-8", errors="backslashreplace")
    return CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", name)
