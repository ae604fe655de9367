"""JSON Lines: one record a line, one document a record."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from index.errors import SourceError
from index.sources import base
from index.sources.records import record_document
from index.types import Document, Skipped


class JsonLinesSource:
    suffixes: tuple[str, ...] = (".jsonl", ".ndjson")

    def read(self, path: Path, name: str) -> Iterator[Document | Skipped]:
        keys: dict[str, int] = {}
        with path.open("rb") as file:
            for number, line in _lines(file):
                if line is not None and not line.strip():
                    continue
                try:
                    document = record_document(_record(line), name, number, keys)
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
    return record
