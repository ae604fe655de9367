"""Everything an index holds, as JSON Lines that people and `onrecord index build` can read."""

import json
from collections.abc import Iterator
from typing import Any

from index.corpus import Contents, Corpus
from index.types import Paragraph, Sentence


def export_lines(corpus: Corpus) -> Iterator[str]:
    """A document a line, without the line's end, in the order of the index.

    `start`, `end`, `evidence` and `pages` are character offsets in `text`. What `index.sources.exported` reads back.
    """
    return (json.dumps(_record(contents), ensure_ascii=False) for contents in corpus.contents())


def _record(contents: Contents) -> dict[str, Any]:
    document = contents.document
    return {
        "id": document.id,
        "title": document.title,
        "date": document.date,
        "url": document.url,
        "source": document.source,
        "speaker": document.speaker,
        "role": document.role,
        "publisher": document.publisher,
        "language": document.language,
        "pages": document.pages,
        "title_origin": document.title_origin,
        "date_origin": document.date_origin,
        "text": document.text,
        "paragraphs": [_paragraph(paragraph) for paragraph in contents.paragraphs],
    }


def _paragraph(paragraph: Paragraph) -> dict[str, Any]:
    sentences = [_sentence(sentence) for sentence in paragraph.sentences]
    return {"start": paragraph.start, "end": paragraph.end, "sentences": sentences}


def _sentence(sentence: Sentence) -> dict[str, Any]:
    speech = sentence.speech
    return {
        "start": sentence.start,
        "end": sentence.end,
        "speaker": speech.speaker if speech else None,
        "basis": speech.basis if speech else None,
        "evidence": speech.evidence if speech else None,
    }
