"""The same words at several places of an opened corpus: which one stands for them, and where the others are."""

from dataclasses import dataclass

import numpy as np

from index.types import Rows


@dataclass(frozen=True, slots=True)
class Place:
    """Where a paragraph stands: `document` is an id, `start` and `end` are offsets in that document's text."""

    document: str
    title: str
    date: str | None
    source: str
    url: str | None
    publisher: str | None
    start: int
    end: int


class Copies:
    """Which of some rows, of documents or of paragraphs, are the same words. Without any, nothing costs anything."""

    def __init__(self, rows: Rows, firsts: Rows) -> None:
        """`rows` (n,) have copies; of the same words the one to be quoted comes first.

        `firsts` (n,), ascending, is the row of the first of each one's.
        """
        self._rows, self._firsts = rows, firsts
        self._by_row = np.argsort(rows)

    @property
    def further(self) -> int:
        """How many rows are the same words as a row to be quoted before them."""
        return len(self._rows) - len(np.unique(self._firsts))

    def fits(self, total: int) -> bool:
        """Whether each is one of `total` rows, stands once, has company, and names the first of its company."""
        firsts, starts, counts = np.unique(self._firsts, return_index=True, return_counts=True)
        once = len(np.unique(self._rows)) == len(self._rows)
        inside = bool(((self._rows >= 0) & (self._rows < total)).all())
        return once and inside and bool((counts > 1).all()) and np.array_equal(self._rows[starts], firsts)

    def of(self, row: int) -> Rows:
        """The other rows that are the same words as this one, the one to be quoted first."""
        place = np.searchsorted(self._rows, row, sorter=self._by_row)
        if place == len(self._rows) or self._rows[self._by_row[place]] != row:
            return np.empty(0, np.int64)
        first = self._firsts[self._by_row[place]]
        same: Rows = self._rows[slice(*np.searchsorted(self._firsts, [first, first + 1]))]
        others: Rows = same[same != row]
        return others

    def distinct(self, allowed: Rows | None, total: int) -> Rows | None:
        """Of `allowed`, ascending, or of all `total` rows for None: the one to be quoted of those with the same words.

        None where that is every row.
        """
        if not len(self._rows):
            return allowed
        kept = np.ones(total, bool)
        if allowed is not None:
            kept[:] = False
            kept[allowed] = True
        present = np.flatnonzero(kept[self._rows])
        _, first = np.unique(self._firsts[present], return_index=True)
        kept[self._rows[present]] = False
        kept[self._rows[present[first]]] = True
        return np.flatnonzero(kept)
