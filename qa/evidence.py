"""What the first quote is judged by: Query + Hits + Candidates → Evidence."""

import re
from collections.abc import Sequence
from dataclasses import replace
from math import log
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from index.lexicon import asked_terms, terms
from index.snapshot import Snapshot
from index.types import Vectors
from qa.answertype import expected
from qa.quotes import Candidate
from qa.retrieve import allowed_rows
from qa.shortanswer import fits
from qa.signs import SIGNS
from qa.types import Hit, Query

Evidence: TypeAlias = NDArray[np.float32]
"""(len(EVIDENCE),)"""

EVIDENCE = (
    "similarity",   # cosine of the quote's best sentence with what is asked about
    "sentence",     # of the quote's passage: the signs of the second stage that say how well it fits
    "coverage",     # the same and its reporter's question's: the share of the words asked for, each by its rarity
    "sentence_coverage",
    "pairs",
    "fused",
    "best",         # the best coverage of any passage read
    "missing",      # the rarest word asked for that the passage and its question have not, as a share of the rarest
    "named",        # the share of the names and numbers asked for that they have; 1 where none is asked for
    "gap",          # how much the next passage scores less, at most 5
    "typed",        # 1 where a number, a date, a name … is asked for
    "fit",          # then: how well the quote offers one
    "words",        # logarithm of how many words are asked for
    "asked",        # 1 where somebody's words are asked for; what follows applies then
    "searched",     # logarithm of how many paragraphs they speak in: among more, the best by chance is better
    "margin",       # cosine of their best passage less that of anybody's best: far below 0, it is somebody else's topic
)  # fmt: skip

_MOST_GAP = 5.0
# A word with a capital that does not open the question, or with a digit.
_NAMED = re.compile(r"(?<=\s)[A-Z][\w.]*|\b\w*\d\w*")


def evidence_of(
    query: Query, vector: Vectors, snapshot: Snapshot, hits: Sequence[Hit], candidates: Sequence[Candidate]
) -> Evidence:
    """Of the first candidate, one of `hits`, which are the passages read for an answer, best first."""
    first = candidates[0]
    hit = hits[first.quote.passage - 1]
    have = set(terms(hit.text)) | set(terms(_question(hit, snapshot)))
    rarity = {word: snapshot.lexicon.rarity(word) for word in asked_terms(query.topic)}
    rarest = max(rarity.values(), default=1.0)
    named = [word for name in _NAMED.findall(f" {query.topic}") for word in terms(name)]
    read = [dict(zip(SIGNS, each.signs, strict=True)) for each in hits]
    sign = read[first.quote.passage - 1]
    typed = expected(query.standalone) is not None
    others = [other.score for other in hits if other is not hit]
    values = {
        "similarity": first.similarity,
        **{name: sign[name] for name in ("sentence", "sentence_coverage", "pairs", "fused")},
        "coverage": sign["coverage"] + sign["asked_coverage"],
        "best": max(each["coverage"] + each["asked_coverage"] for each in read),
        "missing": max((value for word, value in rarity.items() if word not in have), default=0.0) / rarest,
        "named": sum(word in have for word in named) / len(named) if named else 1.0,
        "gap": min(_MOST_GAP, hit.score - max(others)) if others else _MOST_GAP,
        "typed": float(typed),
        "fit": fits(query.standalone, first.quote.text, query.topic) if typed else 0.0,
        "words": log(1 + len(rarity)),
        "asked": float(bool(query.speakers)),
        **_of_asked(query, vector, snapshot, hits),
    }
    return np.array([values[name] for name in EVIDENCE], np.float32)


def _of_asked(query: Query, vector: Vectors, snapshot: Snapshot, hits: Sequence[Hit]) -> dict[str, float]:
    if not query.speakers:
        return {"searched": 0.0, "margin": 0.0}
    allowed = allowed_rows(query, snapshot)
    _, nearest = snapshot.vectors.search(vector, 1, allowed_rows(replace(query, speakers=()), snapshot))
    margin = min(0.0, max(hit.cosine for hit in hits) - float(nearest[0])) if len(nearest) else 0.0
    return {"searched": log(max(1, len(snapshot.corpus) if allowed is None else len(allowed))), "margin": margin}


def _question(hit: Hit, snapshot: Snapshot) -> str:
    """What a reporter asked that a passage answers, "" where it answers nobody."""
    row = int(snapshot.corpus.answers[hit.row])
    if row < 0:
        return ""
    document, paragraph = snapshot.corpus.paragraph(row)
    return document.text[paragraph.start : paragraph.end]
