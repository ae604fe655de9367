"""Fit qa/confidence.py's weights: is the first quote right?

    python -m tests.bench.fit_confidence --index INDEX [--squad2 INDEX] [--shared ../shared]

INDEX is of ../shared/corpus, the other of ../shared/eval/squad2 (`onrecord evaluate retrieval … --work INDEX`). A
logistic regression is fitted on the questions of tests/bench/questions and, at half their weight, on squad2's. Its bias
is then set on every other question of ../shared/questions/dev.jsonl; the rest of these measures it.
"""

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar

from qa.answer import Answerer
from qa.calibration import auroc, calibration_error
from qa.evidence import EVIDENCE
from qa.request import parse_request
from qa.scoring import Question, judge, read_questions
from qa.sets import read_documents, read_lines, read_qrels, request_of, spread
from tests.bench.labelled import read_labelled

_SQUAD2, _SQUAD2_WEIGHT = 3000, 0.5
_EITHER, _AGAINST = ("typed", "words", "asked"), ("missing", "searched")
_RIDGE = 1e-3


@dataclass(frozen=True, slots=True)
class Judged:
    """(n, len(EVIDENCE)), and (n,) whether the first quote is right and whether there is an answer."""

    evidence: NDArray[np.float64]
    right: NDArray[np.bool_]
    answerable: NDArray[np.bool_]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--squad2", type=Path)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    arguments = parser.parse_args()
    parts = [(_asked(read_labelled(arguments.shared / "corpus"), arguments.index), 1.0)]
    if arguments.squad2:
        parts.append((_asked_squad2(arguments.shared / "eval" / "squad2", arguments.squad2), _SQUAD2_WEIGHT))
    dev = _asked(read_questions(arguments.shared / "questions" / "dev.jsonl"), arguments.index)
    weights, bias = _fit(parts)
    bias = _shifted(weights, bias, dev, slice(0, None, 2))
    print("BIAS =", round(bias, 2))
    print({name: round(float(weight), 2) for name, weight in zip(EVIDENCE, weights, strict=True)})
    for name, part in (("fitted on", parts[0][0]), ("every other of dev, not seen", _sliced(dev, slice(1, None, 2)))):
        print(f"{name}: {_figures(_probability(part.evidence @ weights + bias), part)}")


def _asked(questions: Iterable[Question], index: Path) -> Judged:
    """Those that find something, asked with nothing withheld."""
    answerer = Answerer.open(index, least=0.0)
    rows = []
    for question in questions:
        fields = {"question": question.question, "history": question.history}
        request = parse_request(fields if question.history else {"question": question.question})
        evidence = answerer.evidence(request)
        if evidence is not None:
            rows.append((evidence, judge(question, answerer.ask(request)).first, question.answerable))
    return _together(rows)


def _asked_squad2(folder: Path, index: Path) -> Judged:
    ids, _ = read_documents(folder)
    qrels = read_qrels(folder)
    answerer = Answerer.open(index, least=0.0)
    rows = []
    for row in spread(list(read_lines(folder, "queries")), _SQUAD2):
        request = request_of(row, history=False)
        evidence, answer = answerer.evidence(request), answerer.ask(request)
        if evidence is not None and answer.quotes:
            paragraph = ids[answer.hits[answer.quotes[0].passage - 1].row]
            right = row["answerable"] and qrels.get(row["_id"], {}).get(paragraph, 0) > 0
            rows.append((evidence, right, row["answerable"]))
    return _together(rows)


def _together(rows: Sequence[tuple[NDArray[np.float32], bool, bool]]) -> Judged:
    evidence, right, answerable = zip(*rows, strict=True)
    return Judged(np.array(evidence, float), np.array(right, bool), np.array(answerable, bool))


def _sliced(part: Judged, rows: slice) -> Judged:
    return Judged(part.evidence[rows], part.right[rows], part.answerable[rows])


def _fit(parts: Sequence[tuple[Judged, float]]) -> tuple[NDArray[np.float64], float]:
    """A logistic regression in which what speaks for an answer cannot count against it, nor the other way round."""
    evidence = np.concatenate([part.evidence for part, _ in parts])
    right = np.concatenate([part.right for part, _ in parts])
    shares = np.concatenate([np.full(len(part.right), weight / len(part.right)) for part, weight in parts])
    scale = evidence.std(axis=0) + 1e-6
    inputs = np.column_stack([evidence / scale, np.ones(len(evidence))])

    def loss(weights: NDArray[np.float64]) -> float:
        logits = inputs @ weights
        return float(shares @ (np.logaddexp(0, logits) - right * logits) + _RIDGE * (weights[:-1] @ weights[:-1]))

    sides = [(None, None) if name in _EITHER else (None, 0) if name in _AGAINST else (0, None) for name in EVIDENCE]
    found = minimize(loss, np.zeros(inputs.shape[1]), bounds=[*sides, (None, None)], method="L-BFGS-B").x
    return found[:-1] / scale, float(found[-1])


def _shifted(weights: NDArray[np.float64], bias: float, part: Judged, rows: slice) -> float:
    """The bias at which the mean confidence of the rows is the share of right ones there."""
    logits, right = part.evidence[rows] @ weights, part.right[rows].mean()
    found = minimize_scalar(lambda shift: (_probability(logits + bias + shift).mean() - right) ** 2, bounds=(-5, 5))
    return bias + float(found.x)


def _probability(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-logits)))


def _figures(sure: NDArray[np.float64], part: Judged) -> str:
    lines = [f"{len(sure)} questions, AUROC of answerable {auroc(sure.tolist(), part.answerable.tolist())}"]
    for least in np.arange(0.1, 0.55, 0.05):
        given = sure >= least
        error = calibration_error(sure[given].tolist(), part.right[given].tolist())
        withheld = [100 * float((~given[part.answerable == kind]).mean()) for kind in (False, True)]
        lines.append(
            f"  from {least:.2f}: withheld {withheld[0]:.1f} % of unanswerable, {withheld[1]:.1f} % of answerable, "
            f"calibration error {error}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
