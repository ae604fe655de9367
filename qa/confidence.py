"""How probable it is that the first quote answers the question."""

from dataclasses import dataclass
from math import exp


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic model over a quote's similarity to the topic, its share of the topic's words, and the margin."""

    bias: float
    similarity: float
    coverage: float
    asked: float
    margin: float


# bias, similarity and coverage are from `python -m tests.bench.fit_confidence ../shared/eval/squad2 --most 1500`:
# fitted on 730 questions, measured on 790 of other articles, of which the first quote answered 38.9 %: AUROC .687,
# expected calibration error .030. asked and margin were chosen on the 74 questions of ../shared/questions/dev.jsonl
# that ask for a person: there they raise the AUROC of answerable against not from .73 to .82.
FITTED = Weights(bias=-3.17, similarity=2.80, coverage=1.68, asked=0.77, margin=4.0)


def confidence(similarity: float, coverage: float, margin: float | None = None, weights: Weights = FITTED) -> float:
    """0…1, higher is surer.

    Where somebody's words are asked for, `margin` is the cosine of their best passage less that of anybody's best: far
    below 0, the topic is somebody else's.
    """
    asked = 0.0 if margin is None else weights.asked + weights.margin * margin
    return 1 / (1 + exp(-(weights.bias + weights.similarity * similarity + weights.coverage * coverage + asked)))
