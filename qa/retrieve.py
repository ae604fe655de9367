"""Query + Snapshot → Hits: filter first, search vectors and words, fuse."""

from dataclasses import dataclass
from fnmatch import fnmatch
from functools import reduce
from typing import Literal

import numpy as np

from index.dates import first_day, last_day
from index.snapshot import Snapshot
from index.types import Rows, Vectors
from qa.types import Hit, Query

Mode = Literal["hybrid", "dense", "lexical"]

# Candidates from each side. The gain from more ends long before 100 on the sets in tests/bench.
_DEPTH = 100


@dataclass(frozen=True, slots=True)
class Ranking:
    """Paragraph rows, best first, with their fused scores and, where the dense side found them, cosines; all (n,)."""

    rows: Rows
    scores: Vectors
    cosines: Vectors


def allowed_rows(query: Query, snapshot: Snapshot) -> Rows | None:
    """The paragraphs that who, when and where leave to search, ascending; None where nothing restricts them."""
    corpus = snapshot.corpus
    filters = []
    if query.speakers:
        filters.append(corpus.rows_of_speakers(query.speakers))
    if query.since or query.until or query.source:
        filters.append(corpus.rows_of_documents(_documents(query, snapshot)))
    return reduce(np.intersect1d, filters) if filters else None


def _documents(query: Query, snapshot: Snapshot) -> list[int]:
    """Documents whose date lies, at least in part, in the time asked for, and whose source matches.

    A document without a date is in no period.
    """
    since = first_day(query.since) if query.since else ""
    until = last_day(query.until) if query.until else "9999"
    dated = bool(query.since or query.until)
    return [
        row
        for row, first, last, source, url in snapshot.corpus.document_facts()
        if (not dated or (first and last and last >= since and first <= until))
        and (query.source is None or fnmatch(source, query.source) or fnmatch(url, query.source))
    ]


def rank(
    text: str,
    vector: Vectors,
    snapshot: Snapshot,
    limit: int,
    allowed: Rows | None = None,
    mode: Mode = "hybrid",
) -> Ranking:
    """The best paragraphs for a text and its vector of shape (dimensions,), at most `limit`, ties by row.

    Fused scores are the mean of both sides' scores, each scaled to 0…1 over its candidates (min–max); a paragraph
    that one side did not find has 0 there. See Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid
    Retrieval" (2023).
    """
    depth = max(_DEPTH, limit)
    dense_rows, cosines = snapshot.vectors.search(vector, depth, allowed)
    if mode == "dense":
        return Ranking(dense_rows[:limit], cosines[:limit], cosines[:limit])
    word_rows, scores = snapshot.lexicon.search(text, depth, allowed)
    if mode == "lexical":
        unknown: Vectors = np.full(len(word_rows), np.nan, dtype=np.float32)
        return Ranking(word_rows[:limit], scores[:limit], unknown[:limit])
    rows = np.union1d(dense_rows, word_rows)
    fused = ((_spread(rows, dense_rows, _scaled(cosines)) + _spread(rows, word_rows, _scaled(scores))) / 2).astype(
        np.float32
    )
    order = np.lexsort((rows, -fused))[:limit]
    return Ranking(rows[order], fused[order], _spread(rows, dense_rows, cosines, np.nan)[order])


def hydrate(ranking: Ranking, snapshot: Snapshot) -> tuple[Hit, ...]:
    """The paragraphs and documents behind a ranking."""
    return tuple(
        Hit(int(row), *snapshot.corpus.paragraph(int(row)), score=float(score), cosine=float(cosine))
        for row, score, cosine in zip(ranking.rows, ranking.scores, ranking.cosines, strict=True)
    )


def _scaled(scores: Vectors) -> Vectors:
    if not len(scores):
        return scores
    low, high = scores.min(), scores.max()
    return (scores - low) / (high - low) if high > low else np.ones_like(scores)


def _spread(rows: Rows, found: Rows, scores: Vectors, missing: float = 0.0) -> Vectors:
    """Scores of `found` at their places in `rows` (ascending, holding all of `found`)."""
    spread: Vectors = np.full(len(rows), missing, dtype=np.float32)
    spread[np.searchsorted(rows, found)] = scores
    return spread
