"""JSON Lines: one record a line, one document a record."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from index.dates import find_date, parse_date
from index.errors import SourceError
from index.sources import base
from index.sources.encoding import clean_characters
from index.sources.exported import read_back
from index.speakers.countries import common_name
from index.types import Document, Skipped

OPTIONAL = ("title", "date", "speaker", "url", "role", "post", "organisation", "country")


class JsonLinesSource:
    suffixes: tuple[str, ...] = (".jsonl", ".ndjson")

    def read(self, path: Path, name: str) -> Iterator[Document | Skipped]:
        keys: dict[str, int] = {}
        with path.open("rb") as file:
            for number, line in _lines(file):
                if line is not None and not line.strip():
                    continue
                try:
                    document = _document(line, name, number, keys)
                except SourceError as error:
                    yield Skipped(f"{name} line {number}", str(error))
                else:
                    yield document


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """The lines of a file with their numbers; None for one too long to be a document's, which is never held whole."""
    longest = 4 * base.MAX_CHARACTERS  # as for a whole file of text
    number = 0
    while line := file.readline(longest):
        number += 1
        if number == 1:
            line = _without_mark(line)
        whole = len(line) < longest or line.endswith(b"\n")
        yield number, line if whole else None
        while not whole:
            rest = file.readline(longest)
            whole = len(rest) < longest or rest.endswith(b"\n")


def _without_mark(line: bytes) -> bytes:
    if line.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in line[:4]:
        raise SourceError("not UTF-8, which JSON Lines must be")
    return line.removeprefix(b"\xef\xbb\xbf")


def _record(line: bytes | None) -> dict[str, Any]:
    if line is None:
        raise SourceError(f"more than the {base.MAX_CHARACTERS:,} characters a document may have; split it")
    try:
        record = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise SourceError("not UTF-8, which JSON Lines must be") from error
    except json.JSONDecodeError as error:
        raise SourceError(f"not JSON: {error.msg} at character {error.pos + 1}") from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits; thousands of brackets
        raise SourceError(f"not JSON that can be read: {error}") from error
    if not isinstance(record, dict):
        raise SourceError("not a JSON object")
    if not isinstance(record.get("text"), str):
        raise SourceError('its "text" is not a string' if "text" in record else 'no "text" in it')
    for key in OPTIONAL:
        if not isinstance(record.get(key), str | None):
            raise SourceError(f'its "{key}" is not a string')
    return record


def _key(record: dict[str, Any]) -> str | None:
    key = record.get("id")
    if isinstance(key, bool) or not isinstance(key, str | int | None):
        raise SourceError('its "id" is neither a string nor a whole number')
    return None if key is None else base.one_line(str(key)) or None


def _document(line: bytes | None, name: str, number: int, keys: dict[str, int]) -> Document:
    """The document of one line; `keys` are the ids before it with their lines, to which its own is added."""
    record = _record(line)
    key = _key(record)
    if key and keys.setdefault(key, number) != number:
        raise SourceError(f"its id {key} is that of line {keys[key]}")
    if document := read_back(record):
        return document
    base.check_size(record["text"])
    text = clean_characters(record["text"])
    if not text.strip():
        raise SourceError("no text in it")
    title = base.one_line(record.get("title") or "") or key or f"{base.title_from_name(name)}, line {number}"
    return base.make_document(
        f"{name}#{key}" if key else f"{name}:{number}",
        title,
        base.split_paragraphs(text),
        date=parse_date(record.get("date") or "") or find_date(title),
        url=base.web_address(record.get("url")),
        speaker=base.one_line(record.get("speaker") or "") or None,
        role=_role(record),
    )


def _role(record: dict[str, Any]) -> str | None:
    """As what the speaker of a record speaks: "Prime Minister of Bhutan"."""
    role, organisation, country = (
        base.one_line(next((record[key] for key in keys if record.get(key)), ""))
        for keys in (("role", "post"), ("organisation",), ("country",))
    )
    where = [place for place in (organisation, common_name(country) or country) if place]
    return " of ".join([role or "Representative", *where]) if role or where else None
