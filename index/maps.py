"""The linear maps that tuning gives an index: one for what people ask, one for what documents say."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from index.errors import IndexInvalidError
from index.types import Vectors


@dataclass(frozen=True, slots=True)
class Maps:
    """Two (dimensions, dimensions) matrices, learned from so many pairs of question and answer.

    Both can be inverted: they were held near the identity.
    """

    queries: Vectors
    passages: Vectors
    pairs: int

    def at(self, strength: float) -> "Maps":
        """The maps so far on the way from the identity, 0, to these, 1."""
        identity = np.eye(len(self.queries), dtype=np.float32)
        return replace(
            self,
            queries=identity + np.float32(strength) * (self.queries - identity),
            passages=identity + np.float32(strength) * (self.passages - identity),
        )

    def inverse(self) -> "Maps":
        """The maps that lead back to the model's own vectors."""
        return replace(self, queries=np.linalg.inv(self.queries), passages=np.linalg.inv(self.passages))

    def write(self, path: Path) -> None:
        np.stack([self.queries, self.passages]).astype("<f4").tofile(path)

    @classmethod
    def open(cls, path: Path, dimensions: int, pairs: int) -> "Maps":
        """Raises IndexInvalidError where the file is missing or holds no two matrices of that size."""
        try:
            values = np.fromfile(path, "<f4").reshape(2, dimensions, dimensions)
        except (OSError, ValueError) as error:
            raise IndexInvalidError(f"{path} cannot be opened: {error}; run `onrecord index build` again") from error
        return cls(values[0], values[1], pairs)


def mapped(vectors: Vectors, matrix: Vectors) -> Vectors:
    """(n, dimensions) in the matrix' space, again of unit length."""
    found = vectors @ matrix
    result: Vectors = (found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12)).astype(np.float32)
    return result
