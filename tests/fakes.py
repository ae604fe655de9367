"""Stand-ins that are functions of their input, so that what a test says of an order or a score means something."""

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from index.types import Spans, Vectors


class BagOfWords:
    """An Embedder that counts words into buckets: texts that share words are near each other."""

    name = "bag-of-words"
    dimensions = 64
    limit = 40
    """Words in a window."""

    def __init__(self, seed: str = "") -> None:
        self._seed = seed
        self.digest = hashlib.sha256(seed.encode()).hexdigest()
        self.embedded: list[str] = []

    def queries(self, texts: Sequence[str], parts: Sequence[Spans] = ()) -> tuple[Vectors, Vectors]:
        pieces = [text[start:end] for text, spans in zip(texts, parts, strict=False) for start, end in spans]
        return self._vectors(texts), self._vectors(pieces)

    def passages(self, texts: Sequence[str], parts: Sequence[Spans] = ()) -> tuple[Vectors, Vectors]:
        self.embedded += texts
        return self.queries(texts, parts)

    def windows(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        return [self._windows(text) for text in texts]

    def _windows(self, text: str) -> list[tuple[int, int]]:
        words = [match.span() for match in re.finditer(r"\S+", text)]
        if len(words) <= self.limit:
            return [(0, len(text))]
        starts = [*range(0, len(words) - self.limit, self.limit // 2), len(words) - self.limit]
        spans = [(words[start][0], words[start + self.limit - 1][1]) for start in starts]
        return [(0, spans[0][1]), *spans[1:-1], (spans[-1][0], len(text))]

    def _vectors(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self._vector(text) for text in texts]) if texts else np.empty((0, self.dimensions), np.float32)

    def _vector(self, text: str) -> Vectors:
        vector = np.full(self.dimensions, 1e-3, np.float32)
        for word in re.findall(r"\w+", text.lower()):
            bucket = int.from_bytes(hashlib.sha256((self._seed + word[:5]).encode()).digest()[:4]) % self.dimensions
            vector[bucket] += 1
        return (vector / np.linalg.norm(vector)).astype(np.float32)
