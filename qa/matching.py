"""Which of a question's words stand in sentences, paragraphs and titles, and how much they weigh."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log

import numpy as np
from numpy.typing import NDArray

from index.forward import ForwardIndex, word_numbers
from index.lexicon import asked_terms
from index.snapshot import Snapshot
from index.types import Rows, Vectors

Bits = NDArray[np.int64]
"""(n,) a bit for each of a question's words."""

# A word is a bit of an int64; of a longer question the rarest words are looked at.
_MOST = 62


@dataclass(frozen=True, slots=True)
class AskedWords:
    """A question's words, at most 62 of them, the rarest.

    `numbers` (k,) ascending are the words as a forward index has them, `weights` (k,) their shares of the rarity of
    all, `title_weights` (k,) the same times how rare they are in titles, 0…1. `pairs` (k + 1, k + 1) has a bit for each
    two words that stand side by side in the question, the last row and column none; `pair_count` is how many there are.
    """

    numbers: NDArray[np.uint32]
    weights: Vectors
    title_weights: Vectors
    pairs: Bits
    pair_count: int

    @classmethod
    def of(cls, question: str, snapshot: Snapshot) -> "AskedWords":
        words = asked_terms(question)
        rarity = {word: snapshot.lexicon.rarity(word) for word in words}
        kept = sorted(rarity, key=lambda word: -rarity[word])[:_MOST]
        numbers = word_numbers(kept)
        order = np.argsort(numbers)
        kept = [kept[place] for place in order]
        total = sum(rarity.values()) or 1.0
        weights = np.array([rarity[word] / total for word in kept], np.float32)
        most = log(2 + 2 * snapshot.corpus.different)
        in_titles = [snapshot.lexicon.rarity(word, "title") / most for word in kept]
        pairs, count = _pairs(words, kept)
        return cls(numbers[order], weights, weights * np.array(in_titles, np.float32), pairs, count)

    def found(self, texts: ForwardIndex, rows: Rows) -> tuple[Bits, Bits]:
        """(the words, the pairs of words) that each text of these rows, of shape (n,), has."""
        words, starts = texts.words(rows)
        none = len(self.numbers)
        if not len(words) or not none:
            return np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64)
        places = np.minimum(np.searchsorted(self.numbers, words), none - 1)
        places = np.where(self.numbers[places] == words, places, none)
        bits = np.where(places < none, 1 << places, 0)
        side_by_side = np.append(self.pairs[places[:-1], places[1:]], 0)
        # A sentence's last word and the next one's first are not side by side.
        side_by_side[starts[1:-1][starts[1:-1] > 0] - 1] = 0
        return _joined(bits, starts), _joined(side_by_side, starts)

    def share(self, bits: Bits) -> Vectors:
        """(n,) of 0…1: the share of the question's words, each by its rarity."""
        return _weighed(bits, self.weights)

    def title_share(self, bits: Bits) -> Vectors:
        """The same of words in titles, where those that many titles have count less."""
        return _weighed(bits, self.title_weights)

    def pair_share(self, bits: Bits) -> Vectors:
        """(n,) of 0…1: the share of the question's pairs of words."""
        shares: Vectors = np.bitwise_count(bits).astype(np.float32) / np.float32(max(1, self.pair_count))
        return shares


def _pairs(words: Sequence[str], kept: Sequence[str]) -> tuple[Bits, int]:
    place = {word: at for at, word in enumerate(kept)}
    pairs = np.zeros((len(kept) + 1, len(kept) + 1), np.int64)
    found = dict.fromkeys((a, b) for a, b in pairwise(words) if a in place and b in place)
    for bit, (a, b) in enumerate(list(found)[:_MOST]):
        pairs[place[a], place[b]] = 1 << bit
    return pairs, min(len(found), _MOST)


def _joined(bits: Bits, starts: Rows) -> Bits:
    """The bits of each text's words, together; `starts` (n + 1,) is where each text begins."""
    together = np.bitwise_or.reduceat(np.append(bits, 0), starts[:-1])
    # An empty text has what stands at its place otherwise, which is the next one's.
    return np.where(starts[1:] > starts[:-1], together, 0)


def _weighed(bits: Bits, weights: Vectors) -> Vectors:
    has = ((bits[:, None] >> np.arange(len(weights))) & 1).astype(bool)
    shares: Vectors = np.where(has, weights, np.float32(0)).sum(axis=1)
    return shares
