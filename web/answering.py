"""What the web side needs of the question side: the one seam, so that anything alike can be put behind the pages."""

from typing import Protocol

from index.types import Document
from qa.request import Request
from qa.types import Answer


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
