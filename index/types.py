"""The values that flow through the index. Frozen: a later stage wraps an earlier value, it never changes it.

All spans are character offsets, start inclusive and end exclusive, into the text of the document they belong to.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Vectors: TypeAlias = NDArray[np.float32]
"""(n, dimensions), one unit-length vector a row."""

HalfVectors: TypeAlias = NDArray[np.float16]
"""The same in half precision."""

Spans: TypeAlias = Sequence[tuple[int, int]]
"""Character spans, start inclusive and end exclusive."""

Rows: TypeAlias = NDArray[np.int64]
"""(n,) paragraph row numbers, in ascending order where they say which rows a search may return."""


class Basis(StrEnum):
    """How we know who speaks in a sentence."""

    LABEL = "label"
    METADATA = "metadata"
    CUE = "cue"
    CARRIED = "carried"


class Origin(StrEnum):
    """Where a document's title or date was read."""

    SIDECAR = "sidecar"
    METADATA = "metadata"
    FRONT_MATTER = "front matter"
    HEADING = "heading"
    TITLE = "title"
    DATELINE = "dateline"
    ADDRESS = "address"
    FILE_NAME = "file name"


@dataclass(frozen=True, slots=True)
class Document:
    """One text that somebody can be held to.

    `id` is short, safe in a URL, and follows from `source` alone, so that links survive a rebuild. `text` is what was
    read out of the source: paragraphs separated by one blank line. `date` is YYYY, YYYY-MM or YYYY-MM-DD, as exact as
    the evidence. `speaker` is set where the record itself names who speaks, and `role` where it says as what, with the
    common name of the country: "Prime Minister of Bhutan". `publisher` is the site or body that published it, in words
    for a reader. `language` is an ISO 639-1 code. `pages` says where in `text` each page begins, from the first, where
    there are pages.
    """

    id: str
    title: str
    text: str
    source: str
    date: str | None = None
    url: str | None = None
    speaker: str | None = None
    role: str | None = None
    title_origin: Origin | None = None
    date_origin: Origin | None = None
    publisher: str | None = None
    language: str = "en"
    pages: tuple[int, ...] = ()

    def page(self, position: int) -> int | None:
        """The number, from 1, of the page that holds the character at `position`; None where there are no pages."""
        return bisect_right(self.pages, position) or None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file, or a record of one, that could not be read, and why, in words for its owner.

    `passing` says that the reason does not follow from its bytes, so that it may be gone when they are read again; it
    is not stored.
    """

    source: str
    reason: str
    passing: bool = False


@dataclass(frozen=True, slots=True)
class Speech:
    """Who speaks in a sentence; `evidence` is the span that says so, in the same document's text."""

    speaker: str
    basis: Basis
    evidence: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    start: int
    end: int
    speech: Speech | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A run of text between blank lines, without the white space around it; its sentences lie inside, in order."""

    start: int
    end: int
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Role:
    """An office that documents name somebody with.

    `words` are in lower case and spelled one way ("press secretary", "director cdc"); `country` has its common name.
    The days are the first and the last, both inclusive, of the dated documents that say so, `mentions` how often.
    """

    words: str
    country: str | None = None
    first_day: str | None = None
    last_day: str | None = None
    mentions: int = 1


@dataclass(frozen=True, slots=True)
class Speaker:
    """One person: the fullest name the documents give, the other names they use, and the offices, most named first.

    `lookalikes` are surnames of other people in the documents that a slip makes of this one's.
    """

    name: str
    aliases: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()
    lookalikes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class File:
    """`size` in bytes, and the sha256 of the bytes in hexadecimal."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot says of itself; written last, read first."""

    format: int
    created: str
    model: str
    model_digest: str
    dimensions: int
    documents: int
    paragraphs: int
    sentences: int
    windows: int
    tuned: int = field(default=0, kw_only=True)
    """How many pairs of question and answer its vectors were tuned on; 0 where they are the model's own."""
    contents: str = field(default="", kw_only=True)
    """A digest of what it was built from: an equal folder, model and code would give an equal snapshot. Or empty."""
    number: int = field(default=0, kw_only=True)
    """1, 2, 3 … in the order of publishing; a clock may go back."""
    previous: str | None = field(default=None, kw_only=True)
    """The snapshot that was live before."""
    version: str = field(default="", kw_only=True)
    """Of the onrecord that wrote it."""
    files: dict[str, File]
    """Path inside the snapshot → what it must be."""
