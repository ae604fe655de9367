"""gzip and zip: one file packed, and a folder of files."""

import gzip
import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from index.sources.base import damaged
from index.sources.containers import BLOCK, MAX_MEMBERS, Budget, Member, TooMuchError
from index.types import Skipped

# Bytes of a zip's table of contents: MAX_MEMBERS entries with long names. zipfile reads it at once.
MAX_TABLE = 32 << 20
# Of what unpacks in bounded memory. bzip2 makes 1 GB of 64 KB at once, LZMA claims 4 GB to begin with.
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ENCRYPTED = 0x1
DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, RuntimeError)

DRIVE = re.compile(r"^[A-Za-z]:")


class GzipContainer:
    suffixes: tuple[str, ...] = (".gz",)

    def members(self, path: Path, name: str, file_name: str, budget: Budget) -> Iterator[Member | Skipped]:
        yield Member("", file_name[: -len(".gz")], _unzipped(path))


class ZipContainer:
    suffixes: tuple[str, ...] = (".zip",)

    def members(self, path: Path, name: str, file_name: str, budget: Budget) -> Iterator[Member | Skipped]:
        with _Guarded(path) as file:
            try:
                archive = zipfile.ZipFile(file)
            except DAMAGE as error:
                raise damaged(error, f"damaged, or no zip: {error}") from error
            with archive:
                if len(archive.infolist()) > MAX_MEMBERS:
                    raise TooMuchError(f"it holds more than {MAX_MEMBERS:,} files; none is read")
                for entry in archive.infolist():
                    inner = inner_name(entry.filename)
                    if entry.is_dir() or not inner or _is_hidden(inner):
                        continue
                    reason = _refusal(entry)
                    if reason:
                        yield Skipped(f"{name}/{inner}", reason)
                    else:
                        yield Member(inner, inner.rpartition("/")[2], _content(archive, entry))


class _Guarded(io.FileIO):
    """A file that is never read whole, because how much zipfile reads of it at once is what its end says."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > MAX_TABLE:
            raise TooMuchError(f"its table of contents is larger than {MAX_TABLE >> 20} MiB; none of it is read")
        return super().read(-1 if size is None else size) or b""


def inner_name(path: str) -> str:
    r"""The path of a member inside its container: forward slashes, no drive, no root, no steps upwards; "" for none.

    It is a name for people and the source of an id, never a place. Programs on Windows write `a\b.txt` for `a/b.txt`.
    """
    parts = DRIVE.sub("", path.partition("\0")[0].replace("\\", "/")).split("/")
    return "/".join(part for part in parts if part not in ("", ".", ".."))


def _is_hidden(inner: str) -> bool:
    return any(part.startswith(".") for part in inner.split("/"))


def _refusal(entry: zipfile.ZipInfo) -> str | None:
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "a link, which is not followed"
    if entry.flag_bits & ENCRYPTED:
        return "encrypted with a password; unpack it yourself"
    if entry.compress_type not in METHODS:
        method = zipfile.compressor_names.get(entry.compress_type, entry.compress_type)  # type: ignore[attr-defined]
        return f"packed by the method {method}, which is not read; unpack it yourself"
    return None


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    try:
        with archive.open(entry) as stream:
            while block := stream.read(BLOCK):
                yield block
    except DAMAGE as error:
        raise damaged(error, f"damaged: {error or type(error).__name__}") from error


def _unzipped(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file, gzip.GzipFile(fileobj=file) as stream:
        yield from blocks_of(stream)


def blocks_of(stream: gzip.GzipFile) -> Iterator[bytes]:
    """What a gzip stream unpacks to, in blocks.

    Raises:
        SourceError: it is damaged, cut off, or none; or it cannot be read now.
    """
    try:
        while block := stream.read(BLOCK):
            yield block
    except (OSError, EOFError, zlib.error) as error:
        raise damaged(error, f"damaged: {error}") from error
