"""Labelled questions → how well the right paragraphs are found, and how fast."""

import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import ir_measures
from ir_measures import RR, R, Success, nDCG

from index.build import build_records
from index.embed import Embedder
from index.errors import DocumentsError
from index.snapshot import Snapshot, open_snapshot
from index.types import Document
from qa.results import latency
from qa.retrieve import Mode, rank
from qa.sets import read_lines, read_qrels

MEASURES = (nDCG @ 10, R @ 10, R @ 100, RR, Success @ 1, Success @ 5)
_DEPTH = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """One question and how well its right paragraphs were found: measures of 0…1, and milliseconds."""

    id: str
    question: str
    ms: float
    measures: dict[str, float]

    def as_json(self) -> dict[str, Any]:
        return {"id": self.id, "question": self.question, "ms": self.ms, **self.measures}


@dataclass(frozen=True, slots=True)
class Retrieval:
    """Means over the questions that have a right paragraph, and each question in the set's order.

    The means of the measures are in per cent, times in milliseconds a question, the model included.
    """

    mode: Mode
    questions: int
    measures: dict[str, float]
    p50_ms: float
    p95_ms: float
    asked: tuple[Asked, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"asked": [each.as_json() for each in self.asked]}


def evaluate_retrieval(
    folder: Path,
    index: Path,
    embedder: Embedder,
    modes: tuple[Mode, ...],
    progress: Callable[[str, int, int | None], None],
) -> list[Retrieval]:
    """Index a set in the BEIR layout into `index`, ask its questions, and measure with ir-measures.

    Raises:
        DocumentsError: the folder is not such a set.
    """
    qrels = read_qrels(folder)
    questions = {row["_id"]: row["text"] for row in read_lines(folder, "queries") if row["_id"] in qrels}
    if not questions:
        raise DocumentsError(f"{folder} has no question with a right paragraph")
    build_records((record(row) for row in read_lines(folder, "corpus")), index, embedder, progress)
    snapshot = open_snapshot(index)
    try:
        ids = [document.source for document in snapshot.corpus.all_documents()]
        return [_run(mode, questions, qrels, ids, snapshot, embedder) for mode in modes]
    finally:
        snapshot.close()


def _run(
    mode: Mode,
    questions: dict[str, str],
    qrels: dict[str, dict[str, int]],
    ids: list[str],
    snapshot: Snapshot,
    embedder: Embedder,
) -> Retrieval:
    run: dict[str, dict[str, float]] = {}
    times: dict[str, float] = {}
    for identifier, question in questions.items():
        started = time.perf_counter()
        ranking = rank(question, embedder.queries([question])[0], snapshot, _DEPTH, mode=mode)
        times[identifier] = (time.perf_counter() - started) * 1000
        run[identifier] = {ids[row]: float(score) for row, score in zip(ranking.rows, ranking.scores, strict=True)}
    each = _measured(qrels, run)
    means = {name: round(100 * fmean(row[name] for row in each.values()), 2) for name in map(str, MEASURES)}
    asked = (Asked(key, text, round(times[key], 1), each[key]) for key, text in questions.items())
    return Retrieval(mode, len(questions), means, **latency(list(times.values())), asked=tuple(asked))


def _measured(
    qrels: Mapping[str, Mapping[str, int]], run: Mapping[str, Mapping[str, float]]
) -> dict[str, dict[str, float]]:
    """Question → measure, in the order of MEASURES → 0…1."""
    each: defaultdict[str, dict[str, float]] = defaultdict(lambda: dict.fromkeys(map(str, MEASURES), 0.0))
    for metric in ir_measures.iter_calc(MEASURES, qrels, run):
        each[metric.query_id][str(metric.measure)] = round(metric.value, 6)
    return each


def record(row: dict[str, Any]) -> Document:
    """The record's own id is its source. As in the product, only the text is searched, not the title."""
    return Document(id=str(row["_id"]), title=row.get("title") or "", text=row["text"], source=str(row["_id"]))
