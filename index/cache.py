"""The vector cache: a text that was embedded once with a model is not embedded again with it."""

import hashlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from index.embed import Embedder
from index.types import Vectors

# SQLite's default limit on the values of one statement is far above this on every supported Python.
_BATCH = 500


class VectorCache:
    """Vectors by (model digest, sha256 of the exact text), kept in one file beside the snapshots.

    Every batch is committed, so a build that is stopped goes on where it was.
    """

    def __init__(self, path: Path, embedder: Embedder) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._embedder = embedder
        self._path = path
        try:
            self._connection = _open(path)
        except sqlite3.DatabaseError as error:
            self._start_anew(error)
        self.computed = 0

    def passages(self, texts: Sequence[str]) -> Vectors:
        """(n, dimensions): from the file where it has them, from the model (and then into the file) where not."""
        keys = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts]
        try:
            known = self._read(list(dict.fromkeys(keys)))
        except sqlite3.DatabaseError as error:
            self._connection.close()
            self._start_anew(error)
            known = {}
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing:
            vectors = self._embedder.passages(list(missing.values()))
            self._write(list(missing), vectors)
            known.update(zip(missing, vectors, strict=True))
            self.computed += len(missing)
        return np.stack([known[key] for key in keys]) if keys else np.empty((0, self._embedder.dimensions), np.float32)

    def _start_anew(self, error: sqlite3.DatabaseError) -> None:
        """A damaged cache costs the time to embed again, and must not cost a build; a full disk is no damage."""
        if isinstance(error, sqlite3.OperationalError):
            raise error
        for file in self._path.parent.glob(f"{self._path.name}*"):
            file.unlink()
        self._connection = _open(self._path)

    def close(self) -> None:
        self._connection.close()

    def _read(self, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        found: dict[bytes, Vectors] = {}
        size = self._embedder.dimensions * 4
        for start in range(0, len(keys), _BATCH):
            batch = keys[start : start + _BATCH]
            marks = ",".join("?" * len(batch))
            rows = self._connection.execute(
                f"SELECT text, vector FROM vectors WHERE model = ? AND text IN ({marks})",
                (bytes.fromhex(self._embedder.digest), *batch),
            )
            found.update((text, np.frombuffer(vector, "<f4")) for text, vector in rows if len(vector) == size)
        return found

    def _write(self, keys: Sequence[bytes], vectors: Vectors) -> None:
        model = bytes.fromhex(self._embedder.digest)
        with self._connection:
            self._connection.executemany(
                "INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)",
                [(model, key, vector.astype("<f4").tobytes()) for key, vector in zip(keys, vectors, strict=True)],
            )


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    try:
        connection.executescript(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
            "CREATE TABLE IF NOT EXISTS vectors (model BLOB, text BLOB, vector BLOB, PRIMARY KEY (model, text))"
            "WITHOUT ROWID;"
        )
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection
