"""Questions of which some have no answer → whether confidence tells them apart, and better than bare scores do."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, get_args

from index.build import build_documents
from index.embed import Embedder
from index.errors import DocumentsError
from index.snapshot import Snapshot, open_snapshot
from qa.answer import Answerer
from qa.calibration import Calibration, Judged, auroc, calibration
from qa.rerank import Reranker
from qa.results import latency
from qa.retrieve import Mode, rank
from qa.sets import read_documents, read_lines, read_qrels, request_of, spread
from qa.types import Answer
from qa.verifier import Verifier

MODES: tuple[Mode, ...] = get_args(Mode)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, what became of it, the best score of any paragraph in each mode, and milliseconds."""

    id: str
    question: str
    judged: Judged
    scores: dict[Mode, float]
    ms: float

    def as_json(self) -> dict[str, Any]:
        told = {"honest": self.judged.honest, "ms": self.ms, "scores": self.scores}
        return {"id": self.id, "question": self.question, **asdict(self.judged), **told}


@dataclass(frozen=True, slots=True)
class Abstention:
    """Of all questions; latencies in milliseconds a question, the model included.

    Attributes:
        auroc: the probability that an answerable question has a higher score than one that is not: by "confidence", and
            by the best score of any paragraph in each mode.
        abstained: the share of the unanswerable questions that were not answered.
        over_abstained: the same of the answerable ones.
        nothing_found: questions that were given no passage, as where they ask for a time or a person the set has not.
        confidence: an answer is right where it quotes a right paragraph of an answerable question.
    """

    questions: int
    answerable: int
    auroc: dict[str, float | None]
    abstained: float
    over_abstained: float
    nothing_found: int
    confidence: Calibration
    p50_ms: float
    p95_ms: float
    index: str
    asked: tuple[Asked, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"asked": [each.as_json() for each in self.asked]}


def evaluate_abstention(
    folder: Path,
    index: Path,
    embedder: Embedder,
    progress: Callable[[str, int, int | None], None],
    limit: int | None = None,
    history: bool = True,
    reranker: Reranker | None = None,
    verifier: Verifier | None = None,
) -> Abstention:
    """Index a set as `evaluate_retrieval` does and ask its questions, or `limit` of them evenly spread.

    With `history`, a question that has earlier turns is asked after them.

    Raises:
        DocumentsError: the folder is not such a set, or its questions are all of one kind or of none.
    """
    qrels = read_qrels(folder)
    rows = spread(list(read_lines(folder, "queries")), limit)
    if {row.get("answerable") for row in rows} != {True, False}:
        raise DocumentsError(f"{folder} does not ask questions of both kinds, with `answerable` true and false")
    requests = [request_of(row, history) for row in rows]
    ids, documents = read_documents(folder)
    build_documents(documents, index, embedder, progress)
    snapshot = open_snapshot(index)
    answerer = Answerer(snapshot, embedder, reranker=reranker, verifier=verifier)
    try:
        answerer.warm_up()
        asked, found = [], 0
        for number, (row, request) in enumerate(zip(rows, requests, strict=True), 1):
            started = time.perf_counter()
            answer = answerer.ask(request)
            ms = round((time.perf_counter() - started) * 1000, 1)
            judged = _judged(row, answer, qrels.get(row["_id"], {}), ids)
            scores = _best_scores(answer.query.topic, snapshot, embedder)
            asked.append(Asked(row["_id"], request.question, judged, scores, ms))
            found += bool(answer.hits)
            progress("asking", number, len(rows))
    finally:
        answerer.close()
    return _summary(asked, found, snapshot.name)


def _best_scores(topic: str, snapshot: Snapshot, embedder: Embedder) -> dict[Mode, float]:
    """Mode → the best score of any paragraph, whatever restricts the question; 0 where no paragraph is found."""
    vector = snapshot.adapt(embedder.queries([topic])[0])[0]
    rankings = {mode: rank(topic, vector, snapshot, 1, mode=mode) for mode in MODES}
    return {mode: round(float(found.scores[0]), 6) if len(found.scores) else 0.0 for mode, found in rankings.items()}


def _judged(row: Mapping[str, Any], answer: Answer, right: Mapping[str, int], ids: Sequence[str]) -> Judged:
    """Its type is "follow-up" after earlier turns, else "first".

    An answer to an unanswerable question is wrong even where the set names a paragraph that is near.
    """
    quoted = [ids[answer.hits[quote.passage - 1].row] for quote in answer.quotes]
    good = [row["answerable"] and right.get(paragraph, 0) > 0 for paragraph in quoted]
    kind = "follow-up" if row.get("history") else "first"
    return Judged(kind, row["answerable"], answer.answered, answer.confidence, any(good), any(good[:1]))


def _summary(asked: Sequence[Asked], found: int, index: str) -> Abstention:
    judged = [each.judged for each in asked]
    answerable = [each.answerable for each in judged]
    sure = calibration(judged)
    scores: dict[str, float | None] = {mode: auroc([each.scores[mode] for each in asked], answerable) for mode in MODES}
    return Abstention(
        questions=len(asked),
        answerable=answerable.count(True),
        auroc={"confidence": sure.auroc, **scores},
        abstained=_withheld([each for each in judged if not each.answerable]),
        over_abstained=_withheld([each for each in judged if each.answerable]),
        nothing_found=len(asked) - found,
        confidence=sure,
        **latency([each.ms for each in asked]),
        index=index,
        asked=tuple(asked),
    )


def _withheld(judged: Sequence[Judged]) -> float:
    return round(sum(not each.answered for each in judged) / len(judged), 4)
