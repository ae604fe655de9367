"""Fit qa/confidence.py's weights: does one of the first quotes answer the question?

    python -m tests.bench.fit_confidence QUESTIONS --index INDEX [--measure QUESTIONS]

Each labelled question (the format of ../shared/questions/dev.jsonl) is asked with nothing withheld. A logistic
regression is fitted on the first file, and measured by cross-validation there and on the second, which it has not seen.
"""

import argparse
from math import log
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from qa.answer import Answerer
from qa.confidence import Evidence
from qa.request import parse_request
from qa.scoring import judge, read_questions

_FOLDS = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--measure", type=Path, help="questions to measure on, besides")
    arguments = parser.parse_args()
    answerer = Answerer.open(arguments.index, least=0.0)
    features, right, answerable = _asked(arguments.questions, answerer)
    spread = features.std(axis=0) + 1e-9
    model = LogisticRegression(max_iter=3000)
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=1)
    sure = cross_val_predict(model, features / spread, right, cv=folds, method="predict_proba")[:, 1]
    print(_figures("cross-validated", sure, right, answerable))
    model.fit(features / spread, right)
    print([round(float(weight), 2) for weight in (model.intercept_[0], *(model.coef_[0] / spread))])
    if arguments.measure:
        features, right, answerable = _asked(arguments.measure, answerer)
        print(_figures("not seen", model.predict_proba(features / spread)[:, 1], right, answerable))


def _asked(path: Path, answerer: Answerer) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(features, whether a quote is right, whether the question is answerable) of those that find something."""
    rows = []
    for question in read_questions(path):
        fields = {"question": question.question, "history": question.history}
        request = parse_request(fields if question.history else {"question": question.question})
        evidence = answerer.evidence(request)
        if evidence:
            verdict = judge(question, answerer.ask(request))
            rows.append((_features(evidence), verdict.right, question.answerable))
    features, right, answerable = zip(*rows, strict=True)
    return np.array(features), np.array(right), np.array(answerable)


def _features(evidence: Evidence) -> tuple[float, ...]:
    asked = evidence.margin is not None
    searched = log(max(1, evidence.searched)) if asked else 0.0
    return evidence.similarity, evidence.coverage, evidence.words, float(asked), searched, evidence.margin or 0.0


def _figures(name: str, sure: np.ndarray, right: np.ndarray, answerable: np.ndarray) -> str:
    return (
        f"{name}: {len(right)} questions, AUROC of right {roc_auc_score(right, sure):.3f}, "
        f"of answerable {roc_auc_score(answerable, sure):.3f}"
    )


if __name__ == "__main__":
    main()
