"""Documents that are a zip archive of parts (DOCX, EPUB): opened within limits, parsed without entities."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lxml import etree  # type: ignore[import-untyped]

from index.errors import SourceError
from index.sources import base

MAX_PARTS = 10_000
MAX_UNPACKED = 500_000_000
"""Bytes of all parts together, pictures among them. Parts of text are limited by `base.MAX_CHARACTERS`."""

MAX_RATIO, SMALL = 200, 10_000_000
"""How often a part may be larger than it is packed, from how many bytes on; text is seldom packed to a thirtieth."""

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # what files of Office begin with that are old, or encrypted

# What zipfile raises on damaged archives beside its own error: issues of CPython name each of them.
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OverflowError, KeyError, ValueError)


@contextmanager
def open_package(path: Path, kind: str) -> Iterator[zipfile.ZipFile]:
    """The archive, once its directory is within the limits.

    zipfile never unpacks more of a part than the directory says, so what is checked here holds for what is read later.

    Raises:
        SourceError: it is no such archive, encrypted, or beyond the limits; also whatever of `DAMAGE` the block raises.
    """
    with path.open("rb") as file:
        if file.read(len(OLE)) == OLE:
            raise SourceError(f"protected by a password, or of an old version; save it as {kind} without one")
        file.seek(0)
        try:
            with zipfile.ZipFile(file) as archive:
                _check(archive)
                yield archive
        except DAMAGE as error:
            raise base.damaged(error, f"damaged, or no {kind}: {error}") from error
        except OSError as error:
            if base.system_error(error):
                raise
            # zipfile goes wherever a damaged directory sends it, also before the beginning of the file.
            raise SourceError(f"damaged, or no {kind}") from error


def _check(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if len(parts) > MAX_PARTS:
        raise SourceError(f"{len(parts):,} parts, more than the {MAX_PARTS:,} that are opened")
    if any(part.flag_bits & 1 for part in parts):
        raise SourceError("protected by a password; save it without one")
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MAX_UNPACKED:
        raise SourceError(f"{unpacked:,} bytes when unpacked, more than the {MAX_UNPACKED:,} that are opened")
    for part in parts:
        if part.file_size > SMALL and part.file_size > MAX_RATIO * part.compress_size:
            raise SourceError(f"its part {base.one_line(part.filename)} is packed too tightly to be a document's")


def read_part(archive: zipfile.ZipFile, name: str) -> bytes:
    """One part of text.

    Raises:
        KeyError: there is none of this name.
        SourceError: it is larger than a document may be.
    """
    size = archive.getinfo(name).file_size
    if size > 4 * base.MAX_CHARACTERS:
        raise SourceError(f"its part {base.one_line(name)} has {size:,} bytes, more than a document can have; split it")
    return archive.read(name)


def parse_xml(data: bytes) -> "etree._Element":
    """The tree of a part; entities of its own are not resolved, and nothing outside of it is looked at.

    Raises:
        SourceError: it is no XML.
    """
    try:
        return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except etree.XMLSyntaxError as error:
        raise SourceError(f"a part of it is no XML: {error.msg}") from error
