"""Vectors of windows, searched by paragraph (FAISS), and of sentences, looked up by row."""

from collections.abc import Iterator
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from index.errors import IndexInvalidError
from index.types import Rows, Vectors

# Vectors read at a time where all are.
_BATCH = 8192
# Sentences widened, and paragraphs compared, at a time: memory for all of them at once comes from the kernel page by
# page, which takes as long as the work itself.
_WIDENED = 128
_COMPARED = 16384
# 2 to the difference of the exponents' biases of float32 and float16.
_WIDE = np.float32(2.0**112)
# Where a filter leaves a smaller share than this, its vectors are compared one by one; otherwise all are.
_FEW = 1 / 8
# Questions whose cosines with all paragraphs are kept. One question is ranked more than once: for whom it asks, for
# everybody, and for what reporters asked.
_KEPT = 8


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

    def of(self, rows: Rows) -> Vectors:
        """(n, dimensions) of the sentences of these rows, of shape (n,)."""
        found: Vectors = self._vectors[rows].astype(np.float32)
        return found

    def similarities(self, query: Vectors, rows: Rows) -> Vectors:
        """(n,) cosines of one query of shape (dimensions,) with the sentences of these rows, of shape (n,)."""
        found: Vectors = np.empty(len(rows), np.float32)
        scaled = query * _WIDE
        for start in range(0, len(rows), _WIDENED):
            found[start : start + _WIDENED] = _widened(self._vectors[rows[start : start + _WIDENED]]) @ scaled
        return found

    def batches(self) -> Iterator[Vectors]:
        """All of them in row order, some (n, dimensions) at a time."""
        for start in range(0, len(self._vectors), _BATCH):
            yield self._vectors[start : start + _BATCH].astype(np.float32)


class VectorIndex:
    """An opened index. Vector i belongs to paragraph `paragraphs[i]`, which never decreases and skips none.

    Safe between threads.
    """

    def __init__(self, index: Any, paragraphs: Rows) -> None:
        if index.ntotal != len(paragraphs):
            raise IndexInvalidError(
                f"{index.ntotal:,} vectors for {len(paragraphs):,} windows of text; run `onrecord index build` again"
            )
        steps = np.diff(paragraphs, prepend=-1)
        if not ((steps == 1) | (steps == 0)).all() or (steps[:1] == 0).any():
            raise IndexInvalidError(
                "the windows of text are not those of every paragraph in turn; run `onrecord index build` again"
            )
        self._index = index
        self._starts = np.append(np.flatnonzero(steps), len(paragraphs))
        self._rows = np.arange(len(self._starts) - 1)
        # Nothing of it may refer to this object: a cycle would keep the vectors of a closed index in memory.
        self._with_all = lru_cache(maxsize=_KEPT)(
            partial(_compared_with_all, index, np.arange(len(paragraphs)), self._starts[:-1])
        )

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
        if k < 1:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        rows, scores = self._looked_at(query, allowed)
        kept = _at_least_best(scores, k)
        rows, scores = rows[kept], scores[kept]
        order = np.lexsort((rows, -scores))[:k]
        return rows[order], scores[order]

    def similarities(self, query: Vectors, rows: Rows) -> Vectors:
        """(n,) cosines of one query of shape (dimensions,) with the best windows of paragraph rows, of shape (n,)."""
        if not len(rows):
            return np.empty(0, np.float32)
        first = self._starts[rows]
        counts = self._starts[rows + 1] - first
        starts = np.cumsum(counts) - counts
        places = np.repeat(first - starts, counts) + np.arange(counts.sum())
        best: Vectors = np.maximum.reduceat(_compared(self._index, query, places), starts)
        return best

    def _looked_at(self, query: Vectors, allowed: Rows | None) -> tuple[Rows, Vectors]:
        """The paragraphs that are there and allowed, ascending, and their cosines."""
        if allowed is not None:
            allowed = allowed[: np.searchsorted(allowed, len(self._rows))]
            if len(allowed) <= _FEW * len(self._rows):
                return allowed, self.similarities(query, allowed)
        scores = self._with_all(query.astype(np.float32).tobytes())
        return (self._rows, scores) if allowed is None else (allowed, scores[allowed])


def _compared_with_all(index: Any, every: Rows, starts: Rows, query: bytes) -> Vectors:
    """(paragraphs,) cosines with the paragraphs whose windows begin at `starts`, shared by all who ask."""
    best: Vectors = np.empty(len(starts), np.float32)
    query_vector = np.frombuffer(query, np.float32)
    for first in range(0, len(starts), _COMPARED):
        begins = starts[first : first + _COMPARED + 1]
        end = begins[_COMPARED] if len(begins) > _COMPARED else len(every)
        scores = _compared(index, query_vector, every[begins[0] : end])
        best[first : first + _COMPARED] = np.maximum.reduceat(scores, begins[:_COMPARED] - begins[0])
    best.flags.writeable = False
    return best


def _at_least_best(scores: Vectors, k: int) -> Rows:
    """Places, ascending, that hold the k best scores, and all equal ones, so that no tie is cut in two; k above 0."""
    places = [
        start + np.flatnonzero(part >= np.partition(part, -k)[-k]) if k < len(part) else start + np.arange(len(part))
        for start in range(0, len(scores), _COMPARED)
        for part in (scores[start : start + _COMPARED],)
    ]
    return np.concatenate(places) if places else np.empty(0, np.int64)


def _compared(index: Any, query: Vectors, places: Rows) -> Vectors:
    """(n,) cosines with the vectors at these places, at least one: the same for equal vectors wherever they stand."""
    query = np.ascontiguousarray(query, np.float32)
    scores: Vectors = np.empty(len(places), np.float32)
    index.compute_distance_subset(1, faiss.swig_ptr(query), len(places), faiss.swig_ptr(scores), faiss.swig_ptr(places))
    return scores


def _widened(halves: NDArray[np.float16]) -> Vectors:
    """The same numbers times 2**-112, exactly; finite ones only. NumPy's own conversion takes five times as long."""
    bits = halves.view(np.int16).astype(np.int32)
    bits <<= 13
    # The sign was extended over the three bits that the longer exponent has more.
    bits &= np.int32(-0x70000001)
    return bits.view(np.float32)
