"""The same words in paragraphs that differ elsewhere, in documents that are one text published more than once.

Paragraphs that are the same throughout never meet: one of them is searched (see `qa.retrieve.allowed_rows`).
"""

from collections.abc import Sequence

from index.corpus import Corpus
from index.duplicates import same_words
from qa.quotes import Candidate
from qa.types import Hit


def without_repeats(candidates: Sequence[Candidate], hits: Sequence[Hit], corpus: Corpus) -> list[Candidate]:
    """The quotes whose words no better one has from the same text; `hits` are those that they were chosen from."""
    kept: list[Candidate] = []
    for item in candidates:
        mine = hits[item.quote.passage - 1]
        theirs = ((hits[other.quote.passage - 1], other.quote.text) for other in kept)
        if not any(corpus.one_text(mine.row, hit.row) and _overlap(item.quote.text, text) for hit, text in theirs):
            kept.append(item)
    return kept


def repeats(hit: Hit, other: Hit, words: str, corpus: Corpus) -> bool:
    """Whether another publication of a hit's text has these words of it, too."""
    return corpus.one_text(hit.row, other.row) and same_words(words) in same_words(other.text)


def _overlap(one: str, other: str) -> bool:
    """Whether one text has all the words of the other, in a row."""
    shorter, longer = sorted((same_words(one), same_words(other)), key=len)
    return f" {shorter} " in f" {longer} "
