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
# fitted on the 398 of our 415 labelled questions that find such a quote and on 246 that ask somebody else about their
# topics, its bias on every other question of ../shared/questions/dev.jsonl.
SPOKEN = Fitted(
    -4.11,
    {
        "sentence": 0.67, "weakest": 5.7, "unnamed": -0.37, "unheard": -2.45, "gap": 0.44, "whether": 0.21,
        "typed": 0.02, "words": 0.76, "asked": 0.78, "margin": 0.44, "verified": 0.41,
    },
)  # fmt: skip
# For one that is nobody's: first whether it is on what is asked about at all, on the questions of squad2 against those
# on other things; then whether it answers, on squad2's four articles that the verifier has not learnt from.
ABOUT = Fitted(-4.03, {"sentence": 18.9, "weakest": 4.19, "gap": 0.3, "words": -2.25})
ANSWERS = Fitted(-0.39, {"unnamed": -0.89, "whether": 0.37, "typed": 0.11, "offered": 0.09, "verified": 0.53})


def confidence(evidence: Evidence) -> float:
    """0…1, higher is surer."""
    values = dict(zip(EVIDENCE, evidence.tolist(), strict=True))
    if values["spoken"]:
        return _probability(SPOKEN, values)
    return _probability(ABOUT, values) * _probability(ANSWERS, values)


def _probability(fitted: Fitted, values: Mapping[str, float]) -> float:
    return 1 / (1 + exp(-fitted.bias - sum(weight * values[name] for name, weight in fitted.weights.items())))
