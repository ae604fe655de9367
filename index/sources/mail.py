"""E-mail: a message is a document; what is attached to it are others."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from email import message_from_bytes
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import EmailPolicy
from pathlib import Path
from typing import Any, BinaryIO

from index.dates import find_date, parse_date
from index.errors import SourceError
from index.sources.base import (
    BLANK_LINES,
    MAX_CHARACTERS,
    PARSER_ERRORS,
    Source,
    best_date,
    best_title,
    date_from_address,
    date_from_name,
    make_document,
    one_line,
    skipped,
    split_paragraphs,
    title_from_name,
    web_address,
)
from index.sources.blocks import block_text, blocks
from index.sources.containers import not_written, private_folder
from index.sources.encoding import clean_characters, decode, has_nuls, python_name
from index.sources.html import page_tree
from index.sources.text import unwrapped
from index.types import Document, Origin, Skipped

MAX_BYTES = 200_000_000
"""Of one message with what is attached to it."""

MAX_DEPTH = 5
"""How deep messages are read that are attached to one another."""

MAX_LINE = 100
"""Characters of a line where lines are wrapped; where some are longer, a line is a paragraph."""

# As programs write it; a sentence that begins with "From " ends no message.
SEPARATOR = re.compile(rb"From \S.*\d\d:\d\d.*\b\d{4}\s*")
QUOTED_SEPARATOR = re.compile(rb">+From ")
QUOTED = re.compile(r"(?:>\s?)+")
ENDING = re.compile(r"\.\w{1,10}")
# Where a header names an encoding: in words (RFC 2047: `=?koi8-r?Q?…?=`) and parameters (RFC 2231: `name*=koi8-r''…`).
CLAIMED = re.compile(r"(?<==\?)[^?*\s]+(?=(?:\*[^?\s]*)?\?[BbQq]\?)|(?<=\*=)[^'\s;]+(?=')")


class MailSource:
    suffixes: tuple[str, ...] = (".eml", ".mbox")

    def __init__(self, readers: Sequence[Source]) -> None:
        """`readers` are those of attached files."""
        self._readers = readers

    def read(self, path: Path, name: str) -> Iterator[Document | Skipped]:
        if path.suffix.lower() == ".mbox":
            yield from self._mailbox(path, name)
            return
        if path.stat().st_size > MAX_BYTES:
            raise SourceError(f"more than the {MAX_BYTES:,} bytes that a message may have")
        data = path.read_bytes()
        if has_nuls(data[:1024]):
            raise SourceError("binary, not a message")
        yield from self._message(_parsed(data), name, title_from_name(name), depth=0)

    def _mailbox(self, path: Path, name: str) -> Iterator[Document | Skipped]:
        keys: dict[str, int] = {}
        with path.open("rb") as file:
            for number, data in enumerate(_messages(file), 1):
                place = f"{name} message {number}"
                if data is None:
                    yield Skipped(place, f"more than the {MAX_BYTES:,} bytes that a message may have")
                    continue
                try:
                    message = _parsed(data)
                    key = one_line(str(message["Message-ID"] or "")).strip("<> ")
                    if key and keys.setdefault(key, number) != number:
                        yield Skipped(place, f"its Message-ID is that of message {keys[key]}")
                        continue
                    source = f"{name}#{key}" if key else f"{name}:{number}"
                    title = f"{title_from_name(name)}, message {number}"
                    yield from self._message(message, source, title, depth=0)
                except (SourceError, MessageError, *PARSER_ERRORS) as error:
                    yield skipped(place, error)

    def _message(self, message: EmailMessage, source: str, title: str, depth: int) -> Iterator[Document | Skipped]:
        try:
            item: Document | Skipped = _document(message, _paragraphs(message), source, title)
        except (SourceError, *PARSER_ERRORS) as error:  # which is no reason against what is attached
            item = skipped(source, error)
        yield item
        for number, part in enumerate(_attached(message), 1):
            yield from self._attachment(part, source, number, depth)

    def _attachment(self, part: EmailMessage, source: str, number: int, depth: int) -> Iterator[Document | Skipped]:
        filename = one_line(part.get_filename() or "").rpartition("/")[2] or f"attachment {number}"
        source = f"{source}/{filename}"
        if part.get_content_type() == "message/rfc822":
            if depth >= MAX_DEPTH:
                yield Skipped(source, f"a message in more than {MAX_DEPTH} others")
                return
            inner = part.get_payload(0)
            if isinstance(inner, EmailMessage):
                yield from self._message(inner, source, filename, depth + 1)
            return
        suffix = ENDING.search(filename[filename.rfind(".") :]) if "." in filename else None
        reader = next((reader for reader in self._readers if suffix and suffix[0].lower() in reader.suffixes), None)
        data = part.get_payload(decode=True)
        if reader is None or suffix is None or not isinstance(data, bytes):
            yield Skipped(
                source, f"attached, and no reader for {suffix[0] if suffix else part.get_content_type()} files"
            )
            return
        yield from _read_attached(reader, data, suffix[0].lower(), source)


class _Policy(EmailPolicy):
    """Headers in whatever encodings they claim: what cannot be decoded costs its characters, and no message."""

    def header_fetch_parse(self, name: str, value: str) -> Any:
        if not value.isascii():  # raw bytes, in the parser's disguise
            value = value.encode("ascii", "surrogateescape").decode("utf-8", "replace")
        for known in (python_name, _no_name):
            with suppress(MessageError, *PARSER_ERRORS):
                return super().header_fetch_parse(name, _relabelled(value, known))
        return value


def _relabelled(value: str, known: Callable[[str], str | None]) -> str:
    """A header whose words and parameters claim encodings that are known, UTF-8 instead of all others."""
    return CLAIMED.sub(lambda match: known(match[0]) or "utf-8", value)


def _no_name(claimed: str) -> None:
    """For what claims an encoding that is known and cannot be decoded in it."""


def _parsed(data: bytes) -> EmailMessage:
    message = message_from_bytes(data, policy=_Policy())
    if not isinstance(message, EmailMessage) or not message.keys():
        raise SourceError("no headers in it, which a message begins with")
    return message


def _messages(file: BinaryIO) -> Iterator[bytes | None]:
    """The messages of a mailbox; None for one that is too large, which is never held whole."""
    lines: list[bytes] = []
    size, blank = 0, True
    for line in file:
        if blank and SEPARATOR.fullmatch(line):
            if size:
                yield b"".join(lines) if size <= MAX_BYTES else None
            lines, size = [], 0
            continue
        size += len(line)
        if size > MAX_BYTES:
            lines = []
        else:
            lines.append(line[1:] if QUOTED_SEPARATOR.match(line) else line)
        blank = not line.strip()
    if size:
        yield b"".join(lines) if size <= MAX_BYTES else None


def _document(message: EmailMessage, paragraphs: list[str], source: str, from_name: str) -> Document:
    if not any(paragraph.strip() for paragraph in paragraphs):
        raise SourceError("no text in it")
    title, title_origin = best_title(from_name, (one_line(str(message["Subject"] or "")), Origin.METADATA))
    url = web_address(str(message["Archived-At"] or "").strip("<> "))
    date, date_origin = best_date(
        (_date(message), Origin.METADATA),
        (find_date(title), Origin.TITLE),
        (date_from_name(source), Origin.FILE_NAME),
        (date_from_address(url), Origin.ADDRESS),
    )
    return make_document(
        source,
        title,
        paragraphs,
        date=date,
        url=url,
        title_origin=title_origin,
        date_origin=date_origin,
        publisher=_sender(message),
    )


def _sender(message: EmailMessage) -> str | None:
    """Who sent it. That is a press office more often than who speaks in it, so it says nothing of the speaker."""
    addresses = getattr(message["From"], "addresses", ())
    return next((one_line(address.display_name or address.addr_spec) or None for address in addresses), None)


def _date(message: EmailMessage) -> str | None:
    """The day in the sender's own time."""
    moment = getattr(message["Date"], "datetime", None)
    return parse_date(moment.date().isoformat()) if moment else None


def _paragraphs(message: EmailMessage) -> list[str]:
    texts = list(_texts(message))
    if any(part.get_content_type() == "text/plain" and _decoded(part).strip() for part in texts):
        texts = [part for part in texts if part.get_content_type() == "text/plain"]
    return [paragraph for part in texts for paragraph in _part_paragraphs(part)]


def _texts(message: EmailMessage) -> Iterator[EmailMessage]:
    """The parts that are the text of the message itself, plain or not."""
    for part in _leaves(message):
        if part.get_content_type() in ("text/plain", "text/html") and not _is_file(part):
            yield part


def _attached(message: EmailMessage) -> Iterator[EmailMessage]:
    texts = {id(part) for part in _texts(message)}
    for part in _leaves(message):
        shown = part.get_content_maintype() == "image" and part.get("Content-ID")  # in the text, as a letterhead is
        if id(part) not in texts and not shown:
            yield part


def _is_file(part: EmailMessage) -> bool:
    return part.get_content_disposition() == "attachment" or part.get_filename() is not None


def _leaves(message: EmailMessage) -> Iterator[EmailMessage]:
    waiting = [message]
    while waiting:
        part = waiting.pop()
        # Of a part that is none, its text would be decoded, for nothing and by whatever it claims to be in.
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting += reversed([child for child in part.get_payload() if isinstance(child, EmailMessage)])
        else:
            yield part


def _decoded(part: EmailMessage) -> str:
    data = part.get_payload(decode=True)
    charset = part.get_param("charset")
    declared = charset if isinstance(charset, str) else None
    text = decode(data, declared, replaced=True) if isinstance(data, bytes) else ""
    if len(text) > MAX_CHARACTERS:
        raise SourceError(f"{len(text):,} characters, more than the {MAX_CHARACTERS:,} a document may have; split it")
    return clean_characters(text)


def _part_paragraphs(part: EmailMessage) -> Iterator[str]:
    text = _decoded(part)
    if part.get_content_type() == "text/html":
        tree = page_tree(text)
        yield from (block_text(runs) for runs in (blocks(tree) if tree is not None else ()))
        return
    wrapped = all(len(line) <= MAX_LINE for line in text.split("\n"))
    for paragraph in BLANK_LINES.split(text.strip()) if wrapped else split_paragraphs(text):
        yield from _by_quotation(paragraph)


def _by_quotation(paragraph: str) -> Iterator[str]:
    """The runs of a paragraph's lines that are quoted from another message, marked once, and those that are not."""
    runs: list[tuple[str, list[str]]] = []
    for line in paragraph.split("\n"):
        match = QUOTED.match(line)
        mark = "> " if match else ""
        text = line[match.end() :] if match else line
        if not runs or runs[-1][0] != mark or (mark and not text.strip()):
            runs.append((mark, []))
        runs[-1][1].append(text)
    for mark, lines in runs:
        if text := unwrapped("\n".join(lines)).strip():
            yield mark + text


def _read_attached(reader: Source, data: bytes, suffix: str, source: str) -> Iterator[Document | Skipped]:
    """Raises IndexWriteError where the place to unpack in is full or cannot be written."""
    try:
        # A name of our own: that of the attachment is anybody's, and may lead out of the folder.
        with private_folder() as folder:
            path = folder / f"attached{suffix}"
            try:
                path.write_bytes(data)
            except OSError as error:
                raise not_written(error) from error
            yield from reader.read(path, source)
    except (SourceError, *PARSER_ERRORS) as error:
        yield skipped(source, error)
