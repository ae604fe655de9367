"""Tables with named columns, separated by commas, semicolons, tabs or bars: one row, one document."""

import codecs
import csv
import re
from collections.abc import Iterator
from io import StringIO
from itertools import chain
from pathlib import Path

from index.errors import SourceError
from index.sources import base
from index.sources.encoding import decode
from index.sources.records import FIELDS, TEXT, record_document
from index.types import Document, Skipped

SEPARATORS = {".csv": ",;\t|", ".tsv": "\t,;|", ".tab": "\t,;|"}
"""What may stand between the columns, the likeliest of each file name ending first."""

LONGEST_SHOWN = 200  # characters of a header in a message
SAID = re.compile(r"sep=(.)\s*", re.IGNORECASE)  # a first line that spreadsheet programs write


class TableSource:
    suffixes: tuple[str, ...] = tuple(SEPARATORS)

    def read(self, path: Path, name: str) -> Iterator[Document | Skipped]:
        # The module's limit is one for the whole process, and there is no other reader of tables in it.
        csv.field_size_limit(base.MAX_CHARACTERS + 1)
        yield from _documents(_lines(path), path.suffix.lower(), name)


def _lines(path: Path) -> Iterator[str]:
    """The lines of a file with their ends; a table may be larger than a document, and then it is not held whole."""
    if path.stat().st_size > 4 * base.MAX_CHARACTERS:
        return _utf8_lines(path)  # what is not held whole must be UTF-8, as nothing tells what else it is
    return iter(StringIO(decode(path.read_bytes()).replace("\0", ""), newline=""))


def _utf8_lines(path: Path) -> Iterator[str]:
    longest = 4 * base.MAX_CHARACTERS
    with path.open("rb") as file:
        while line := file.readline(longest):
            try:
                yield line.removeprefix(codecs.BOM_UTF8).decode("utf-8").replace("\0", "")
            except UnicodeDecodeError as error:
                raise SourceError(f"larger than {longest:,} bytes and not UTF-8; convert it, or split it") from error


def _documents(lines: Iterator[str], suffix: str, name: str) -> Iterator[Document | Skipped]:
    columns, separator, before, lines = _header(lines, suffix)
    keys: dict[str, int] = {}
    for line, row in _rows(lines, separator, before):
        if isinstance(row, list) and not any(value.strip() for value in row):
            continue
        try:
            yield record_document(_record(row, columns), name, line, keys)
        except SourceError as error:
            yield Skipped(f"{name} line {line}", str(error))


def _header(lines: Iterator[str], suffix: str) -> tuple[list[str], str, int, Iterator[str]]:
    """The names of the columns, what separates them, the number of lines before the table's own, and those."""
    before, said = 0, None
    for first in lines:
        if first.strip() and (said or not (said := SAID.fullmatch(first))):
            break
        before += 1
    else:
        raise SourceError("no text in it")
    if len(first) > base.MAX_TITLE * len(FIELDS):
        raise SourceError("its first line is too long to be one of column names, which a table must begin with")
    best: list[str] = []
    separators = said[1] if said else SEPARATORS[suffix]
    for separator in separators:
        columns = [base.one_line(column).casefold() for column in next(csv.reader([first], delimiter=separator), [])]
        if TEXT in columns:
            _check_columns(columns)
            return columns, separator, before, chain([first], lines)
        best = max(best, columns, key=len)
    raise SourceError(f'no column "{TEXT}" in it, only: {", ".join(filter(None, best))[:LONGEST_SHOWN]}')


def _check_columns(columns: list[str]) -> None:
    for field in FIELDS:
        if columns.count(field) > 1:
            raise SourceError(f'two columns named "{field}" in it; rename one')


def _rows(lines: Iterator[str], separator: str, before: int) -> Iterator[tuple[int, list[str] | SourceError]]:
    """The rows below the header, each with the number of the line that it begins in, or why it is none."""
    reader = csv.reader(lines, delimiter=separator, strict=True)
    try:
        next(reader)
    except csv.Error as error:
        raise SourceError(_reason(error, f"its line {before + 1} does not name columns")) from error
    while True:
        line = before + reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            last = before + reader.line_num
            where = f"lines {line} to {last} are" if last > line else "this line is"
            yield line, SourceError(_reason(error, f"{where} no row"))


def _reason(error: csv.Error, what: str) -> str:
    return f"{what}: {error}; is a quotation mark missing, or not doubled?"


def _record(row: list[str] | SourceError, columns: list[str]) -> dict[str, str]:
    if isinstance(row, SourceError):
        raise row
    if len(row) != len(columns):
        raise SourceError(f"{len(row)} values, where the first line names {len(columns)} columns")
    return {column: value for column, value in zip(columns, row, strict=True) if column in FIELDS and value}
