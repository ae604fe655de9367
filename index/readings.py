"""The cache of readings: a file whose bytes were read once is not parsed again, a document not attributed again.

One SQLite file beside the snapshots. What a file held is kept by its name, its bytes and its settings; what was found
in a document by everything the document says of itself, so that of a file of records those that stayed are known, and
a moved file's document is. Keys hold a digest of the code that reads, so an upgraded reader never meets old readings.
"""

import hashlib
import sqlite3
import zlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import fields
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import TypeAdapter, ValidationError

from index.cache import compact, is_damage
from index.contents import File, file_digest
from index.forward import Words
from index.reading import Reading
from index.sources import read_file
from index.speakers import Survey
from index.types import Document, Paragraph, Skipped

READINGS = "readings.sqlite"
# Raised when what is kept changes: another layout is dropped, and costs the time to read again.
_LAYOUT = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS files (row INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS items (row INTEGER PRIMARY KEY, file INTEGER NOT NULL, content BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS items_file ON items (file);
CREATE TABLE IF NOT EXISTS readings (row INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, content BLOB NOT NULL,
  words BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS tidied (contents TEXT NOT NULL);
CREATE TEMP TABLE used_files (row INTEGER PRIMARY KEY);
CREATE TEMP TABLE used_readings (row INTEGER PRIMARY KEY);
"""
# Changes between two commits, about a second's work, which is what a killed build loses at most.
_COMMIT = 64
# Some rows at a time: a file of records may hold more than fits into memory. An altered byte makes text of a blob.
_ITEMS = "SELECT row, CAST(content AS BLOB) FROM items WHERE file = ? AND row > ? ORDER BY row LIMIT 100"
_READING = "SELECT row, CAST(content AS BLOB), CAST(words AS BLOB) FROM readings WHERE key = ?"
# Where a document lies says nothing of what is in it.
_PLACE = frozenset({"id", "source", "url"})
_WORDS = [field.name for field in fields(Document) if field.name not in _PLACE]

_Content = tuple[tuple[Paragraph, ...], tuple[int | None, ...], tuple[tuple[tuple[int, int], ...], ...], Survey]
"""Of a Reading, in this order: paragraphs, answers, windows, survey."""

_DOCUMENTS: TypeAdapter[Document] = TypeAdapter(Document)
_CONTENTS: TypeAdapter[_Content] = TypeAdapter(_Content)
_DAMAGE = (sqlite3.DatabaseError, UnicodeDecodeError, zlib.error, ValidationError)


class Readings:
    """An opened cache, for one builder at a time. What is damaged is dropped: it costs the time to read again.

    `code` is a digest of the code that reads, `model` that of the model that cuts windows. `provisional` says whether
    a file changed while it was read, or could not be read for a reason that may be gone: reading again may give more.
    """

    def __init__(self, path: Path, code: str, model: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._basis = f"{code}\0{model}\0".encode()
        self.provisional = False
        self._damages = self._pending = 0
        self._connection, self._was_tidy = self._connect()

    def documents(self, file: File) -> Iterator[Document | Skipped]:
        """What a file holds, in order: from the cache, or read now and kept, once it was read to its end.

        A file of which something was skipped is read again by every build, because the reason may be gone.
        """
        key = self._key(file.found.name, file.sha256, repr(file.found.settings))
        done = 0
        try:
            for document in self._documents(key):
                done += 1
                yield document
        except _DAMAGE as error:
            self._start_anew(error)
        else:
            if done:
                return
        yield from islice(self._kept(key, file), done, None)

    def reading(self, document: Document) -> Reading | None:
        """What was found in this document, if it was read before."""
        try:
            row = self._one(_READING, (self._key_of(document),))
            if row is None:
                return None
            found = _unpacked(row[1], row[2])
        except _DAMAGE as error:
            self._start_anew(error)
            return None
        self._use("used_readings", row[0])
        return found

    def keep(self, document: Document, reading: Reading) -> None:
        values = (self._key_of(document), *_packed(reading))
        if row := self._insert("INSERT OR REPLACE INTO readings (key, content, words) VALUES (?, ?, ?)", values):
            self._use("used_readings", row)

    def tidy(self, contents: str) -> None:
        """Forget everything that this build, of a folder with these `contents`, did not use: not a byte of it stays."""
        try:
            gone = self._delete_unused()
            # Deleted rows leave bytes behind in a database; a new file has none. A killed build may have left some.
            if gone or not self._was_tidy:
                self._rewrite()
            with self._connection:
                self._connection.execute("INSERT INTO tidied VALUES (?)", (contents,))
        except _DAMAGE as error:
            self._start_anew(error)

    def is_tidy(self, contents: str) -> bool:
        """Whether no more is kept than what a folder with these contents holds; a killed build may have left more."""
        try:
            return self._one("SELECT 1 FROM tidied WHERE contents = ?", (contents,)) is not None
        except _DAMAGE as error:
            self._start_anew(error)
            return False

    def clear(self) -> None:
        self._connection.close()
        self._remove()
        self._connection, self._was_tidy = self._connect()

    def close(self) -> None:
        try:
            self._connection.commit()
        except _DAMAGE as error:
            self._start_anew(error)
        finally:
            self._connection.close()

    def _documents(self, key: bytes) -> Iterator[Document]:
        file = self._one("SELECT row FROM files WHERE key = ?", (key,))
        if file is None:
            return
        last = -1
        while rows := self._connection.execute(_ITEMS, (file[0], last)).fetchall():
            for _, content in rows:
                yield _DOCUMENTS.validate_json(zlib.decompress(content))
            last = rows[-1][0]
        self._use("used_files", file[0])

    def _kept(self, key: bytes, file: File) -> Iterator[Document | Skipped]:
        row = self._next_file()
        damages = self._damages
        whole = True
        passing = False
        for item in read_file(file.found):
            yield item
            whole = whole and isinstance(item, Document)
            passing = passing or (isinstance(item, Skipped) and item.passing)
            if whole:
                content = zlib.compress(_DOCUMENTS.dump_json(item), 1)  # type: ignore[arg-type]
                self._insert("INSERT INTO items (file, content) VALUES (?, ?)", (row, content))
        # Of a file that could not be read to begin with, the digest of contents says just that.
        if file_digest(file.found.path) != file.sha256 or (passing and file.sha256):
            self.provisional = True
        elif whole and damages == self._damages:
            self._insert("INSERT OR REPLACE INTO files VALUES (?, ?)", (row, key))
            self._use("used_files", row)

    def _next_file(self) -> int:
        try:
            (row,) = self._one("SELECT coalesce(max(file), 0) + 1 FROM items") or (1,)
        except _DAMAGE as error:
            self._start_anew(error)
            return 1
        return int(row)

    def _key(self, *parts: str) -> bytes:
        return hashlib.sha256(self._basis + "\0".join(parts).encode("utf-8", "surrogatepass")).digest()

    def _key_of(self, document: Document) -> bytes:
        return self._key(*(repr(getattr(document, name)) for name in _WORDS))

    def _one(self, statement: str, values: Sequence[object] = ()) -> tuple[Any, ...] | None:
        row: tuple[Any, ...] | None = self._connection.execute(statement, values).fetchone()
        return row

    def _use(self, table: str, row: int) -> None:
        self._connection.execute(f"INSERT OR IGNORE INTO {table} VALUES (?)", (row,))

    def _insert(self, statement: str, values: Sequence[object]) -> int:
        """Returns the row, or 0 where the file turns out to be damaged."""
        try:
            if not self._pending:
                self._connection.execute("DELETE FROM tidied")
            row = self._connection.execute(statement, values).lastrowid or 0
            self._pending += 1
            if self._pending >= _COMMIT:
                self._connection.commit()
                self._pending = 0
        except _DAMAGE as error:
            self._start_anew(error)
            return 0
        return row

    def _delete_unused(self) -> int:
        """Returns how many rows were there."""
        with self._connection as connection:
            connection.execute("DELETE FROM tidied")
            return sum(
                connection.execute(f"DELETE FROM {statement}").rowcount
                for statement in (
                    "files WHERE row NOT IN (SELECT row FROM used_files)",
                    "items WHERE file NOT IN (SELECT row FROM files)",
                    "readings WHERE row NOT IN (SELECT row FROM used_readings)",
                )
            )

    def _rewrite(self) -> None:
        self._connection.close()
        compact(self._path)
        self._connection, self._was_tidy = self._connect()

    def _connect(self) -> tuple[sqlite3.Connection, bool]:
        self._path.with_name(f"{self._path.name}.new").unlink(missing_ok=True)  # of a build killed while compacting
        self._pending = 0
        try:
            return _open(self._path)
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            if not is_damage(error):
                raise
            self._remove()
            return _open(self._path)

    def _start_anew(self, error: Exception) -> None:
        """A damaged cache must not cost a build; a full disk is no damage."""
        if isinstance(error, sqlite3.DatabaseError) and not is_damage(error):
            raise error
        self._damages += 1
        self.clear()

    def _remove(self) -> None:
        for file in self._path.parent.glob(f"{self._path.name}*"):
            file.unlink()


def forget_unless(cache: Path, contents: Collection[str]) -> None:
    """Drop the readings in this folder of caches unless they are just those of a folder with one of these contents."""
    path = cache / READINGS
    if not path.exists():
        return
    try:
        with closing(Readings(path, "", "")) as readings:
            if not any(map(readings.is_tidy, contents)):
                readings.clear()
    except sqlite3.OperationalError:  # no room: readings cost less than what is kept
        for file in cache.glob(f"{READINGS}*"):
            file.unlink()


def _packed(reading: Reading) -> tuple[bytes, bytes]:
    content = (reading.paragraphs, reading.answers, reading.windows, reading.survey)
    words = np.concatenate([[len(reading.counts)], reading.counts, reading.words]).astype("<u4").tobytes()
    return zlib.compress(_CONTENTS.dump_json(content), 1), zlib.compress(words, 1)


def _unpacked(content: bytes, words: bytes) -> Reading:
    """Raises what `_DAMAGE` names; zlib's own checksums tell altered bytes."""
    paragraphs, answers, windows, survey = _CONTENTS.validate_json(zlib.decompress(content))
    numbers: Words = np.frombuffer(zlib.decompress(words), "<u4")
    sentences = int(numbers[0])
    counts = numbers[1 : sentences + 1].astype(np.int64)
    return Reading(paragraphs, answers, windows, survey, numbers[sentences + 1 :], counts)


def _open(path: Path) -> tuple[sqlite3.Connection, bool]:
    """And whether the build before came to its end."""
    connection = sqlite3.connect(path)
    try:
        (layout,) = connection.execute("PRAGMA user_version").fetchone()
        if layout != _LAYOUT:
            for table in ("files", "items", "readings", "tidied"):
                connection.execute(f"DROP TABLE IF EXISTS {table}")
        connection.executescript(
            f"PRAGMA user_version = {_LAYOUT}; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
            f"PRAGMA temp_store = MEMORY; {_SCHEMA}"
        )
        return connection, connection.execute("SELECT 1 FROM tidied").fetchone() is not None
    except BaseException:
        connection.close()
        raise
