"""How probable it is that the first quote answers the question."""

from dataclasses import dataclass
from math import exp, log


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a first quote is judged by.

    `similarity` is its cosine with the topic. `coverage` is the share of the topic's words, each by its rarity, that a
    passage read for the answer has, or the question it answers; `words` is how many the topic has. Where somebody's
    words are asked for, `margin` is the cosine of their best passage less that of anybody's best (far below 0, the
    topic is somebody else's), and `searched` is how many paragraphs they speak in (among more, the best by chance is
    better).
    """

    similarity: float
    coverage: float
    words: int
    searched: int
    margin: float | None = None


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic model over Evidence; the last three count where there is a margin, `searched` by its logarithm."""

    bias: float
    similarity: float
    coverage: float
    words: float
    asked: float
    searched: float
    margin: float


# From `python -m tests.bench.fit_confidence` on 294 questions of our own about ../shared/corpus (not kept here: they
# quote its texts). In ten-fold cross-validation there the AUROC of answerable against not is .88; on
# ../shared/questions/dev.jsonl, not fitted on, it is .84.
FITTED = Weights(bias=-2.02, similarity=0.12, coverage=3.13, words=0.08, asked=2.94, searched=-0.29, margin=9.51)


def confidence(evidence: Evidence, weights: Weights = FITTED) -> float:
    """0…1, higher is surer."""
    logit = (
        weights.bias
        + weights.similarity * evidence.similarity
        + weights.coverage * evidence.coverage
        + weights.words * evidence.words
    )
    if evidence.margin is not None:
        logit += weights.asked + weights.searched * log(max(1, evidence.searched)) + weights.margin * evidence.margin
    return 1 / (1 + exp(-logit))
