"""Document → Reading: what is known of a document by itself, before it is seen beside others."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.embed import Embedder
from index.forward import Words, word_numbers
from index.lexicon import terms
from index.paragraphs import split_paragraphs
from index.speakers import Survey, answered_questions, attribute, survey
from index.types import Document, Paragraph, Rows


@dataclass(frozen=True, slots=True)
class Reading:
    """One document, read through.

    `answers` says for each paragraph which one of them asks what it answers, if one does; `windows` which spans of it,
    as offsets in the paragraph, are embedded. `words` (m,) are those of all sentences, one after another, and `counts`
    (sentences,) how many each has.
    """

    paragraphs: tuple[Paragraph, ...]
    answers: tuple[int | None, ...]
    windows: tuple[tuple[tuple[int, int], ...], ...]
    survey: Survey
    words: Words
    counts: Rows


def read_document(document: Document, embedder: Embedder) -> Reading:
    """Split a document, find who speaks in it, whom it names, and what of it is embedded."""
    paragraphs = attribute(document, split_paragraphs(document))
    answers = tuple(answered_questions(paragraphs))
    return read_paragraphs(document, paragraphs, embedder, answers, survey(document))


def read_paragraphs(
    document: Document,
    paragraphs: Sequence[Paragraph],
    embedder: Embedder,
    answers: tuple[int | None, ...] = (),
    seen: Survey | None = None,
) -> Reading:
    """A document whose paragraphs and speakers are known already."""
    texts = [document.text[paragraph.start : paragraph.end] for paragraph in paragraphs]
    sentences = [terms(document.text[s.start : s.end]) for paragraph in paragraphs for s in paragraph.sentences]
    return Reading(
        paragraphs=tuple(paragraphs),
        answers=answers,
        windows=tuple(tuple(spans) for spans in embedder.windows(texts)),
        survey=seen or Survey((), ()),
        words=word_numbers([word for sentence in sentences for word in sentence]),
        counts=np.array([len(sentence) for sentence in sentences], np.int64),
    )
