"""The values a question becomes on its way to an answer: Request → Query → Hit → Quote → Answer."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from index.copies import Place
from index.types import Basis, Document, Paragraph

Continuation = Literal["next", "previous", "more"]
"""What of a document is asked for beside words quoted before: what follows them, what precedes them, or other words."""

MAX_TURN = 20_000
"""Characters a question or an answer of an earlier turn may have."""


class Turn(BaseModel):
    """An earlier question of the same conversation, and what was answered."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    question: Annotated[str, Field(max_length=MAX_TURN)]
    answer: Annotated[str, Field(max_length=MAX_TURN)] = ""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question as it stands alone, and what it wants of the words `quoted` in the last answer, verbatim.

    `quoted_day` is the day that the answer gave them, as exact as it did.
    """

    standalone: str
    continues: Continuation | None = None
    quoted: str = ""
    quoted_day: str | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """What a question asks for: the topic to look up, and what restricts where to look.

    `since` and `until` are YYYY, YYYY-MM or YYYY-MM-DD, both inclusive. `unknown_speakers` are people the question
    names who speak nowhere in the index.

    A question that `continues` asks for what stands beside the words last `quoted` (verbatim but for white space, and
    perhaps cut off; "" in any other question), which are of `quoted_day`; its topic is what those were found by. One
    that asks for more does not want what was `heard` before. `besides` are people whose words are not wanted.
    """

    question: str
    standalone: str
    topic: str
    speakers: tuple[str, ...] = ()
    unknown_speakers: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    latest: bool = False
    earliest: bool = False
    source: str | None = None
    besides: tuple[str, ...] = ()
    continues: Continuation | None = None
    quoted: str = ""
    quoted_day: str | None = None
    heard: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A paragraph that was found. `score` is higher for the better, `cosine` the dense similarity alone.

    `similarities` are the cosines of its sentences with the question, in order, and `own_similarities` those before
    any tuning of the index; `signs` what the score is made of (see `qa.signs`), nothing where it was not found by the
    second stage. `copies` say where else its words are published.
    """

    row: int
    document: Document
    paragraph: Paragraph
    score: float
    cosine: float
    similarities: tuple[float, ...]
    signs: tuple[float, ...] = ()
    copies: tuple[Place, ...] = ()
    own_similarities: tuple[float, ...] = ()

    @property
    def text(self) -> str:
        return self.document.text[self.paragraph.start : self.paragraph.end]

    @property
    def speakers(self) -> tuple[str, ...]:
        """Who speaks in the paragraph, in order of appearance."""
        names = (sentence.speech.speaker for sentence in self.paragraph.sentences if sentence.speech)
        return tuple(dict.fromkeys(names))


@dataclass(frozen=True, slots=True)
class Refused:
    """What is published and cannot be served: the name that CURRENT gives, None where there is none, and why."""

    index: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Short:
    """The few words of a quote that answer the question: `text` is exactly `document.text[start:end]`."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Quote:
    """Whole sentences, verbatim: `text` is exactly `document.text[start:end]`. `passage` is the hit's rank, from 1.

    Only the first quote of an answer can have a `short` one inside it, where a number, a date, a name or a place is
    asked for and clear.
    """

    text: str
    start: int
    end: int
    passage: int
    speaker: str | None
    basis: Basis | None
    date: str | None
    short: Short | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What is given back. `confidence` is the probability that the first quote answers the question."""

    query: Query
    answered: bool
    confidence: float
    text: str
    quotes: tuple[Quote, ...]
    others: tuple[Quote, ...]
    hits: tuple[Hit, ...]
    index: str
    took_ms: float
