"""What the web side needs of the question side: the one seam, so that anything alike can be put behind the pages."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from index.types import Document
from qa.request import Request
from qa.types import Answer, Refused


class Answering(Protocol):
    """Answers questions from one published index. Safe to call from several threads at once."""

    @property
    def index(self) -> str:
        """The name of the snapshot that answers now."""
        ...

    @property
    def documents(self) -> int:
        """How many documents it holds."""
        ...

    @property
    def paragraphs(self) -> int:
        """How many paragraphs they have."""
        ...

    def ask(self, request: Request) -> Answer: ...

    def document(self, id: str, /) -> Document:
        """The document with that id.

        Raises:
            DocumentMissingError: there is none.
        """
        ...

    def copies(self, document: Document, /) -> tuple[Document, ...]:
        """The other documents that are one text with this, the original first."""
        ...


@runtime_checkable
class Live(Protocol):
    """Says what answers now, which may be replaced. Safe to call from several threads at once."""

    @property
    def refused(self) -> Refused | None:
        """What should answer and cannot."""
        ...

    def lease(self) -> AbstractContextManager[Answering]:
        """What answers now, open and the same to the end of the block: a request takes one lease and asks only that."""
        ...


@dataclass(frozen=True, slots=True)
class Fixed:
    """What is never replaced."""

    answerer: Answering
    refused: Refused | None = None

    def lease(self) -> AbstractContextManager[Answering]:
        return nullcontext(self.answerer)
