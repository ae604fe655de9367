"""The second stage: what was found, ranked by a linear model over its signs."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import numpy as np

from index.snapshot import Snapshot
from index.types import Rows, Vectors
from qa.signs import SIGNS, Signs, signs_of

# Fitted by `python -m tests.bench.fit_relevance` (a softmax over the candidates, that each right paragraph come before
# the wrong ones) on squad2, xquad-en, inscit, reporters' questions of ../shared/corpus/whitehouse with their answers,
# and 420 questions of our own on ../shared/corpus, which count twice. Neither mfa-press nor ../shared/questions was
# fitted on.
FITTED: Mapping[str, float] = MappingProxyType(
    {
        "cosine": -1.39, "words": -0.80, "sentence": 10.39, "coverage": 2.83, "sentence_coverage": 1.75, "pairs": 1.39,
        "title": 16.26, "length": 0.02, "fused": 1.90, "around": 1.96, "farther": 0.04, "before": 0.35, "asked": -1.62,
        "asked_cosine": 8.21, "asked_words": -0.36, "asked_sentence": -0.55, "asked_coverage": 5.09,
    }
)  # fmt: skip


def relevance(
    text: str,
    vector: Vectors,
    snapshot: Snapshot,
    rows: Rows,
    fused: Vectors,
    speakers: Iterable[str] = (),
    weights: Mapping[str, float] = FITTED,
) -> tuple[Vectors, Signs]:
    """(scores of shape (n,), higher for the better answer, their signs) of paragraphs of shape (n,) ascending."""
    signs = signs_of(text, vector, snapshot, rows, fused, speakers)
    scores = signs @ np.array([weights.get(name, 0.0) for name in SIGNS], np.float32)
    # Rounded, so that equal paragraphs are told apart by their rows and not by the last bit of a product.
    return scores.round(4), signs
