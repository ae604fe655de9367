"""Hits → Quotes: which sentences of the passages answer, whole and verbatim."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.lexicon import terms
from index.speakers import REPORTER
from index.types import Basis, Sentence
from qa.types import Hit, Quote

# What the share of the asked words that a sentence has is worth against its similarity.
_COVERAGE = 0.3
# What ends otherwise is a form of address ("Mr. President,") or a heading: it is quoted for want of another.
_ENDS = re.compile(r"[.!?…:;][\s\"'”’)\]]*$")
# A neighbour joins a quote when it is nearly as good as the best sentence.
_JOIN = 0.9
_MOST_JOINED = 3
# So near must what is left of a passage come to what was heard of it.
_AS_GOOD = 0.8
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
    topic: str,
    hits: Sequence[Hit],
    speakers: Iterable[str] = (),
    heard: Iterable[str] = (),
    besides: Iterable[str] = (),
) -> tuple[Candidate, ...]:
    """At most one quote a passage, in the order of the passages. With `speakers`, only sentences these people speak.

    A reporter's question answers nothing, so it is quoted only where reporters are asked for; otherwise whoever speaks
    is quoted, but for those `besides` whom others are asked for. Words `heard` before are
    not quoted again, and what stands beside them in their passage only where it is nearly as good.
    """
    wanted, unwanted, asked = frozenset(speakers), frozenset((*besides, REPORTER)), set(terms(topic))
    patterns = [verbatim(words) for words in heard]
    scored = (
        [
            _scored(hit, rank, position, asked)
            for position, sentence in enumerate(hit.paragraph.sentences)
            if _may_quote(sentence, wanted, unwanted)
        ]
        for rank, hit in enumerate(hits, 1)
    )
    candidates = tuple(_quote(sentences) for sentences in (_fresh(each, patterns) for each in scored) if sentences)
    return tuple(item for item in candidates if tells(item.quote.text)) or candidates


def verbatim(words: str) -> re.Pattern[str]:
    """Finds words with any white space between them; the last one may be cut off."""
    return re.compile(r"(?<!\w)" + r"\s+".join(map(re.escape, words.split())))


def _fresh(sentences: Sequence[_Scored], heard: Sequence[re.Pattern[str]]) -> Sequence[_Scored]:
    """The sentences of a passage that hold nothing of what was heard; none where those that do are far better."""
    if not sentences or not heard:
        return sentences
    hit = sentences[0].hit
    found = (pattern.search(hit.document.text, hit.paragraph.start, hit.paragraph.end) for pattern in heard)
    spans = [match.span() for match in found if match]
    fresh, stale = list[_Scored](), list[_Scored]()
    for item in sentences:
        held = any(item.sentence.start < end and start < item.sentence.end for start, end in spans)
        (stale if held else fresh).append(item)
    least = _AS_GOOD * max((item.score for item in stale), default=-1.0)
    return fresh if any(item.score >= least for item in fresh) else ()


def _scored(hit: Hit, rank: int, position: int, asked: set[str]) -> _Scored:
    similarity = hit.similarities[position]
    sentence = hit.paragraph.sentences[position]
    coverage = _coverage(asked, _text(hit, sentence))
    # Rounded, so that equal sentences are told apart by their order and not by the last bit of a product.
    score = round(similarity + _COVERAGE * coverage, 5)
    return _Scored(hit, rank, position, sentence, similarity, coverage, score)


def _text(hit: Hit, sentence: Sentence) -> str:
    return hit.document.text[sentence.start : sentence.end]


def _may_quote(sentence: Sentence, wanted: frozenset[str], unwanted: frozenset[str]) -> bool:
    speaker = sentence.speech.speaker if sentence.speech else None
    return speaker in wanted if wanted else speaker not in unwanted


def _coverage(asked: set[str], text: str) -> float:
    """The share of the asked words that a text has."""
    return len(asked & set(terms(text))) / len(asked) if asked else 0.0


def _quote(sentences: Sequence[_Scored]) -> Candidate:
    """The best sentence of a passage and the neighbours that belong to it; all by one speaker."""
    telling = [item for item in sentences if tells(_text(item.hit, item.sentence))]
    best = max(telling or sentences, key=lambda item: (item.score, -item.position))
    text = best.hit.document.text
    by_position = {item.position: item for item in sentences}
    chosen = [best]
    for step in (1, -1):
        position = best.position + step
        while len(chosen) < _MOST_JOINED and _joins(by_position.get(position), best):
            # A label stands before what it opens, and is not to stand inside a quote.
            if label_end(text, by_position[max(position, position - step)].sentence) is not None:
                break
            chosen.append(by_position[position])
            position += step
    first = min(chosen, key=lambda item: item.position)
    start = label_end(text, first.sentence) or first.sentence.start
    end = max(item.sentence.end for item in chosen)
    speech = best.sentence.speech
    quote = Quote(
        text=text[start:end],
        start=start,
        end=end,
        passage=best.rank,
        speaker=speech.speaker if speech else None,
        basis=speech.basis if speech else None,
        date=best.hit.document.date,
    )
    return Candidate(quote, best.score, best.similarity, best.coverage)


def tells(text: str) -> bool:
    """Whether a text is more than a form of address or a heading."""
    return bool(_ENDS.search(text))


def _joins(neighbour: _Scored | None, best: _Scored) -> bool:
    if neighbour is None or neighbour.score < _JOIN * best.score:
        return False
    speakers = [item.sentence.speech.speaker if item.sentence.speech else None for item in (neighbour, best)]
    return speakers[0] == speakers[1]


def label_end(text: str, sentence: Sentence) -> int | None:
    """Where the words begin after "MS. PSAKI:", "A:" or "Q", which the speaker did not say; None without a label.

    `text` is the whole document's.
    """
    start, speech = sentence.start, sentence.speech
    if speech and speech.evidence and speech.evidence[0] == start and speech.basis in (Basis.LABEL, Basis.CARRIED):
        end = speech.evidence[1]
    else:
        # An answer in a transcript that does not say who answers is nobody's, and has its label all the same.
        letter = _NOBODYS_LABEL.match(text, start)
        end = letter.end() if letter and speech is None else start
    label = _AFTER_NAME.match(text, end) if end > start else None
    return label.end() if label else None
