"""How probable it is that the first quote answers the question."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp

from qa.evidence import EVIDENCE, Evidence


@dataclass(frozen=True, slots=True)
class Fitted:
    """A logistic regression; evidence without a weight has none."""

    bias: float
    weights: Mapping[str, float]


# From `python -m tests.bench.fit_confidence --index … --squad2 …`. SPOKEN, for a quote that is somebody's words, is
# fitted on the 398 of our 402 questions that find such a quote, its bias on every other question of
# ../shared/questions/dev.jsonl.
SPOKEN = Fitted(
    -3.63,
    {
        "weakest": 4.7, "unnamed": -0.12, "unheard": -3.54, "gap": 0.33, "whether": -0.59, "typed": 0.86,
        "offered": 0.6, "words": 0.72, "asked": 2.22, "searched": -0.15, "margin": 0.47,
    },
)  # fmt: skip
# For one that is nobody's: first whether it is on what is asked about at all, on the questions of squad2 against those
# on other things; then whether it answers, on squad2's four articles that the verifier has not learnt from.
ABOUT = Fitted(-3.21, {"sentence": 16.21, "weakest": 4.65, "gap": 0.6, "words": -2.49})
ANSWERS = Fitted(-0.2, {"unnamed": -0.53, "whether": 0.54, "typed": 0.36, "offered": 0.37, "verified": 0.37})


def confidence(evidence: Evidence) -> float:
    """0…1, higher is surer."""
    values = dict(zip(EVIDENCE, evidence.tolist(), strict=True))
    if values["spoken"]:
        return _probability(SPOKEN, values)
    return _probability(ABOUT, values) * _probability(ANSWERS, values)


def _probability(fitted: Fitted, values: Mapping[str, float]) -> float:
    return 1 / (1 + exp(-fitted.bias - sum(weight * values[name] for name, weight in fitted.weights.items())))
