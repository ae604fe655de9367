"""What speaks for a paragraph as the answer to a question: itself, its best sentence, and what stands around it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.corpus import Corpus
from index.snapshot import Snapshot
from index.types import Rows, Vectors
from qa.matching import AskedWords, Bits

Signs = NDArray[np.float32]
"""(n, len(SIGNS)), a paragraph a row."""

SIGNS = (
    "cosine",             # of the paragraph's best window with the question
    "words",              # BM25, as a share of the best in the index
    "sentence",           # cosine of its best sentence; where people are asked for, of theirs
    "coverage",           # share of the question's words, each by its rarity, that the paragraph has
    "sentence_coverage",  # the same of its best sentence
    "pairs",              # share of the question's neighbouring words that stand side by side in one of its sentences
    "title",              # what the document's title adds to the coverage
    "length",             # logarithm of its number of words
    "fused",              # the mean of both sides' scaled scores, 0 where neither found it
    "around",             # the same of the better paragraph beside it in one statement; else its own
    "farther",            # the same of those two paragraphs away; else of those beside it
    "before",             # cosine of the paragraph before it in the document, whoever speaks
    "asked",              # 1 where it answers a reporter's question; what follows is that question's, else 0
    "asked_cosine",
    "asked_words",
    "asked_sentence",
    "asked_coverage",     # what the question adds to the coverage
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Looked:
    """Paragraphs of shape (n,) ascending, and what each is alone; arrays of shape (n,)."""

    rows: Rows
    cosines: Vectors
    words: Vectors

    def at(self, rows: Rows) -> Rows:
        return np.searchsorted(self.rows, rows)


@dataclass(frozen=True, slots=True)
class _Read:
    """Paragraphs of shape (n,) ascending whose sentences were looked at; arrays of shape (n,)."""

    rows: Rows
    sentence: Vectors
    coverage: Vectors
    sentence_coverage: Vectors
    bits: Bits
    pairs: Vectors
    lengths: Vectors

    def at(self, rows: Rows) -> Rows:
        return np.searchsorted(self.rows, rows)


def signs_of(
    text: str, vector: Vectors, snapshot: Snapshot, rows: Rows, fused: Vectors, speakers: Iterable[str] = ()
) -> Signs:
    """The signs of paragraphs of shape (n,) ascending, for a question and its vector of shape (dimensions,).

    `fused` (n,) are both sides' scaled scores.
    """
    corpus = snapshot.corpus
    asked = corpus.answers[rows]
    has = asked >= 0
    every = np.unique(np.concatenate([rows, corpus.rows_before(rows), asked[has]]))
    looked = _Looked(every, snapshot.vectors.similarities(vector, every), _words(text, snapshot, every))
    words = AskedWords.of(text, snapshot)
    read = _read(vector, words, snapshot, rows, speakers)
    signs = {
        **_itself(words, snapshot, looked, read),
        **_around(corpus, looked, rows, fused),
        **_asked(words, looked, read, _read(vector, words, snapshot, np.unique(asked[has])), asked),
    }
    return np.stack([signs[name] for name in SIGNS], axis=1).astype(np.float32)


def _words(text: str, snapshot: Snapshot, rows: Rows) -> Vectors:
    """(n,) BM25 scores as a share of the best in the index; 0 where no word is shared."""
    best = snapshot.word_search.best(text)
    scores: Vectors = snapshot.word_search.scores(text, rows) / np.float32(best or 1)
    return scores


def _read(vector: Vectors, words: AskedWords, snapshot: Snapshot, rows: Rows, speakers: Iterable[str] = ()) -> _Read:
    """Look at the sentences of paragraphs; with `speakers`, the best sentence is one of theirs."""
    corpus = snapshot.corpus
    sentences, owners = sentences_of(corpus, rows)
    bits, pairs = words.found(snapshot.words, sentences)
    whole, sides = np.zeros((2, len(rows)), np.int64)
    np.bitwise_or.at(whole, owners, bits)
    np.bitwise_or.at(sides, owners, pairs)
    lengths = np.zeros(len(rows), np.float32)
    np.add.at(lengths, owners, snapshot.words.lengths(sentences).astype(np.float32))
    theirs = np.ones(len(sentences), bool)
    if speakers:
        theirs = np.isin(corpus.sentence_speakers[sentences], corpus.speaker_rows(speakers))
    best = np.full(len(rows), -1, np.float32)
    np.maximum.at(best, owners[theirs], snapshot.sentences.similarities(vector, sentences[theirs]))
    covered = np.zeros(len(rows), np.float32)
    np.maximum.at(covered, owners[theirs], words.share(bits[theirs]))
    return _Read(rows, best, words.share(whole), covered, whole, words.pair_share(sides), lengths)


def _itself(words: AskedWords, snapshot: Snapshot, looked: _Looked, read: _Read) -> Mapping[str, Vectors]:
    at, documents = looked.at(read.rows), snapshot.corpus.documents_of[read.rows]
    titled, place = np.unique(documents, return_inverse=True)
    titles, _ = words.found(snapshot.titles, titled)
    return {
        "cosine": looked.cosines[at],
        "words": looked.words[at],
        "sentence": read.sentence,
        "coverage": read.coverage,
        "sentence_coverage": read.sentence_coverage,
        "pairs": read.pairs,
        "title": words.title_share(titles[place] & ~read.bits),
        "length": np.log1p(read.lengths),
    }


def _around(corpus: Corpus, looked: _Looked, rows: Rows, fused: Vectors) -> Mapping[str, Vectors]:
    around = _better(corpus, rows, fused, 1, fused)
    return {
        "fused": fused,
        "around": around,
        "farther": _better(corpus, rows, fused, 2, around),
        "before": looked.cosines[looked.at(corpus.rows_before(rows))],
    }


def _better(corpus: Corpus, rows: Rows, fused: Vectors, steps: int, otherwise: Vectors) -> Vectors:
    """(n,) the better of the two paragraphs so many steps back and on in one statement; `otherwise` without any."""
    found: Vectors = np.full(len(rows), -1, np.float32)
    for side in (-steps, steps):
        places = step(corpus, rows, side)
        at = np.minimum(np.searchsorted(rows, places), len(rows) - 1)
        there = np.where(rows[at] == places, fused[at], np.float32(0))
        found = np.where(places != rows, np.maximum(found, there), found)
    return np.where(found < 0, otherwise, found)


def _asked(words: AskedWords, looked: _Looked, read: _Read, questions: _Read, asked: Rows) -> Mapping[str, Vectors]:
    """Who answers does not repeat what was asked."""
    has = asked >= 0
    at, place = looked.at(asked[has]), questions.at(asked[has])
    values = {
        "asked": np.ones(int(has.sum()), np.float32),
        "asked_cosine": looked.cosines[at],
        "asked_words": looked.words[at],
        "asked_sentence": questions.sentence[place],
        "asked_coverage": words.share(read.bits[has] | questions.bits[place]) - read.coverage[has],
    }
    places = np.flatnonzero(has)
    return {name: spread(np.arange(len(asked)), places, value) for name, value in values.items()}


def step(corpus: Corpus, rows: Rows, steps: int) -> Rows:
    """(n,) the paragraph so many steps on, or back, in one statement; the paragraph itself where there is none."""
    at, joined = rows, np.ones(len(rows), bool)
    for _ in range(abs(steps)):
        # Whether a paragraph goes on is said of the later of two.
        later = at + 1 if steps > 0 else at
        joined = joined & (later < len(corpus)) & corpus.goes_on[np.minimum(later, len(corpus) - 1)]
        at = np.where(joined, at + np.sign(steps), at)
    return np.where(joined, at, rows)


def sentences_of(corpus: Corpus, rows: Rows) -> tuple[Rows, Rows]:
    """(sentence rows, positions in `rows` of their paragraphs), both (m,)."""
    first, last = corpus.first_sentences[rows], corpus.first_sentences[rows + 1]
    counts = last - first
    starts = np.cumsum(counts) - counts
    owners = np.repeat(np.arange(len(rows)), counts)
    return np.repeat(first - starts, counts) + np.arange(counts.sum()), owners


def spread(rows: Rows, found: Rows, scores: Vectors, missing: float = 0.0) -> Vectors:
    """Scores of `found` at their places in `rows` (ascending, holding all of `found`)."""
    places: Vectors = np.full(len(rows), missing, dtype=np.float32)
    places[np.searchsorted(rows, found)] = scores
    return places
