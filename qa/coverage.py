"""Whether a passage speaks of every word that a question asks for, by what the words mean where they stand."""

import re
from dataclasses import dataclass

from index.embed import Embedder
from index.lexicon import asked_terms, terms
from index.types import Spans, Vectors

_WORD = re.compile(r"\w+(?:[.'’\-]\w+)*")


@dataclass(frozen=True, slots=True)
class WordVectors:
    """What the words that a question asks for mean there, (n, dimensions), n ≥ 0, and the model that says so."""

    vectors: Vectors
    embedder: Embedder

    def least_met(self, text: str) -> float:
        """The cosine of the word asked for that is least like any word of a text; 0 where either has none.

        A late interaction as in ColBERT (Khattab and Zaharia, 2020), but the least of the words' best similarities
        and not their sum: a passage that is near a question in every word but one answers another question. A text
        longer than the model's window counts up to its end.
        """
        spans = _spans(text)
        if not spans or not len(self.vectors):
            return 0.0
        _, words = self.embedder.passages([text], [spans])
        return float((self.vectors @ words.T).max(axis=1).min())


def asked_spans(question: str) -> Spans:
    """The words of a question that it asks for, as character spans; all of them where it asks for none."""
    asked = frozenset(asked_terms(question))
    spans = _spans(question)
    return [span for span in spans if not asked.isdisjoint(terms(question[span[0] : span[1]]))] or spans


def _spans(text: str) -> Spans:
    return [match.span() for match in _WORD.finditer(text)]
