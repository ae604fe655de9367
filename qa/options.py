"""Options that several commands share, and the answerer they open."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from qa.answer import Answerer
    from qa.live import LiveAnswerer
    from qa.rerank import Reranker

reranker_option = click.option(
    "--reranker",
    metavar="NAME_OR_PATH",
    help="Reorder what is found with this cross-encoder: a folder, or a hub model as owner/name@revision.",
)


at_most_wrong_option = click.option(
    "--at-most-wrong",
    type=float,
    metavar="PERCENT",
    help="Withhold answers so that at most so many per cent of those given are expected to be wrong.",
)


def open_answerer(index: Path, reranker: str | None, at_most_wrong: float | None) -> "Answerer":
    """Open an index as the options say."""
    from qa.answer import Answerer

    return Answerer.open(index, _least(at_most_wrong), open_reranker(reranker))


def open_live(index: Path, reranker: str | None, at_most_wrong: float | None) -> "LiveAnswerer":
    """The same, for as long as a server runs: what is published later can be taken up."""
    from qa.live import LiveAnswerer
    from qa.verifier import built_in_verifier

    return LiveAnswerer(index, _least(at_most_wrong), open_reranker(reranker), built_in_verifier())


def _least(at_most_wrong: float | None) -> float:
    from qa.answer import MIN_CONFIDENCE
    from qa.threshold import least_confidence

    return MIN_CONFIDENCE if at_most_wrong is None else least_confidence(at_most_wrong)


def open_reranker(name: str | None) -> "Reranker | None":
    """The cross-encoder of that name or path, None where none is asked for."""
    from qa.rerank import load_reranker

    return load_reranker(name) if name else None
