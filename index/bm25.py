"""BM25 of given paragraphs from the forward index, to score what was found and to search the few that a filter leaves.

Tantivy scores what it finds and nothing else; to ask it for given rows takes it longer than to search them all.
"""

from functools import cached_property

import numpy as np

from index.corpus import Corpus
from index.forward import ForwardIndex, word_numbers
from index.lexicon import Lexicon, asked_terms
from index.types import Rows, Vectors

# Tantivy's (bm25.rs), which are those of Robertson and Zaragoza, "The Probabilistic Relevance Framework" (2009).
_K1, _B = np.float32(1.2), np.float32(0.75)
# Where a filter leaves a smaller share of all paragraphs than this, each is scored; otherwise tantivy searches all.
_FEW = 0.05


class WordSearch:
    """The words of a question in paragraphs and in their documents' titles, scored as `Lexicon.search` does.

    The scores are equal to about six digits, but where the end of a sentence cuts an abbreviation in two ("U. | S."),
    which is two words here: in 15 of 76,179 paragraphs of ../shared/corpus. Safe between threads.
    """

    def __init__(self, lexicon: Lexicon, corpus: Corpus, words: ForwardIndex, titles: ForwardIndex) -> None:
        """`words` are those of the corpus' sentences, `titles` those of its documents' titles."""
        self._lexicon = lexicon
        self._corpus = corpus
        self._words = words
        self._titles = titles

    def search(self, text: str, k: int, allowed: Rows | None = None) -> tuple[Rows, Vectors]:
        """The k paragraphs, ascending `allowed` ones only, that match best; see `Lexicon.search`."""
        if allowed is None or len(allowed) > _FEW * len(self._corpus):
            return self._lexicon.search(text, k, allowed)
        scores = self.scores(text, allowed)
        found = np.flatnonzero(scores)
        order = found[np.lexsort((allowed[found], -scores[found]))[: max(0, k)]]
        return allowed[order], scores[order]

    def best(self, text: str) -> float:
        """The highest score of all paragraphs, 0 where none shares a word."""
        _, scores = self._lexicon.search(text, 1)
        return float(scores[0]) if len(scores) else 0.0

    def scores(self, text: str, rows: Rows) -> Vectors:
        """(n,) scores of paragraphs of shape (n,), 0 where no word is shared."""
        asked = list(dict.fromkeys(asked_terms(text)))
        scores = np.zeros(len(rows), np.float32)
        if not asked or not len(rows):
            return scores
        firsts = self._corpus.first_sentences
        documents, of_document = np.unique(self._corpus.documents_of[rows], return_inverse=True)
        in_text = _Counted(self._words, firsts[rows], firsts[rows + 1], self._mean_length)
        in_title = _Counted(self._titles, documents, documents + 1, self._mean_title)
        for word, number in zip(asked, word_numbers(asked), strict=True):
            scores += np.float32(self._lexicon.rarity(word)) * in_text.weights(number)
            scores += (np.float32(self._lexicon.rarity(word, "title")) * in_title.weights(number))[of_document]
        return scores

    @cached_property
    def _mean_length(self) -> float:
        return self._words.total / max(1, len(self._corpus))

    @cached_property
    def _mean_title(self) -> float:
        """A title counts once for each paragraph of its document."""
        lengths = self._titles.lengths(np.arange(self._corpus.documents))
        return float(lengths[self._corpus.documents_of].sum()) / max(1, len(self._corpus))


class _Counted:
    """How much a word weighs in texts of shape (n,), each some neighbouring ones of a forward index together."""

    def __init__(self, index: ForwardIndex, first: Rows, last: Rows, mean_length: float) -> None:
        """`first` is each text's first in the index, `last` the one behind its last."""
        self._words, starts = index.runs(first, last)
        lengths = np.diff(starts)
        self._owners = np.repeat(np.arange(len(first)), lengths)
        share = _kept(lengths).astype(np.float32) / np.float32(max(mean_length, 1e-6))
        self._norms: Vectors = _K1 * (1 - _B + _B * share)

    def weights(self, number: np.uint32) -> Vectors:
        """(n,) of 0…2.2: the saturated count of a word in each text."""
        counts = np.bincount(self._owners[self._words == number], minlength=len(self._norms)).astype(np.float32)
        weights: Vectors = np.float32(1 + _K1) * counts / (counts + self._norms)
        return weights


def _kept(lengths: Rows) -> Rows:
    """Lengths as tantivy keeps them in a byte: exact up to 40, then by the four leading bits of what is over 24."""
    over = np.maximum(lengths - 24, 0)
    _, bits = np.frexp(over.astype(np.float64))
    shift = np.maximum(bits.astype(np.int64) - 4, 0)
    return np.where(over > 0, 24 + (over >> shift << shift), lengths)
