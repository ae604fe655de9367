"""WARC: web pages as they were saved from a list of addresses or a sitemap (ISO 28500)."""

import gzip
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import BinaryIO
from urllib.parse import urlsplit

from warcio.bufferedreaders import BufferedReader, ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord, ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeaders

from index.errors import SourceError
from index.sources.base import MAX_CHARACTERS, web_address
from index.sources.containers import BLOCK, Budget, Member
from index.sources.encoding import in_utf8, python_name
from index.types import Skipped

MAX_HEADERS = 1 << 20
MAX_RECORD = 256 << 20
"""Bytes of a record; warcio holds a chunk of a chunked body whole. No document is so large: see `MAX_CHARACTERS`."""

GZIP_MARK = b"\x1f\x8b"

# The ending of the files that hold what a server calls so. What is "" is told by the end of the address.
ENDINGS = {
    "": "",
    "application/octet-stream": "",
    "text/html": ".html",
    "application/xhtml+xml": ".xhtml",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "text/x-markdown": ".md",
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/jsonl": ".jsonl",
    "application/x-ndjson": ".ndjson",
    "application/ndjson": ".ndjson",
    "application/pdf": ".pdf",
    "application/epub+zip": ".epub",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "message/rfc822": ".eml",
    "application/zip": ".zip",
}
TEXT = frozenset([".html", ".xhtml", ".txt", ".md", ".csv", ".tsv"])
# Statuses of a whole body; 206 is a part of one.
WHOLE = frozenset(["200", "201", "203"])


@dataclass(frozen=True, slots=True)
class Page:
    """What a record of a saved page says of it. `date` is when it was saved, which is not when it was published."""

    number: int
    address: str
    date: str
    ending: str
    charset: str | None


class WarcContainer:
    suffixes: tuple[str, ...] = (".warc", ".warc.gz")

    def members(self, path: Path, name: str, file_name: str, budget: Budget) -> Iterator[Member | Skipped]:
        """The pages of a WARC in order, of one that was saved more than once the latest; what is none is counted."""
        latest = _latest(path, Budget(path.stat().st_size))
        left_out: Counter[str] = Counter()
        damage: SourceError | None = None
        try:
            for number, record, http in _records(path, budget):
                page = _page(number, record, http)
                if isinstance(page, str):
                    left_out[page] += 1
                elif latest.get(page.address) != number:
                    left_out["a page that was saved again later"] += 1
                elif http:
                    yield Member("", f"page{page.ending}", _content(record, http, page), page.address)
        except SourceError as error:
            damage = error
        counts = "; ".join(f"{count:,} × {reason}" for reason, count in sorted(left_out.items()) if reason)
        if counts:
            yield Skipped(name, f"records left out: {counts}")
        if damage:
            raise damage


def _latest(path: Path, budget: Budget) -> dict[str, int]:
    """The number of the record that was saved last, for each address; of two at one time, the second."""
    found: dict[str, tuple[str, int]] = {}
    try:
        for number, record, http in _records(path, budget):
            page = _page(number, record, http)
            if isinstance(page, Page):
                found[page.address] = max((page.date, number), found.get(page.address, ("", 0)))
    except SourceError:
        pass  # said when the pages are read, behind those that can be
    return {address: number for address, (_, number) in found.items()}


def _page(number: int, record: ArcWarcRecord, http: StatusAndHeaders | None) -> Page | str:
    """What a record is a page of, or why it is none; "" for those that no saved page is without."""
    if record.rec_type in ("warcinfo", "request", "metadata", "revisit"):
        return ""
    address = web_address((record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>"))
    if record.rec_type != "response" or http is None:
        return f"of the type {_shown(record.rec_type)}, no answer of a web server"
    if address is None:
        return "saved from no address of the web"
    if http.get_statuscode() not in WHOLE:
        return f"an answer with the status {_shown(http.get_statuscode())}"
    if record.rec_headers.get_header("WARC-Truncated"):
        return "a page that was not saved whole"
    if record.length > MAX_RECORD:
        return f"larger than {MAX_RECORD >> 20} MiB"
    stated = (http.get_header("Content-Type") or "").partition(";")
    ending = _ending(stated[0].strip().lower(), address)
    if ending is None:
        return f"of the kind {_shown(stated[0].strip().lower())}, which is not read"
    return Page(number, address, record.rec_headers.get_header("WARC-Date") or "", ending, _charset(stated[2]))


def _shown(word: str | None) -> str:
    """A word out of a header, for a report."""
    return "".join(letter for letter in (word or "")[:60] if letter.isprintable()) or "–"


def _ending(kind: str, address: str) -> str | None:
    """The ending of a file of this kind; servers call much text/plain that they only do not know."""
    path = urlsplit(address).path
    if path == "/robots.txt":
        return None
    ending = ENDINGS.get(kind)
    named = PurePosixPath(path).suffix.lower()
    if named and ending in ("", ".txt") and named in ENDINGS.values():
        return named
    return ending or None


def _charset(parameters: str) -> str | None:
    for parameter in parameters.split(";"):
        key, _, value = parameter.partition("=")
        if key.strip().lower() == "charset":
            return python_name(value.strip().strip("\"'"))
    return None


def _records(path: Path, budget: Budget) -> Iterator[tuple[int, ArcWarcRecord, StatusAndHeaders | None]]:
    """The records with their numbers, from 1, and the headers of a web server's answer.

    Not warcio's own iterator, which writes to stderr, and reads a header without end into memory.

    Raises:
        SourceError: it is damaged, after the records before the damage.
    """
    loader = ArcWarcRecordLoader(verify_http=False, arc2warc=False)
    with path.open("rb") as file:
        bytes_left = _Bytes(file, budget)
        stream = BufferedReader(bytes_left, block_size=BLOCK)
        number = 0
        bytes_left.in_headers = True
        while line := _next_line(stream):
            number += 1
            try:
                record = loader.parse_record_stream(stream, line, "warc", no_record_parse=True)
            except (ArchiveLoadFailed, EOFError) as error:
                where = f"damaged: no record begins behind record {number - 1}" if number > 1 else "it is no WARC"
                raise SourceError(where) from error
            if record.length is None:
                raise SourceError(f"damaged: record {number} does not say how long it is")
            answer = record.rec_type == "response" and record.length > 0
            http = loader.http_parser.parse(record.raw_stream) if answer else None
            bytes_left.in_headers = False
            yield number, record, http
            while record.raw_stream.read(BLOCK):
                pass
            if record.raw_stream.limit > 0:
                raise SourceError(f"cut off in record {number}")
            bytes_left.in_headers = True


def _next_line(stream: BufferedReader) -> bytes:
    line = b"\n"
    while line and not line.strip():
        line = stream.readline()
    return line


class _Bytes:
    """The bytes of a WARC, unpacked and counted where they are packed; of headers only so many."""

    def __init__(self, file: BinaryIO, budget: Budget) -> None:
        packed = file.read(len(GZIP_MARK)) == GZIP_MARK
        file.seek(0)
        self._stream = gzip.GzipFile(fileobj=file) if packed else file
        self._budget = budget if packed else None
        self._headers = 0
        self._in_headers = False

    @property
    def in_headers(self) -> bool:
        return self._in_headers

    @in_headers.setter
    def in_headers(self, value: bool) -> None:
        self._in_headers, self._headers = value, 0

    def read(self, size: int) -> bytes:
        try:
            block = self._stream.read(size)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise SourceError(f"damaged: {error}") from error
        if self._budget:
            self._budget.add_bytes(len(block))
        self._headers += len(block)
        if self._in_headers and self._headers > MAX_HEADERS:
            raise SourceError(f"damaged: a record's headers are longer than {MAX_HEADERS >> 20} MiB")
        return block


def _content(record: ArcWarcRecord, http: StatusAndHeaders, page: Page) -> Iterator[bytes]:
    blocks = _decoded(record, http)
    return _in_utf8(blocks, page.charset) if page.charset and page.ending in TEXT else blocks


def _decoded(record: ArcWarcRecord, http: StatusAndHeaders) -> Iterator[bytes]:
    """A body without the encodings it was sent in, in blocks of bounded size (warcio's own may be of any)."""
    stream = record.raw_stream
    if (http.get_header("Transfer-Encoding") or "").strip().lower() == "chunked":
        stream = ChunkedDataReader(stream)
    blocks = iter(partial(stream.read, BLOCK), b"")
    encoding = (http.get_header("Content-Encoding") or "identity").strip().lower()
    if encoding in ("gzip", "x-gzip", "deflate"):
        yield from _inflated(blocks)
    elif encoding == "identity":
        yield from blocks
    else:
        raise SourceError(f"sent in the encoding {_shown(encoding)}, which is not read")
    if record.raw_stream.limit > 0 and not record.raw_stream.read(1):
        raise SourceError("cut off")


def _inflated(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """What gzip or deflate unpack to; and as it is what is neither, because some programs save it unpacked."""
    first = next(blocks, b"")
    for window in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):  # with the header of either; without one
        inflater = zlib.decompressobj(window)
        try:
            inflater.decompress(first, BLOCK)
        except zlib.error:
            continue
        yield from _inflated_by(zlib.decompressobj(window), chain([first], blocks))
        return
    yield first
    yield from blocks


def _inflated_by(inflater: "zlib._Decompress", blocks: Iterable[bytes]) -> Iterator[bytes]:
    try:
        for block in blocks:
            while block and not inflater.eof:
                yield inflater.decompress(block, BLOCK)
                block = inflater.unconsumed_tail
        yield inflater.flush()
    except zlib.error as error:
        raise SourceError(f"damaged: {error}") from error
    if not inflater.eof:
        raise SourceError("cut off")


def _in_utf8(blocks: Iterator[bytes], charset: str) -> Iterator[bytes]:
    """A text of which its server, and perhaps nothing in it, says the encoding: in one that a reader sees at once."""
    kept, size = [], 0
    for block in blocks:
        kept.append(block)
        size += len(block)
        if size > 4 * MAX_CHARACTERS:
            raise SourceError(f"larger than a document of {MAX_CHARACTERS:,} characters can be")
    yield in_utf8(b"".join(kept), charset)
