"""Labelled questions → how well the right paragraphs are found, and how fast."""

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean
from typing import Any

import ir_measures
from ir_measures import RR, R, Success, nDCG

from index.build import build_documents
from index.embed import Embedder
from index.errors import DocumentsError
from index.snapshot import Snapshot, open_snapshot
from qa.people import Directory
from qa.question import interpret
from qa.request import Request
from qa.rerank import Reranker, rank_again
from qa.results import latency
from qa.retrieve import Mode, rank
from qa.sets import read_documents, read_lines, read_qrels, request_of

MEASURES = (nDCG @ 10, R @ 10, R @ 100, RR, Success @ 1, Success @ 5)
_DEPTH = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """One question and how well its right paragraphs were found: measures of 0…1, and milliseconds.

    `standalone` is what was searched for, which is the question itself but after earlier turns.
    """

    id: str
    question: str
    standalone: str
    ms: float
    measures: dict[str, float]

    def as_json(self) -> dict[str, Any]:
        asked = {"id": self.id, "question": self.question}
        if self.standalone != self.question:
            asked["standalone"] = self.standalone
        return {**asked, "ms": self.ms, **self.measures}


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
    history: bool = True,
    reranker: Reranker | None = None,
) -> list[Retrieval]:
    """Index a set in the BEIR layout into `index`, ask its questions, and measure with ir-measures.

    With `history`, a question that has earlier turns is asked as the product understands it after them. A reranker
    changes the order of what `hybrid` finds, as it does in answers.

    Raises:
        DocumentsError: the folder is not such a set.
    """
    qrels = read_qrels(folder)
    rows = (row for row in read_lines(folder, "queries") if row["_id"] in qrels)
    questions = {row["_id"]: request_of(row, history) for row in rows}
    if not questions:
        raise DocumentsError(f"{folder} has no question with a right paragraph")
    ids, documents = read_documents(folder)
    build_documents(documents, index, embedder, progress)
    snapshot = open_snapshot(index)
    try:
        return [_run(mode, questions, qrels, ids, snapshot, embedder, reranker) for mode in modes]
    finally:
        snapshot.close()


def _run(
    mode: Mode,
    questions: Mapping[str, Request],
    qrels: Mapping[str, Mapping[str, int]],
    ids: Sequence[str],
    snapshot: Snapshot,
    embedder: Embedder,
    reranker: Reranker | None,
) -> Retrieval:
    people, today = Directory(snapshot.corpus.speakers.values()), datetime.now(UTC).date()
    texts: dict[str, str] = {}
    times: dict[str, float] = {}
    run: dict[str, dict[str, float]] = {}
    for key, asked in questions.items():
        started = time.perf_counter()
        text = interpret(asked, people, today).standalone if asked.history else asked.question
        vector = snapshot.adapt(embedder.queries([text])[0])[0]
        if mode == "hybrid":
            ranking = rank_again(text, text, vector, snapshot, _DEPTH, reranker=reranker)
        else:
            ranking = rank(text, vector, snapshot, _DEPTH, mode=mode)
        times[key] = (time.perf_counter() - started) * 1000
        texts[key] = text
        run[key] = {ids[row]: float(score) for row, score in zip(ranking.rows, ranking.scores, strict=True)}
    each = _measured(qrels, run)
    means = {name: round(100 * fmean(row[name] for row in each.values()), 2) for name in map(str, MEASURES)}
    found = (
        Asked(key, asked.question, texts[key], round(times[key], 1), each[key]) for key, asked in questions.items()
    )
    return Retrieval(mode, len(questions), means, **latency(list(times.values())), asked=tuple(found))


def _measured(
    qrels: Mapping[str, Mapping[str, int]], run: Mapping[str, Mapping[str, float]]
) -> dict[str, dict[str, float]]:
    """Question → measure, in the order of MEASURES → 0…1."""
    each: defaultdict[str, dict[str, float]] = defaultdict(lambda: dict.fromkeys(map(str, MEASURES), 0.0))
    for metric in ir_measures.iter_calc(MEASURES, qrels, run):
        each[metric.query_id][str(metric.measure)] = round(metric.value, 6)
    return each
