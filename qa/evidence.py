"""What the first quote is judged by: Query + Hits + Candidates → Evidence."""

import re
from collections.abc import Sequence
from math import log
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from index.lexicon import asked_terms, terms
from index.snapshot import Snapshot
from qa.answertype import expected
from qa.quotes import Candidate
from qa.repeats import repeats
from qa.retrieve import allowed_rows
from qa.shortanswer import fits
from qa.signs import SIGNS
from qa.types import Hit, Query

Evidence: TypeAlias = NDArray[np.float32]
"""(len(EVIDENCE),)"""

EVIDENCE = (
    "sentence",  # cosine of the best sentence of the quote's passage; where people are asked for, of theirs
    "pairs",     # of the passage: a sign of the second stage
    "missing",   # the rarest word asked for that the passage and its reporter's question lack, as a share of the rarest
    "named",     # the share of the names and numbers asked for that they have; 1 where none is asked for
    "gap",       # how much the best other passage scores less, at most 2 either way
    "typed",     # 1 where a number, a date, a name … is asked for
    "fit",       # then: how well the quote offers one
    "words",     # logarithm of how many words are asked for
    "asked",     # 1 where somebody's words are asked for; what follows applies then
    "searched",  # logarithm of how many paragraphs they speak in: among more, the best by chance is better
    "margin",    # score of their best passage less that of anybody's: far below 0, it is somebody else's topic
)  # fmt: skip

_MOST_GAP = 2.0
_MOST_MARGIN = 10.0
# A word with a capital that does not open the question, or with a digit.
_NAMED = re.compile(r"(?<=\s)[A-Z][\w.]*|\b\w*\d\w*")


def evidence_of(
    query: Query,
    snapshot: Snapshot,
    hits: Sequence[Hit],
    candidates: Sequence[Candidate],
    everybody: Sequence[Hit] = (),
) -> Evidence:
    """Of the first candidate, one of `hits`, which are the passages read for an answer, best first.

    `everybody` is what is found where somebody's words are asked for and nobody's were.
    """
    first = candidates[0]
    hit = hits[first.quote.passage - 1]
    have = set(terms(hit.text)) | set(terms(_question(hit, snapshot)))
    rarity = {word: snapshot.lexicon.rarity(word) for word in asked_terms(query.topic)}
    rarest = max(rarity.values(), default=1.0)
    named = [word for name in _NAMED.findall(f" {query.topic}") for word in terms(name)]
    sign = dict(zip(SIGNS, hit.signs, strict=True))
    typed = expected(query.standalone) is not None
    others = [
        other.score for other in hits if other is not hit and not repeats(hit, other, first.quote.text, snapshot.corpus)
    ]
    values = {
        "sentence": _sentence(hit, query),
        "pairs": sign["pairs"],
        "missing": max((value for word, value in rarity.items() if word not in have), default=0.0) / rarest,
        "named": sum(word in have for word in named) / len(named) if named else 1.0,
        "gap": max(-_MOST_GAP, min(_MOST_GAP, hit.score - max(others))) if others else _MOST_GAP,
        "typed": float(typed),
        "fit": fits(query.standalone, first.quote.text, query.topic) if typed else 0.0,
        "words": log(1 + len(rarity)),
        "asked": float(bool(query.speakers)),
        "searched": _searched(query, snapshot),
        "margin": _margin(hits, everybody),
    }
    return np.array([values[name] for name in EVIDENCE], np.float32)


def _sentence(hit: Hit, query: Query) -> float:
    theirs = (
        similarity
        for sentence, similarity in zip(hit.paragraph.sentences, hit.own_similarities, strict=True)
        if not query.speakers or (sentence.speech and sentence.speech.speaker in query.speakers)
    )
    return max(theirs, default=-1.0)


def _searched(query: Query, snapshot: Snapshot) -> float:
    if not query.speakers:
        return 0.0
    allowed = allowed_rows(query, snapshot)
    return log(max(1, len(snapshot.corpus) if allowed is None else len(allowed)))


def _margin(hits: Sequence[Hit], everybody: Sequence[Hit]) -> float:
    best, nearest = (max((hit.score for hit in each), default=0.0) for each in (hits, everybody))
    return max(-_MOST_MARGIN, min(0.0, best - nearest)) if everybody else 0.0


def _question(hit: Hit, snapshot: Snapshot) -> str:
    """What a reporter asked that a passage answers, "" where it answers nobody."""
    row = int(snapshot.corpus.answers[hit.row])
    if row < 0:
        return ""
    document, paragraph = snapshot.corpus.paragraph(row)
    return document.text[paragraph.start : paragraph.end]
