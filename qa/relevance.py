"""The second look at what was found: how well a paragraph, its best sentence and what it answers fit a question."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from index.corpus import Corpus
from index.snapshot import Snapshot
from index.types import Rows, Vectors


@dataclass(frozen=True, slots=True)
class Weights:
    """A linear model. Words are BM25 scores as a share of the best in the whole index."""

    cosine: float
    sentence: float
    words: float
    before: float
    answers: float
    question_cosine: float
    question_sentence: float
    question_words: float


# Fitted by a softmax over the candidates of 170 questions of our own on ../shared/corpus (not of its dev.jsonl), that a
# gold paragraph come first; in five-fold cross-validation they raise hit@1 / hit@5 of 208 questions from 50.0 / 70.2
# (the mean of both sides' scaled scores) to 57.2 / 78.4, and of dev.jsonl from 54.5 / 71.8 to 58.2 / 76.4.
# The questions quote ../shared and are not kept here, nor is the script that fitted these numbers: no command repeats
# it yet.
FITTED = Weights(
    cosine=5.66, sentence=7.09, words=3.10, before=2.08,
    answers=-1.32, question_cosine=1.72, question_sentence=1.72, question_words=2.35,
)  # fmt: skip


def relevance(
    text: str,
    vector: Vectors,
    snapshot: Snapshot,
    rows: Rows,
    speakers: Iterable[str] = (),
    weights: Weights = FITTED,
) -> tuple[Vectors, Vectors]:
    """(scores, cosines) of paragraphs of shape (n,) ascending, both (n,); a higher score is a better answer.

    A paragraph is judged by itself, by its best sentence (of `speakers`, where they are asked for), by the paragraph
    before it, and, where it answers a reporter, by the question: who answers does not repeat what was asked.
    """
    corpus = snapshot.corpus
    asked = corpus.answers[rows]
    before = corpus.rows_before(rows)
    every = np.union1d(np.union1d(rows, before), asked[asked >= 0])
    cosines = snapshot.vectors.similarities(vector, every)
    words = _words(text, snapshot, every)
    spoken = _best_sentences(vector, snapshot, rows, corpus.speaker_rows(speakers) if speakers else None)
    at, at_before = np.searchsorted(every, rows), np.searchsorted(every, before)
    scores = (
        weights.cosine * cosines[at]
        + weights.sentence * spoken
        + weights.words * words[at]
        + weights.before * cosines[at_before]
    )
    has = asked >= 0
    at_asked = np.searchsorted(every, asked[has])
    scores[has] += (
        weights.answers
        + weights.question_cosine * cosines[at_asked]
        + weights.question_sentence * _best_sentences(vector, snapshot, asked[has])
        + weights.question_words * words[at_asked]
    )
    # Rounded, so that equal paragraphs are told apart by their rows and not by the last bit of a product.
    return scores.round(4).astype(np.float32), cosines[at]


def _words(text: str, snapshot: Snapshot, rows: Rows) -> Vectors:
    """(n,) BM25 scores as a share of the best in the index; 0 where no word is shared."""
    found, scores = snapshot.lexicon.search(text, len(rows), rows)
    _, best = snapshot.lexicon.search(text, 1)
    order = np.argsort(found)
    return spread(rows, found[order], scores[order] / best[0]) if len(best) else np.zeros(len(rows), np.float32)


def _best_sentences(vector: Vectors, snapshot: Snapshot, rows: Rows, speakers: Rows | None = None) -> Vectors:
    """(n,) the cosine of each paragraph's nearest sentence, of these speakers where they are given; -1 without one."""
    best: Vectors = np.full(len(rows), -1, np.float32)
    if not len(rows):
        return best
    sentences, owners = sentences_of(snapshot.corpus, rows)
    if speakers is not None:
        theirs = np.isin(snapshot.corpus.sentence_speakers[sentences], speakers)
        sentences, owners = sentences[theirs], owners[theirs]
    np.maximum.at(best, owners, snapshot.sentences.similarities(vector, sentences))
    return best


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
