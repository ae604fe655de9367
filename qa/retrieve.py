"""Query + Snapshot → Hits: filter first, search vectors and words, rank what either finds."""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import reduce
from typing import Literal

import numpy as np

from index.dates import first_day, last_day
from index.rows import among
from index.snapshot import Snapshot
from index.speakers import REPORTER
from index.types import Rows, Vectors
from qa.relevance import relevance
from qa.signs import SIGNS, Signs, sentences_of, spread
from qa.smoothing import smoothed
from qa.types import Hit, Query

Mode = Literal["hybrid", "fusion", "dense", "lexical"]

# Candidates from each side. The gain from more ends long before 100 on the sets in tests/bench.
_DEPTH = 100
# Of so many, the best by fusion, the paragraphs beside them become candidates.
_BESIDE = 50
# Questions from each side whose answers become candidates.
_ASKED = 30


@dataclass(frozen=True, slots=True)
class Ranking:
    """Paragraph rows, best first, with their scores and, where the dense side found them, cosines; all (n,).

    `signs` is what the second stage scores a paragraph by, before its neighbours' share; other modes have none.
    """

    rows: Rows
    scores: Vectors
    cosines: Vectors
    signs: Signs | None = None


def allowed_rows(query: Query, snapshot: Snapshot) -> Rows | None:
    """The paragraphs that who, when and where leave to search, ascending; None where nothing restricts them.

    What only a reporter says answers nothing, so it is left out where nobody is asked for, as is what only those say
    whose words are not wanted. Of the same words in documents published more than once, one paragraph is left.
    """
    corpus = snapshot.corpus
    filters = []
    if query.speakers:
        filters.append(corpus.rows_of_speakers(query.speakers))
    elif query.besides:
        filters.append(corpus.rows_of_others([*query.besides, REPORTER]))
    elif corpus.answering is not None:
        filters.append(corpus.answering)
    if query.since or query.until or query.source:
        filters.append(corpus.rows_of_documents(_documents(query, snapshot)))
    return corpus.distinct(reduce(_both, filters) if filters else None)


def _both(rows: Rows, others: Rows) -> Rows:
    """Rows in both, ascending."""
    few, many = (rows, others) if len(rows) < len(others) else (others, rows)
    return few[among(few, many)]


def _documents(query: Query, snapshot: Snapshot) -> list[int]:
    """Documents whose date lies, at least in part, in the time asked for, and whose path, address or publisher matches.

    A document without a date is in no period.
    """
    since = first_day(query.since) if query.since else ""
    until = last_day(query.until) if query.until else "9999"
    dated = bool(query.since or query.until)
    return [
        row
        for row, first, last, source, url, publisher in snapshot.corpus.document_facts()
        if (not dated or (first and last and last >= since and first <= until))
        and (
            query.source is None
            or fnmatch(source, query.source)
            or fnmatch(url, query.source)
            or fnmatch(publisher.casefold(), query.source.casefold())
        )
    ]


def rank(
    text: str,
    vector: Vectors,
    snapshot: Snapshot,
    limit: int,
    allowed: Rows | None = None,
    mode: Mode = "hybrid",
    speakers: Sequence[str] = (),
) -> Ranking:
    """The best paragraphs for a text and its vector of shape (dimensions,), at most `limit`, ties by row.

    `dense` and `lexical` rank by one side alone. `fusion` is the mean of both sides' scores, each scaled to 0…1 over
    its candidates (min–max); a paragraph that one side did not find has 0 there. See Bruch, Gai and Ingber, "An
    Analysis of Fusion Functions for Hybrid Retrieval" (2023). `hybrid` ranks the candidates of both sides, the
    answers to the questions that either finds, and the paragraphs beside the best by fusion, by `relevance`,
    `smoothed` along statements.
    """
    depth = max(_DEPTH, limit)
    dense_rows, cosines = snapshot.vectors.search(vector, depth, allowed)
    if mode == "dense":
        return Ranking(dense_rows[:limit], cosines[:limit], cosines[:limit])
    word_rows, scores = snapshot.word_search.search(text, depth, allowed)
    if mode == "lexical":
        unknown: Vectors = np.full(len(word_rows), np.nan, dtype=np.float32)
        return Ranking(word_rows[:limit], scores[:limit], unknown[:limit])
    rows = np.union1d(dense_rows, word_rows)
    scaled = (spread(rows, dense_rows, _scaled(cosines)), spread(rows, word_rows, _scaled(scores)))
    fused: Vectors = ((scaled[0] + scaled[1]) / 2).astype(np.float32)
    if mode == "fusion":
        order = np.lexsort((rows, -fused))[:limit]
        return Ranking(rows[order], fused[order], spread(rows, dense_rows, cosines, np.nan)[order])
    first = np.sort(rows[np.argsort(-fused, kind="stable")[:_BESIDE]])
    more = np.union1d(_answers(text, vector, snapshot, allowed), _beside(first, snapshot, allowed))
    candidates = np.union1d(rows, more)
    found, signs = relevance(text, vector, snapshot, candidates, spread(candidates, rows, fused), speakers)
    # Rounded, so that equal paragraphs are told apart by their rows and not by the last bit of a sum.
    scores = smoothed(snapshot.corpus, candidates, found).round(4)
    order = np.lexsort((candidates, -scores))[:limit]
    return Ranking(candidates[order], scores[order], signs[order, SIGNS.index("cosine")], signs[order])


def _beside(rows: Rows, snapshot: Snapshot, allowed: Rows | None) -> Rows:
    """The allowed paragraphs before and after these in one statement: an answer goes on over paragraphs."""
    goes_on = snapshot.corpus.goes_on
    after = rows[rows + 1 < len(goes_on)] + 1
    found = np.union1d(rows[goes_on[rows]] - 1, after[goes_on[after]])
    return found if allowed is None else found[among(found, allowed)]


def _answers(text: str, vector: Vectors, snapshot: Snapshot, allowed: Rows | None) -> Rows:
    """The allowed paragraphs that answer the questions most like this one: who answers repeats little of a question."""
    asked = snapshot.corpus.questions_of(allowed)
    if not len(asked):
        return asked
    dense_rows, _ = snapshot.vectors.search(vector, _ASKED, asked)
    word_rows, _ = snapshot.word_search.search(text, _ASKED, asked)
    found = snapshot.corpus.answers_to(np.union1d(dense_rows, word_rows))
    return found if allowed is None else found[among(found, allowed)]


def hydrate(ranking: Ranking, vector: Vectors, snapshot: Snapshot) -> tuple[Hit, ...]:
    """The paragraphs and documents behind a ranking, and how near their sentences come to the question's vector."""
    sentences, owners = sentences_of(snapshot.corpus, ranking.rows)
    similarities = snapshot.sentences.similarities(vector, sentences)
    own = snapshot.own_similarities(vector, sentences) if snapshot.maps else similarities
    return tuple(
        Hit(
            int(row),
            *snapshot.corpus.paragraph(int(row)),
            score=float(ranking.scores[place]),
            cosine=float(ranking.cosines[place]),
            similarities=tuple(similarities[owners == place].tolist()),
            signs=() if ranking.signs is None else tuple(ranking.signs[place].tolist()),
            copies=snapshot.corpus.places(int(row)),
            own_similarities=tuple(own[owners == place].tolist()),
        )
        for place, row in enumerate(ranking.rows)
    )


def _scaled(scores: Vectors) -> Vectors:
    if not len(scores):
        return scores
    low, high = scores.min(), scores.max()
    return (scores - low) / (high - low) if high > low else np.ones_like(scores)
