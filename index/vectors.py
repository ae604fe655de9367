"""Vectors of windows, searched by paragraph (FAISS), and of sentences, looked up by row."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from index.errors import IndexInvalidError
from index.types import Rows, Vectors

# Vectors read at a time where all are.
_BATCH = 8192


class VectorWriter:
    """Collects vectors in row order and writes them as an exact inner-product index (cosine, for unit vectors)."""

    def __init__(self, dimensions: int) -> None:
        self._index = faiss.IndexFlatIP(dimensions)

    def add(self, vectors: Vectors) -> None:
        self._index.add(np.ascontiguousarray(vectors, np.float32))

    def write(self, path: Path) -> None:
        try:
            faiss.write_index(self._index, str(path))
        except RuntimeError as error:  # faiss raises nothing finer
            raise OSError(f"{path.name} cannot be written: {error}") from error


class SentenceWriter:
    """Writes sentence vectors in half precision as they come, so that they are never all in memory."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")

    def add(self, vectors: Vectors) -> None:
        self._file.write(vectors.astype("<f2").tobytes())

    def close(self) -> None:
        self._file.close()


class SentenceVectors:
    """Sentence vectors on disk, read where they are looked up. Safe between threads."""

    def __init__(self, path: Path, sentences: int, dimensions: int) -> None:
        try:
            values = np.memmap(path, "<f2", "r") if sentences else np.fromfile(path, "<f2")
        except (OSError, ValueError) as error:
            raise IndexInvalidError(f"{path} cannot be opened: {error}; run `onrecord index build` again") from error
        if len(values) != sentences * dimensions:
            raise IndexInvalidError(f"{path} does not hold {sentences:,} vectors; run `onrecord index build` again")
        self._vectors = values.reshape(sentences, dimensions)

    def similarities(self, query: Vectors, rows: Rows) -> Vectors:
        """(n,) cosines of one query of shape (dimensions,) with the sentences of these rows, of shape (n,)."""
        if not len(rows):
            return np.empty(0, np.float32)
        found: Vectors = self._vectors[rows].astype(np.float32) @ query
        return found

    def batches(self) -> Iterator[Vectors]:
        """All of them in row order, some (n, dimensions) at a time."""
        for start in range(0, len(self._vectors), _BATCH):
            yield self._vectors[start : start + _BATCH].astype(np.float32)


class VectorIndex:
    """An opened index. Vector i belongs to paragraph `paragraphs[i]`, which never decreases. Safe between threads."""

    def __init__(self, index: Any, paragraphs: Rows) -> None:
        if index.ntotal != len(paragraphs):
            raise IndexInvalidError(
                f"{index.ntotal:,} vectors for {len(paragraphs):,} windows of text; run `onrecord index build` again"
            )
        self._index = index
        self._paragraphs = paragraphs

    @classmethod
    def open(cls, path: Path, paragraphs: Rows) -> "VectorIndex":
        try:
            return cls(faiss.read_index(str(path)), paragraphs)
        except RuntimeError as error:  # faiss raises nothing finer
            raise IndexInvalidError(f"{path} cannot be opened: {error}; run `onrecord index build` again") from error

    @property
    def dimensions(self) -> int:
        return int(self._index.d)

    def batches(self) -> Iterator[Vectors]:
        """The windows' vectors in order, some (n, dimensions) at a time."""
        for start in range(0, self._index.ntotal, _BATCH):
            yield self._index.reconstruct_n(start, min(_BATCH, self._index.ntotal - start))

    def search(self, query: Vectors, k: int, allowed: Rows | None = None) -> tuple[Rows, Vectors]:
        """The k paragraphs nearest to one query of shape (dimensions,).

        Returns rows and cosines, both (m,) with m ≤ k, best first, ties by row. A paragraph counts by its best
        window. With `allowed`, only those paragraphs are looked at.
        """
        parameters, total = None, self._index.ntotal
        if allowed is not None:
            mask = np.zeros(total, bool)
            mask[_members(self._paragraphs, allowed)] = True
            total = int(mask.sum())
            bits = np.packbits(mask, bitorder="little")
            selector = faiss.IDSelectorBitmap(mask.size, faiss.swig_ptr(bits))
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]  # SWIG takes any
        if k < 1 or total == 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        return self._search(query.reshape(1, -1), k, total, parameters)

    def similarities(self, query: Vectors, rows: Rows) -> Vectors:
        """(n,) cosines of one query of shape (dimensions,) with the best windows of paragraph rows, of shape (n,)."""
        if not len(rows):
            return np.empty(0, np.float32)
        first = np.searchsorted(self._paragraphs, rows)
        counts = np.searchsorted(self._paragraphs, rows, "right") - first
        starts = np.cumsum(counts) - counts
        places = np.repeat(first - starts, counts) + np.arange(counts.sum())
        scores = self._index.reconstruct_batch(places) @ query
        best: Vectors = np.maximum.reduceat(scores, starts)
        return best

    def _search(self, query: Vectors, k: int, total: int, parameters: Any) -> tuple[Rows, Vectors]:
        """Fetch more until k paragraphs are told apart and no tie is cut in two: faiss orders equal scores anyhow."""
        fetch = min(total, 2 * k)
        while True:
            scores, ids = self._index.search(query, fetch, params=parameters)
            scores, ids = scores[0], ids[0]
            rows, best = _best_by_paragraph(self._paragraphs[ids[ids >= 0]], scores[ids >= 0])
            if fetch == total or (len(rows) > k and best[k - 1] > scores[-1]):
                return rows[:k], best[:k]
            fetch = min(total, 4 * fetch)


def _members(paragraphs: Rows, allowed: Rows) -> Rows:
    """Positions in `paragraphs` (ascending, with repeats) that hold one of `allowed` (ascending)."""
    return np.flatnonzero(np.isin(paragraphs, allowed, kind="table"))


def _best_by_paragraph(rows: Rows, scores: Vectors) -> tuple[Rows, Vectors]:
    order = np.lexsort((rows, -scores))
    rows, scores = rows[order], scores[order]
    _, first = np.unique(rows, return_index=True)
    keep = np.sort(first)
    return rows[keep], scores[keep]
