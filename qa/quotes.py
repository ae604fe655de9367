"""Hits → Quotes: which sentences of the passages answer, whole and verbatim."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from index.lexicon import asked_terms, terms
from index.speakers import REPORTER
from index.types import Basis, Sentence
from qa.answertype import expected
from qa.shortanswer import fits
from qa.types import Hit, Quote

# What a sentence is chosen by. Fitted by a softmax over the sentences of the passages read for 301 questions of our own
# (see tests/bench/questions): the first quote is right for 41 % of them where it was 32 %, and for 67 % of
# ../shared/questions/dev.jsonl, not fitted on, where it was 52 %. The weight of the words was chosen by hand: these
# questions avoid the words of their answers, and others do not; it costs them a point or two.
_PASSAGE = 0.57  # the passage's score, against that of the best
_SIMILARITY = 6.3  # the cosine of the sentence
_BEST_HERE = 4.7  # how much less that is than the best of its passage
_BESIDE = 1.4  # the better cosine of the sentences beside it
_FIT = 6.8  # whether it offers the number, date, name … that is asked for
_WORDS = 1.5  # the share of the words asked for that it has
_OPENS = -0.6  # it is the first of its paragraph
# What ends otherwise is a form of address ("Mr. President,") or a heading: it is quoted for want of another.
_ENDS = re.compile(r"[.!?…:;][\s\"'”’)\]]*$")
# A neighbour joins a quote when it scores at most so much less than the best sentence.
_JOIN = 1.5
_MOST_JOINED = 3
_LONGEST = 700
# So near must what is left of a passage come to what was heard of it.
_AS_GOOD = 0.8
_NOBODYS_LABEL = re.compile(r"(?:[AQ]|Answer|ANSWER|Question|QUESTION|(?:[A-Z]+\.?\s){1,4}[A-Z]+)(?=:(?:\s|$))")
_AFTER_NAME = re.compile(r"\s*:?\s*")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A quote, and how well it answers against others of the same hits."""

    quote: Quote
    score: float


@dataclass(frozen=True, slots=True)
class _Scored:
    hit: Hit
    rank: int
    position: int
    sentence: Sentence
    similarity: float
    score: float


def choose_quotes(
    topic: str,
    hits: Sequence[Hit],
    speakers: Iterable[str] = (),
    heard: Iterable[str] = (),
    besides: Iterable[str] = (),
    question: str = "",
) -> tuple[Candidate, ...]:
    """At most one quote a passage, the best first. With `speakers`, only sentences these people speak.

    The `question`, where it is given, says what type of answer is asked for.

    A reporter's question answers nothing, so it is quoted only where reporters are asked for; otherwise whoever speaks
    is quoted, but for those `besides` whom others are asked for. Words `heard` before are
    not quoted again, and what stands beside them in their passage only where it is nearly as good.
    """
    wanted, unwanted = frozenset(speakers), frozenset((*besides, REPORTER))
    typed = question if question and expected(question) else ""
    asked, best = frozenset(asked_terms(topic)), max((hit.score for hit in hits), default=0.0)
    patterns = [verbatim(words) for words in heard]
    scored = (
        [
            _scored(hit, rank, position, best, asked, typed, topic)
            for position, sentence in enumerate(hit.paragraph.sentences)
            if _may_quote(sentence, wanted, unwanted) and not is_label(hit.document.text, sentence)
        ]
        for rank, hit in enumerate(hits, 1)
    )
    candidates = tuple(_quote(sentences) for sentences in (_fresh(each, patterns) for each in scored) if sentences)
    candidates = tuple(item for item in candidates if tells(item.quote.text)) or candidates
    return tuple(sorted(candidates, key=lambda item: -item.score))


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
    least = _AS_GOOD * max((item.similarity for item in stale), default=-1.0)
    return fresh if any(item.similarity >= least for item in fresh) else ()


def _scored(hit: Hit, rank: int, position: int, best: float, asked: frozenset[str], typed: str, topic: str) -> _Scored:
    """`best` is the best passage's score; `typed` the question, if it asks for a number, a date, a name …, else ""."""
    here = hit.similarities
    similarity, sentence = here[position], hit.paragraph.sentences[position]
    text = _text(hit, sentence)
    score = (
        _PASSAGE * (hit.score - best)
        + _SIMILARITY * similarity
        + _BEST_HERE * (similarity - max(here))
        + _BESIDE * max((*here[max(0, position - 1) : position], *here[position + 1 : position + 2]), default=0.0)
        + (_FIT * fits(typed, text, topic) if typed else 0.0)
        + (_WORDS * len(asked & set(terms(text))) / len(asked) if asked else 0.0)
        + (_OPENS if position == 0 else 0.0)
    )
    # Rounded, so that equal sentences are told apart by their order and not by the last bit of a product.
    return _Scored(hit, rank, position, sentence, similarity, round(score, 4))


def _text(hit: Hit, sentence: Sentence) -> str:
    return hit.document.text[sentence.start : sentence.end]


def _may_quote(sentence: Sentence, wanted: frozenset[str], unwanted: frozenset[str]) -> bool:
    speaker = sentence.speech.speaker if sentence.speech else None
    return speaker in wanted if wanted else speaker not in unwanted


def _quote(sentences: Sequence[_Scored]) -> Candidate:
    """The best sentence of a passage and the neighbours that belong to it; all by one speaker."""
    telling = [item for item in sentences if tells(_text(item.hit, item.sentence))]
    best = max(telling or sentences, key=lambda item: (item.score, -item.position))
    text = best.hit.document.text
    chosen = _together(best, {item.position: item for item in sentences})
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
    return Candidate(quote, best.score)


def _together(best: _Scored, sentences: Mapping[int, _Scored]) -> list[_Scored]:
    """The best sentence and those beside it that are nearly as good; the better side first."""
    chosen, text = [best], best.hit.document.text
    low = high = best.position
    while len(chosen) < _MOST_JOINED:
        # A label stands before what it opens, and is not to stand inside a quote.
        sides = [
            sentences[place]
            for place, later in ((low - 1, low), (high + 1, high + 1))
            if place in sentences
            and _joins(sentences[place], best)
            and label_end(text, sentences[later].sentence) is None
        ]
        if not sides:
            break
        item = max(sides, key=lambda side: (side.score, -side.position))
        low, high = min(low, item.position), max(high, item.position)
        if sentences[high].sentence.end - sentences[low].sentence.start > _LONGEST:
            break
        chosen.append(item)
    return chosen


def tells(text: str) -> bool:
    """Whether a text is more than a form of address or a heading."""
    return bool(_ENDS.search(text))


def _joins(neighbour: _Scored, best: _Scored) -> bool:
    if neighbour.score < best.score - _JOIN:
        return False
    speakers = [item.sentence.speech.speaker if item.sentence.speech else None for item in (neighbour, best)]
    return speakers[0] == speakers[1]


def label_end(text: str, sentence: Sentence) -> int | None:
    """Where the words begin after "MS. PSAKI:", "A:" or "Q", which the speaker did not say; None without a label.

    `text` is the whole document's. A label that stands alone ends where its sentence does.
    """
    start, speech = sentence.start, sentence.speech
    if speech and speech.evidence and speech.evidence[0] == start and speech.basis in (Basis.LABEL, Basis.CARRIED):
        end = min(speech.evidence[1], sentence.end)
    else:
        # An answer in a transcript that does not say who answers is nobody's, and has its label all the same.
        letter = _NOBODYS_LABEL.match(text, start, sentence.end)
        alone = letter and text[letter.end() : sentence.end].strip() == ":"
        end = letter.end() if letter and (speech is None or alone) else start
    label = _AFTER_NAME.match(text, end, sentence.end) if end > start else None
    return label.end() if label else None


def is_label(text: str, sentence: Sentence) -> bool:
    """Whether a sentence of a document's text is a label and nothing more: nobody's words."""
    return label_end(text, sentence) == sentence.end
