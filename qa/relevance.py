"""The second stage: what was found, ranked by a linear model over its signs."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import numpy as np

from index.snapshot import Snapshot
from index.types import Rows, Vectors
from qa.signs import SIGNS, Signs, signs_of

# Fitted by `python -m tests.bench.fit_relevance` (a softmax over the candidates, that each right paragraph come before
# the wrong ones) on squad2, xquad-en, inscit, reporters' questions of ../shared/corpus/whitehouse with their answers,
# and on our own questions on ../shared/corpus, 301 that are labelled and 5,347 that are written for paragraphs; both
# count twice. No question of mfa-press or ../shared/questions was fitted on; some that are written are about the same
# conferences.
FITTED: Mapping[str, float] = MappingProxyType(
    {
        "cosine": -0.10, "words": -0.75, "sentence": 10.99, "coverage": 1.73, "sentence_coverage": 0.92, "pairs": 1.51,
        "title": 18.16, "length": 0.03, "fused": 2.35, "around": 1.67, "farther": 0.50, "before": 0.91, "asked": -1.61,
        "asked_cosine": 3.64, "asked_words": -0.52, "asked_sentence": 2.58, "asked_coverage": 5.72,
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
