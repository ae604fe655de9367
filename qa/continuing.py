"""A question that goes on from words quoted before → what stands beside them, or passages that were not heard yet."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from index.corpus import Corpus
from index.snapshot import Snapshot
from index.speakers import REPORTER
from index.types import Document, Paragraph, Sentence, Vectors
from qa.quotes import choose_quotes, is_label, label_end, tells, verbatim
from qa.retrieve import Ranking, allowed_rows, hydrate, rank
from qa.types import Hit, Query, Quote

# Where the very words are found, only who speaks beside them, or another document with the same words, can be wrong.
_FOUND = 0.97
# Paragraphs that the topic finds, and as many that share the quoted words, are looked through for those words.
_LOOKED_THROUGH = 20
# Characters of the quoted words that say where they are; whoever sends more would only make the search long.
_TELLING = 1000
# A quote grows by whole sentences of its paragraph up to so many, as long as it has fewer characters than that.
_MOST_SENTENCES = 3
_ENOUGH = 300


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside quoted words: the quote, None where the speaker says nothing there, and its passages.

    The first passage holds the quote, the next one the words it stands beside, unless both are one. `speaker` spoke
    those words; `place` is whether they were found at all. Confidence is 0 where there is no quote.
    """

    quote: Quote | None
    hits: tuple[Hit, ...]
    speaker: str | None
    place: bool
    confidence: float


@dataclass(frozen=True, slots=True)
class _Place:
    """Sentences `first` to `last` of a paragraph, both inclusive, that hold the quoted words."""

    row: int
    document: Document
    paragraph: Paragraph
    first: int
    last: int

    @property
    def speaker(self) -> str | None:
        return _speaker(self.paragraph.sentences[self.first])


def beside(query: Query, vector: Vectors, snapshot: Snapshot) -> Beside:
    """One to three sentences after (`next`), or before (`previous`), the words that the query quotes.

    They are the same speaker's and of one paragraph, the nearest in the document: what others say between is passed
    over. Words that are nobody's are followed by whatever the document goes on with, except a reporter's question.
    """
    allowed = allowed_rows(query, snapshot)
    ranked = rank(query.topic, vector, snapshot, _LOOKED_THROUGH, allowed, speakers=query.speakers)
    place = _place(query, ranked, snapshot)
    if place is None:
        return Beside(None, hydrate(ranked, vector, snapshot), None, False, 0.0)
    backward = query.continues == "previous"
    found = next(_quotes(place, snapshot.corpus, backward), None)
    rows = np.array(list(dict.fromkeys([found[0], place.row] if found else [place.row])), np.int64)
    cosines = snapshot.vectors.similarities(vector, rows)
    hits = hydrate(Ranking(rows, cosines, cosines), vector, snapshot)
    return Beside(found[1] if found else None, hits, place.speaker, True, _FOUND if found else 0.0)


def nothing_beside(query: Query, found: Beside) -> str:
    """Why nothing is quoted, in plain words; a quote that there is was not sure enough."""
    if not found.place:
        return "Not on record: these documents do not have the words to go on from."
    where = "before" if query.continues == "previous" else "after"
    if found.quote:
        return f"Not on record: what is said {where} that is not sure enough to be quoted."
    if not found.speaker:
        return f"Not on record: this document has nothing {where} that."
    return f"Not on record: {found.speaker} says nothing {where} that in this document."


def unheard(hits: Sequence[Hit], query: Query) -> tuple[Hit, ...]:
    """The passages that hold none of the words heard before, or others as good beside them, in their order."""
    patterns = [verbatim(words) for words in query.heard]
    return tuple(
        hit
        for hit in hits
        if not any(pattern.search(hit.text) for pattern in patterns)
        or choose_quotes(query.topic, [hit], query.speakers, query.heard, query.besides)
    )


def _place(query: Query, ranked: Ranking, snapshot: Snapshot) -> _Place | None:
    """Where the quoted words are; of several places one of the day they were quoted with, and the best by topic."""
    corpus = snapshot.corpus
    theirs = corpus.rows_of_speakers(query.speakers) if query.speakers else None
    sharing, _ = snapshot.word_search.search(query.quoted[:_TELLING], _LOOKED_THROUGH, theirs)
    pattern = verbatim(query.quoted)
    rows = dict.fromkeys([*ranked.rows.tolist(), *sharing.tolist()])
    places = (_place_in(row, pattern, corpus) for row in rows)
    good = [place for place in places if place and (not query.speakers or place.speaker in query.speakers)]
    return min(good, key=lambda place: place.document.date != query.quoted_day, default=None)


def _place_in(row: int, pattern: re.Pattern[str], corpus: Corpus) -> _Place | None:
    document, paragraph = corpus.paragraph(row)
    match = pattern.search(document.text, paragraph.start, paragraph.end)
    if not match:
        return None
    held = [
        number
        for number, sentence in enumerate(paragraph.sentences)
        if sentence.start < match.end() and match.start() < sentence.end
    ]
    return _Place(row, document, paragraph, held[0], held[-1])


def _quotes(place: _Place, corpus: Corpus, backward: bool) -> Iterator[tuple[int, Quote]]:
    """(row, quote) of what the speaker says on one side of a place, nearest first."""
    rows = corpus.rows_beside(place.row)
    if place.speaker:
        rows = np.intersect1d(rows, corpus.rows_of_speakers([place.speaker]))
    further = rows[rows < place.row][::-1] if backward else rows[rows > place.row]
    for row in [place.row, *further.tolist()]:
        _, paragraph = corpus.paragraph(row)
        numbers = range(len(paragraph.sentences))
        if row == place.row:
            numbers = numbers[: place.first] if backward else numbers[place.last + 1 :]
        quote = _nearest(place, paragraph, numbers[::-1] if backward else numbers)
        if quote:
            yield row, quote


def _nearest(place: _Place, paragraph: Paragraph, numbers: Sequence[int]) -> Quote | None:
    """The first run of one speaker's sentences among those of these numbers, which lead away from the place."""
    text, run = place.document.text, list[Sentence]()
    backward = len(numbers) > 1 and numbers[0] > numbers[1]
    for number in numbers:
        sentence = paragraph.sentences[number]
        if not run and not _may_follow(place, sentence):
            continue
        if run and (_speaker(sentence) != _speaker(run[-1]) or len(run) == _MOST_SENTENCES or _length(run) >= _ENOUGH):
            break
        # A label opens a turn: no quote goes on past it, in either direction, nor has it inside.
        labelled = label_end(text, sentence) is not None
        if run and ((labelled and not backward) or is_label(text, sentence)):
            break
        run.append(sentence)
        if labelled and backward:
            break
    return _quote(place.document, sorted(run, key=lambda sentence: sentence.start)) if run else None


def _may_follow(place: _Place, sentence: Sentence) -> bool:
    """Whether a quote may begin with a sentence: more than a label, and no heading between words that are nobody's."""
    speaker, text = _speaker(sentence), place.document.text
    words = text[label_end(text, sentence) or sentence.start : sentence.end].strip()
    if place.speaker:
        return speaker == place.speaker and bool(words)
    return speaker != REPORTER and tells(words)


def _quote(document: Document, run: Sequence[Sentence]) -> Quote:
    start, end = label_end(document.text, run[0]) or run[0].start, run[-1].end
    speech = run[0].speech
    return Quote(
        text=document.text[start:end],
        start=start,
        end=end,
        passage=1,
        speaker=speech.speaker if speech else None,
        basis=speech.basis if speech else None,
        date=document.date,
    )


def _length(run: Sequence[Sentence]) -> int:
    return sum(sentence.end - sentence.start for sentence in run)


def _speaker(sentence: Sentence) -> str | None:
    return sentence.speech.speaker if sentence.speech else None
