"""Hits → Answer: verbatim quotes with a confidence, or "not on record" with what others said."""

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from index.dates import first_day, format_date
from index.embed import Embedder, load_embedder
from index.errors import ModelError
from index.snapshot import Snapshot, open_snapshot
from index.types import Document, Vectors
from qa.confidence import confidence
from qa.continuing import beside, nothing_beside, unheard
from qa.coverage import WordVectors, asked_spans
from qa.errors import DocumentMissingError
from qa.evidence import Evidence, evidence_of
from qa.people import Directory
from qa.question import interpret
from qa.quotes import Candidate, choose_quotes
from qa.repeats import without_repeats
from qa.request import Request
from qa.rerank import Reranker, rank_again
from qa.retrieve import allowed_rows, hydrate
from qa.shortanswer import with_short
from qa.types import Answer, Hit, Query, Quote
from qa.verifier import Verifier, built_in_verifier

# Below this probability that the first quote answers, "not on record" is the better answer.
MIN_CONFIDENCE = 0.09
_MOST_QUOTES = 3
# A further quote is given where it scores at most so much less than the first.
_WORTH_QUOTING = 3.0
# Where nothing is on record, one passage in so many may be others', the rest are of who was asked for.
_OTHERS_SHARE = 3
# Others' words are offered as theirs and not as the answer: so many times the confidence that an answer needs will do.
_OTHERS_LEAST = 0.4
# The latest of what is about a question is looked for among so many passages that score at most so much less.
_MOST_LATEST = 20
_ABOUT_IT = 3.0
# Answers read from the first few passages; more are returned when asked for, to be read by the asker.
_READ = 5


class Answerer:
    """Holds an opened index and its model, and answers from them. Safe between threads."""

    def __init__(
        self,
        snapshot: Snapshot,
        embedder: Embedder,
        least: float = MIN_CONFIDENCE,
        reranker: Reranker | None = None,
        verifier: Verifier | None = None,
    ) -> None:
        """`least` is the confidence below which an answer is withheld.

        A `reranker` has the last word on the order; a `verifier` a say in the confidence.
        """
        if embedder.digest != snapshot.manifest.model_digest:
            raise ModelError(
                f"the index was built with another model than {embedder.name} is now (its digest was "
                f"{snapshot.manifest.model_digest[:12]}…); run `onrecord index build` again"
            )
        self._snapshot = snapshot
        self._embedder = embedder
        self._least = least
        self._reranker = reranker
        self._verifier = verifier
        self._people = Directory(snapshot.corpus.speakers.values())

    @classmethod
    def open(cls, index: Path, least: float = MIN_CONFIDENCE, reranker: Reranker | None = None) -> "Answerer":
        """Open the live snapshot with the model its manifest names.

        Raises:
            IndexMissingError, IndexInvalidError, ModelError: each says what to run.
        """
        snapshot = open_snapshot(index)
        try:
            return cls(snapshot, load_embedder(snapshot.manifest.model), least, reranker, built_in_verifier())
        except ModelError:
            snapshot.close()
            raise

    def close(self) -> None:
        self._snapshot.close()

    def warm_up(self) -> None:
        """Load the models now, so that the first question does not wait for them."""
        self._embedder.queries(["warm"])
        if self._reranker:
            self._reranker.scores("warm", ["warm"])
        if self._verifier:
            self._verifier.log_odds("warm", "warm")

    @property
    def index(self) -> str:
        """The name of the snapshot that answers come from."""
        return self._snapshot.name

    @property
    def documents(self) -> int:
        return self._snapshot.manifest.documents

    @property
    def paragraphs(self) -> int:
        return self._snapshot.manifest.paragraphs

    def document(self, identifier: str) -> Document:
        """Raises DocumentMissingError."""
        document = self._snapshot.corpus.document(identifier)
        if document is None:
            raise DocumentMissingError(f"no document has the id {identifier!r}")
        return document

    def copies(self, document: Document) -> tuple[Document, ...]:
        """The other documents that are one text with this, the original first."""
        return self._snapshot.corpus.published_as(document)

    def ask(self, request: Request) -> Answer:
        started = time.perf_counter()
        query = self._interpreted(request)
        vector, words = self._embedded(query.topic)
        answer = self._answer(query, vector, words, request.limit)
        return replace(answer, took_ms=round((time.perf_counter() - started) * 1000, 1))

    def _interpreted(self, request: Request) -> Query:
        """Where no document has a date, a time in a question ("in 1066") is a part of what is asked about."""
        timed = self._snapshot.corpus.is_dated or bool(request.since or request.until)
        return interpret(request, self._people, datetime.now(UTC).date(), timed)

    def evidence(self, request: Request) -> Evidence | None:
        """What an answer would be judged by; None where there is nothing to quote."""
        query = self._interpreted(request)
        vector, words = self._embedded(query.topic)
        hits = self._of_asked(query, vector, request.limit)[:_READ]
        candidates = _quotable(query, hits)
        everybody = self._of_everybody(query, vector, request.limit)
        return self._evidence(query, words, hits, candidates, everybody) if candidates else None

    def _evidence(
        self,
        query: Query,
        words: WordVectors,
        hits: Sequence[Hit],
        candidates: Sequence[Candidate],
        everybody: Sequence[Hit],
    ) -> Evidence:
        return evidence_of(query, words, self._snapshot, hits, candidates, everybody, self._verifier)

    def _embedded(self, topic: str) -> tuple[Vectors, WordVectors]:
        """(dimensions,) to search with, and what its words mean."""
        wholes, words = self._embedder.queries([topic], [asked_spans(topic)])
        return self._snapshot.adapt(wholes)[0], WordVectors(words, self._embedder)

    def _sure(
        self,
        query: Query,
        words: WordVectors,
        hits: Sequence[Hit],
        candidates: Sequence[Candidate],
        everybody: Sequence[Hit] = (),
    ) -> float:
        return confidence(self._evidence(query, words, hits, candidates, everybody)) if candidates else 0.0

    def _of_everybody(self, query: Query, vector: Vectors, limit: int) -> tuple[Hit, ...]:
        """What anybody says on it, where somebody's words are asked for."""
        asked = query.speakers or query.unknown_speakers
        return self._search(replace(query, speakers=()), vector, limit) if asked else ()

    def _of_asked(self, query: Query, vector: Vectors, limit: int) -> tuple[Hit, ...]:
        return () if query.unknown_speakers and not query.speakers else self._search(query, vector, limit)

    def _answer(self, query: Query, vector: Vectors, words: WordVectors, limit: int) -> Answer:
        if query.continues in ("next", "previous"):
            return self._continued(query, vector, limit)
        ours = self._of_asked(query, vector, limit)
        candidates = _quotable(query, ours[:_READ])
        everybody = self._of_everybody(query, vector, limit)
        sure = self._sure(query, words, ours[:_READ], candidates, everybody)
        if candidates and sure >= self._least:
            chosen = without_repeats(_worth_quoting(candidates), ours, self._snapshot.corpus)[:_MOST_QUOTES]
            quotes, hits = _shown(chosen, ours, limit)
            quotes = with_short(quotes, query)
            return Answer(query, True, sure, _said(quotes[0], hits), quotes, (), hits, self.index, 0.0)
        others, hits = self._others(query, words, ours, everybody, limit)
        return Answer(query, False, sure, _not_on_record(query), (), others, hits, self.index, 0.0)

    def _continued(self, query: Query, vector: Vectors, limit: int) -> Answer:
        """What the same speaker says next to the words last quoted."""
        found = beside(query, vector, self._snapshot)
        hits, sure = found.hits[:limit], found.confidence
        if found.quote and sure >= self._least:
            return Answer(query, True, sure, _said(found.quote, hits), (found.quote,), (), hits, self.index, 0.0)
        return Answer(query, False, sure, nothing_beside(query, found), (), (), hits, self.index, 0.0)

    def _search(self, query: Query, vector: Vectors, limit: int) -> tuple[Hit, ...]:
        """At least as many hits as are read for an answer, so that the verdict does not depend on the limit.

        The latest, or earliest, of what is about the question comes first, not the latest of all.
        """
        by_date = query.latest or query.earliest
        most = max(limit, _MOST_LATEST if by_date else _READ) + len(query.heard)
        allowed = allowed_rows(query, self._snapshot)
        found = rank_again(
            query.standalone, query.topic, vector, self._snapshot, most, allowed, query.speakers, self._reranker
        )
        hits = unheard(hydrate(found, vector, self._snapshot), query)
        if not by_date:
            return hits
        about = [hit for hit in hits if hit.score >= hits[0].score - _ABOUT_IT and hit.document.date]
        about.sort(key=lambda hit: first_day(hit.document.date or ""), reverse=query.latest)
        return (*about, *(hit for hit in hits if hit not in about))[: max(limit, _READ)]

    def _others(
        self, query: Query, words: WordVectors, ours: Sequence[Hit], theirs: Sequence[Hit], limit: int
    ) -> tuple[tuple[Quote, ...], tuple[Hit, ...]]:
        """What somebody else said on it, under their own names, behind the nearest passages of who was asked for.

        Nothing where nobody in particular was asked for.
        """
        if not (query.speakers or query.unknown_speakers):
            return (), tuple(ours[:limit])
        # Who was asked for is no part of what others are read for.
        asked_of_all = replace(query, speakers=(), standalone=query.topic or query.standalone)
        candidates = _quotable(asked_of_all, theirs[:_READ])
        sure = self._sure(asked_of_all, words, theirs[:_READ], candidates)
        if not candidates or sure < _OTHERS_LEAST * self._least:
            return (), tuple((ours or theirs)[:limit])
        chosen = [
            item
            for item in without_repeats(_worth_quoting(candidates), theirs, self._snapshot.corpus)
            if item.quote.speaker and item.quote.speaker not in query.speakers
        ][: min(_MOST_QUOTES, max(1, limit // _OTHERS_SHARE)) if ours else _MOST_QUOTES]
        rows = {theirs[item.quote.passage - 1].row for item in chosen}
        first = [hit for hit in ours if hit.row not in rows][: max(0, limit - len(chosen))]
        quoted = [theirs[item.quote.passage - 1] for item in chosen]
        further = [hit for hit in theirs if hit not in quoted and hit.row not in {own.row for own in first}]
        hits = (*first, *quoted, *further)[:limit]
        quotes = (replace(item.quote, passage=len(first) + place) for place, item in enumerate(chosen, 1))
        return tuple(quote for quote in quotes if quote.passage <= limit), hits


def _quotable(query: Query, hits: Sequence[Hit]) -> tuple[Candidate, ...]:
    """The quotes of passages, best first; of the latest or earliest passages, in their order."""
    found = choose_quotes(query.topic, hits, query.speakers, query.heard, query.besides, query.standalone)
    return tuple(sorted(found, key=lambda item: item.quote.passage)) if query.latest or query.earliest else found


def _worth_quoting(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The first quote, and those nearly as good or better."""
    return [item for item in candidates if item.score >= candidates[0].score - _WORTH_QUOTING]


def _shown(
    candidates: Sequence[Candidate], hits: Sequence[Hit], limit: int
) -> tuple[tuple[Quote, ...], tuple[Hit, ...]]:
    """The quotes, and at most `limit` passages with theirs among them; a quote whose passage finds no place is dropped.

    Passages keep their order, unless one that is quoted would be cut off.
    """
    quoted = list(dict.fromkeys(item.quote.passage for item in candidates))
    if all(rank <= limit for rank in quoted):
        return tuple(item.quote for item in candidates), tuple(hits[:limit])
    order = [*quoted, *(rank for rank in range(1, len(hits) + 1) if rank not in quoted)][:limit]
    quotes = (
        replace(item.quote, passage=order.index(item.quote.passage) + 1)
        for item in candidates
        if item.quote.passage in order
    )
    return tuple(quotes), tuple(hits[rank - 1] for rank in order)


def _said(quote: Quote, hits: Sequence[Hit]) -> str:
    """Wang Yi, 11 September 2020: “…”; words that are nobody's are introduced by their document's title.

    A short answer comes before that: “36 — Lu Kang, 12 April 2019: …”.
    """
    who = quote.speaker or hits[quote.passage - 1].document.title
    when = f", {format_date(quote.date)}" if quote.date else ""
    short = f"{quote.short.text} — " if quote.short else ""
    return f"{short}{who}{when}: “{quote.text}”"


def _not_on_record(query: Query) -> str:
    """What was looked for and is not there, in plain words."""
    who = _listed([*query.speakers, *query.unknown_speakers])
    when = _period(query)
    more = " more" if query.continues == "more" else ""
    if query.unknown_speakers and not query.speakers:
        return f"Not on record: nothing in these documents is said by {who}{when}."
    if who:
        return f"Not on record: these documents hold nothing{more} that {who} said on this{when}."
    if query.besides:
        return (
            f"Not on record: these documents hold nothing that anybody but {_listed(query.besides)} said on this{when}."
        )
    return f"Not on record: these documents {'hold nothing more on' if more else 'do not answer'} this{when}."


def _period(query: Query) -> str:
    if query.since and query.since == query.until:
        return f" in {format_date(query.since)}" if len(query.since) < 10 else f" on {format_date(query.since)}"
    since = f" since {format_date(query.since)}" if query.since else ""
    return since + (f" until {format_date(query.until)}" if query.until else "")


def _listed(names: Sequence[str]) -> str:
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
