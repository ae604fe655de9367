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
# fitted on the 397 of our 415 labelled questions that find such a quote, its bias on every other question of
# ../shared/questions/dev.jsonl.
SPOKEN = Fitted(
    -4.25,
    {
        "weakest": 4.78, "unnamed": -0.46, "unheard": -2.34, "gap": 0.46, "whether": -0.24, "typed": -0.08,
        "offered": 0.09, "words": 1.03, "asked": 1.93, "searched": -0.13, "margin": 0.3, "verified": 0.36,
    },
)  # fmt: skip
# For one that is nobody's: first whether it is on what is asked about at all, on the questions of squad2 against those
# on other things; then whether it answers, on squad2's four articles that the verifier has not learnt from.
ABOUT = Fitted(-4.07, {"sentence": 18.89, "weakest": 4.22, "gap": 0.3, "words": -2.24})
ANSWERS = Fitted(-0.19, {"unnamed": -0.9, "whether": 0.25, "typed": -0.07, "offered": 0.21, "verified": 0.56})


def confidence(evidence: Evidence) -> float:
    """0…1, higher is surer."""
    values = dict(zip(EVIDENCE, evidence.tolist(), strict=True))
    if values["spoken"]:
        return _probability(SPOKEN, values)
    return _probability(ABOUT, values) * _probability(ANSWERS, values)


def _probability(fitted: Fitted, values: Mapping[str, float]) -> float:
    return 1 / (1 + exp(-fitted.bias - sum(weight * values[name] for name, weight in fitted.weights.items())))
