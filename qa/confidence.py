"""How probable it is that the first quote answers the question."""

from collections.abc import Mapping
from math import exp
from types import MappingProxyType

from qa.evidence import EVIDENCE, Evidence

# A logistic regression, from `python -m tests.bench.fit_confidence --index … --squad2 …`, fitted on 403 questions of our own
# and 2,904 of squad2 at half their weight; the bias on every other question of ../shared/questions/dev.jsonl. On the rest of
# these, not fitted on, the AUROC of answerable against not is .84.
BIAS = -1.46
FITTED: Mapping[str, float] = MappingProxyType(
    {
        "similarity": -3.33, "sentence": 6.85, "coverage": -0.56, "sentence_coverage": -0.04, "pairs": 0.33, "fused": -0.80,
        "best": -0.03, "missing": -0.64, "named": 0.19, "gap": 0.30, "typed": -0.61, "fit": 1.47, "words": 0.17,
        "asked": 3.04, "searched": -0.27, "margin": 9.03,
    }
)  # fmt: skip


def confidence(evidence: Evidence, bias: float = BIAS, weights: Mapping[str, float] = FITTED) -> float:
    """0…1, higher is surer."""
    logit = bias + sum(weights.get(name, 0.0) * float(value) for name, value in zip(EVIDENCE, evidence, strict=True))
    return 1 / (1 + exp(-logit))
