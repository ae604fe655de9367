"""Fit qa/confidence.py's weights: does the first quote answer the question?

    python -m tests.bench.fit_confidence ../shared/eval/squad2

Each question of the set, answerable there or not, is asked of an index of the set's paragraphs. It counts as answered
where the first quote holds one of the labelled answers. Half of the articles' questions fit a logistic regression, the
other half measure it.
"""

import argparse
import re
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from index.build import build_records
from index.embed import Embedder, load_embedder
from index.snapshot import Snapshot, open_snapshot
from qa.evaluate import read_lines, record
from qa.question import topic_of
from qa.quotes import choose_quotes
from qa.retrieve import hydrate, rank


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set_folder", type=Path)
    parser.add_argument("--most", type=int, default=2400, help="questions to ask")
    parser.add_argument("--work", type=Path, help="keep the set's index here")
    arguments = parser.parse_args()
    embedder = load_embedder()
    with tempfile.TemporaryDirectory() as temporary:
        index = arguments.work or Path(temporary)
        build_records((record(row) for row in read_lines(arguments.set_folder, "corpus")), index, embedder)
        snapshot = open_snapshot(index)
        questions = list(read_lines(arguments.set_folder, "queries"))
        step = max(1, len(questions) // arguments.most)
        rows = [_row(question, snapshot, embedder) for question in questions[::step]]
        snapshot.close()
    _fit([row for row in rows if row])


def _row(question: dict[str, Any], snapshot: Snapshot, embedder: Embedder) -> tuple[str, float, float, bool] | None:
    """(the paragraph it is about, similarity, coverage, whether the first quote answers)."""
    topic = topic_of(question["text"])
    vector = embedder.queries([topic])[0]
    hits = hydrate(rank(topic, vector, snapshot, 5), snapshot)
    candidates = choose_quotes(topic, vector, hits, embedder)
    if not candidates:
        return None
    first = candidates[0]
    said = _plain(first.quote.text)
    right = question["answerable"] and any(_plain(answer) in said for answer in question["answers"])
    return question["about"], first.similarity, first.coverage, right


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _fit(rows: list[tuple[str, float, float, bool]]) -> None:
    features = np.array([row[1:3] for row in rows])
    labels = np.array([row[3] for row in rows])
    # Questions about one article stay on one side, so that the measurement is of articles never seen.
    articles = sorted({row[0].split(":")[0] for row in rows})
    fitted = np.array([articles.index(row[0].split(":")[0]) % 2 == 0 for row in rows])
    model = LogisticRegression().fit(features[fitted], labels[fitted])
    sure = model.predict_proba(features[~fitted])[:, 1]
    bias, (similarity, coverage) = model.intercept_[0], model.coef_[0]
    right = labels[~fitted]
    print(f"Weights(bias={bias:.2f}, similarity={similarity:.2f}, coverage={coverage:.2f})")
    print(f"fitted on {fitted.sum()}, measured on {len(right)}, of which {right.mean():.1%} were answered")
    print(f"AUROC {roc_auc_score(right, sure):.3f}, expected calibration error {_ece(sure, right):.3f}")


def _ece(sure: np.ndarray, right: np.ndarray, bins: int = 10) -> float:
    """Expected calibration error over equally wide bins (Guo et al. 2017)."""
    places = np.minimum((sure * bins).astype(int), bins - 1)
    parts = (places == place for place in range(bins))
    return float(sum(part.mean() * abs(sure[part].mean() - right[part].mean()) for part in parts if part.any()))


if __name__ == "__main__":
    main()
