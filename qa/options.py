"""Options that several commands share, and the answerer they open."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from qa.answer import Answerer
    from qa.rerank import Reranker

reranker_option = click.option(
    "--reranker",
    metavar="NAME_OR_PATH",
    help="Reorder what is found with this cross-encoder: a folder, or a hub model as owner/name@revision.",
)


def open_answerer(index: Path, reranker: str | None) -> "Answerer":
    """Open an index as the options say."""
    from qa.answer import Answerer

    return Answerer.open(index, reranker=open_reranker(reranker))


def open_reranker(name: str | None) -> "Reranker | None":
    """The cross-encoder of that name or path, None where none is asked for."""
    from qa.rerank import load_reranker

    return load_reranker(name) if name else None
