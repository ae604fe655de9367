"""What the first quote is judged by: Query + Hits + Candidates → Evidence."""

import re
from collections.abc import Sequence
from math import log
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from index.lexicon import asked_terms, terms
from index.snapshot import Snapshot
from qa.answernouns import AnswerType
from qa.answertype import expected
from qa.coverage import WordVectors
from qa.quotes import Candidate
from qa.repeats import repeats
from qa.retrieve import allowed_rows
from qa.shortanswer import fits
from qa.types import Hit, Query, Quote
from qa.verifier import Verifier, reading

Evidence: TypeAlias = NDArray[np.float32]
"""(len(EVIDENCE),)"""

EVIDENCE = (
    "sentence",  # cosine of the best sentence of the quote's passage; where people are asked for, of theirs
    "weakest",   # cosine of the word asked for that the quote, what surrounds it and its reporter's question meet least
    "unnamed",   # how many words of the names and numbers asked for stand nowhere in its passage, at most 3
    "unheard",   # 1 where one of them stands in no document
    "gap",       # how much the best other passage scores less, at most 2 either way
    "whether",   # 1 where it is asked whether something is so
    "typed",     # 1 where a number, a date, a name … is asked for
    "offered",   # then: logarithm of how probably the quote has one
    "words",     # logarithm of how many words are asked for
    "asked",     # 1 where somebody's words are asked for; what follows applies then
    "searched",  # logarithm of how many paragraphs they speak in: among more, the best by chance is better
    "margin",    # score of their best passage less that of anybody's: far below 0, it is somebody else's topic
    "spoken",    # 1 where the quote is somebody's words
    "verified",  # the log odds of reading question and quote together
)  # fmt: skip

_MOST_GAP = 2.0
_MOST_MARGIN = 10.0
_MOST_UNNAMED = 3
# What has no chance to be offered has this one, whose logarithm is finite.
_LEAST_OFFERED = 0.02
# What may be a name, if it begins with a capital; and what has a digit, also between letters that no space divides.
_WORD = re.compile(r"(?<!\w)[^\W\d_][\w.]*")
_NUMBERED = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]*[0-9][A-Za-z0-9]*")


def evidence_of(
    query: Query,
    words: WordVectors,
    snapshot: Snapshot,
    hits: Sequence[Hit],
    candidates: Sequence[Candidate],
    everybody: Sequence[Hit] = (),
    verifier: Verifier | None = None,
) -> Evidence:
    """Of the first candidate, one of `hits`, which are the passages read for an answer, best first.

    `words` are those of the query's topic. `everybody` is what is found where somebody's words are asked for and
    nobody's were. Without a verifier, its odds are even.
    """
    first = candidates[0].quote
    hit = hits[first.passage - 1]
    question = reporters_question(hit.row, snapshot)
    wanted = expected(query.standalone)
    # Who said something is answered by who is quoted: its topic asks for nothing more.
    typed = wanted is not None and wanted.type is not AnswerType.YES_NO and expected(query.topic) is not None
    around, named = surrounded(first, hit), _named(query.topic, query.standalone)
    others = [
        other.score for other in hits if other is not hit and not repeats(hit, other, first.text, snapshot.corpus)
    ]
    values = {
        "sentence": _sentence(hit, query),
        "weakest": words.least_met(f"{around} {question}"),
        "unnamed": _lacked(named, f"{hit.text} {question} {hit.document.title}"),
        "unheard": float(not all(map(snapshot.lexicon.knows, named))),
        "gap": max(-_MOST_GAP, min(_MOST_GAP, hit.score - max(others))) if others else _MOST_GAP,
        "whether": float(wanted is not None and wanted.type is AnswerType.YES_NO),
        "typed": float(typed),
        "offered": log(_LEAST_OFFERED + fits(query.standalone, first.text, query.topic)) if typed else 0.0,
        "words": log(1 + len(set(asked_terms(query.topic)))),
        "asked": float(bool(query.speakers)),
        "searched": _searched(query, snapshot),
        "margin": _margin(hits, everybody),
        "spoken": float(first.speaker is not None),
        "verified": verifier.log_odds(query.standalone, reading(around, first.speaker, question)) if verifier else 0.0,
    }
    return np.array([values[name] for name in EVIDENCE], np.float32)


def surrounded(quote: Quote, hit: Hit) -> str:
    """A quote's sentences with the one before and the one after it in their paragraph."""
    sentences = hit.paragraph.sentences
    inside = [place for place, each in enumerate(sentences) if each.start < quote.end and each.end > quote.start]
    first, last = sentences[max(0, inside[0] - 1)], sentences[min(inside[-1] + 1, len(sentences) - 1)]
    return hit.document.text[first.start : last.end]


def _named(topic: str, question: str) -> list[str]:
    """The words of the names and numbers that are asked for.

    A capital that opens a question tells nothing ("Describe"), nor do those of one that has no other letters.
    """
    asked = frozenset(asked_terms(topic))
    shouted = topic == topic.upper()
    opening = _WORD.search(question)
    names = (
        match[0]
        for match in _WORD.finditer(topic)
        if match[0][0].isupper() and not shouted and not (opening and topic[: match.end()].strip() == opening[0])
    )
    return [word for name in (*names, *_NUMBERED.findall(topic)) for word in terms(name) if word in asked]


def _lacked(named: Sequence[str], text: str) -> float:
    have = frozenset(terms(text))
    return float(min(_MOST_UNNAMED, sum(word not in have for word in named)))


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


def reporters_question(row: int, snapshot: Snapshot) -> str:
    """What a reporter asked that the paragraph of a row answers, "" where it answers nobody."""
    asked = int(snapshot.corpus.answers[row])
    if asked < 0:
        return ""
    document, paragraph = snapshot.corpus.paragraph(asked)
    return document.text[paragraph.start : paragraph.end]
