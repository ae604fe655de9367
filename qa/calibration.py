"""What the confidence of answers is worth: does it tell the answerable from the rest, and does it mean what it says?"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest
from sklearn.metrics import roc_auc_score

from qa.scoring import Verdict

THRESHOLDS = tuple(tenth / 10 for tenth in range(10))


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of one question: whether it is answerable and was answered, how surely, and whether rightly.

    `right` says whether what was answered holds the answer, `first` whether the first quote does, which is what
    `confidence` is the probability of. Neither is so where nothing was answered, or nothing is on record.
    """

    type: str
    answerable: bool
    answered: bool
    confidence: float
    right: bool
    first: bool

    @property
    def honest(self) -> bool:
        """Rightly answered, or rightly not."""
        return self.right if self.answerable else not self.answered

    @classmethod
    def of(cls, verdict: Verdict) -> "Judged":
        asked = verdict.question
        return cls(asked.type, asked.answerable, verdict.answered, verdict.confidence, verdict.right, verdict.first)


@dataclass(frozen=True, slots=True)
class Point:
    """Were only answers of at least this confidence given: the share of questions answered, and of those the right.

    `right` is None where nothing would be answered. What the product withheld stays withheld, so that every threshold
    below its own is the product as it is.
    """

    threshold: float
    answered: float
    right: float | None


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of like confidence: how many, their mean confidence, and the share whose first quote is right.

    `low` and `high` are that share's 95 % interval (Wilson's), which is wide where a bin holds few.
    """

    answers: int
    confidence: float
    right: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Of some questions and the confidence of their answers.

    `auroc` is the probability that an answerable question has more of it than one that is not on record, ties counting
    half; None where the questions are all of one kind. Of several types, those that hold both are in `auroc_by_type`.
    `calibration_error` is over the answers given, in bins of equal count, which are `reliability`; None where there are
    none. `risk_coverage_area` is the mean share of wrong answers over the answers given, the surest first: see Geifman
    and El-Yaniv, "Selective Classification for Deep Neural Networks" (2017); lower is better, None likewise.
    """

    auroc: float | None
    auroc_by_type: dict[str, float]
    calibration_error: float | None
    risk_coverage_area: float | None
    risk_coverage: tuple[Point, ...]
    reliability: tuple[Bin, ...]


def calibration(asked: Sequence[Judged], thresholds: Sequence[float] = THRESHOLDS) -> Calibration:
    given = [each for each in asked if each.answered]
    sure, first = [each.confidence for each in given], [each.first for each in given]
    return Calibration(
        auroc([each.confidence for each in asked], [each.answerable for each in asked]),
        _auroc_by_type(asked),
        calibration_error(sure, first),
        _area(risk_coverage(asked), len(asked)),
        tuple(_point(threshold, given, len(asked)) for threshold in thresholds),
        tuple(_bin(*part) for part in _parts(sure, first)),
    )


def auroc(confidences: Sequence[float], answerable: Sequence[bool]) -> float | None:
    if len(set(answerable)) < 2:
        return None
    return round(float(roc_auc_score(answerable, confidences)), 4)


def _auroc_by_type(asked: Sequence[Judged]) -> dict[str, float]:
    groups: defaultdict[str, list[Judged]] = defaultdict(list)
    for each in asked:
        groups[each.type].append(each)
    if len(groups) < 2:
        return {}
    found = {
        name: auroc([each.confidence for each in group], [each.answerable for each in group])
        for name, group in sorted(groups.items())
    }
    return {name: value for name, value in found.items() if value is not None}


def _point(threshold: float, given: Sequence[Judged], questions: int) -> Point:
    kept = [each for each in given if each.confidence >= threshold]
    right = round(sum(each.right for each in kept) / len(kept), 4) if kept else None
    return Point(threshold, round(len(kept) / questions, 4), right)


def risk_coverage(asked: Sequence[Judged]) -> list[tuple[float, float]]:
    """(share of questions answered, share of these wrong) at each confidence that was given, the highest first.

    Answers of one confidence are given or withheld together.
    """
    given = sorted((each for each in asked if each.answered), key=lambda each: -each.confidence)
    groups = [list(group) for _, group in groupby(given, key=lambda each: each.confidence)]
    answered = accumulate(len(group) for group in groups)
    wrong = accumulate(sum(not each.right for each in group) for group in groups)
    return [(count / len(asked), missed / count) for count, missed in zip(answered, wrong, strict=True)]


def _area(curve: Sequence[tuple[float, float]], questions: int) -> float | None:
    """The mean risk over a curve's answers, each counted at the coverage that includes it."""
    if not curve:
        return None
    coverage, risk = np.array(curve).T
    answers = np.diff(coverage * questions, prepend=0.0)
    return round(float(np.average(risk, weights=answers)), 4)


def calibration_error(confidences: Sequence[float], right: Sequence[bool], bins: int = 10) -> float | None:
    """Expected calibration error over bins of equal count: how far confidence is from the share of right.

    See Nixon et al., "Measuring Calibration in Deep Learning" (2019), on why bins of equal width mislead where most
    confidences are alike. With fewer answers than bins, each is its own.
    """
    if not confidences:
        return None
    parts = _parts(confidences, right, bins)
    error = sum(len(sure) * abs(sure.mean() - true.mean()) for sure, true in parts) / len(confidences)
    return round(float(error), 4)


def _parts(
    confidences: Sequence[float], right: Sequence[bool], bins: int = 10
) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """(confidences, 1 where right) of each bin, the least sure first; none of no answers."""
    order = np.argsort(confidences, kind="stable")
    sure, true = np.asarray(confidences, dtype=float)[order], np.asarray(right, dtype=float)[order]
    parts = np.array_split(np.arange(len(order)), max(1, min(bins, len(order))))
    return [(sure[part], true[part]) for part in parts if len(part)]


def _bin(sure: NDArray[np.float64], true: NDArray[np.float64]) -> Bin:
    bounds = binomtest(int(true.sum()), len(true)).proportion_ci(method="wilson")
    shares = (sure.mean(), true.mean(), bounds.low, bounds.high)
    return Bin(len(sure), *(round(float(share), 4) for share in shares))
