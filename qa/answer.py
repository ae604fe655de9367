"""Hits → Answer: verbatim quotes with a confidence, or "not on record" with what others said."""

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from index.dates import format_date
from index.embed import Embedder, load_embedder
from index.errors import ModelError
from index.snapshot import Snapshot, open_snapshot
from index.types import Document, Vectors
from qa.confidence import confidence
from qa.errors import DocumentMissingError
from qa.people import Directory
from qa.question import interpret
from qa.quotes import Candidate, choose_quotes
from qa.request import Request
from qa.retrieve import allowed_rows, hydrate, rank
from qa.types import Answer, Hit, Query, Quote

# Below this probability that the first quote answers, "not on record" is the better answer.
MIN_CONFIDENCE = 0.14
_MOST_QUOTES = 3
# A further quote is given where it is at least this sure, against the first.
_WORTH_QUOTING = 0.5
# Answers read from the first few passages; more are returned when asked for, to be read by the asker.
_READ = 5


class Answerer:
    """Holds an opened index and its model, and answers from them. Safe between threads."""

    def __init__(self, snapshot: Snapshot, embedder: Embedder) -> None:
        if embedder.digest != snapshot.manifest.model_digest:
            raise ModelError(
                f"the index was built with another model than {embedder.name} is now (its digest was "
                f"{snapshot.manifest.model_digest[:12]}…); run `onrecord index build` again"
            )
        self._snapshot = snapshot
        self._embedder = embedder
        self._people = Directory(snapshot.corpus.speakers.values())

    @classmethod
    def open(cls, index: Path) -> "Answerer":
        """Open the live snapshot with the model its manifest names.

        Raises:
            IndexMissingError, IndexInvalidError, ModelError: each says what to run.
        """
        snapshot = open_snapshot(index)
        try:
            return cls(snapshot, load_embedder(snapshot.manifest.model))
        except ModelError:
            snapshot.close()
            raise

    def close(self) -> None:
        self._snapshot.close()

    def warm_up(self) -> None:
        """Load the model now, so that the first question does not wait for it."""
        self._embedder.passages(["warm"])
        self._embedder.queries(["warm"])

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

    def ask(self, request: Request) -> Answer:
        started = time.perf_counter()
        query = interpret(request, self._people, datetime.now(UTC).date())
        vector = self._embedder.queries([query.topic])[0]
        answer = self._answer(query, vector, request.limit)
        return replace(answer, took_ms=round((time.perf_counter() - started) * 1000, 1))

    def _answer(self, query: Query, vector: Vectors, limit: int) -> Answer:
        hits = () if query.unknown_speakers and not query.speakers else self._search(query, vector, limit)
        candidates = self._quotes(query, vector, hits, query.speakers)
        margin = self._margin(query, vector, hits) if query.speakers else None
        sure = _sure(candidates[0], margin) if candidates else 0.0
        if sure >= MIN_CONFIDENCE:
            worth = max(MIN_CONFIDENCE, sure * _WORTH_QUOTING)
            chosen = [item for item in candidates if _sure(item, margin) >= worth]
            if query.latest:
                # The latest of what is about the question, not the latest of all.
                chosen.sort(key=lambda item: item.quote.date or "", reverse=True)
            quotes, hits = _shown(chosen[:_MOST_QUOTES], hits, limit, reorder=query.latest)
            return Answer(
                query, True, _sure(chosen[0], margin), _said(quotes[0], hits), quotes, (), hits, self.index, 0.0
            )
        if query.speakers or query.unknown_speakers:
            hits = self._search(replace(query, speakers=()), vector, limit)
        others, hits = _shown(self._others(query, vector, hits), hits, limit)
        return Answer(query, False, sure, _not_on_record(query), (), others, hits, self.index, 0.0)

    def _search(self, query: Query, vector: Vectors, limit: int) -> tuple[Hit, ...]:
        """At least as many hits as are read for an answer, so that the verdict does not depend on the limit."""
        allowed = allowed_rows(query, self._snapshot)
        return hydrate(rank(query.topic, vector, self._snapshot, max(limit, _READ), allowed), self._snapshot)

    def _margin(self, query: Query, vector: Vectors, hits: Sequence[Hit]) -> float:
        """How near the asked people's best passage comes to anybody's, as a difference of cosines; at most 0."""
        everybody = allowed_rows(replace(query, speakers=()), self._snapshot)
        _, nearest = self._snapshot.vectors.search(vector, 1, everybody)
        ours = [hit.cosine for hit in hits if hit.cosine == hit.cosine]  # not NaN: found by the dense side
        return float(max(ours, default=0.0) - nearest[0]) if len(nearest) else 0.0

    def _quotes(
        self, query: Query, vector: Vectors, hits: Sequence[Hit], speakers: Sequence[str] = ()
    ) -> tuple[Candidate, ...]:
        return choose_quotes(query.topic, vector, hits[:_READ], self._embedder, speakers)

    def _others(self, query: Query, vector: Vectors, hits: Sequence[Hit]) -> list[Candidate]:
        """What somebody else said on it, under their own names; nothing where nobody in particular was asked for."""
        if not (query.speakers or query.unknown_speakers):
            return []
        return [
            candidate
            for candidate in self._quotes(query, vector, hits)
            if candidate.quote.speaker
            and candidate.quote.speaker not in query.speakers
            and _sure(candidate) >= MIN_CONFIDENCE
        ][:_MOST_QUOTES]


def _shown(
    candidates: Sequence[Candidate], hits: Sequence[Hit], limit: int, reorder: bool = False
) -> tuple[tuple[Quote, ...], tuple[Hit, ...]]:
    """The quotes, and at most `limit` passages with theirs among them; a quote whose passage finds no place is dropped.

    Passages keep their order, unless one that is quoted would be cut off, or `reorder` puts those that are first.
    """
    quoted = list(dict.fromkeys(item.quote.passage for item in candidates))
    if not reorder and all(rank <= limit for rank in quoted):
        return tuple(item.quote for item in candidates), tuple(hits[:limit])
    order = [*quoted, *(rank for rank in range(1, len(hits) + 1) if rank not in quoted)][:limit]
    quotes = (
        replace(item.quote, passage=order.index(item.quote.passage) + 1)
        for item in candidates
        if item.quote.passage in order
    )
    return tuple(quotes), tuple(hits[rank - 1] for rank in order)


def _sure(candidate: Candidate, margin: float | None = None) -> float:
    return confidence(candidate.similarity, candidate.coverage, margin)


def _said(quote: Quote, hits: Sequence[Hit]) -> str:
    """Wang Yi, 11 September 2020: “…”; words that are nobody's are introduced by their document's title."""
    who = quote.speaker or hits[quote.passage - 1].document.title
    when = f", {format_date(quote.date)}" if quote.date else ""
    return f"{who}{when}: “{quote.text}”"


def _not_on_record(query: Query) -> str:
    """What was looked for and is not there, in plain words."""
    who = _listed([*query.speakers, *query.unknown_speakers])
    when = _period(query)
    if query.unknown_speakers and not query.speakers:
        return f"Not on record: nothing in these documents is said by {who}{when}."
    if who:
        return f"Not on record: these documents hold nothing that {who} said on this{when}."
    return f"Not on record: these documents do not answer this{when}."


def _period(query: Query) -> str:
    if query.since and query.since == query.until:
        return f" in {format_date(query.since)}" if len(query.since) < 10 else f" on {format_date(query.since)}"
    since = f" since {format_date(query.since)}" if query.since else ""
    return since + (f" until {format_date(query.until)}" if query.until else "")


def _listed(names: Sequence[str]) -> str:
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
