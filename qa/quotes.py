"""Hits → Quotes: which sentences of the passages answer, whole and verbatim."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from index.embed import Embedder
from index.lexicon import terms
from index.speakers import REPORTER
from index.types import Basis, Sentence, Speech, Vectors
from qa.types import Hit, Quote

# Sentences of a passage that are embedded, those with most of the asked words: nearly all that a question costs.
_MOST_EMBEDDED = 3
# A neighbour joins a quote when it is nearly as good as the best sentence.
_JOIN = 0.9
_MOST_JOINED = 3
_NOBODYS_LABEL = re.compile(r"(?:[AQ]|Answer|ANSWER|Question|QUESTION|(?:[A-Z]+\.?\s){1,4}[A-Z]+)(?=:\s)")
_AFTER_NAME = re.compile(r"\s*:?\s*")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A quote with what its confidence is judged by: similarity to the topic and the share of its words present."""

    quote: Quote
    score: float
    similarity: float
    coverage: float


@dataclass(frozen=True, slots=True)
class _Scored:
    hit: Hit
    rank: int
    position: int
    sentence: Sentence
    similarity: float
    coverage: float
    score: float


def choose_quotes(
    topic: str, vector: Vectors, hits: Sequence[Hit], embedder: Embedder, speakers: Iterable[str] = ()
) -> tuple[Candidate, ...]:
    """At most one quote a passage, best first. With `speakers`, only sentences these people speak.

    A reporter's question answers nothing, so it is quoted only where reporters are asked for.
    """
    wanted, asked = frozenset(speakers), set(terms(topic))
    places = [place for rank, hit in enumerate(hits, 1) for place in _promising(hit, rank, wanted, asked)]
    if not places:
        return ()
    similarities = embedder.passages([_text(hit, sentence) for hit, _, _, sentence, _ in places]) @ vector
    scored = [
        _Scored(hit, rank, position, sentence, float(similarity), coverage, _score(hit, float(similarity), coverage))
        for (hit, rank, position, sentence, coverage), similarity in zip(places, similarities, strict=True)
    ]
    by_passage = {item.rank: [other for other in scored if other.rank == item.rank] for item in scored}
    return tuple(sorted(map(_quote, by_passage.values()), key=lambda item: (-item.score, item.quote.passage)))


def _promising(
    hit: Hit, rank: int, wanted: frozenset[str], asked: set[str]
) -> list[tuple[Hit, int, int, Sentence, float]]:
    """The sentences of a passage that may be quoted and have most of the asked words, with that share, in order."""
    places = [
        (hit, rank, position, sentence, _coverage(asked, _text(hit, sentence)))
        for position, sentence in enumerate(hit.paragraph.sentences)
        if _may_quote(sentence, wanted)
    ]
    best = sorted(places, key=lambda place: -place[-1])[:_MOST_EMBEDDED]
    return [place for place in places if place in best]


def _text(hit: Hit, sentence: Sentence) -> str:
    return hit.document.text[sentence.start : sentence.end]


def _may_quote(sentence: Sentence, wanted: frozenset[str]) -> bool:
    speaker = sentence.speech.speaker if sentence.speech else None
    return speaker in wanted if wanted else speaker != REPORTER


def _score(hit: Hit, similarity: float, coverage: float) -> float:
    cosine = 0.0 if np.isnan(hit.cosine) else hit.cosine
    # Rounded, so that equal sentences are told apart by their rank and not by the last bit of a product.
    return round(0.4 * similarity + 0.3 * coverage + 0.2 * cosine + 0.1 * hit.score, 5)


def _coverage(asked: set[str], text: str) -> float:
    """The share of the asked words that a text has."""
    return len(asked & set(terms(text))) / len(asked) if asked else 0.0


def _quote(sentences: Sequence[_Scored]) -> Candidate:
    """The best sentence of a passage and the neighbours that belong to it; all by one speaker."""
    best = max(sentences, key=lambda item: (item.score, -item.position))
    by_position = {item.position: item for item in sentences}
    chosen = [best]
    for step in (1, -1):
        position = best.position + step
        while len(chosen) < _MOST_JOINED and _joins(by_position.get(position), best):
            chosen.append(by_position[position])
            position += step
    start = min(item.sentence.start for item in chosen)
    end = max(item.sentence.end for item in chosen)
    speech = best.sentence.speech
    start = _after_label(best.hit.document.text, start, speech)
    quote = Quote(
        text=best.hit.document.text[start:end],
        start=start,
        end=end,
        passage=best.rank,
        speaker=speech.speaker if speech else None,
        basis=speech.basis if speech else None,
        date=best.hit.document.date,
    )
    return Candidate(quote, best.score, best.similarity, best.coverage)


def _joins(neighbour: _Scored | None, best: _Scored) -> bool:
    if neighbour is None or neighbour.score < _JOIN * best.score:
        return False
    speakers = [item.sentence.speech.speaker if item.sentence.speech else None for item in (neighbour, best)]
    return speakers[0] == speakers[1]


def _after_label(text: str, start: int, speech: Speech | None) -> int:
    """Where the words begin after "MS. PSAKI:", "A:" or "Q", which the speaker did not say."""
    if speech and speech.evidence and speech.evidence[0] == start and speech.basis in (Basis.LABEL, Basis.CARRIED):
        end = speech.evidence[1]
    else:
        # An answer in a transcript that does not say who answers is nobody's, and has its label all the same.
        letter = _NOBODYS_LABEL.match(text, start)
        end = letter.end() if letter and speech is None else start
    label = _AFTER_NAME.match(text, end) if end > start else None
    return label.end() if label else start
