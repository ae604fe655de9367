"""A forward index: the words of each sentence, and of each title, in order, for judging what a search has found.

Two raw little-endian files: the words (uint32) of all texts one after another, and where each text begins (int64).
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from index.errors import IndexInvalidError
from index.types import Rows

Words = NDArray[np.uint32]
"""(n,) words as `word_numbers` gives them."""


def word_numbers(words: Sequence[str]) -> Words:
    """A number for each word (its CRC-32), so that no vocabulary has to be kept and read.

    Of 100,000 words a question's word is taken for another one time in 40,000.
    """
    return np.array([crc32(word.encode()) for word in words], np.uint32)


class ForwardWriter:
    """Writes texts in row order, as they come."""

    def __init__(self, path: Path) -> None:
        self._words = path.open("wb")
        self._starts = _starts(path).open("wb")
        self._written = 0
        self._starts.write(np.array([0], "<i8").tobytes())

    def add(self, texts: Iterable[Sequence[str]]) -> None:
        """Each text as its words (see `lexicon.terms`)."""
        for words in texts:
            self.add_numbers(word_numbers(words), np.array([len(words)]))

    def add_numbers(self, words: Words, counts: Rows) -> None:
        """(m,) words of texts one after another, and (n,) how many each text has."""
        self._words.write(words.astype("<u4").tobytes())
        ends = self._written + np.cumsum(counts)
        self._starts.write(ends.astype("<i8").tobytes())
        self._written += len(words)

    def close(self) -> None:
        try:
            self._words.close()
        finally:  # what is left to write may find no room
            self._starts.close()


class ForwardIndex:
    """The words of `texts` texts, read where they are looked up. Safe between threads."""

    def __init__(self, path: Path, texts: int) -> None:
        try:
            self._starts = np.fromfile(_starts(path), "<i8")
            size = path.stat().st_size
            self._words = np.memmap(path, "<u4", "r") if size else np.empty(0, np.uint32)
        except (OSError, ValueError) as error:
            raise IndexInvalidError(f"{path} cannot be opened: {error}; run `onrecord index build` again") from error
        if len(self._starts) != texts + 1 or self._starts[-1] != len(self._words):
            raise IndexInvalidError(
                f"{path} does not hold the words of {texts:,} texts; run `onrecord index build` again"
            )

    @property
    def in_order(self) -> bool:
        """Whether each text begins where the one before it ends, and the first at the beginning."""
        return bool(self._starts[0] == 0 and (np.diff(self._starts) >= 0).all())

    @property
    def total(self) -> int:
        """How many words all texts have."""
        return len(self._words)

    def lengths(self, rows: Rows) -> Rows:
        """(n,) how many words each text has."""
        lengths: Rows = self._starts[rows + 1] - self._starts[rows]
        return lengths

    def words(self, rows: Rows) -> tuple[Words, Rows]:
        """(m,) the words of texts of shape (n,), one text after another, and (n + 1,) where each begins in them."""
        return self.runs(rows, rows + 1)

    def runs(self, first: Rows, last: Rows) -> tuple[Words, Rows]:
        """The same of neighbouring texts taken together, each from a `first` (n,) to before a `last` (n,)."""
        first = self._starts[first]
        counts = self._starts[last] - first
        starts = np.concatenate([[0], np.cumsum(counts)])
        places = np.repeat(first - starts[:-1], counts) + np.arange(starts[-1])
        return np.asarray(self._words[places]), starts


def _starts(path: Path) -> Path:
    return path.with_suffix(".i8")
