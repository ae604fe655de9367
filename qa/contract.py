"""Answer → the JSON that every way of asking gives back."""

from typing import Any

from index.copies import Place
from qa.types import Answer, Hit, Query, Quote, Short


def answer_json(answer: Answer) -> dict[str, Any]:
    """Plain values only, ready for json.dumps; the shape is part of the interface."""
    return {
        "question": answer.query.question,
        "interpreted": _interpreted(answer.query),
        "answered": answer.answered,
        "confidence": round(answer.confidence, 3),
        "answer": answer.text,
        "quotes": [_quote(quote) for quote in answer.quotes],
        "others": [_quote(quote) for quote in answer.others],
        "passages": [_passage(rank, hit) for rank, hit in enumerate(answer.hits, 1)],
        "index": answer.index,
        "took_ms": answer.took_ms,
    }


def _interpreted(query: Query) -> dict[str, Any]:
    return {
        "standalone": query.standalone,
        "topic": query.topic,
        "speakers": list(query.speakers),
        "since": query.since,
        "until": query.until,
        "latest": query.latest,
        "unknown_speakers": list(query.unknown_speakers),
    }


def _quote(quote: Quote) -> dict[str, Any]:
    return {
        "text": quote.text,
        "speaker": quote.speaker,
        "basis": quote.basis.value if quote.basis else None,
        "date": quote.date,
        "passage": quote.passage,
        "start": quote.start,
        "end": quote.end,
        "short": _short(quote.short) if quote.short else None,
    }


def _short(short: Short) -> dict[str, Any]:
    return {"text": short.text, "start": short.start, "end": short.end}


def _passage(rank: int, hit: Hit) -> dict[str, Any]:
    document, paragraph = hit.document, hit.paragraph
    return {
        "rank": rank,
        "score": round(hit.score, 4),
        "text": hit.text,
        "speakers": list(hit.speakers),
        "title": document.title,
        "date": document.date,
        "document": document.id,
        "source": document.url or document.source,
        "publisher": document.publisher,
        "page": document.page(paragraph.start),
        "start": paragraph.start,
        "end": paragraph.end,
        "url": f"/documents/{document.id}#{paragraph.start}-{paragraph.end}",
        "copies": [_copy(place) for place in hit.copies],
    }


def _copy(place: Place) -> dict[str, Any]:
    return {
        "document": place.document,
        "title": place.title,
        "date": place.date,
        "source": place.url or place.source,
        "publisher": place.publisher,
        "url": f"/documents/{place.document}#{place.start}-{place.end}",
    }
