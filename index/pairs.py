"""Questions with their answers, mined from an index: what tuning learns from, without anybody's labels."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from index.corpus import Corpus
from index.types import Document, Paragraph, Rows

# "And Japan?" or "Press release" says too little of what it is about.
_FEWEST_WORDS = 5
# A release says what its title says where it begins.
_OPENING = 3
# Enough by far, and a minute to embed.
_MOST = 3000


@dataclass(frozen=True, slots=True)
class Pair:
    """A reporter's question or a title, its document's row, and the ascending rows of the paragraphs that answer it."""

    text: str
    document: int
    answers: Rows


def mine(corpus: Corpus, most: int = _MOST) -> list[Pair]:
    """At most so many pairs, of all documents alike, in the order of the documents; the same for the same corpus.

    A text that is published more than once gives its own once, or what is held out would be what is learned from.
    """
    originals = set(corpus.originals().tolist())
    found = [pair for pair in (*_questions(corpus), *_titles(corpus)) if pair.document in originals]
    if len(found) > most:
        found = [found[place] for place in np.random.default_rng(0).permutation(len(found))[:most]]
    return sorted(found, key=lambda pair: (pair.document, int(pair.answers[0])))


def _questions(corpus: Corpus) -> Iterator[Pair]:
    places = np.flatnonzero(corpus.answers >= 0)
    asked, starts = np.unique(corpus.answers[places], return_index=True)
    documents = corpus.documents_of[asked]
    for row, document, answers in zip(asked, documents, np.split(places, starts)[1:], strict=True):
        text = _without_label(*corpus.paragraph(int(row)))
        if len(text.split()) >= _FEWEST_WORDS:
            yield Pair(text, int(document), answers)


def _without_label(document: Document, paragraph: Paragraph) -> str:
    """A question as somebody would type it: without the "Q:" that a transcript has before it."""
    speech = paragraph.sentences[0].speech
    labelled = speech is not None and speech.evidence is not None and speech.evidence[0] == paragraph.start
    start = speech.evidence[1] if speech and speech.evidence and labelled else paragraph.start
    return document.text[start : paragraph.end].lstrip(" :\n\xa0")


def _titles(corpus: Corpus) -> Iterator[Pair]:
    """Titles of one document only: of the many headed "Remarks by the President", none says what is in it."""
    owners = corpus.documents_of
    transcripts = set(owners[corpus.answers >= 0].tolist())
    titles = [document.title for document in corpus.all_documents()]
    used = Counter(titles[row] for row in corpus.originals().tolist())
    for row, title in enumerate(titles):
        if row in transcripts or used[title] > 1 or len(title.split()) < _FEWEST_WORDS:
            continue
        # Where the title stands in the text, too, finding that paragraph teaches nothing.
        own = (place for place in np.flatnonzero(owners == row).tolist() if title not in _text(corpus, place))
        opening = list(islice(own, _OPENING))
        if opening:
            yield Pair(title, row, np.array(opening, np.int64))


def _text(corpus: Corpus, row: int) -> str:
    document, paragraph = corpus.paragraph(row)
    return document.text[paragraph.start : paragraph.end]
