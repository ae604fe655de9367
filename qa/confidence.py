"""How probable it is that the first quote answers the question."""

from collections.abc import Mapping
from math import exp
from types import MappingProxyType

from qa.evidence import EVIDENCE, Evidence

BIAS = -2.0
# A logistic regression; see `python -m tests.bench.fit_confidence`.
FITTED: Mapping[str, float] = MappingProxyType({"coverage": 3.0, "margin": 9.5, "asked": 0.5})


def confidence(evidence: Evidence, bias: float = BIAS, weights: Mapping[str, float] = FITTED) -> float:
    """0…1, higher is surer."""
    logit = bias + sum(weights.get(name, 0.0) * float(value) for name, value in zip(EVIDENCE, evidence, strict=True))
    return 1 / (1 + exp(-logit))
