"""What the confidence of answers is worth: does it tell the answerable from the rest, and does it mean what it says?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import roc_auc_score

from qa.scoring import Verdict

THRESHOLDS = tuple(tenth / 10 for tenth in range(10))


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
class Calibration:
    """Of some questions and the confidence of their answers.

    `auroc` is the probability that an answerable question has more of it than one that is not on record, ties counting
    half; None where the questions are all of one kind. `calibration_error` is over the answers given, in bins of equal
    count; None where there are none.
    """

    auroc: float | None
    calibration_error: float | None
    risk_coverage: tuple[Point, ...]


def calibration(verdicts: Sequence[Verdict], thresholds: Sequence[float] = THRESHOLDS) -> Calibration:
    given = [verdict for verdict in verdicts if verdict.answered]
    return Calibration(
        auroc([verdict.confidence for verdict in verdicts], [verdict.question.answerable for verdict in verdicts]),
        calibration_error([verdict.confidence for verdict in given], [verdict.first for verdict in given]),
        tuple(_point(threshold, given, len(verdicts)) for threshold in thresholds),
    )


def auroc(confidences: Sequence[float], answerable: Sequence[bool]) -> float | None:
    if len(set(answerable)) < 2:
        return None
    return round(float(roc_auc_score(answerable, confidences)), 4)


def _point(threshold: float, given: Sequence[Verdict], questions: int) -> Point:
    kept = [verdict for verdict in given if verdict.confidence >= threshold]
    right = round(sum(verdict.right for verdict in kept) / len(kept), 4) if kept else None
    return Point(threshold, round(len(kept) / questions, 4), right)


def calibration_error(confidences: Sequence[float], right: Sequence[bool], bins: int = 10) -> float | None:
    """Expected calibration error over bins of equal count: how far confidence is from the share of right.

    See Nixon et al., "Measuring Calibration in Deep Learning" (2019), on why bins of equal width mislead where most
    confidences are alike. With fewer answers than bins, each is its own.
    """
    if not confidences:
        return None
    order = np.argsort(confidences, kind="stable")
    sure, true = np.asarray(confidences)[order], np.asarray(right, dtype=float)[order]
    parts = np.array_split(np.arange(len(order)), min(bins, len(order)))
    error = sum(len(part) * abs(sure[part].mean() - true[part].mean()) for part in parts) / len(order)
    return round(float(error), 4)
