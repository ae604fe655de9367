"""How probable it is that the first quote answers the question."""

from dataclasses import dataclass
from math import exp


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic model over a quote's similarity to the topic and the share of the topic's words it has."""

    bias: float
    similarity: float
    coverage: float


# Fitted by tests/bench/fit_confidence.py; its docstring says on what, and how well.
FITTED = Weights(bias=-2.0, similarity=3.0, coverage=1.0)


def confidence(similarity: float, coverage: float, weights: Weights = FITTED) -> float:
    """0…1, higher is surer."""
    return 1 / (1 + exp(-(weights.bias + weights.similarity * similarity + weights.coverage * coverage)))
