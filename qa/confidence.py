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


# From `python -m tests.bench.fit_confidence --index … --squad2 …`: first whether a quote is on what is asked about at
# all, then whether it answers. Of somebody's words, the first is fitted on right quotes against those given to
# questions on other things, asked of single documents; the second on the 398 of our 415 labelled questions that find
# such a quote and on 246 that ask somebody else about their topics, its bias on every other question of
# ../shared/questions/dev.jsonl.
SPOKEN_ABOUT = Fitted(-5.25, {"sentence": 17.79, "weakest": 10.99, "words": -1.49})
SPOKEN = Fitted(
    -4.03,
    {
        "sentence": 0.67, "weakest": 5.7, "unnamed": -0.37, "unheard": -2.45, "gap": 0.44, "whether": 0.21,
        "typed": 0.02, "words": 0.76, "asked": 0.78, "margin": 0.44, "verified": 0.41,
    },
)  # fmt: skip
# Of what is nobody's: the first on the questions of squad2 against those on other things; the second on squad2's four
# articles that the verifier has not learnt from.
ABOUT = Fitted(-4.03, {"sentence": 18.9, "weakest": 4.19, "gap": 0.3, "words": -2.25})
ANSWERS = Fitted(-0.39, {"unnamed": -0.89, "whether": 0.37, "typed": 0.11, "offered": 0.09, "verified": 0.53})


def confidence(evidence: Evidence) -> float:
    """0…1, higher is surer."""
    values = dict(zip(EVIDENCE, evidence.tolist(), strict=True))
    about, answers = (SPOKEN_ABOUT, SPOKEN) if values["spoken"] else (ABOUT, ANSWERS)
    return _probability(about, values) * _probability(answers, values)


def _probability(fitted: Fitted, values: Mapping[str, float]) -> float:
    return 1 / (1 + exp(-fitted.bias - sum(weight * values[name] for name, weight in fitted.weights.items())))
