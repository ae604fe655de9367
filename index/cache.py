"""The vector cache: a text that was embedded once with a model is not embedded again with it."""

import hashlib
import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from index.embed import Embedder
from index.types import HalfVectors, Spans, Vectors

VECTORS = "vectors.sqlite"
# SQLite's default limit on the values of one statement is far above this on every supported Python.
_BATCH = 500
# Raised when what is kept changes: another layout is dropped, and costs the time to embed again.
_LAYOUT = 3
_TABLE = """CREATE TABLE IF NOT EXISTS {} (model BLOB, text BLOB, vector BLOB, parts BLOB, PRIMARY KEY (model, text))
WITHOUT ROWID;"""


# What SQLite finds where bytes were altered; SQLITE_ERROR is its word for a schema that makes no sense.
_DAMAGES = (
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_FORMAT,
    sqlite3.SQLITE_ERROR,
    sqlite3.SQLITE_CONSTRAINT,
    sqlite3.SQLITE_MISMATCH,
)


class VectorCache:
    """Vectors by model digest and sha256 of the exact text and its parts, kept in one file beside the snapshots.

    Every batch is committed, so a build that is stopped goes on where it was.
    """

    def __init__(self, path: Path, embedder: Embedder) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._embedder = embedder
        self._path = path
        try:
            self._connection = _open(path)
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            self._start_anew(error)
        self.computed = 0

    def passages(self, texts: Sequence[str], parts: Sequence[Spans] = ()) -> tuple[Vectors, Vectors]:
        """(n, dimensions) and (m, dimensions), as `Embedder.passages`: from the file where it has them.

        The vectors of parts are kept in half precision, whether they come from the file or not.
        """
        parts = parts or [()] * len(texts)
        keys = [_key(text, spans) for text, spans in zip(texts, parts, strict=True)]
        try:
            known = self._read(dict(zip(keys, map(len, parts), strict=True)))
        except sqlite3.DatabaseError as error:
            self._connection.close()
            self._start_anew(error)
            known = {}
        missing = {key: at for at, key in enumerate(keys) if key not in known}
        if missing:
            known.update(
                self._compute(list(missing), [texts[i] for i in missing.values()], [parts[i] for i in missing.values()])
            )
        nothing = np.empty((0, self._embedder.dimensions), np.float32)
        wholes = np.stack([known[key][0] for key in keys]) if keys else nothing
        return wholes, np.concatenate([nothing, *(known[key][1].astype(np.float32) for key in keys)])

    def _compute(
        self, keys: Sequence[bytes], texts: Sequence[str], parts: Sequence[Spans]
    ) -> dict[bytes, tuple[Vectors, HalfVectors]]:
        wholes, pooled = self._embedder.passages(texts, parts)
        ends = np.cumsum([len(spans) for spans in parts])
        computed = {
            key: (whole, pooled[end - len(spans) : end].astype(np.float16))
            for key, whole, spans, end in zip(keys, wholes, parts, ends, strict=True)
        }
        self._write(computed)
        self.computed += len(computed)
        return computed

    def _start_anew(self, error: Exception) -> None:
        """A damaged cache costs the time to embed again, and must not cost a build; a full disk is no damage."""
        if not is_damage(error):
            raise error
        for file in self._path.parent.glob(f"{self._path.name}*"):
            file.unlink()
        self._connection = _open(self._path)

    def close(self) -> None:
        self._connection.close()

    def _read(self, keys: Mapping[bytes, int]) -> dict[bytes, tuple[Vectors, HalfVectors]]:
        """What is there of these keys; a value is how many parts a text has."""
        found: dict[bytes, tuple[Vectors, HalfVectors]] = {}
        dimensions = self._embedder.dimensions
        wanted = list(keys)
        for start in range(0, len(wanted), _BATCH):
            batch = wanted[start : start + _BATCH]
            marks = ",".join("?" * len(batch))
            rows = self._connection.execute(
                f"SELECT text, vector, parts FROM vectors WHERE model = ? AND text IN ({marks})",
                (bytes.fromhex(self._embedder.digest), *batch),
            )
            for key, vector, parts in rows:
                if len(vector) == 4 * dimensions and len(parts) == 2 * dimensions * keys[key]:
                    pooled = np.frombuffer(parts, "<f2").reshape(-1, dimensions)
                    found[key] = np.frombuffer(vector, "<f4"), pooled
        return found

    def _write(self, computed: Mapping[bytes, tuple[Vectors, HalfVectors]]) -> None:
        model = bytes.fromhex(self._embedder.digest)
        with self._connection:
            self._connection.executemany(
                "INSERT OR REPLACE INTO vectors VALUES (?, ?, ?, ?)",
                (
                    (model, key, whole.astype("<f4").tobytes(), parts.astype("<f2").tobytes())
                    for key, (whole, parts) in computed.items()
                ),
            )


def _key(text: str, parts: Spans) -> bytes:
    """Two texts with other words, or the same words cut otherwise, have other keys."""
    spans = "".join(f"{start} {end}\n" for start, end in parts).encode()
    return hashlib.sha256(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() + spans).digest()


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    try:
        (layout,) = connection.execute("PRAGMA user_version").fetchone()
        if layout != _LAYOUT:
            connection.executescript(f"DROP TABLE IF EXISTS vectors; PRAGMA user_version = {_LAYOUT};")
        connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;" + _TABLE.format("vectors"))
    except BaseException:
        connection.close()
        raise
    return connection


def keep_only(folder: Path, texts: Iterable[tuple[str, str, Spans]]) -> int:
    """Drop the vectors of all but these (model digest, text, parts), and every byte that the caches have let go of.

    Returns how many vectors were dropped. Only while no build is writing.

    Raises:
        OSError, sqlite3.OperationalError: a cache cannot be written; all vectors that are kept are there still.
    """
    removed = 0
    for path in sorted(folder.glob("*.sqlite")):
        fresh = path.with_name(f"{path.name}.new")
        fresh.unlink(missing_ok=True)
        try:
            if path.name == VECTORS:
                removed = _copy_kept(path, fresh, texts)
            else:
                _vacuum(path, fresh)
        except sqlite3.DatabaseError as error:
            fresh.unlink(missing_ok=True)
            if path.name == VECTORS and isinstance(error, sqlite3.OperationalError):
                raise
            # Damaged: what it holds cannot be told; or no room for readings, which cost less than vectors. The next
            # build makes it anew.
            for file in folder.glob(f"{path.name}*"):
                file.unlink()
        else:
            _replace(path, fresh)
    return removed


def is_damage(error: Exception) -> bool:
    """Whether the file is at fault; otherwise the disk is full, or it cannot be written."""
    # A damaged schema stands in SQLite's own message, in whatever bytes it has now.
    return isinstance(error, UnicodeDecodeError) or getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGES


def compact(path: Path) -> None:
    """Write a cache that nobody has open anew, without the bytes that deleted rows leave behind in it."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    try:
        _vacuum(path, fresh)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    _replace(path, fresh)


def _vacuum(path: Path, fresh: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("VACUUM INTO ?", (str(fresh),))


def _copy_kept(path: Path, fresh: Path, texts: Iterable[tuple[str, str, Spans]]) -> int:
    """Copied, not deleted and vacuumed: on a full disk there is room for what is kept, if for anything."""
    with closing(_open(path)) as connection:
        connection.execute("ATTACH ? AS fresh", (str(fresh),))
        connection.executescript(
            f"PRAGMA fresh.journal_mode = OFF; PRAGMA fresh.user_version = {_LAYOUT}; {_TABLE.format('fresh.vectors')}"
        )
        with connection:
            connection.executemany(
                "INSERT OR IGNORE INTO fresh.vectors SELECT * FROM main.vectors WHERE model = ? AND text = ?",
                ((bytes.fromhex(model), _key(text, parts)) for model, text, parts in texts),
            )
        counts = (connection.execute(f"SELECT count(*) FROM {each}.vectors").fetchone() for each in ("main", "fresh"))
        (before,), (after,) = counts
        return int(before - after)


def _replace(path: Path, fresh: Path) -> None:
    with fresh.open("rb") as file:
        os.fsync(file.fileno())
    fresh.replace(path)
    for suffix in ("-wal", "-shm"):  # of the file that was replaced
        path.with_name(path.name + suffix).unlink(missing_ok=True)
