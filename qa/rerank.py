"""A second opinion on the order of what was found: a cross-encoder, for those who have one.

Importing this module is cheap; torch and sentence-transformers are imported when the model is first used.
"""

import json
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from index.embed import hub_folder
from index.errors import ModelError
from index.snapshot import Snapshot
from index.types import Rows, Vectors
from qa.retrieve import Ranking, rank

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

# How many of the best paragraphs are put into another order; a pair costs a pass through the model.
RERANKED = 50
# What gives a pair of texts one score. Another model is given a head of random weights when it is loaded, and would
# put the paragraphs into a random order without a word.
_SCORES_PAIRS = ("ForSequenceClassification", "ForCausalLM")


class Reranker(Protocol):
    """Reads a question and a passage together. Safe between threads."""

    @property
    def name(self) -> str: ...

    def scores(self, question: str, passages: Sequence[str]) -> Vectors:
        """(n,) how well each passage answers; only their order means something."""


class CrossEncoderReranker:
    """A sentence-transformers cross-encoder; loads its weights on first use."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self._folder = folder
        # A fast tokenizer cannot be borrowed twice while it sets its padding, and two passes at once are no faster.
        self._lock = threading.Lock()

    def scores(self, question: str, passages: Sequence[str]) -> Vectors:
        """A pair that is longer than the model's window counts up to its end.

        Raises:
            ModelError: the model cannot be loaded, or does not give one score a pair.
        """
        if not passages:
            return np.empty(0, np.float32)
        with self._lock:
            pairs = [(question, passage) for passage in passages]
            scores = np.asarray(self._model.predict(pairs, show_progress_bar=False), np.float32)
        if scores.shape != (len(passages),):
            raise ModelError(f"{self.name} is no reranker: it gives {scores.shape[-1]} scores for a passage, not one")
        return scores

    @cached_property
    def _model(self) -> "CrossEncoder":
        from sentence_transformers import CrossEncoder
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            model: CrossEncoder = CrossEncoder(str(self._folder), device="cpu", local_files_only=True)
        except (OSError, ValueError, KeyError, ImportError) as error:
            raise ModelError(f"reranker {self.name} cannot be loaded from {self._folder}: {error}") from error
        return model


def load_reranker(model: str) -> CrossEncoderReranker:
    """A folder by its path, or a hub model as `owner/name@revision`, which is fetched where it is not there yet.

    Raises:
        ModelError: there is no such model, or it is none that scores pairs of texts.
    """
    folder = Path(model).expanduser()
    if not folder.is_dir():
        folder = hub_folder(model)
    try:
        kinds = json.loads((folder / "config.json").read_bytes()).get("architectures") or []
    except (OSError, ValueError, AttributeError) as error:
        raise ModelError(f"{folder} is no cross-encoder: its config.json cannot be read ({error})") from error
    if not any(str(kind).endswith(_SCORES_PAIRS) for kind in kinds):
        found = ", ".join(map(str, kinds)) or "no architecture"
        raise ModelError(f"{folder} is no cross-encoder: it has {found}, which does not score pairs of texts")
    return CrossEncoderReranker(model, folder)


def rank_again(
    question: str,
    text: str,
    vector: Vectors,
    snapshot: Snapshot,
    limit: int,
    allowed: Rows | None = None,
    speakers: Sequence[str] = (),
    reranker: Reranker | None = None,
) -> Ranking:
    """The best paragraphs as `rank` finds them for a text, the first fifty in the order that a reranker gives them.

    Only the order changes: the best paragraph gets the best of the scores that there were, and so on, so that what
    scores are compared with keeps its meaning. Equal ones keep the order they had.
    """
    if reranker is None:
        return rank(text, vector, snapshot, limit, allowed, speakers=speakers)
    found = rank(text, vector, snapshot, max(limit, RERANKED), allowed, speakers=speakers)
    passages = [_passage(row, snapshot) for row in found.rows[:RERANKED].tolist()]
    order = np.arange(len(found.rows))
    order[: len(passages)] = np.argsort(-reranker.scores(question, passages), kind="stable")
    signs = None if found.signs is None else found.signs[order][:limit]
    return Ranking(found.rows[order][:limit], found.scores[:limit], found.cosines[order][:limit], signs)


def _passage(row: int, snapshot: Snapshot) -> str:
    """A paragraph behind the reporter's question that it answers, as it repeats little of that."""
    document, paragraph = snapshot.corpus.paragraph(row)
    text = document.text[paragraph.start : paragraph.end]
    asked = int(snapshot.corpus.answers[row])
    if asked < 0:
        return text
    _, question = snapshot.corpus.paragraph(asked)
    return f"{document.text[question.start : question.end]}\n{text}"
